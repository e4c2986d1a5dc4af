// What the checking side knows of the records around the one it checks. Absent means "not held
// here", never "does not exist": rules that need an absent record hold, they do not refuse.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "entente/v1/payload.pb.h"
#include "node/base/id.h"

namespace entente::meaning {

// How a silence procedure stands: its last day, and who broke the silence, ascending.
struct Silence {
  std::string until;  // YYYY-MM-DD; "": none runs, the amendment was put to a meeting
  std::vector<std::string> objectors;
};

// A decision that stands.
struct AmendmentDecision {
  base::EntryId entry;
  std::string outcome, procedure, date, doc_ref;
};

class Catalogue {
 public:
  virtual ~Catalogue() = default;

  // True: nothing is held around the record, and rules that need something to compare with may be
  // passed over. Only refusals a record settles by itself are then found.
  virtual bool KnowsNothing() const { return false; }

  virtual std::string InstrumentCode() const = 0;  // "" when not known
  // The one head, or of several heads the one that sorts first (hlc, entry id). nullptr: not held.
  // Pointers are good until the next call.
  virtual const v1::Instrument* FindInstrument() const = 0;
  virtual const v1::Chapter* FindChapter(absl::string_view code) const = 0;
  virtual const v1::Commitment* FindCommitment(absl::string_view code) const = 0;
  virtual const v1::Indicator* FindIndicator(absl::string_view code) const = 0;
  virtual const v1::Round* FindRound(absl::string_view code) const = 0;

  // Codes held of one kind (entry.proto), for suggestions only.
  virtual std::vector<std::string> CodesOf(uint32_t kind) const = 0;
  // Codes the charter admits and has not shut; empty when the charter is not known.
  virtual std::vector<std::string> Delegations() const = 0;

  // Codes the charter once admitted and has shut: suspended or withdrawn.
  virtual std::vector<std::string> ShutDelegations() const { return {}; }

  // Heads that stand in a slot here, ascending; the slot of an entry held here.
  virtual std::vector<base::EntryId> SlotHeads(absl::string_view slot) const = 0;
  virtual std::optional<std::string> SlotOf(const base::EntryId& entry) const = 0;
  // Code of the delegation that wrote an entry held here.
  virtual std::optional<std::string> AuthorOf(const base::EntryId&) const { return std::nullopt; }
  // A report that is held here.
  virtual const v1::Report* ReportOf(const base::EntryId& entry) const = 0;
  // The delegation's latest value of the same indicator, area and dimensions for another period.
  virtual std::optional<std::string> PreviousValue(absl::string_view delegation,
                                                   const v1::IndicatorValue& value) const = 0;

  // The date up to which a delegation's deadline was extended; the later of several.
  virtual std::optional<std::string> ExtendedDeadline(absl::string_view /*round*/,
                                                      absl::string_view /*delegation*/) const {
    return std::nullopt;
  }
  virtual bool RoundIsClosed(absl::string_view) const { return false; }
  // Of an amendment held here.
  virtual std::optional<Silence> SilenceOn(const base::EntryId&) const { return std::nullopt; }
  // What was decided of an amendment and stands: the latest of several.
  virtual std::optional<AmendmentDecision> DecisionOn(const base::EntryId&) const {
    return std::nullopt;
  }
};

// Nothing at all is held: the view of a record by itself.
class EmptyCatalogue final : public Catalogue {
 public:
  bool KnowsNothing() const override { return true; }
  std::string InstrumentCode() const override { return ""; }
  const v1::Instrument* FindInstrument() const override { return nullptr; }
  const v1::Chapter* FindChapter(absl::string_view) const override { return nullptr; }
  const v1::Commitment* FindCommitment(absl::string_view) const override { return nullptr; }
  const v1::Indicator* FindIndicator(absl::string_view) const override { return nullptr; }
  const v1::Round* FindRound(absl::string_view) const override { return nullptr; }
  std::vector<std::string> CodesOf(uint32_t) const override { return {}; }
  std::vector<std::string> Delegations() const override { return {}; }
  std::vector<base::EntryId> SlotHeads(absl::string_view) const override { return {}; }
  std::optional<std::string> SlotOf(const base::EntryId&) const override { return std::nullopt; }
  const v1::Report* ReportOf(const base::EntryId&) const override { return nullptr; }
  std::optional<std::string> PreviousValue(absl::string_view,
                                           const v1::IndicatorValue&) const override {
    return std::nullopt;
  }
};

// A plain one, filled by hand: tests, catalogue files being read, clients with no node.
class MemoryCatalogue final : public Catalogue {
 public:
  std::string code;
  std::optional<v1::Instrument> instrument;
  std::map<std::string, v1::Chapter> chapters;
  std::map<std::string, v1::Commitment> commitments;
  std::map<std::string, v1::Indicator> indicators;
  std::map<std::string, v1::Round> rounds;
  std::vector<std::string> delegations;
  std::map<std::string, std::vector<base::EntryId>> heads;  // by slot
  std::map<base::EntryId, std::string> slots;
  std::map<base::EntryId, std::string> authors;
  std::map<base::EntryId, v1::Report> reports;
  std::map<std::string, std::string> past_values;  // by indicator code
  std::map<std::string, std::string> extensions;   // by ROUND/DELEGATION
  std::set<std::string> closed_rounds;
  std::vector<std::string> shut_delegations;
  std::map<base::EntryId, Silence> silences;
  std::map<base::EntryId, AmendmentDecision> decisions;  // by amendment

  std::string InstrumentCode() const override { return code; }
  const v1::Instrument* FindInstrument() const override {
    return instrument ? &*instrument : nullptr;
  }
  const v1::Chapter* FindChapter(absl::string_view wanted) const override;
  const v1::Commitment* FindCommitment(absl::string_view wanted) const override;
  const v1::Indicator* FindIndicator(absl::string_view wanted) const override;
  const v1::Round* FindRound(absl::string_view wanted) const override;
  std::vector<std::string> CodesOf(uint32_t kind) const override;
  std::vector<std::string> Delegations() const override { return delegations; }
  std::vector<std::string> ShutDelegations() const override { return shut_delegations; }
  std::vector<base::EntryId> SlotHeads(absl::string_view slot) const override;
  std::optional<std::string> SlotOf(const base::EntryId& entry) const override;
  std::optional<std::string> AuthorOf(const base::EntryId& entry) const override;
  const v1::Report* ReportOf(const base::EntryId& entry) const override;
  std::optional<std::string> PreviousValue(absl::string_view delegation,
                                           const v1::IndicatorValue& value) const override;
  std::optional<std::string> ExtendedDeadline(absl::string_view round,
                                              absl::string_view delegation) const override;
  bool RoundIsClosed(absl::string_view round) const override;
  std::optional<Silence> SilenceOn(const base::EntryId& amendment) const override;
  std::optional<AmendmentDecision> DecisionOn(const base::EntryId& amendment) const override;
};

}  // namespace entente::meaning
