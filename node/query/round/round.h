// A round as the views show it: which slots are expected, and what stands in each. The exact
// definitions of every figure are in docs/metrics.md; the tables built from this are in
// round_tables.h.
//
// At chapter level a delegation has reported on a chapter when it has reported on the chapter
// itself or on any commitment of it: one signed word on DDR/08 is a word on DDR.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "node/meaning/state/metrics.h"
#include "node/query/view/freshness.h"
#include "node/query/view/register_rungs.h"
#include "node/query/view/views.h"

namespace entente::query {

enum class Cell {
  kNone,
  kSubmitted,
  kNil,
  kConflict,
  kWithdrawn,
  kMinuted,  // only as_minuted: spoke at the meeting
};

struct CellState {
  Cell cell = Cell::kNone;
  v1::Implementation implementation = v1::IMPLEMENTATION_UNSPECIFIED;
  v1::Assessment assessment = v1::ASSESSMENT_UNSPECIFIED;
  uint64_t first_hlc = 0;  // claimed time of the first report of the slot
  // Register time of the first report that was received, Unix milliseconds; nothing: none was yet.
  std::optional<int64_t> first_received_ms;
  // Of the report that stands alone; a conflict is submitted or received.
  meaning::ReportState state = meaning::ReportState::kNone;
  std::string due, question, reason;  // of an open question; of a report that is not counted
  bool after_close = false;           // nothing of it was there when the round was closed
  // Completeness of the reports that stand in it, where the round tells that.
  uint64_t answered = 0, asked = 0;

  bool Reported() const;
  bool Asked() const { return state == meaning::ReportState::kClarificationRequested; }
};

class Round {
 public:
  // NOT_FOUND when the round is not held here; with an empty code: the only round held.
  // All its slots are read at once when the first is asked for; with `delegation` only that one's,
  // and asking for another's costs a read each.
  static absl::StatusOr<Round> Load(const Views& views, absl::string_view code, bool as_minuted,
                                    absl::string_view delegation = "");

  const v1::RoundSummary& summary() const { return summary_; }
  const std::vector<v1::ChapterSummary>& chapters() const {
    return chapters_;
  }  // in scope, in order
  const std::vector<v1::CommitmentSummary>& commitments() const {
    return commitments_;
  }                                           // in scope, by code
  std::vector<std::string> Expected() const;  // delegations

  // The chapter with this code, title or alias (ChapterNamed), if the round asks about it.
  // NOT_FOUND_RECORD lists those it asks about.
  absl::StatusOr<std::string> ChapterCode(absl::string_view text) const;

  // Is the delegation asked about this commitment?
  bool Addressed(const v1::CommitmentSummary& commitment, const std::string& delegation) const;

  absl::StatusOr<CellState> Commitment(const std::string& delegation,
                                       const std::string& code) const;
  absl::StatusOr<CellState> Chapter(const std::string& delegation, const std::string& code) const;

  // What stands in one report slot of the round; a chapter here is the report on the chapter
  // itself.
  absl::StatusOr<CellState> Slot(const std::string& delegation, v1::SubjectKind kind,
                                 const std::string& code) const;
  // The round is closed, and the report is within the marks of no close that stands.
  absl::StatusOr<bool> CameAfterClose(const base::EntryId& report) const;

  // End of the deadline day plus grace, Unix milliseconds; 0: none.
  uint64_t DeadlineMs() const;
  // The same for one delegation, whose deadline may have been extended.
  uint64_t DeadlineMs(const std::string& delegation) const;
  // The day, as the delegation has it; "" for none.
  std::string Deadline(const std::string& delegation) const;
  // Several extensions stand for it, written apart: the latest prevails.
  bool ExtensionsDiffer(const std::string& delegation) const;

  bool closed() const { return !closes_.empty(); }
  // Cells then tell how complete their reports are, which costs more reading.
  void TellCompleteness();
  // Cells then tell nothing of when reports were received: for tables that do not, either.
  void LeaveTimesOut() { times_ = nullptr; }
  // As if no close stood: for the next one.
  void CountAll() { closes_.clear(); }

 private:
  explicit Round(const Views& views)
      : views_(std::make_shared<Views>(views)), times_(std::make_shared<ReceivedTimes>(views)) {}
  absl::Status LoadExtensions();
  absl::Status LoadCloses();
  absl::StatusOr<bool> WasCounted(const base::EntryId& report) const;
  // `shown`: the summary of the head, where only one stands.
  void FillCompleteness(const std::vector<const v1::Contribution*>& heads,
                        const v1::ReportSummary& shown, v1::SubjectKind kind,
                        const std::string& code, CellState& out) const;
  // `shown`: the slot's.
  absl::Status FillState(const std::string& slot_text, const v1::SlotValue& slot,
                         const v1::Contribution& shown, CellState& out) const;

  std::shared_ptr<Views> views_;          // this round's own
  std::shared_ptr<ReceivedTimes> times_;  // null: left out
  std::string slots_;  // what the text of its slots begins with; empty: as minuted
  bool as_minuted_ = false;
  v1::RoundSummary summary_;
  std::vector<v1::ChapterSummary> chapters_;
  std::vector<v1::CommitmentSummary> commitments_;
  std::map<std::string, std::vector<std::string>> chapter_commitments_;  // codes of commitments_
  std::set<std::pair<std::string, std::string>> minuted_;                // chapter, speaker
  std::map<std::string, std::vector<std::string>> extended_;  // delegation -> days, ascending
  std::vector<v1::RoundCloseSummary> closes_;                 // that stand
  // What reports are asked for, by code of commitments_, and those on a chapter or all of the
  // instrument. Nothing: cells do not tell.
  std::map<std::string, meaning::AskedParts> asked_;
  std::optional<meaning::AskedParts> asked_of_others_;
};

}  // namespace entente::query
