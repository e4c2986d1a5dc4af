#include "client/ledger/feeds.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/base/clock.h"
#include "client/context/log_reader.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/ledger/authority.h"
#include "node/meaning/record/record.h"
#include "node/meaning/record/reference.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/text/words.h"

namespace entente::client {

namespace {

std::string ReferenceOf(const ledger::Entry& entry, const std::string& instrument,
                        const std::string& delegation) {
  const ledger::EntryHeader& header = entry.header;
  meaning::ReadRecord read = meaning::ReadPayload(header.kind, header.schema, entry.payload);
  if (read.fault || read.newer) return "";
  return meaning::ReferenceOfSlot(instrument,
                                  meaning::SlotOfRecord(read.record, delegation, entry.id));
}

std::string CodeOf(const ledger::Authority& authority, const base::InstrumentId& instrument,
                   const base::DelegationId& delegation) {
  const ledger::CharterView* charter = authority.Charter(instrument);
  if (charter == nullptr) return "";
  auto code = charter->codes.find(delegation);
  return code == charter->codes.end() ? "" : code->second;
}

void Judge(const ledger::FeedKey& feed, std::vector<FeedEntry>& entries,
           const std::map<base::EntryId, base::NoteId>& charter_heads,
           const ledger::Authority& authority) {
  std::sort(entries.begin(), entries.end(), [](const FeedEntry& a, const FeedEntry& b) {
    return std::tie(a.sequence, a.id) < std::tie(b.sequence, b.id);
  });
  std::vector<ledger::JudgedEntry> judged;
  for (const FeedEntry& entry : entries) {
    judged.push_back({entry.sequence, entry.id, entry.previous, charter_heads.at(entry.id),
                      entry.credentials_head, entry.kind});
  }
  const std::vector<ledger::Verdict> verdicts = ledger::JudgeFeed(feed, judged, authority);
  for (size_t i = 0; i < entries.size(); ++i) entries[i].verdict = verdicts[i];
}

}  // namespace

absl::StatusOr<Feeds> ReadFeeds(Context& context, absl::string_view instrument,
                                const base::DelegationId& delegation,
                                const std::vector<base::PublicKey>& keys) {
  Feeds feeds;
  if (keys.empty()) return feeds;
  ledger::Authority authority(&crypto::Ed25519Verifier());
  std::map<base::EntryId, base::NoteId> charter_heads;
  const std::string code = base::Str(instrument);
  RETURN_IF_ERROR(ReadLog(context, instrument, keys, [&](v1::LogChunk& chunk) -> absl::Status {
    for (const std::string& note : chunk.notes()) authority.Add(note);
    for (auto& signed_entry : *chunk.mutable_entries()) {
      ASSIGN_OR_RETURN(ledger::Entry entry,
                       ledger::ParseLeaf(signed_entry.leaf(), signed_entry.payload()));
      const ledger::EntryHeader& header = entry.header;
      const ledger::Note* head = authority.Find(header.credentials_head);
      const bool wanted = std::find(keys.begin(), keys.end(), header.key) != keys.end();
      if (!wanted || head == nullptr || head->chain_id() != delegation) continue;
      charter_heads[entry.id] = header.charter_head;
      feeds[entry.feed()].push_back(
          {header.sequence,
           entry.id,
           header.previous,
           header.credentials_head,
           header.hlc,
           header.kind,
           ReferenceOf(entry, code, CodeOf(authority, header.instrument, delegation)),
           {}});
    }
    return absl::OkStatus();
  }));
  for (auto& [feed, entries] : feeds) Judge(feed, entries, charter_heads, authority);
  return feeds;
}

absl::StatusOr<Feeds> ReadFeedsEverywhere(Context& context, const base::DelegationId& delegation,
                                          const std::vector<base::PublicKey>& keys) {
  ASSIGN_OR_RETURN(v1::ListInstrumentsResponse list,
                   context.Call(local::kListInstruments, v1::ListInstrumentsRequest()));
  Feeds feeds;
  for (const auto& instrument : list.instruments()) {
    ASSIGN_OR_RETURN(Feeds more, ReadFeeds(context, instrument.code(), delegation, keys));
    feeds.merge(more);
  }
  return feeds;
}

std::string EntryInWords(const FeedEntry& entry) {
  std::string what = entry.reference;
  if (what.empty()) what = absl::StrCat(meaning::KindWord(entry.kind));
  return absl::StrCat("number ", entry.sequence, ", ", what.empty() ? "a record" : what, ", dated ",
                      UtcText(HlcMs(entry.hlc)), ", entry ", entry.id.Short());
}

Path PathBetween(const Feeds& feeds, const base::EntryId& first, const base::EntryId& last) {
  for (const auto& [feed, entries] : feeds) {
    std::map<base::EntryId, const FeedEntry*> by_id;
    for (const FeedEntry& entry : entries) by_id[entry.id] = &entry;
    if (!by_id.contains(last)) continue;
    Path path{feed, {}};
    for (base::EntryId at = last; by_id.contains(at); at = by_id[at]->previous) {
      path.entries.insert(path.entries.begin(), *by_id[at]);
      if (at == first) return path;
    }
  }
  return {};
}

std::vector<FeedEntry> EntriesNamed(const Feeds& feeds, absl::string_view word) {
  std::vector<FeedEntry> out;
  const bool hex = word.size() >= 4 && word.size() <= 64 &&
                   word.find_first_not_of("0123456789abcdef") == absl::string_view::npos;
  for (const auto& [feed, entries] : feeds) {
    for (const FeedEntry& entry : entries) {
      const bool named = hex ? absl::StartsWith(entry.id.ToHex(), word)
                             : !entry.reference.empty() &&
                                   (entry.reference == word ||
                                    absl::EndsWith(entry.reference, absl::StrCat("/", word)));
      if (named) out.push_back(entry);
    }
  }
  return out;
}

std::vector<Branch> BranchesOf(const Feeds& feeds) {
  std::vector<Branch> out;
  for (const auto& [feed, entries] : feeds) {
    uint64_t fork = 0;
    std::set<base::EntryId> followed;
    for (size_t i = 0; i < entries.size(); ++i) {
      followed.insert(entries[i].previous);
      if (fork == 0 && i > 0 && entries[i].sequence == entries[i - 1].sequence)
        fork = entries[i].sequence;
    }
    if (fork == 0) continue;
    for (const FeedEntry& entry : entries) {
      if (followed.contains(entry.id)) continue;
      Branch branch{feed, fork, entry, 0};
      if (entry.sequence >= fork) branch.entries = entry.sequence - fork + 1;
      out.push_back(std::move(branch));
    }
  }
  return out;
}

}  // namespace entente::client
