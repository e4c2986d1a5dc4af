#include "client/audit/audit_check.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/audit/place_text.h"
#include "client/audit/round_list.h"
#include "node/crypto/ed25519.h"
#include "node/crypto/sha256.h"
#include "node/ledger/note.h"

namespace entente::client {

AuditCheck::AuditCheck(const base::InstrumentId& instrument, bool whole)
    : instrument_(instrument), whole_(whole), authority_(&crypto::Ed25519Verifier()) {}

void AuditCheck::Find(std::string code, std::string where, std::string text) {
  std::lock_guard<std::mutex> lock(mutex_);
  Tell({std::move(code), std::move(where), std::move(text)});
}

// REQUIRES: mutex_ is held.
void AuditCheck::Tell(AuditFinding finding) {
  if (report_.findings.size() < kAuditFindingsKept) {
    report_.findings.push_back(std::move(finding));
  } else {
    ++report_.findings_more;
  }
}

void AuditCheck::AddNote(const std::string& file) {
  report_.notes += 1;
  if (auto note = ledger::ParseNote(file); note.ok()) report_.note_signatures += note->lines.size();
  ledger::Authority::Added added = authority_.Add(file);
  if (added.outcome == ledger::Authority::Outcome::kRefused ||
      added.outcome == ledger::Authority::Outcome::kWaiting) {
    Find("NOTE", added.id.Short(),
         absl::StrCat("an authority note does not stand: ", added.reason));
  }
}

std::vector<CheckedEntry> AuditCheck::Check(const std::vector<v1::SignedEntry>& entries,
                                            bool aside) {
  struct Result {
    ledger::FeedKey feed;
    Seen seen;
  };
  std::vector<Result> good;
  uint64_t known = 0, taken = 0;
  std::vector<AuditFinding> bad;
  std::set<base::PublicKey> bad_keys;
  std::vector<CheckedEntry> checked;
  for (const v1::SignedEntry& raw : entries) {
    std::optional<std::string> payload;
    if (!raw.payload().empty()) payload = raw.payload();
    auto entry = ledger::ParseLeaf(raw.leaf(), std::move(payload));
    if (!entry.ok()) {
      bad.push_back({"HASH", "", std::string(entry.status().message())});
      checked.push_back(CheckedEntry{crypto::LeafHash(raw.leaf()), "", 0, {}, aside, false});
      ++taken;
      continue;
    }
    const ledger::EntryHeader& h = entry->header;
    if (!aside && Beyond(entry->feed(), h.sequence)) continue;
    ++taken;
    checked.push_back(CheckedEntry{base::Digest{entry->id.bytes}, "", h.seen_size, h.seen_root,
                                   aside, ReadBefore(entry->feed(), h.sequence)});
    if (h.seen_size > 0) checked.back().place = PlaceText(entry->feed(), h.sequence);
    Seen seen;
    seen.judged = {h.sequence, entry->id, h.previous, h.charter_head, h.credentials_head, h.kind};
    seen.hlc = h.hlc;
    // An id is the hash of every byte, the signature's too.
    const bool verified = std::binary_search(known_.begin(), known_.end(), entry->id);
    known += verified;
    seen.signature_ok = verified || ledger::Verify(*entry, crypto::Ed25519Verifier());
    if (!seen.signature_ok) {
      bad_keys.insert(h.key);
      bad.push_back(
          {"BADSIG", PlaceText(entry->feed(), h.sequence),
           absl::StrCat("entry ", entry->id.Short(), "'s own signature does not verify")});
    }
    if (h.instrument != instrument_) {
      bad.push_back(
          {"HASH", PlaceText(entry->feed(), h.sequence), "the entry is of another instrument"});
      continue;
    }
    if (list_ != nullptr) list_->Take(*entry, aside);
    good.push_back({entry->feed(), seen});
  }
  std::lock_guard<std::mutex> lock(mutex_);
  for (AuditFinding& finding : bad) {
    report_.signatures_bad += finding.code == "BADSIG";
    Tell(std::move(finding));
  }
  for (const base::PublicKey& key : bad_keys) {
    if (report_.bad_keys.size() < kBadKeysMax) report_.bad_keys.insert(key);
  }
  report_.signatures_checked += good.size() - known;
  report_.signatures_known += known;
  (aside ? report_.aside : report_.entries) += taken;
  if (!aside) {
    for (Result& result : good) feeds_[result.feed].push_back(result.seen);
  }
  return checked;
}

void AuditCheck::FinishChains() {
  const ledger::CharterView* charter = authority_.Charter(instrument_);
  if (charter == nullptr) {
    Find("NOTE", instrument_.Short(), "the charter of the instrument is not in the log");
    return;
  }
  if (charter->forked)
    Find("CHAIN-FORK", "charter",
         "several notes hold one position; only the common part is in force");
  for (const base::DelegationId& id : charter->admitted_order) {
    const ledger::CredentialsView* view = authority_.Credentials(instrument_, id);
    if (view == nullptr) {
      report_.remarks.push_back(
          absl::StrCat("credentials of ", charter->codes.at(id), " are not held here"));
    } else if (view->forked) {
      Find("CHAIN-FORK", view->code,
           "its credentials hold several notes at one position above the last anchor");
    }
  }
}

// A seal says that the secretariat's register held the entry.
void AuditCheck::FinishSeals(const FeedsByName& feeds, const ledger::CharterView& charter) {
  for (const auto& [of, seals] : charter.seals) {
    for (const ledger::Tip& seal : seals) {
      const auto feed = feeds.find(of.second);
      if (feed != feeds.end() && Holds(*feed->second, seal)) continue;
      Find("SEAL", absl::StrCat("feed ", of.second.Short(), " number ", seal.sequence),
           absl::StrCat("the charter seals entry ", seal.entry.Short(), ", which is not there"));
    }
  }
}

void AuditCheck::Take(AuditedFeed out, const FeedFacts& facts) {
  report_.feeds += 1;
  report_.forks += out.forks;
  for (size_t i = 0; i < kStatuses; ++i) {
    report_.by_status[static_cast<ledger::Status>(i)] += out.by_status[i];
  }
  report_.remarks.insert(report_.remarks.end(), out.remarks.begin(), out.remarks.end());
  out.facts = facts.Of(out);
  report_.outcome.push_back(std::move(out));
}

AuditReport AuditCheck::Finish() {
  FinishChains();
  const ledger::CharterView* charter = authority_.Charter(instrument_);
  if (whole_ && charter != nullptr) {
    FeedsByName feeds;
    for (const auto& [feed, entries] : feeds_) feeds[feed.Name()] = &entries;
    FinishSeals(feeds, *charter);
  }
  const FeedFacts facts(instrument_, &authority_);
  if (plan_ != nullptr) {
    FinishPlanned(facts);
  } else {
    for (auto& [feed, entries] : feeds_) Take(FinishFeed(feed, entries, facts), facts);
  }
  if (list_ != nullptr) list_->Name(instrument_, authority_);
  return std::move(report_);
}

}  // namespace entente::client
