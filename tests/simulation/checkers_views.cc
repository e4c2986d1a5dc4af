// Checkers of what nodes show: views against the log.
#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "node/base/check.h"
#include "node/merge/slot_value.h"
#include "node/store/log_reader.h"
#include "node/store/view_digest.h"
#include "storage/memory_kv.h"
#include "tests/simulation/checkers.h"

namespace entente::simulation {

using base::EntryId;
using base::InstrumentId;

namespace {

constexpr uint32_t kReport = 1, kWithdrawal = 2;

struct Judged {
  ledger::Entry entry;
  ledger::Verdict verdict;
};

// Entries of the instrument in feed order, with the statuses the node stored.
std::vector<Judged> JudgedOf(const storage::Snapshot& snapshot, const InstrumentId& instrument) {
  std::vector<Judged> out;
  const store::LogReader log(&snapshot);
  ENTENTE_CHECK(
      log.ForEachFeed(instrument,
                      [&](const ledger::FeedKey&, const v1::FeedState& state) {
                        return log
                            .ForEachRow(state.number(), 1,
                                        [&](const store::EntryPlace& place, absl::string_view row) {
                                          auto entry = store::DecodeEntry(row, place.id);
                                          auto verdict = log.VerdictOf(place);
                                          if (entry.ok() && verdict.ok())
                                            out.push_back({*std::move(entry), *verdict});
                                          return true;
                                        })
                            .ok();
                      })
          .ok());
  return out;
}

std::set<EntryId> HeadsInViews(const storage::Snapshot& snapshot, const InstrumentId& instrument) {
  std::set<EntryId> out;
  for (auto it = snapshot.Scan(store::kSlots, instrument.view()); it->Valid(); it->Next()) {
    const v1::SlotValue value = merge::DecodeSlot(it->value());
    for (const v1::Contribution* head : merge::Heads(value))
      out.insert(*EntryId::FromBytes(head->entry()));
  }
  return out;
}

v1::Common CommonOf(const ledger::Entry& entry) {
  v1::Report report;
  v1::Withdrawal withdrawal;
  if (entry.header.kind == kWithdrawal && withdrawal.ParseFromString(entry.payload))
    return withdrawal.common();
  if (entry.header.kind == kReport && report.ParseFromString(entry.payload)) return report.common();
  return {};
}

}  // namespace

void CheckNothingDropped(const SimNode& node, Failures& out) {
  auto snapshot = const_cast<SimNode&>(node).kv().NewSnapshot();
  for (const InstrumentId& instrument : node.published()->instruments) {
    const std::vector<Judged> entries = JudgedOf(*snapshot, instrument);
    std::set<EntryId> superseded;
    for (const Judged& one : entries) {
      if (one.verdict.status != ledger::Status::kAdmitted) continue;
      const v1::Common common = CommonOf(one.entry);
      for (const std::string& id : common.supersedes()) superseded.insert(*EntryId::FromBytes(id));
    }
    const std::set<EntryId> heads = HeadsInViews(*snapshot, instrument);
    for (const Judged& one : entries) {
      const bool counts =
          one.verdict.status == ledger::Status::kAdmitted && one.entry.header.kind == kReport;
      if (!counts || superseded.contains(one.entry.id) || heads.contains(one.entry.id)) continue;
      if (out.size() < 12) {
        out.push_back(absl::StrCat("nothing dropped: ", node.name(), " holds admitted report ",
                                   one.entry.id.Short(),
                                   " that nobody superseded, and does not show it"));
      }
    }
  }
}

void CheckRebuild(const SimNode& node, const World& world, Failures& out) {
  auto snapshot = const_cast<SimNode&>(node).kv().NewSnapshot();
  storage::MemoryKv disk(store::Families());
  driver::Replica::Options options;
  options.store_id = "rebuild!";
  options.verifier = node.options().verifier;
  auto replica = driver::Replica::Open(&disk, options);
  ENTENTE_CHECK(replica.ok());
  std::vector<std::string> notes;
  for (auto it = snapshot->Scan(store::kNotes, ""); it->Valid(); it->Next()) {
    notes.emplace_back(it->value().data(), it->value().size());
  }
  ENTENTE_CHECK((*replica)->AddNotes(notes).ok());
  for (const InstrumentId& instrument : node.published()->instruments) {
    ENTENTE_CHECK((*replica)->JoinInstrument(instrument).ok());
    const std::vector<Judged> entries = JudgedOf(*snapshot, instrument);
    // Another order than that of arrival: feed by feed, all at once.
    std::vector<ledger::Entry> all;
    for (const Judged& one : entries) all.push_back(one.entry);
    const auto verified = driver::VerifyEntries(std::move(all), *options.verifier);
    ENTENTE_CHECK((*replica)->Ingest(verified, store::LocalVia()).ok());
    ENTENTE_CHECK((*replica)->Commit().ok());
    auto again = disk.NewSnapshot();
    auto stored = store::ViewDigest(*snapshot, instrument),
         rebuilt = store::ViewDigest(*again, instrument);
    if (!stored.ok() || !rebuilt.ok() || *stored != *rebuilt) {
      out.push_back(
          absl::StrCat("rebuild: the views of ", node.name(), " are not those of its log"));
    }
    std::map<EntryId, ledger::Verdict> verdicts;
    for (const Judged& one : JudgedOf(*again, instrument)) verdicts[one.entry.id] = one.verdict;
    for (const Judged& one : entries) {
      auto it = verdicts.find(one.entry.id);
      if (it != verdicts.end() && it->second == one.verdict) continue;
      if (out.size() >= 12) break;
      out.push_back(
          absl::StrCat("rebuild: ", node.name(), " has entry ", one.entry.id.Short(), " as ",
                       ledger::StatusInWords(one.verdict), ", its log says ",
                       it == verdicts.end() ? "nothing" : ledger::StatusInWords(it->second)));
    }
  }
  static_cast<void>(world);
}

}  // namespace entente::simulation
