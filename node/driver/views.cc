// What admitted entries add to the views, and what they take away again when they no longer count.
#include <utility>

#include "node/base/status_macros.h"
#include "node/driver/replica.h"
#include "node/merge/slot_value.h"

namespace entente::driver {

using ledger::Entry;

void Replica::Contribute(VerifiedEntries::Item& item, const std::string& code) {
  if (!item.entry.has_payload) return;
  const bool ready = item.views && item.views->delegation_code == code;
  StageViewRows(item.entry, ready ? *std::move(item.views) : ViewRowsOf(item.entry, code));
}

void Replica::StageViewRows(const Entry& entry, ViewRows rows) {
  if (!rows.set_aside.empty()) {
    batch_.Put(store::kSetAside, store::SetAsideKey(entry.header.instrument, entry.id),
               std::move(rows.set_aside));
  }
  for (std::string& key : rows.index_keys) batch_.Put(store::kIndex, std::move(key), "");
  if (rows.slot_key.empty()) return;
  batch_.Merge(store::kSlots, std::move(rows.slot_key), std::move(rows.slot_operand));
}

absl::Status Replica::ChangeViews(const Entry& entry, const std::string& code, bool add,
                                  SlotOverlay& slots) {
  if (!entry.has_payload) return absl::OkStatus();
  const ViewRows rows = ViewRowsOf(entry, code);
  if (!rows.set_aside.empty()) {
    const std::string key = store::SetAsideKey(entry.header.instrument, entry.id);
    add ? batch_.Put(store::kSetAside, key, rows.set_aside) : batch_.Delete(store::kSetAside, key);
  }
  for (const std::string& key : rows.index_keys) {
    add ? batch_.Put(store::kIndex, key, "") : batch_.Delete(store::kIndex, key);
  }
  if (rows.slot_key.empty()) return absl::OkStatus();
  auto it = slots.find(rows.slot_key);
  if (it == slots.end()) {
    ASSIGN_OR_RETURN(std::optional<std::string> row, kv_->Get(store::kSlots, rows.slot_key));
    it = slots.emplace(rows.slot_key, row.value_or("")).first;
  }
  it->second = add ? merge::JoinSlot(it->second.empty() ? nullptr : &it->second, rows.slot_operand)
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
