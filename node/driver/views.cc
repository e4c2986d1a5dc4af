// What admitted entries add to the views, and what they take away again when they no longer count.
#include <utility>

#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/driver/replica.h"
#include "node/merge/slot_value.h"
#include "storage/bounds.h"

namespace entente::driver {

using ledger::Entry;

void Replica::Contribute(const VerifiedEntries::Item& item, const std::string& code) {
  if (!item.entry.has_payload) return;
  if (item.views && item.views->delegation_code == code) {
    StageViewRows(item.entry, *item.views);
  } else {
    StageViewRows(item.entry, ViewRowsOf(item.entry, code, projector_));
  }
}

void Replica::StageViewRows(const Entry& entry, const ViewRows& rows) {
  if (!rows.set_aside.empty()) {
    batch_.Put(store::kSetAside, store::SetAsideKey(entry.header.instrument, entry.id),
               rows.set_aside);
  }
  for (const std::string& key : rows.index_keys) batch_.Put(store::kIndex, key, "");
  if (!rows.slot_row.empty()) batch_.Merge(store::kSlots, rows.slot_key(), rows.slot_operand());
}

absl::Status Replica::ChangeViews(const Entry& entry, const std::string& code, bool add,
                                  SlotOverlay& slots) {
  if (!entry.has_payload) return absl::OkStatus();
  const ViewRows rows = ViewRowsOf(entry, code, projector_);
  if (!rows.set_aside.empty()) {
    const std::string key = store::SetAsideKey(entry.header.instrument, entry.id);
    add ? batch_.Put(store::kSetAside, key, rows.set_aside) : batch_.Delete(store::kSetAside, key);
  }
  for (const std::string& key : rows.index_keys) {
    add ? batch_.Put(store::kIndex, key, "") : batch_.Delete(store::kIndex, key);
  }
  if (rows.slot_row.empty()) return absl::OkStatus();
  const std::string key = base::Str(rows.slot_key());
  auto it = slots.find(key);
  if (it == slots.end()) {
    ASSIGN_OR_RETURN(std::optional<std::string> row, kv_->Get(store::kSlots, key));
    it = slots.emplace(key, merge::OpenSlot(row.value_or(""))).first;
  }
  add ? it->second.Join(rows.slot_operand()) : it->second.Without(entry.id);
  return absl::OkStatus();
}

// A slot grows beyond what one write may hold where somebody writes much into it; it is then put
// together by the store, as it was when its entries came.
void Replica::StageSlots(SlotOverlay& slots) {
  for (const auto& [key, slot] : slots) {
    const std::string value = slot.Encode();
    if (!value.empty() && value.size() <= storage::kMaxValueBytes) {
      batch_.Put(store::kSlots, key, value);
      continue;
    }
    batch_.Delete(store::kSlots, key);
    for (const std::string& operand : slot.Operands()) batch_.Merge(store::kSlots, key, operand);
  }
  slots.clear();
}

}  // namespace entente::driver
