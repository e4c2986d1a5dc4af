#include "node/query/round/round.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "entente/v1/entry.pb.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/state/metrics.h"
#include "node/meaning/text/code.h"
#include "node/merge/slot_value.h"
#include "node/query/view/held_round.h"
#include "node/query/view/narrowed.h"
#include "node/query/view/spoken.h"

namespace entente::query {

using absl::StatusCode;
using base::Error;

namespace {

bool InScope(const v1::RoundSummary& round, const std::string& code) {
  if (round.scope().empty()) return true;
  const std::string chapter(meaning::ChapterOf(code));
  return std::any_of(round.scope().begin(), round.scope().end(), [&](const std::string& scope) {
    return scope == code || scope == chapter ||
           (scope.find('/') != std::string::npos && scope.rfind(code + "/", 0) == 0);
  });
}

absl::StatusOr<std::string> OnlyRound(const Views& views) {
  ASSIGN_OR_RETURN(auto rounds, views.All<v1::RoundSummary>("round"));
  std::vector<std::string> codes;
  for (const auto& round : rounds) {
    if (!round.expected().empty()) codes.push_back(round.code());
  }
  if (codes.size() == 1) return codes[0];
  if (codes.empty()) {
    return Error(StatusCode::kNotFound, "NOT_FOUND_RECORD",
                 "no round with expected delegations is held here; sync with the secretariat");
  }
  return Error(
      StatusCode::kInvalidArgument, "USAGE",
      absl::StrCat("say which round with --round CODE; known: ", absl::StrJoin(codes, " ")));
}

std::optional<int64_t> Earlier(std::optional<int64_t> a, std::optional<int64_t> b) {
  return !a ? b : !b ? a : std::min(*a, *b);
}

// Of two reports of one chapter, the state that still needs something.
meaning::ReportState Weaker(meaning::ReportState a, meaning::ReportState b) {
  using meaning::ReportState;
  for (ReportState state : {ReportState::kClarificationRequested, ReportState::kSubmitted,
                            ReportState::kReceived, ReportState::kClarified}) {
    if (a == state || b == state) return state;
  }
  return a;
}

}  // namespace

absl::StatusOr<Round> Round::Load(const Views& views, absl::string_view code, bool as_minuted,
                                  absl::string_view delegation) {
  Round round(views);
  round.as_minuted_ = as_minuted;
  std::string wanted = RoundCodeOf(code);
  if (wanted.empty()) {
    ASSIGN_OR_RETURN(wanted, OnlyRound(views));
  }
  ASSIGN_OR_RETURN(auto summary, views.Head<v1::RoundSummary>("round/" + wanted));
  if (!summary) {
    return RoundNotHeld(views, wanted);
  }
  round.summary_ = *std::move(summary);
  ASSIGN_OR_RETURN(auto chapters, views.All<v1::ChapterSummary>("chapter"));
  std::stable_sort(chapters.begin(), chapters.end(),
                   [](const auto& a, const auto& b) { return a.order() < b.order(); });
  for (auto& chapter : chapters) {
    if (InScope(round.summary_, chapter.code())) round.chapters_.push_back(std::move(chapter));
  }
  ASSIGN_OR_RETURN(auto commitments, views.All<v1::CommitmentSummary>("commitment"));
  for (auto& commitment : commitments) {
    if (!InScope(round.summary_, commitment.code())) continue;
    round.chapter_commitments_[std::string(meaning::ChapterOf(commitment.code()))].push_back(
        commitment.code());
    round.commitments_.push_back(std::move(commitment));
  }
  RETURN_IF_ERROR(round.LoadExtensions());
  RETURN_IF_ERROR(round.LoadCloses());
  if (!as_minuted) {
    round.slots_ = absl::StrCat("report/", round.summary_.code(), "/", delegation,
                                delegation.empty() ? "" : "/");
  }
  if (as_minuted) {
    ASSIGN_OR_RETURN(auto interventions, views.All<v1::InterventionSummary>("intervention"));
    for (const auto& intervention : interventions) {
      if (intervention.round() == round.summary_.code() && !intervention.chapter().empty()) {
        round.minuted_.emplace(intervention.chapter(), intervention.speaker());
      }
    }
  }
  return round;
}

absl::Status Round::LoadExtensions() {
  ASSIGN_OR_RETURN(auto slots, views_->SlotsOfKind("extension"));
  for (const v1::SlotValue& slot : slots) {
    for (const v1::Contribution* head : merge::Heads(slot)) {
      v1::ExtensionSummary extension;
      if (!extension.ParseFromString(head->summary()) || extension.round() != summary_.code())
        continue;
      extended_[extension.grantee()].push_back(extension.deadline());
    }
  }
  for (auto& [delegation, days] : extended_) std::sort(days.begin(), days.end());
  return absl::OkStatus();
}

absl::Status Round::LoadCloses() {
  ASSIGN_OR_RETURN(auto closes, StandingOfKind(*views_, v1::ROUND_CLOSE));
  for (const v1::Contribution& close : closes) {
    v1::RoundCloseSummary summary;
    if (summary.ParseFromString(close.summary()) && summary.round() == summary_.code())
      closes_.push_back(std::move(summary));
  }
  return absl::OkStatus();
}

std::vector<std::string> Round::Expected() const {
  return {summary_.expected().begin(), summary_.expected().end()};
}

absl::StatusOr<std::string> Round::ChapterCode(absl::string_view text) const {
  ASSIGN_OR_RETURN(std::string code, ChapterNamed(*views_, text));
  std::vector<std::string> asked;
  for (const auto& chapter : chapters_) {
    if (chapter.code() == code) return code;
    asked.push_back(chapter.code());
  }
  if (chapter_commitments_.contains(code)) return code;  // single commitments of it are in scope
  return Error(StatusCode::kNotFound, "NOT_FOUND_RECORD",
               absl::StrCat("chapter \"", code, "\" is not in the scope of the round ",
                            summary_.code(), "; its chapters: ", absl::StrJoin(asked, " ")));
}

bool Round::Addressed(const v1::CommitmentSummary& commitment,
                      const std::string& delegation) const {
  return std::any_of(
      commitment.addressees().begin(), commitment.addressees().end(),
      [&](const std::string& who) { return who == "all_parties" || who == delegation; });
}

bool CellState::Reported() const {
  return cell != Cell::kNone && cell != Cell::kWithdrawn && !after_close &&
         state != meaning::ReportState::kNotCounted;
}

// The report is within the marks of a close that stands.
absl::StatusOr<bool> Round::WasCounted(const base::EntryId& report) const {
  const store::LogReader log(&views_->snapshot());
  ASSIGN_OR_RETURN(auto place, log.Find(report));
  if (!place) return false;
  ASSIGN_OR_RETURN(const ledger::EntryHeader header, log.Header(*place));
  for (const v1::RoundCloseSummary& close : closes_) {
    for (const v1::FeedMark& mark : close.marks()) {
      if (mark.key() == header.key.view() && mark.incarnation() == header.incarnation &&
          header.sequence <= mark.sequence())
        return true;
    }
  }
  return false;
}

absl::StatusOr<bool> Round::CameAfterClose(const base::EntryId& report) const {
  if (!closed()) return false;
  ASSIGN_OR_RETURN(const bool counted, WasCounted(report));
  return !counted;
}

absl::Status Round::FillState(const std::string& slot_text, const v1::SlotValue& slot,
                              const v1::Contribution& shown, CellState& out) const {
  bool counted = closes_.empty();
  for (const v1::Contribution& c : slot.contributions()) {
    if (c.kind() != v1::REPORT) continue;
    if (out.first_hlc == 0 || c.hlc() < out.first_hlc) out.first_hlc = c.hlc();
    const base::EntryId id = *base::EntryId::FromBytes(c.entry());
    if (times_) {
      ASSIGN_OR_RETURN(auto received, times_->Ms(id));
      out.first_received_ms = Earlier(out.first_received_ms, received);
    }
    if (!counted) {
      ASSIGN_OR_RETURN(counted, WasCounted(id));
    }
  }
  out.after_close = !counted;
  const bool received = out.first_received_ms.has_value();
  out.state = received ? meaning::ReportState::kReceived : meaning::ReportState::kSubmitted;
  if (out.cell == Cell::kConflict) return absl::OkStatus();
  ASSIGN_OR_RETURN(const ReportStanding standing, StandingOf(*views_, slot_text, shown, received));
  out.state = standing.state;
  if (const StandingReview* open = standing.OpenQuestion()) {
    out.due = open->summary.due();
    out.question = open->summary.text();
  }
  if (!standing.reviews.empty()) out.reason = standing.reviews.back().summary.reason();
  return absl::OkStatus();
}

void Round::TellCompleteness() {
  const meaning::AskedCodes& sections = summary_.mandatory_sections();
  for (const v1::CommitmentSummary& commitment : commitments_)
    asked_.try_emplace(commitment.code(), sections, commitment.indicators());
  asked_of_others_.emplace(sections, meaning::AskedCodes());
}

// Of versions in conflict none speaks for the others: the one that says least is counted.
void Round::FillCompleteness(const std::vector<const v1::Contribution*>& heads,
                             const v1::ReportSummary& shown, v1::SubjectKind kind,
                             const std::string& code, CellState& out) const {
  if (!asked_of_others_ || !out.Reported()) return;
  const auto own = kind == v1::SUBJECT_COMMITMENT ? asked_.find(code) : asked_.end();
  const meaning::AskedParts& asked = own == asked_.end() ? *asked_of_others_ : own->second;
  std::optional<uint64_t> least;
  if (heads.size() == 1) least = asked.AnsweredBy(shown);
  for (const v1::Contribution* head : heads) {
    v1::ReportSummary report;
    if (heads.size() == 1 || head->kind() != v1::REPORT || !report.ParseFromString(head->summary()))
      continue;
    const uint64_t answered = asked.AnsweredBy(report);
    least = std::min(least.value_or(answered), answered);
  }
  if (!least) return;
  out.answered = *least;
  out.asked = asked.size();
}

absl::StatusOr<CellState> Round::Slot(const std::string& delegation, v1::SubjectKind kind,
                                      const std::string& code) const {
  meaning::ReportSlot name;
  name.round = summary_.code();
  name.delegation = delegation;
  name.subject_kind = kind;
  name.subject = code;
  const std::string slot_text = meaning::PrintReportSlot(name);
  if (!slots_.empty()) RETURN_IF_ERROR(views_->Preload(slots_));
  v1::SlotValue read;
  ASSIGN_OR_RETURN(const v1::SlotValue* slot, views_->Borrow(slot_text, read));
  CellState out;
  const auto heads = merge::Heads(*slot);
  if (heads.empty()) return out;
  const v1::Contribution* shown = heads.size() == 1 ? heads[0] : ShownHead(*slot);
  v1::ReportSummary report;
  report.ParseFromString(shown->kind() == v1::REPORT ? shown->summary() : "");
  out.implementation = report.implementation();
  out.assessment = report.assessment();
  out.cell = heads.size() > 1                  ? Cell::kConflict
             : shown->kind() == v1::WITHDRAWAL ? Cell::kWithdrawn
             : report.nil()                    ? Cell::kNil
                                               : Cell::kSubmitted;
  RETURN_IF_ERROR(FillState(slot_text, *slot, *shown, out));
  FillCompleteness(heads, report, kind, code, out);
  return out;
}

absl::StatusOr<CellState> Round::Commitment(const std::string& delegation,
                                            const std::string& code) const {
  return Slot(delegation, v1::SUBJECT_COMMITMENT, code);
}

absl::StatusOr<CellState> Round::Chapter(const std::string& delegation,
                                         const std::string& code) const {
  if (as_minuted_) {
    CellState out;
    if (minuted_.contains({code, delegation})) out.cell = Cell::kMinuted;
    return out;
  }
  ASSIGN_OR_RETURN(CellState best, Slot(delegation, v1::SUBJECT_CHAPTER, code));
  const auto commitments = chapter_commitments_.find(code);
  if (commitments == chapter_commitments_.end()) return best;
  for (const std::string& commitment : commitments->second) {
    ASSIGN_OR_RETURN(CellState state, Commitment(delegation, commitment));
    const auto received = Earlier(best.first_received_ms, state.first_received_ms);
    const uint64_t answered = best.answered + state.answered, asked = best.asked + state.asked;
    const uint64_t first = best.first_hlc == 0    ? state.first_hlc
                           : state.first_hlc == 0 ? best.first_hlc
                                                  : std::min(best.first_hlc, state.first_hlc);
    const bool both = best.Reported() && state.Reported();
    const meaning::ReportState weaker = both ? Weaker(best.state, state.state) : state.state;
    if (!best.Reported() || state.cell == Cell::kConflict || state.Asked()) {
      if (state.cell != Cell::kNone) best = state;
    }
    if (both) best.state = weaker;
    best.first_hlc = first;
    best.first_received_ms = received;
    best.answered = answered;
    best.asked = asked;
  }
  return best;
}

uint64_t Round::DeadlineMs() const { return DeadlineMs(""); }

uint64_t Round::DeadlineMs(const std::string& delegation) const {
  auto end = meaning::DeadlineMs(Deadline(delegation), summary_.zone(), summary_.grace_days());
  return end && *end > 0 ? static_cast<uint64_t>(*end) : 0;
}

std::string Round::Deadline(const std::string& delegation) const {
  auto it = extended_.find(delegation);
  return it == extended_.end() ? summary_.deadline()
                               : std::max(summary_.deadline(), it->second.back());
}

bool Round::ExtensionsDiffer(const std::string& delegation) const {
  auto it = extended_.find(delegation);
  return it != extended_.end() && it->second.front() != it->second.back();
}

}  // namespace entente::query
