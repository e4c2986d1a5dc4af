// The catalogue as this node's views hold it, for the validation rules. Records are opened once and
// kept, so one catalogue serves a whole submission. One state: the snapshot's.
#pragma once

#include <map>
#include <memory>

#include "node/meaning/catalogue.h"
#include "node/query/views.h"

namespace entente::query {

class ViewCatalogue final : public meaning::Catalogue {
 public:
  // `views` outlives the catalogue.
  explicit ViewCatalogue(const Views* views) : views_(views) {}

  std::string InstrumentCode() const override { return views_->code(); }
  const v1::Instrument* FindInstrument() const override;
  const v1::Chapter* FindChapter(absl::string_view code) const override;
  const v1::Commitment* FindCommitment(absl::string_view code) const override;
  const v1::Indicator* FindIndicator(absl::string_view code) const override;
  const v1::Round* FindRound(absl::string_view code) const override;
  std::vector<std::string> CodesOf(uint32_t kind) const override;
  std::vector<std::string> Delegations() const override;
  std::vector<base::EntryId> SlotHeads(absl::string_view slot) const override;
  std::optional<std::string> SlotOf(const base::EntryId& entry) const override;
  const v1::Report* PreviousReport(absl::string_view slot) const override;
  std::optional<std::string> PreviousValue(absl::string_view delegation,
                                           const v1::IndicatorValue& value) const override;

 private:
  template <class Message>
  const Message* Find(std::map<std::string, std::optional<Message>>& cache,
                      const std::string& slot) const;

  // Slots are asked for more than once by one rule after another.
  const v1::SlotValue& Slot(const std::string& slot) const;

  const Views* views_;
  mutable std::map<std::string, v1::SlotValue> slots_;
  mutable std::map<std::string, std::optional<v1::Instrument>> instruments_;
  mutable std::map<std::string, std::optional<v1::Chapter>> chapters_;
  mutable std::map<std::string, std::optional<v1::Commitment>> commitments_;
  mutable std::map<std::string, std::optional<v1::Indicator>> indicators_;
  mutable std::map<std::string, std::optional<v1::Round>> rounds_;
  mutable std::map<std::string, std::optional<v1::Report>> reports_;
};

}  // namespace entente::query
