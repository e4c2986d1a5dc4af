// What admitted entries add to the views, and what they take away again when they no longer count.
#include "node/base/status_macros.h"
#include "node/driver/replica.h"
#include "node/meaning/projection.h"
#include "node/merge/slot_value.h"

namespace entente::driver {

using ledger::Entry;

namespace {

meaning::Projection ProjectionOf(const Entry& entry, std::string delegation_code) {
  const ledger::EntryHeader& header = entry.header;
  meaning::RecordFacts facts;
  facts.id = entry.id;
  facts.instrument = header.instrument;
  facts.kind = header.kind;
  facts.schema = header.schema;
  facts.hlc = header.hlc;
  facts.key = header.key;
  facts.delegation_code = std::move(delegation_code);
  return meaning::Project(facts, entry.payload);
}

std::string SetAsideValue(const meaning::Projection& projection) {
  if (projection.newer) return std::string("NEWER\0written by a newer version", 33);
  return projection.set_aside->code + std::string(1, '\0') + projection.set_aside->message;
}

}  // namespace

ViewRows ViewRowsOf(const Entry& entry, std::string delegation_code) {
  const InstrumentId& instrument = entry.header.instrument;
  ViewRows rows;
  rows.delegation_code = delegation_code;
  meaning::Projection projection = ProjectionOf(entry, std::move(delegation_code));
  if (projection.set_aside || projection.newer) rows.set_aside = SetAsideValue(projection);
  rows.index_keys = std::move(projection.index_keys);
  if (projection.slot.empty()) return rows;
  rows.slot_key = store::SlotKey(instrument, projection.slot);
  rows.slot_operand = merge::SlotOperand(projection.slot, std::move(projection.contribution));
  return rows;
}

void Replica::Contribute(const VerifiedEntries::Item& item) {
  const Entry& entry = item.entry;
  if (!entry.has_payload) return;
  const InstrumentId& instrument = entry.header.instrument;
  std::string code = CodeOf(instrument, DelegationOf(entry));
  const bool ready = item.rows && item.rows->delegation_code == code;
  const ViewRows made = ready ? ViewRows() : ViewRowsOf(entry, std::move(code));
  const ViewRows& rows = ready ? *item.rows : made;
  if (!rows.set_aside.empty()) {
    batch_.Put(store::kSetAside, store::SetAsideKey(instrument, entry.id), rows.set_aside);
  }
  for (const std::string& key : rows.index_keys) batch_.Put(store::kIndex, key, "");
  if (!rows.slot_key.empty()) batch_.Merge(store::kSlots, rows.slot_key, rows.slot_operand);
}

absl::Status Replica::ChangeViews(const Entry& entry, const std::string& code, bool add,
                                  SlotOverlay& slots) {
  if (!entry.has_payload) return absl::OkStatus();
  const InstrumentId& instrument = entry.header.instrument;
  meaning::Projection projection = ProjectionOf(entry, code);
  if (projection.set_aside || projection.newer) {
    const std::string key = store::SetAsideKey(instrument, entry.id);
    add ? batch_.Put(store::kSetAside, key, SetAsideValue(projection))
        : batch_.Delete(store::kSetAside, key);
  }
  for (const std::string& key : projection.index_keys) {
    add ? batch_.Put(store::kIndex, key, "") : batch_.Delete(store::kIndex, key);
  }
  if (projection.slot.empty()) return absl::OkStatus();
  const std::string key = store::SlotKey(instrument, projection.slot);
  auto it = slots.find(key);
  if (it == slots.end()) {
    ASSIGN_OR_RETURN(std::optional<std::string> row, kv_->Get(store::kSlots, key));
    it = slots.emplace(key, row.value_or("")).first;
  }
  it->second = add ? merge::JoinSlot(it->second.empty() ? nullptr : &it->second,
                                     merge::SlotOperand(projection.slot, projection.contribution))
                   : merge::EncodeSlot(merge::Without(merge::DecodeSlot(it->second), entry.id));
  return absl::OkStatus();
}

void Replica::StageSlots(SlotOverlay& slots) {
  for (const auto& [key, value] : slots) {
    value.empty() ? batch_.Delete(store::kSlots, key) : batch_.Put(store::kSlots, key, value);
  }
  slots.clear();
}

}  // namespace entente::driver
