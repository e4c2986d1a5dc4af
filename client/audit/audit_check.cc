#include "client/audit/audit_check.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "node/crypto/ed25519.h"
#include "node/crypto/sha256.h"
#include "node/ledger/note.h"

namespace entente::client {

namespace {

std::string FeedText(const ledger::FeedKey& feed) {
  std::string out = absl::StrCat("key ", feed.key.Short());
  return feed.incarnation > 1 ? absl::StrCat(out, "/", feed.incarnation) : out;
}

std::string PlaceText(const ledger::FeedKey& feed, uint64_t sequence) {
  return absl::StrCat(FeedText(feed), " number ", sequence);
}

}  // namespace

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
  uint64_t known = 0;
  std::vector<AuditFinding> bad;
  std::set<base::PublicKey> bad_keys;
  std::vector<CheckedEntry> checked;
  for (const v1::SignedEntry& raw : entries) {
    std::optional<std::string> payload;
    if (!raw.payload().empty()) payload = raw.payload();
    auto entry = ledger::ParseLeaf(raw.leaf(), std::move(payload));
    if (!entry.ok()) {
      bad.push_back({"HASH", "", absl::StrCat("not an entry: ", entry.status().message())});
      checked.push_back(CheckedEntry{crypto::LeafHash(raw.leaf()), "", 0, {}});
      continue;
    }
    const ledger::EntryHeader& h = entry->header;
    checked.push_back(CheckedEntry{base::Digest{entry->id.bytes}, "", h.seen_size, h.seen_root});
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
  (aside ? report_.aside : report_.entries) += entries.size();
  if (!aside) {
    for (Result& result : good) feeds_[result.feed].push_back(result.seen);
  }
  return checked;
}

// Entries that lead back to number 1 and are authentic: by their own signature, or by one that
// follows them.
std::vector<AuditCheck::Seen> AuditCheck::Walk(const ledger::FeedKey& feed,
                                               std::vector<Seen>& entries) {
  std::sort(entries.begin(), entries.end(), [](const Seen& a, const Seen& b) {
    return std::tie(a.judged.sequence, a.judged.id) < std::tie(b.judged.sequence, b.judged.id);
  });
  const auto twice = std::unique(entries.begin(), entries.end(), [](const Seen& a, const Seen& b) {
    return a.judged.id == b.judged.id;
  });
  if (twice != entries.end()) {
    Find("DUPLICATE", FeedText(feed), "an entry stands in the log more than once");
    entries.erase(twice, entries.end());
  }
  std::set<base::EntryId> authentic;
  for (auto at = entries.rbegin(); at != entries.rend(); ++at) {
    if (at->signature_ok || authentic.contains(at->judged.id)) {
      authentic.insert(at->judged.id);
      if (at->judged.sequence > 1) authentic.insert(at->judged.previous);
    }
  }
  std::map<base::EntryId, uint64_t> rooted;
  std::vector<Seen> line;
  uint64_t gap_told = 0;
  for (const Seen& seen : entries) {
    auto before = rooted.find(seen.judged.previous);
    bool linked = seen.judged.sequence == 1 ||
                  (before != rooted.end() && before->second + 1 == seen.judged.sequence);
    if (linked && authentic.contains(seen.judged.id)) {
      rooted[seen.judged.id] = seen.judged.sequence;
      line.push_back(seen);
    } else if (!linked && gap_told == 0) {
      gap_told = seen.judged.sequence;
    }
  }
  if (gap_told > 0) {
    report_.gaps += 1;
    Find("GAP", PlaceText(feed, gap_told),
         "the entry before it is missing, or is not the one it names");
  }
  report_.by_status[ledger::Status::kPending] += entries.size() - line.size();
  return line;
}

void AuditCheck::Judge(const ledger::FeedKey& feed, const std::vector<Seen>& line) {
  std::vector<ledger::JudgedEntry> judged;
  for (const Seen& seen : line) judged.push_back(seen.judged);
  std::vector<ledger::Verdict> verdicts = ledger::JudgeFeed(feed, judged, authority_);
  bool disputed = false;
  uint64_t quarantined = 0;
  for (const ledger::Verdict& verdict : verdicts) {
    report_.by_status[verdict.status] += 1;
    disputed = disputed || verdict.status == ledger::Status::kDisputed;
    quarantined += verdict.status == ledger::Status::kQuarantined;
  }
  if (quarantined > 0) {
    report_.remarks.push_back(absl::StrCat(FeedText(feed), ": ", quarantined,
                                           " entries are held in quarantine, none is counted"));
  }
  for (size_t i = 1; i < line.size(); ++i) {
    if (line[i].judged.sequence != line[i - 1].judged.sequence) continue;
    report_.forks += 1;
    std::string text = absl::StrCat("two entries, ", line[i - 1].judged.id.Short(), " and ",
                                    line[i].judged.id.Short(), ", carry this number");
    if (disputed) {
      Find("FORK", PlaceText(feed, line[i].judged.sequence),
           text + "; the delegation settles it with resolve-fork");
    } else {
      report_.remarks.push_back(
          absl::StrCat(PlaceText(feed, line[i].judged.sequence), ": ", text, "; settled"));
    }
  }
}

void AuditCheck::FinishFeed(const ledger::FeedKey& feed, std::vector<Seen>& entries) {
  report_.feeds += 1;
  std::vector<Seen> line = Walk(feed, entries);
  std::map<base::EntryId, uint64_t> hlc;
  for (const Seen& seen : line) {
    auto before = hlc.find(seen.judged.previous);
    if (seen.judged.sequence > 1 && before != hlc.end() && before->second >= seen.hlc) {
      Find("HLC-ORDER", PlaceText(feed, seen.judged.sequence),
           "its claimed time does not increase");
    }
    hlc[seen.judged.id] = seen.hlc;
  }
  if (feed.incarnation > 1) {
    report_.remarks.push_back(
        absl::StrCat(FeedText(feed), ": incarnation ", feed.incarnation,
                     " was opened; ask the author whether a copy was restored"));
  }
  Judge(feed, line);
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

bool AuditCheck::Holds(const FeedsByName& feeds, const ledger::Tip& tip) {
  const auto feed = feeds.find(tip.feed);
  return feed != feeds.end() &&
         std::any_of(feed->second->begin(), feed->second->end(), [&](const Seen& s) {
           return s.judged.id == tip.entry && s.judged.sequence == tip.sequence;
         });
}

// A seal says that the secretariat's register held the entry.
void AuditCheck::FinishSeals(const FeedsByName& feeds, const ledger::CharterView& charter) {
  for (const auto& [of, seals] : charter.seals) {
    for (const ledger::Tip& seal : seals) {
      if (Holds(feeds, {of.second, seal.sequence, seal.entry})) continue;
      Find("SEAL", absl::StrCat("feed ", of.second.Short(), " number ", seal.sequence),
           absl::StrCat("the charter seals entry ", seal.entry.Short(), ", which is not there"));
    }
  }
}

// A cut may name an entry that did not arrive yet: lawful, and what waits for it is pending. A feed
// that is not known here may be one of another instrument.
void AuditCheck::FinishCuts(const FeedsByName& feeds) {
  auto remark = [&](const ledger::Note& note, const std::vector<ledger::Tip>& tips) {
    for (const ledger::Tip& tip : tips) {
      if (!feeds.contains(tip.feed) || Holds(feeds, tip)) continue;
      report_.remarks.push_back(
          absl::StrCat("note ", note.id.Short(), " cuts ", "feed ", tip.feed.Short(), " at number ",
                       tip.sequence, ", entry ", tip.entry.Short(), ", which is not in the log"));
    }
  };
  for (ledger::ChainKind kind : {ledger::ChainKind::kCharter, ledger::ChainKind::kCredentials}) {
    for (const base::NoteId& chain : authority_.Chains(kind)) {
      for (const ledger::Note* note : authority_.ChainNotes(chain)) {
        for (const ledger::Act& act : note->acts) {
          std::visit(
              [&](const auto& a) {
                if constexpr (requires { a.tips; }) remark(*note, a.tips);
              },
              act);
        }
      }
    }
  }
}

AuditReport AuditCheck::Finish() {
  FinishChains();
  FeedsByName feeds;
  for (const auto& [feed, entries] : feeds_) feeds[feed.Name()] = &entries;
  const ledger::CharterView* charter = authority_.Charter(instrument_);
  if (whole_ && charter != nullptr) FinishSeals(feeds, *charter);
  FinishCuts(feeds);
  for (auto& [feed, entries] : feeds_) FinishFeed(feed, entries);
  return std::move(report_);
}

}  // namespace entente::client
