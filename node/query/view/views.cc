#include "node/query/view/views.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "entente/v1/entry.pb.h"
#include "node/base/bytes.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/record.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/text/words.h"
#include "node/merge/slot_value.h"

namespace entente::query {

namespace {

void KeepOwn(v1::SlotValue& slot) {
  const auto first = meaning::FirstVersionIn(slot.slot());
  if (!first) return;
  auto& all = *slot.mutable_contributions();
  const auto root = std::find_if(all.begin(), all.end(), [&](const v1::Contribution& c) {
    return c.entry() == first->view();
  });
  const std::string author = root == all.end() ? "" : root->delegation();
  all.erase(std::remove_if(all.begin(), all.end(),
                           [&](const v1::Contribution& c) { return c.delegation() != author; }),
            all.end());
}

}  // namespace

bool IsTakenBack(const v1::Contribution& head) { return meaning::IsRetraction(head.kind()); }

const v1::Contribution* ShownHead(const v1::SlotValue& slot) {
  const v1::Contribution* shown = nullptr;
  for (const v1::Contribution* head : merge::Heads(slot)) {
    if (!shown || std::forward_as_tuple(head->hlc(), head->entry()) >
                      std::forward_as_tuple(shown->hlc(), shown->entry())) {
      shown = head;
    }
  }
  return shown;
}

absl::Status Views::PreloadAbout() {
  // Where more is said than this, asking for each is no worse.
  constexpr size_t kAboutMax = 200'000;
  std::vector<uint64_t> entries;
  auto it =
      snapshot_->Scan(store::kIndex, meaning::IndexPrefix(instrument_, meaning::Index::kAbout, {}));
  for (; it->Valid() && entries.size() <= kAboutMax; it->Next()) {
    auto row = meaning::ParseIndexKey(it->key());
    if (!row || row->fields.empty()) continue;
    const auto entry = base::EntryId::FromHex(row->fields[0]);
    if (!entry) continue;
    const uint64_t front = base::ReadU64(entry->view());
    if (entries.empty() || entries.back() != front) entries.push_back(front);
  }
  about_.reset();
  if (entries.size() <= kAboutMax) about_ = std::move(entries);
  return it->status();
}

bool Views::NothingAbout(const base::EntryId& entry) const {
  const uint64_t front = base::ReadU64(entry.view());
  return about_ && !std::binary_search(about_->begin(), about_->end(), front);
}

absl::Status Views::Preload(absl::string_view prefix) {
  if (absl::string_view(preloaded_) == prefix) return absl::OkStatus();
  RETURN_IF_ERROR(PreloadAbout());
  slots_.clear();
  next_ = 0;
  preloaded_.clear();
  const std::string front = store::SlotKey(instrument_, prefix);
  auto it = snapshot_->Scan(store::kSlots, front);
  for (; it->Valid(); it->Next()) {
    ASSIGN_OR_RETURN(v1::SlotValue value, SlotOfRow(it->key(), it->value()));
    slots_.push_back(std::move(value));
  }
  preloaded_ = base::Str(prefix);
  return it->status();
}

// A text over the limit stands elsewhere, under its hash.
bool Views::IsPreloaded(absl::string_view slot) const {
  return !preloaded_.empty() && absl::StartsWith(slot, preloaded_) &&
         slot.size() <= store::kSlotTextMax;
}

absl::StatusOr<const v1::SlotValue*> Views::Borrow(absl::string_view slot,
                                                   v1::SlotValue& place) const {
  if (!IsPreloaded(slot)) {
    ASSIGN_OR_RETURN(place, Slot(slot));
    return &place;
  }
  if (next_ < slots_.size() && slots_[next_].slot() == slot) return &slots_[next_++];
  auto at = std::lower_bound(
      slots_.begin(), slots_.end(), slot,
      [](const v1::SlotValue& row, absl::string_view wanted) { return row.slot() < wanted; });
  next_ = static_cast<size_t>(at - slots_.begin());
  if (at == slots_.end() || at->slot() != slot) return &v1::SlotValue::default_instance();
  ++next_;
  return &*at;
}

absl::StatusOr<v1::SlotValue> Views::Slot(absl::string_view slot) const {
  if (IsPreloaded(slot)) {
    v1::SlotValue unused;
    ASSIGN_OR_RETURN(const v1::SlotValue* preloaded, Borrow(slot, unused));
    return *preloaded;
  }
  const std::string key = store::SlotKey(instrument_, slot);
  ASSIGN_OR_RETURN(std::optional<std::string> row, snapshot_->Get(store::kSlots, key));
  if (!row) return v1::SlotValue();
  return SlotOfRow(key, *row);
}

absl::StatusOr<v1::SlotValue> Views::SlotOfRow(absl::string_view key, absl::string_view row) const {
  v1::SlotValue value = merge::DecodeSlot(row);
  value.set_slot(store::SlotText(key, value));
  KeepOwn(value);
  if (!includes_) return value;
  v1::SlotValue then;
  then.set_slot(value.slot());
  for (v1::Contribution& contribution : *value.mutable_contributions()) {
    ASSIGN_OR_RETURN(const bool included, includes_(contribution));
    if (included) *then.add_contributions() = std::move(contribution);
  }
  return then;
}

absl::StatusOr<bool> Views::Included(const ledger::Entry& entry) const {
  if (!includes_) return true;
  v1::Contribution contribution;
  contribution.set_entry(entry.id.str());
  contribution.set_hlc(entry.header.hlc);
  return includes_(contribution);
}

absl::StatusOr<std::vector<std::string>> Views::SlotNames(absl::string_view kind_word) const {
  std::vector<std::string> names;
  auto it = snapshot_->Scan(store::kIndex, meaning::IndexPrefix(instrument_, meaning::Index::kNames,
                                                                {std::string(kind_word)}));
  for (; it->Valid(); it->Next()) {
    auto row = meaning::ParseIndexKey(it->key());
    if (!row || row->fields.size() < 2) continue;
    if (names.empty() || names.back() != row->fields[1]) names.push_back(row->fields[1]);
  }
  RETURN_IF_ERROR(it->status());
  return names;
}

// The rows lie together where the slot's text begins with the kind's word: one walk over them
// instead of a read each.
absl::StatusOr<std::vector<v1::SlotValue>> Views::CatalogueSlots(absl::string_view kind_word,
                                                                 uint32_t kind) const {
  std::vector<v1::SlotValue> slots;
  auto it =
      snapshot_->Scan(store::kSlots, store::SlotKey(instrument_, absl::StrCat(kind_word, "/")));
  for (; it->Valid(); it->Next()) {
    ASSIGN_OR_RETURN(v1::SlotValue slot, SlotOfRow(it->key(), it->value()));
    const bool of_kind = std::any_of(slot.contributions().begin(), slot.contributions().end(),
                                     [&](const v1::Contribution& c) { return c.kind() == kind; });
    if (of_kind) slots.push_back(std::move(slot));
  }
  RETURN_IF_ERROR(it->status());
  return slots;
}

absl::StatusOr<std::vector<v1::SlotValue>> Views::SlotsOfKind(absl::string_view kind_word) const {
  const std::optional<uint32_t> kind = meaning::ParseKind(kind_word);
  // Codes are short: none of these stands under its hash. The instrument's slot has no code.
  if (kind && meaning::IsCatalogueKind(*kind) && *kind != v1::INSTRUMENT && *kind <= v1::ROUND) {
    return CatalogueSlots(kind_word, *kind);
  }
  ASSIGN_OR_RETURN(std::vector<std::string> names, SlotNames(kind_word));
  std::vector<v1::SlotValue> slots;
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(v1::SlotValue slot, Slot(name));
    slots.push_back(std::move(slot));
  }
  return slots;
}

absl::StatusOr<ledger::Entry> Views::Entry(const base::EntryId& id) const {
  const store::LogReader log(snapshot_);
  ASSIGN_OR_RETURN(std::optional<store::EntryPlace> place, log.Find(id));
  if (!place) {
    return base::Error(absl::StatusCode::kNotFound, "NOT_FOUND_RECORD",
                       absl::StrCat("entry ", id.Short(), " is not held here"));
  }
  return log.Get(*place);
}

}  // namespace entente::query
