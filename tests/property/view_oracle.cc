#include "tests/property/view_oracle.h"

#include <algorithm>

#include "node/base/check.h"
#include "node/meaning/rules/projection.h"
#include "node/store/view_digest.h"
#include "node/sync/frontier/frontier.h"
#include "storage/memory_kv.h"
#include "tests/property/status_oracle_authority.h"
#include "tests/support/contribution.h"
#include "tests/support/slot_operand.h"

namespace entente::oracle {

using ledger::Entry;

namespace {

// What the charter in force calls each delegation now.
std::map<DelegationId, std::string> CodesOf(const OracleNotes& notes,
                                            const InstrumentId& instrument) {
  std::map<DelegationId, std::string> out;
  for (const NoteId& at : notes.WalkFrom(instrument, {}).force) {
    for (const ledger::Act& act : notes.held.at(at).acts) {
      if (const auto* admit = std::get_if<ledger::act::Admit>(&act))
        out[admit->delegation] = admit->code;
    }
  }
  return out;
}

meaning::RecordFacts FactsOf(const Entry& entry, const std::string& code) {
  meaning::RecordFacts facts;
  facts.id = entry.id;
  facts.instrument = entry.header.instrument;
  facts.kind = entry.header.kind;
  facts.schema = entry.header.schema;
  facts.hlc = entry.header.hlc;
  facts.key = entry.header.key;
  facts.delegation_code = code;
  return facts;
}

void PutRows(storage::WriteBatch& rows, const Entry& entry, const meaning::RecordFacts& facts) {
  const meaning::Projection shown = meaning::Project(facts, entry.payload);
  const InstrumentId& instrument = entry.header.instrument;
  if (shown.newer) {
    rows.Put(store::kSetAside, store::SetAsideKey(instrument, entry.id),
             std::string("NEWER\0written by a newer version", 33));
  } else if (shown.set_aside) {
    rows.Put(store::kSetAside, store::SetAsideKey(instrument, entry.id),
             shown.set_aside->code + std::string(1, '\0') + shown.set_aside->message);
  }
  for (const std::string& key : shown.index_keys) rows.Put(store::kIndex, key, "");
  if (shown.slot.empty()) return;
  rows.Merge(store::kSlots, store::SlotKey(instrument, shown.slot),
             merge::SlotOperand(store::SlotTextInValue(shown.slot), ContributionOf(facts, shown)));
}

}  // namespace

base::Digest OracleViews(const OracleNotes& notes, const std::vector<Record>& records,
                         const std::map<EntryId, ledger::Verdict>& verdicts,
                         const InstrumentId& instrument) {
  auto codes = CodesOf(notes, instrument);
  storage::WriteBatch rows;
  for (const Record& record : records) {
    const auto* entry = std::get_if<Entry>(&record);
    if (entry == nullptr || entry->header.instrument != instrument) continue;
    if (verdicts.at(entry->id).status != ledger::Status::kAdmitted) continue;
    const DelegationId delegation = notes.held.at(entry->header.credentials_head).chain_id();
    PutRows(rows, *entry, FactsOf(*entry, codes[delegation]));
  }
  storage::MemoryKv disk(store::Families());
  if (!rows.empty()) ENTENTE_CHECK(disk.Write(rows, storage::Durability::kSynced).ok());
  auto digest = store::ViewDigest(*disk.NewSnapshot(), instrument);
  ENTENTE_CHECK(digest.ok());
  return *digest;
}

base::Digest OracleFrontier(const OracleNotes& notes, const std::vector<Record>& records,
                            const InstrumentId& instrument) {
  std::map<ledger::FeedKey, std::map<EntryId, uint64_t>> tips;
  const std::vector<Entry> stored = OracleStored(notes, records);
  for (const Entry& e : stored) {
    if (e.header.instrument == instrument) tips[e.feed()][e.id] = e.header.sequence;
  }
  for (const Entry& e : stored) {
    if (e.header.sequence > 1 && tips.contains(e.feed())) tips[e.feed()].erase(e.header.previous);
  }
  sync::Frontier frontier;
  for (const auto& [feed, ends] : tips) {
    std::vector<sync::EntryRef> refs;
    for (const auto& [id, sequence] : ends) refs.push_back({sequence, id});
    std::sort(refs.begin(), refs.end());
    frontier.Set(feed, refs);
  }
  return frontier.Digest();
}

}  // namespace entente::oracle
