// The catalogue as this node's views hold it, for the validation rules. Records are opened once and
// kept, so one catalogue serves a whole submission. One state: the snapshot's.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "node/meaning/record/catalogue.h"
#include "node/query/view/record_cache.h"
#include "node/query/view/views.h"

namespace entente::query {

class ViewCatalogue final : public meaning::Catalogue {
 public:
  // Both outlive the catalogue; `kept` serves many of them, and may be null.
  ViewCatalogue(const Views* views, RecordCache* kept) : views_(views), kept_(kept) {}

  std::string InstrumentCode() const override { return views_->code(); }
  const v1::Instrument* FindInstrument() const override;
  const v1::Chapter* FindChapter(absl::string_view code) const override;
  const v1::Commitment* FindCommitment(absl::string_view code) const override;
  const v1::Indicator* FindIndicator(absl::string_view code) const override;
  const v1::Round* FindRound(absl::string_view code) const override;
  std::vector<std::string> CodesOf(uint32_t kind) const override;
  std::vector<std::string> Delegations() const override;
  std::vector<std::string> ShutDelegations() const override;
  std::vector<base::EntryId> SlotHeads(absl::string_view slot) const override;
  std::optional<std::string> SlotOf(const base::EntryId& entry) const override;
  std::optional<std::string> AuthorOf(const base::EntryId& entry) const override;
  const v1::Report* ReportOf(const base::EntryId& entry) const override;
  std::optional<std::string> PreviousValue(absl::string_view delegation,
                                           const v1::IndicatorValue& value) const override;
  std::optional<std::string> ExtendedDeadline(absl::string_view round,
                                              absl::string_view delegation) const override;
  bool RoundIsClosed(absl::string_view round) const override;
  std::optional<meaning::Silence> SilenceOn(const base::EntryId& amendment) const override;
  std::optional<meaning::AmendmentDecision> DecisionOn(
      const base::EntryId& amendment) const override;

  // From now on what stands in one of these slots is found, empty, though it is not held here yet;
  // null: nothing is. It outlives the catalogue, or the next call.
  void Expect(const std::set<std::string>* slots) { expected_ = slots; }

 private:
  // The record that is shown in the slot; null: none, or not a Message.
  template <class Message>
  const Message* Find(const std::string& slot) const;
  RecordCache::RecordPtr Read(const v1::Contribution& head) const;

  // Slots are asked for more than once by one rule after another.
  const v1::SlotValue& Slot(const std::string& slot) const;

  const Views* const views_;
  RecordCache* const kept_;
  const std::set<std::string>* expected_ = nullptr;
  mutable std::map<std::string, v1::SlotValue> slots_;
  mutable std::map<std::string, RecordCache::RecordPtr> records_;  // by slot; null: none
  mutable std::map<base::EntryId, v1::Report> reports_;
  mutable std::optional<std::set<std::string>> closed_rounds_;  // nothing: not asked yet
};

}  // namespace entente::query
