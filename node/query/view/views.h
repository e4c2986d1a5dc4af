// Reading the views of one instrument: slots, their heads, and the catalogue's summaries. Over a
// Snapshot; the answers are those of one moment. Nothing here writes or tells the time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "entente/v1/store.pb.h"
#include "node/meaning/record/index_key.h"
#include "node/store/log_reader.h"
#include "node/store/published.h"

namespace entente::query {

using base::InstrumentId;

class Views {
 public:
  // Both outlive the reader.
  Views(const storage::Snapshot* snapshot, const store::Published* published,
        const InstrumentId& instrument)
      : snapshot_(snapshot), published_(published), instrument_(instrument) {}

  // Which contributions an answer stands on; nothing set: all of them (node/query/view/as_of.h).
  using Includes = std::function<absl::StatusOr<bool>(const v1::Contribution&)>;
  void Restrict(Includes includes) { includes_ = std::move(includes); }
  bool restricted() const { return includes_ != nullptr; }
  // Does an answer stand on this entry?
  absl::StatusOr<bool> Included(const ledger::Entry& entry) const;

  // Reads every slot whose text begins so in one go, and of what records something is said at all;
  // asking for one of them costs no read then. Again for the same: nothing. What it replaces is
  // forgotten.
  absl::Status Preload(absl::string_view prefix);
  // Is it known, after a Preload, that no record is about this entry?
  bool NothingAbout(const base::EntryId& entry) const;

  // The slot without a copy where it was read already; else it is read into `place`. Lives as long
  // as both, and until the next Preload.
  absl::StatusOr<const v1::SlotValue*> Borrow(absl::string_view slot, v1::SlotValue& place) const;
  // The empty value when nothing admitted stands in the slot. Of a record that has no name but its
  // entry's id: only what the delegation that wrote it says there, since the slot does not say
  // whose it is.
  absl::StatusOr<v1::SlotValue> Slot(absl::string_view slot) const;
  // A row of the slots family, read as Slot reads it.
  absl::StatusOr<v1::SlotValue> SlotOfRow(absl::string_view key, absl::string_view row) const;
  // Slots of one kind ("commitment"), ascending by slot text.
  absl::StatusOr<std::vector<v1::SlotValue>> SlotsOfKind(absl::string_view kind_word) const;
  // Slot texts of the kind that begin with `prefix`, ascending, each once.
  absl::StatusOr<std::vector<std::string>> SlotNames(absl::string_view kind_word) const;

  // The head's summary, parsed; nullopt when the slot is empty. Of several heads the one that
  // display order (hlc, entry id) puts last is shown.
  template <class Summary>
  absl::StatusOr<std::optional<Summary>> Head(absl::string_view slot) const;
  template <class Summary>
  absl::StatusOr<std::vector<Summary>> All(absl::string_view kind_word) const;

  absl::StatusOr<ledger::Entry> Entry(const base::EntryId& id) const;

  const InstrumentId& instrument() const { return instrument_; }
  const storage::Snapshot& snapshot() const { return *snapshot_; }
  const store::Published& published() const { return *published_; }
  const ledger::CharterView* charter() const { return published_->authority.Charter(instrument_); }
  std::string code() const { return published_->InstrumentCode(instrument_); }

 private:
  absl::StatusOr<std::vector<v1::SlotValue>> CatalogueSlots(absl::string_view kind_word,
                                                            uint32_t kind) const;
  absl::Status PreloadAbout();
  bool IsPreloaded(absl::string_view slot) const;

  const storage::Snapshot* snapshot_;
  const store::Published* published_;
  InstrumentId instrument_;
  Includes includes_;
  std::string preloaded_;             // prefix; empty: none
  std::vector<v1::SlotValue> slots_;  // under it, ascending by text
  mutable size_t next_ = 0;  // tables ask for slots in their order: this one is likely the next
  // First 8 bytes of the entries, ascending; nothing: not known. Asked once a slot, so it lies
  // together.
  std::optional<std::vector<uint64_t>> about_;
};

// What stands in a slot says that its author took back what stood there.
bool IsTakenBack(const v1::Contribution& head);

// The head that is shown where one must be: the last by (hlc, entry id). Null for an empty slot.
const v1::Contribution* ShownHead(const v1::SlotValue& slot);

template <class Summary>
absl::StatusOr<std::optional<Summary>> Views::Head(absl::string_view slot) const {
  auto value = Slot(slot);
  if (!value.ok()) return value.status();
  const v1::Contribution* head = ShownHead(*value);
  Summary summary;
  if (!head || !summary.ParseFromString(head->summary())) return std::optional<Summary>();
  return std::optional<Summary>(std::move(summary));
}

template <class Summary>
absl::StatusOr<std::vector<Summary>> Views::All(absl::string_view kind_word) const {
  auto slots = SlotsOfKind(kind_word);
  if (!slots.ok()) return slots.status();
  std::vector<Summary> out;
  for (const v1::SlotValue& slot : *slots) {
    const v1::Contribution* head = ShownHead(slot);
    Summary summary;
    if (head && !IsTakenBack(*head) && summary.ParseFromString(head->summary()))
      out.push_back(std::move(summary));
  }
  return out;
}

}  // namespace entente::query
