#include "node/query/round/round_tables.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/reference.h"
#include "node/meaning/state/metrics.h"
#include "node/meaning/text/code.h"
#include "node/meaning/text/words.h"
#include "node/query/draft/draft_steps.h"
#include "node/query/view/directory.h"
#include "node/query/view/silences.h"
#include "node/query/view/table.h"

namespace entente::query {

using absl::StatusCode;

namespace {

constexpr char kDash[] = "–";

std::string RateText(const meaning::RoundFigures& figures) {
  if (figures.expected == 0) return kDash;
  return meaning::FormatRate(figures.reported, figures.expected) + "%";
}

// By the register's times; unknown while the instrument has no register.
std::string OnTimeText(const Views& views, const meaning::RoundFigures& figures, bool as_minuted) {
  if (as_minuted || !views.published().registers.contains(views.instrument())) return kDash;
  if (figures.expected == 0) return kDash;
  return meaning::FormatRate(figures.on_time, figures.expected) + "%";
}

// "7 of 9": "7/9" would be a date to a spreadsheet. Nothing in particular is asked for: a dash.
std::string CompleteText(const meaning::RoundFigures& figures) {
  if (figures.asked == 0) return kDash;
  return absl::StrCat(figures.answered, " of ", figures.asked);
}

std::string LateText(const Views& views, const meaning::RoundFigures& figures, bool as_minuted) {
  if (as_minuted || !views.published().registers.contains(views.instrument())) return kDash;
  return absl::StrCat(figures.late);
}

// Of what is there: when it came, by the register's time, and beside it what authors say.
std::string ReceivedNote(const Views& views, const meaning::RoundFigures& figures) {
  std::string text = absl::StrCat(figures.reported, " of ", figures.expected, " are reported");
  if (figures.reported == 0) return text + ".";
  if (!views.published().registers.contains(views.instrument())) {
    return absl::StrCat(text, "; no register says when they were received.");
  }
  return absl::StrCat(text, ": ", figures.on_time, " received on time, ", figures.late, " late, ",
                      figures.not_received,
                      " not yet in a final checkpoint (the register's time); ",
                      figures.signed_on_time, " signed in time (the authors' own word).");
}

std::string MissingState(bool known, const CellState& cell, bool as_minuted) {
  if (as_minuted) return "not minuted";
  if (cell.cell == Cell::kWithdrawn) return "withdrawn";
  if (cell.state == meaning::ReportState::kNotCounted)
    return absl::StrCat("not counted: ", cell.reason);
  if (cell.after_close) return "after the close";
  return known ? "not submitted" : "not seen here";
}

// Of a delegation the charter never admitted nothing is known.
DelegationFreshness FreshnessOf(const FreshnessByCode& freshness, const std::string& delegation) {
  const auto it = freshness.find(delegation);
  return it == freshness.end() ? DelegationFreshness() : it->second;
}

std::string MissingNote(const DelegationFreshness& fresh) {
  if (fresh.own) return "";
  if (fresh.last_contact_ms != 0)
    return absl::StrCat("last contact ", TimeText(fresh.last_contact_ms));
  if (fresh.newest_record_ms != 0)
    return absl::StrCat("newest record held: ", TimeText(fresh.newest_record_ms));
  return "no contact with its node yet, no record held";
}

// The commitments of a chapter ("" for all) a delegation is asked about.
std::vector<std::string> Asked(const Round& round, const std::string& chapter,
                               const std::string& delegation) {
  std::vector<std::string> out;
  for (const auto& commitment : round.commitments()) {
    if (!chapter.empty() && meaning::ChapterOf(commitment.code()) != chapter) continue;
    if (round.Addressed(commitment, delegation)) out.push_back(commitment.code());
  }
  return out;
}

absl::StatusOr<std::string> WantedChapter(const Round& round, const v1::RoundQuestion& question) {
  if (question.chapter().empty()) return std::string();
  return round.ChapterCode(question.chapter());
}

absl::Status BadBy(const std::string& by, absl::string_view known) {
  return base::Error(StatusCode::kInvalidArgument, "USAGE",
                     absl::StrCat("--by: \"", by, "\" is not known; known: ", known));
}

}  // namespace

meaning::SlotState SlotStateOf(const CellState& cell, uint64_t deadline_ms) {
  meaning::SlotState slot;
  if (cell.cell == Cell::kWithdrawn) slot.state = meaning::ReportState::kWithdrawn;
  if (cell.state == meaning::ReportState::kNotCounted) slot.state = cell.state;
  if (!cell.Reported()) return slot;
  slot.state = cell.state == meaning::ReportState::kNone ? meaning::ReportState::kSubmitted
                                                         : cell.state;  // as minuted
  slot.nil = cell.cell == Cell::kNil;
  slot.conflict = cell.cell == Cell::kConflict;
  if (cell.first_hlc != 0) slot.first_signed_ms = static_cast<int64_t>(WallMs(cell.first_hlc));
  slot.first_received_ms = cell.first_received_ms;
  slot.answered = cell.answered;
  slot.asked = cell.asked;
  if (deadline_ms != 0) slot.deadline_ms = static_cast<int64_t>(deadline_ms);
  return slot;
}

namespace {

// What a reader of any table of the round should know of its deadlines and its close.
void AddRoundNotes(const Round& round, TableBuilder& table) {
  for (const std::string& delegation : round.Expected()) {
    if (round.ExtensionsDiffer(delegation)) {
      table.Note(absl::StrCat(delegation, ": two extensions were granted apart; the later, ",
                              round.Deadline(delegation), ", prevails."));
    }
  }
  if (round.closed()) {
    table.Note(
        "the round is closed: a report that came after the close is shown, and not counted unless "
        "the round is closed anew.");
  }
}

}  // namespace

absl::StatusOr<v1::Table> Missing(const Views& views, const v1::RoundQuestion& question,
                                  const FreshnessByCode& freshness, uint64_t now_ms) {
  ASSIGN_OR_RETURN(Round round, Round::Load(views, question.round(), question.as_minuted()));
  ASSIGN_OR_RETURN(std::string chapter, WantedChapter(round, question));
  const bool by_commitment = question.by() == "commitment";
  if (!question.by().empty() && !by_commitment && question.by() != "chapter") {
    return BadBy(question.by(), "chapter commitment");
  }
  TableBuilder table({{"delegation", "DELEGATION"},
                      {"subject", "SUBJECT"},
                      {"expected", "EXPECTED", true},
                      {"reported", "REPORTED", true},
                      {"state", "STATE"},
                      {"deadline", "DEADLINE"},
                      {"note", "NOTE"}});
  std::set<std::string> missing;
  std::vector<meaning::SlotState> slots;
  for (const std::string& delegation : round.Expected()) {
    const DelegationFreshness fresh = FreshnessOf(freshness, delegation);
    const uint64_t deadline_ms = round.DeadlineMs(delegation);
    const bool known = KnownNotSubmitted(fresh, deadline_ms, now_ms);
    auto add = [&](const std::string& subject, const CellState& state) {
      slots.push_back(SlotStateOf(state, deadline_ms));
      if (state.Reported()) return;
      missing.insert(delegation);
      table.Row({delegation, subject, "1", "0", MissingState(known, state, question.as_minuted()),
                 round.Deadline(delegation), question.as_minuted() ? "" : MissingNote(fresh)});
    };
    if (by_commitment) {
      for (const std::string& code : Asked(round, chapter, delegation)) {
        ASSIGN_OR_RETURN(CellState state, round.Commitment(delegation, code));
        add(code, state);
      }
      continue;
    }
    for (const auto& in_scope : round.chapters()) {
      if (!chapter.empty() && in_scope.code() != chapter) continue;
      ASSIGN_OR_RETURN(CellState state, round.Chapter(delegation, in_scope.code()));
      add(in_scope.code(), state);
    }
  }
  table.Note(absl::StrCat(
      missing.size(), " of ", round.summary().expected_size(), " delegations (subject level: ",
      by_commitment ? "commitment" : "chapter; --by commitment counts commitments",
      question.as_minuted() ? "; as minuted: not minuted is not the same as not reported" : "",
      ")."));
  if (!question.as_minuted()) {
    table.Note(ReceivedNote(views, meaning::CountRound(slots)));
    AddRoundNotes(round, table);
  }
  return table.Finish();
}

absl::StatusOr<v1::Table> Rate(const Views& views, const v1::RoundQuestion& question) {
  ASSIGN_OR_RETURN(Round round, Round::Load(views, question.round(), question.as_minuted()));
  round.TellCompleteness();
  ASSIGN_OR_RETURN(std::string chapter, WantedChapter(round, question));
  const std::string by = question.by().empty() ? "chapter" : question.by();
  if (by != "chapter" && by != "delegation" && by != "commitment")
    return BadBy(by, "chapter delegation commitment");
  TableBuilder table({{"subject", by == "delegation" ? "DELEGATION"
                                  : by == "chapter"  ? "CHAPTER"
                                                     : "COMMITMENT"},
                      {"title", "TITLE"},
                      {"expected", "EXPECTED", true},
                      {"reported", "REPORTED", true},
                      {"outstanding", "OUTSTANDING", true},
                      {"rate", "RATE"},
                      {"complete", "COMPLETE"},
                      {"on_time", "ON TIME"},
                      {"late", "LATE", true},
                      {"signed_on_time", "SIGNED ON TIME", true},
                      {"nil", "NIL", true},
                      {"accepted", "ACCEPTED", true},
                      {"open_questions", "OPEN Q.", true},
                      {"conflict", "CONFLICT", true}});
  std::vector<std::pair<std::string, uint64_t>> asked;  // delegation, its deadline
  for (const std::string& delegation : round.Expected())
    asked.emplace_back(delegation, round.DeadlineMs(delegation));
  uint64_t not_received = 0;
  auto row = [&](const std::string& subject, const std::string& title,
                 const std::vector<meaning::SlotState>& slots) {
    const meaning::RoundFigures f = meaning::CountRound(slots);
    not_received += f.not_received;
    table.Row(
        {subject, title, absl::StrCat(f.expected), absl::StrCat(f.reported),
         absl::StrCat(f.outstanding), RateText(f), CompleteText(f),
         OnTimeText(views, f, question.as_minuted()), LateText(views, f, question.as_minuted()),
         question.as_minuted() ? "0" : absl::StrCat(f.signed_on_time), absl::StrCat(f.nil),
         absl::StrCat(f.accepted), absl::StrCat(f.open_clarifications), absl::StrCat(f.conflict)});
  };
  if (by == "chapter") {
    for (const auto& in_scope : round.chapters()) {
      if (!chapter.empty() && in_scope.code() != chapter) continue;
      std::vector<meaning::SlotState> slots;
      for (const auto& [delegation, deadline_ms] : asked) {
        ASSIGN_OR_RETURN(CellState state, round.Chapter(delegation, in_scope.code()));
        slots.push_back(SlotStateOf(state, deadline_ms));
      }
      row(in_scope.code(), in_scope.title(), slots);
    }
  } else if (by == "delegation") {
    for (const auto& [delegation, deadline_ms] : asked) {
      std::vector<meaning::SlotState> slots;
      for (const auto& in_scope : round.chapters()) {
        if (!chapter.empty() && in_scope.code() != chapter) continue;
        ASSIGN_OR_RETURN(CellState state, round.Chapter(delegation, in_scope.code()));
        slots.push_back(SlotStateOf(state, deadline_ms));
      }
      row(delegation, "", slots);
    }
  } else {
    for (const auto& commitment : round.commitments()) {
      if (!chapter.empty() && meaning::ChapterOf(commitment.code()) != chapter) continue;
      std::vector<meaning::SlotState> slots;
      for (const auto& [delegation, deadline_ms] : asked) {
        if (!round.Addressed(commitment, delegation)) continue;
        ASSIGN_OR_RETURN(CellState state, round.Commitment(delegation, commitment.code()));
        slots.push_back(SlotStateOf(state, deadline_ms));
      }
      row(commitment.code(), commitment.text(), slots);
    }
  }
  if (not_received > 0 && !question.as_minuted()) {
    table.Note(
        absl::StrCat(not_received,
                     " reported slots stand in no final checkpoint known here yet: they count "
                     "as neither on time nor late."));
  }
  if (question.as_minuted())
    table.Note("as minuted: who spoke at the meeting, not who filed a report.");
  AddRoundNotes(round, table);
  return table.Finish();
}

namespace {

// What a matrix shows where nothing stands.
constexpr char kNotAsked[] = "n/a", kNotSubmitted[] = "·", kNotSeenHere[] = "○";

// `nothing`: the word for nothing.
std::string MatrixCell(const CellState& state, const char* nothing) {
  std::string text;
  switch (state.cell) {
    case Cell::kNone:
      return nothing;
    case Cell::kConflict:
      text = "conflict ‡";
      break;
    case Cell::kWithdrawn:
      return "withdrawn";
    case Cell::kMinuted:
      return "minuted";
    case Cell::kNil:
      text = "nil";
      break;
    default:
      text = std::string(meaning::ImplementationWord(state.implementation));
      if (text.empty()) text = "reported";
  }
  // Of versions in conflict none speaks for the others.
  const bool alone = state.cell != Cell::kConflict;
  if (alone && state.assessment == v1::OFF_TRACK) text += " !";
  if (alone && state.assessment == v1::AT_RISK) text += " ~";
  if (state.Asked()) text += " ?";
  if (state.state == meaning::ReportState::kNotCounted) text = "not counted";
  if (state.after_close) text += " (after close)";
  return text;
}

}  // namespace

absl::StatusOr<v1::Table> Matrix(const Views& views, const v1::RoundQuestion& question,
                                 const FreshnessByCode& freshness, uint64_t now_ms) {
  ASSIGN_OR_RETURN(Round round, Round::Load(views, question.round(), question.as_minuted()));
  round.LeaveTimesOut();
  ASSIGN_OR_RETURN(std::string chapter, WantedChapter(round, question));
  // Whole instrument, or minutes: a column a chapter. One chapter: a column a commitment.
  const bool by_commitment =
      !question.as_minuted() && (question.by() == "commitment" || !chapter.empty());
  std::vector<std::string> columns;
  std::map<std::string, const v1::CommitmentSummary*> commitments;
  if (by_commitment) {
    for (const auto& commitment : round.commitments()) {
      if (!chapter.empty() && meaning::ChapterOf(commitment.code()) != chapter) continue;
      columns.push_back(commitment.code());
      commitments[commitment.code()] = &commitment;
    }
  } else {
    for (const auto& in_scope : round.chapters()) {
      if (chapter.empty() || in_scope.code() == chapter) columns.push_back(in_scope.code());
    }
  }
  v1::Table table;
  auto add_column = [&](std::string name, std::string title) {
    v1::Column* column = table.add_columns();
    column->set_name(std::move(name));
    column->set_title(std::move(title));
  };
  add_column("delegation", "DELEGATION");
  for (const std::string& code : columns) add_column(code, code);
  for (const std::string& delegation : round.Expected()) {
    v1::Row* row = table.add_rows();
    row->add_cells(delegation);
    const bool known =
        question.as_minuted() ||
        KnownNotSubmitted(FreshnessOf(freshness, delegation), round.DeadlineMs(delegation), now_ms);
    for (const std::string& code : columns) {
      ASSIGN_OR_RETURN(CellState state, by_commitment ? round.Commitment(delegation, code)
                                                      : round.Chapter(delegation, code));
      const bool asked = !by_commitment || round.Addressed(*commitments.at(code), delegation);
      row->add_cells(MatrixCell(state, !asked ? kNotAsked : known ? kNotSubmitted : kNotSeenHere));
    }
  }
  table.add_notes(question.as_minuted()
                      ? "legend: · not minuted"
                      : "legend: ! off_track  ~ at_risk  ? clarification open  ‡ conflict, two or "
                        "more versions stand  n/a not asked  · not submitted  ○ not seen here");
  return table;
}

namespace {

struct Step {
  std::string state, todo;
};

Step NextStep(const CellState& state, bool overdue, const std::string& reference,
              const std::string& round, const std::string& commitment) {
  if (state.cell == Cell::kConflict)
    return {"conflict, two versions stand", absl::StrCat("entente draft merge ", reference)};
  if (state.Asked()) {
    return {"clarification requested",
            absl::StrCat(state.due.empty() ? "" : absl::StrCat("answer by ", state.due, ": "),
                         "entente draft new --correct ", reference, ", or entente comment add ",
                         reference, " --answer --text ...")};
  }
  const std::string anew =
      absl::StrCat("entente draft new --round ", round, " --commitment ", commitment);
  if (state.state == meaning::ReportState::kNotCounted)
    return {absl::StrCat("not counted: ", state.reason), anew};
  if (state.cell == Cell::kWithdrawn) return {"withdrawn", anew};
  return {overdue ? "overdue" : "not reported", anew};
}

bool Owes(const CellState& state) {
  const bool done = state.Reported() && state.cell != Cell::kConflict && !state.Asked();
  return !done && !state.after_close;
}

// Silence procedures that the delegation may still break.
absl::Status AddSilences(const Views& views, const std::string& delegation, uint64_t now_ms,
                         TableBuilder& table) {
  ASSIGN_OR_RETURN(const auto silences, OpenSilences(views));
  for (const OpenSilence& silence : silences) {
    if (!silence.WaitsFor(delegation, now_ms)) continue;
    table.Row({silence.summary.until(), "",
               meaning::ReferenceOfSlot(views.code(), silence.summary.slot()),
               silence.summary.reason(), "a silence procedure runs", silence.HowToObject(views)});
  }
  return absl::OkStatus();
}

bool IsOwn(const Views& views, const std::string& delegation) {
  const auto& own = views.published().delegation;
  return own && views.published().DelegationCode(views.instrument(), *own) == delegation;
}

}  // namespace

absl::StatusOr<int> Owed(const Round& round, const std::string& delegation) {
  const std::vector<std::string> expected = round.Expected();
  if (std::find(expected.begin(), expected.end(), delegation) == expected.end()) return 0;
  int owed = 0;
  for (const auto& commitment : round.commitments()) {
    if (!round.Addressed(commitment, delegation)) continue;
    ASSIGN_OR_RETURN(const CellState state, round.Commitment(delegation, commitment.code()));
    owed += Owes(state);
  }
  return owed;
}

absl::StatusOr<v1::Table> Todo(const Views& views, const std::string& delegation, uint64_t now_ms,
                               RecordCache* kept) {
  if (!IsOwn(views, delegation)) RETURN_IF_ERROR(CheckAdmitted(views, delegation));
  std::map<std::string, DraftStep> drafts;
  if (kept != nullptr && IsOwn(views, delegation)) {
    ASSIGN_OR_RETURN(drafts, DraftSteps(views, delegation, kept, now_ms));
  }
  TableBuilder table({{"due", "DUE"},
                      {"round", "ROUND"},
                      {"subject", "SUBJECT"},
                      {"title", "TITLE"},
                      {"state", "STATE"},
                      {"next_step", "DO"}});
  ASSIGN_OR_RETURN(auto rounds, views.All<v1::RoundSummary>("round"));
  for (const auto& summary : rounds) {
    if (std::find(summary.expected().begin(), summary.expected().end(), delegation) ==
        summary.expected().end())
      continue;
    ASSIGN_OR_RETURN(Round round, Round::Load(views, summary.code(), false, delegation));
    const uint64_t deadline = round.DeadlineMs(delegation);
    const bool overdue = deadline != 0 && now_ms > deadline;
    for (const auto& commitment : round.commitments()) {
      if (!round.Addressed(commitment, delegation)) continue;
      ASSIGN_OR_RETURN(CellState state, round.Commitment(delegation, commitment.code()));
      if (!Owes(state)) continue;
      const std::string reference = absl::StrCat("R:", views.code(), "/", summary.code(), "/",
                                                 delegation, "/", commitment.code());
      Step step = NextStep(state, overdue, reference, summary.code(), commitment.code());
      // What is in the making for it already goes on, whatever else would come next.
      if (auto draft = drafts.extract(absl::StrCat("report/", summary.code(), "/", delegation,
                                                   "/commitment/", commitment.code()))) {
        step = {absl::StrCat(step.state, "; ", draft.mapped().state), draft.mapped().todo};
      }
      table.Row({state.Asked() && !state.due.empty() ? state.due : round.Deadline(delegation),
                 summary.code(), commitment.code(), commitment.text(), step.state, step.todo});
    }
  }
  RETURN_IF_ERROR(AddSilences(views, delegation, now_ms, table));
  // Drafts of nothing that is owed.
  for (const auto& [slot, step] : drafts)
    table.Row({"", step.round, step.subject, "", step.state, step.todo});
  return table.Finish();
}

}  // namespace entente::query
