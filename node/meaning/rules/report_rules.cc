// Rules of a progress report and of its withdrawal.
#include <algorithm>
#include <set>

#include "entente/v1/entry.pb.h"
#include "node/base/bytes.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/record/suggest.h"
#include "node/meaning/rules/rule_context.h"
#include "node/meaning/text/code.h"
#include "node/meaning/text/words.h"

namespace entente::meaning {
namespace {

// "PP-2012/II/01": a commitment code with an instrument's code before it.
bool NamesAnotherInstrument(absl::string_view code) {
  size_t slash = code.find('/');
  return slash != absl::string_view::npos && IsCommitmentCode(code.substr(slash + 1)) &&
         IsInstrumentCode(code.substr(0, slash));
}

// E-CODE, E-REF-ANCHOR: what can be said of the subject alone. True when it can be looked up.
bool CheckSubjectForm(const v1::Report& report, RuleContext& context) {
  const auto& subject = report.subject();
  if ((subject.kind() == v1::SUBJECT_COMMITMENT && IsCommitmentCode(subject.code())) ||
      (subject.kind() == v1::SUBJECT_CHAPTER && IsChapterCode(subject.code())) ||
      (subject.kind() == v1::SUBJECT_INSTRUMENT && subject.code().empty())) {
    return true;
  }
  if (NamesAnotherInstrument(subject.code())) {
    context.out.Refuse("E-REF-ANCHOR", "subject",
                       subject.code() + " names an instrument of its own and is not in " +
                           (report.round().empty() ? "this one" : "round " + report.round()) +
                           "; give the code within this instrument, such as DDR/08");
  } else {
    context.out.Refuse("E-CODE", "subject",
                       Quoted(subject.code()) +
                           " does not say what the report is about; give a commitment (DDR/08), a "
                           "chapter (DDR) or the whole instrument");
  }
  return false;
}

// E-REF of the subject.
void CheckSubjectHeld(const v1::Report& report, RuleContext& context) {
  const std::string& code = report.subject().code();
  uint32_t kind = 0;
  if (report.subject().kind() == v1::SUBJECT_COMMITMENT) {
    if (context.catalogue.FindCommitment(code) == nullptr) kind = v1::COMMITMENT;
  } else if (report.subject().kind() == v1::SUBJECT_CHAPTER) {
    if (context.catalogue.FindChapter(code) == nullptr) kind = v1::CHAPTER;
  }
  if (kind == 0) return;
  std::string prefix = context.catalogue.InstrumentCode();
  context.out.Hold("E-REF", "subject",
                   "needs " + base::Str(KindWord(kind)) + " " +
                       (prefix.empty() ? code : prefix + "/" + code) +
                       ", which is not here yet; sync with the secretariat" +
                       Suggestion(code, context.catalogue.CodesOf(kind)));
}

bool InScope(const v1::Round& round, const v1::Subject& subject) {
  if (round.scope().empty() || subject.kind() == v1::SUBJECT_INSTRUMENT) return true;
  for (const auto& code : round.scope()) {
    if (code == subject.code()) return true;
    if (subject.kind() == v1::SUBJECT_COMMITMENT && code == base::Str(ChapterOf(subject.code()))) {
      return true;
    }
    // A chapter is in scope when one of its commitments is.
    if (subject.kind() == v1::SUBJECT_CHAPTER && base::Str(ChapterOf(code)) == subject.code()) {
      return true;
    }
  }
  return false;
}

// W-LATE: after the end of the deadline's day in the round's zone, extended or not, and the days of
// grace. W-AFTER-CLOSE.
void CheckLate(const v1::Report& report, const v1::Round& round, RuleContext& context) {
  if (context.moment == Moment::kLog) return;
  if (context.catalogue.RoundIsClosed(round.code())) {
    context.out.Flag("W-AFTER-CLOSE", "round",
                     "the secretariat has closed " + round.code() +
                         "; the report is kept and shown, and counted only if the round is closed "
                         "anew");
  }
  const auto extended =
      context.catalogue.ExtendedDeadline(round.code(), report.common().delegation());
  const std::string last = std::max(round.deadline(), extended.value_or(""));
  auto deadline = ParseDate(last);
  auto zone = ParseZone(round.zone());
  if (!deadline || !zone || context.now_ms == 0) return;
  Date last_day = DateOfDay(DayNumber(*deadline) + round.grace_days());
  if (static_cast<int64_t>(context.now_ms) < EndOfDayMs(last_day, *zone)) return;
  int64_t local_ms = static_cast<int64_t>(context.now_ms) + int64_t{*zone} * 60'000;
  context.out.Flag(
      "W-LATE", "round",
      "today is " + PrintDate(DateOfDay(local_ms / 86'400'000)) + ", the deadline was " + last +
          (round.grace_days() > 0 ? " with " + std::to_string(round.grace_days()) + " days of grace"
                                  : "") +
          (extended
               ? "; it will count as late"
               : "; it will count as late, ask the secretariat for an extension if one is due"));
}

// E-PERIOD-ROUND, E-SCOPE, E-SECTION, W-LATE.
void CheckAgainstRound(const v1::Report& report, const v1::Round& round,
                       const std::optional<Period>& period, RuleContext& context) {
  auto covers = ParsePeriod(round.covers());
  if (period && covers && !covers->Contains(*period)) {
    context.RefuseInDraft("E-PERIOD-ROUND", "period",
                          report.period() + " lies outside " + round.covers() +
                              " of this round; choose a period within it");
  }
  if (!InScope(round, report.subject())) {
    std::string scope;
    for (const auto& code : round.scope()) scope += " " + code;
    context.RefuseInDraft("E-SCOPE", "subject",
                          report.subject().code() + " is not in the scope of round " +
                              round.code() + " (" + scope.substr(1) +
                              "); report it without a round, or in one that covers it");
  }
  if (context.moment != Moment::kLog && report.nil_reason().empty()) {
    std::set<std::string> present;
    for (const auto& section : report.sections()) present.insert(section.name());
    for (const auto& name : round.mandatory_sections()) {
      if (present.contains(name)) continue;
      context.out.Refuse("E-SECTION", name,
                         "mandatory in " +
                             (round.template_name().empty() ? "round " + round.code()
                                                            : "template " + round.template_name()) +
                             "; write the section " + name);
    }
  }
  CheckLate(report, round, context);
}

// E-STATUS, E-STATUS-PAIR.
void CheckStatus(const v1::Report& report, RuleContext& context) {
  auto implementation = report.implementation();
  auto assessment = report.assessment();
  if (!v1::Implementation_IsValid(implementation)) {
    context.out.Refuse("E-STATUS", "implementation",
                       "number " + std::to_string(implementation) +
                           " is not a status; use not_started, in_progress, completed, suspended, "
                           "discontinued or not_applicable");
  }
  if (!v1::Assessment_IsValid(assessment)) {
    context.out.Refuse(
        "E-STATUS", "assessment",
        "number " + std::to_string(assessment) +
            " is not an assessment; use on_track, at_risk, off_track or not_assessed");
  }
  bool may_assess = implementation == v1::NOT_STARTED || implementation == v1::IN_PROGRESS;
  if (assessment != v1::ASSESSMENT_UNSPECIFIED && !may_assess) {
    std::string status = base::Str(ImplementationWord(implementation));
    context.out.Refuse("E-STATUS-PAIR", "assessment",
                       base::Str(AssessmentWord(assessment)) + " with " +
                           (status.empty() ? "no implementation status" : status) +
                           "; an assessment goes only with not_started or in_progress, drop it");
  }
  bool needs_reason = implementation == v1::DISCONTINUED || implementation == v1::NOT_APPLICABLE;
  if (needs_reason && report.reason().empty()) {
    context.out.Refuse("E-STATUS-PAIR", "reason",
                       base::Str(ImplementationWord(implementation)) +
                           " without a reason; add one sentence that says why");
  }
}

// W-STATUS-BACK: against what the report itself replaces, which its author knew.
void CheckStepBack(const v1::Report& report, RuleContext& context) {
  if (report.implementation() != v1::IN_PROGRESS || !report.reason().empty()) return;
  for (const auto& raw : report.common().supersedes()) {
    const auto id = base::EntryId::FromBytes(raw);
    const v1::Report* previous = id ? context.catalogue.ReportOf(*id) : nullptr;
    if (previous == nullptr || previous->implementation() != v1::COMPLETED) continue;
    context.out.Flag("W-STATUS-BACK", "implementation",
                     "goes back from completed to in_progress without a note; say in reason why");
    return;
  }
}

// E-NIL, E-EMPTY.
void CheckContent(const v1::Report& report, RuleContext& context) {
  bool has_text = !report.narratives().empty() || !report.sections().empty();
  bool has_status = report.implementation() != v1::IMPLEMENTATION_UNSPECIFIED;
  bool has_evidence = has_text || !report.values().empty() || !report.milestones().empty();
  if (!report.nil_reason().empty()) {
    bool has_more = has_evidence || !report.attachments().empty();
    if (has_status || has_more || report.assessment() != v1::ASSESSMENT_UNSPECIFIED) {
      context.out.Refuse("E-NIL", "nil_reason",
                         "a nil report states nothing else, but this one has a status, a text, a "
                         "milestone, a value or an attachment; drop the nil reason or the rest");
    }
    return;
  }
  if (!has_status && !has_evidence) {
    context.out.Refuse(
        "E-EMPTY", "report",
        "nothing stated; add a status and a narrative, or submit a nil report with a "
        "reason");
  } else if (!has_status) {
    context.out.Refuse("E-EMPTY", "implementation",
                       "no status; choose one of not_started, in_progress, completed, suspended, "
                       "discontinued, not_applicable");
  } else if (!has_evidence && report.reason().empty()) {
    context.out.Refuse("E-EMPTY", "narratives",
                       "a status alone; add a narrative, a value or a milestone, or submit a nil "
                       "report with a reason");
  }
}

void CheckSections(const v1::Report& report, RuleContext& context) {
  for (const auto& section : report.sections()) {
    if (Contains(SectionNames(), section.name())) continue;
    context.out.Refuse(
        "E-WORD", "sections",
        Quoted(section.name()) + " is no section" + Suggestion(section.name(), SectionNames()));
  }
  for (int i = 0; i < report.milestones_size(); ++i) {
    CheckDate(report.milestones(i).date(), "milestones[" + std::to_string(i + 1) + "].date",
              context);
  }
}

}  // namespace

void CheckSupersedes(const v1::Common& common, const std::string& slot, bool list_every_head,
                     RuleContext& context) {
  std::set<std::string> listed(common.supersedes().begin(), common.supersedes().end());
  for (const auto& raw : listed) {
    auto id = base::EntryId::FromBytes(raw);
    if (!id) continue;
    auto other = context.catalogue.SlotOf(*id);
    if (other && *other != slot) {
      context.RefuseInDraft("E-SUPERSEDE", "supersedes",
                            "entry " + id->Short() + " stands in " + *other + " and not in " +
                                slot + "; a record supersedes only records of its own slot");
    }
  }
  if (!list_every_head || context.moment == Moment::kLog) return;
  std::string missing;
  size_t count = 0;
  for (const auto& head : context.catalogue.SlotHeads(slot)) {
    if (listed.contains(head.str())) continue;
    missing += " " + head.Short();
    ++count;
  }
  if (count == 0) return;
  context.out.Refuse(
      "E-SUPERSEDE", "supersedes",
      (count == 1 ? "a version stands and is not superseded:"
                  : std::to_string(count) + " versions stand and are not superseded:") +
          missing +
          "; supersede all that stand (start from draft new --correct, or "
          "draft merge for several)");
}

void CheckRules(const v1::Report& report, RuleContext& context) {
  bool subject_known = CheckSubjectForm(report, context);
  const bool alone = context.catalogue.KnowsNothing();
  if (subject_known && !alone) CheckSubjectHeld(report, context);
  std::optional<Period> period;
  if (!report.period().empty() || report.round().empty()) {
    period = CheckPeriod(report.period(), "period", context);
  }
  std::optional<v1::Round> round;
  if (!report.round().empty() && !IsRoundCode(report.round())) {
    context.out.Refuse("E-CODE", "round",
                       Quoted(report.round()) +
                           " is no round code; write it as in the round list, "
                           "such as MTR-2017");
  } else if (!alone && !report.round().empty()) {
    if (const v1::Round* found = NeedRound(report.round(), "round", context)) round = *found;
  }
  if (round) CheckAgainstRound(report, *round, period, context);
  CheckStatus(report, context);
  CheckContent(report, context);
  if (!report.answers().empty()) CheckEntryId(report.answers(), "answers", context);
  CheckSections(report, context);
  CheckTexts(report, context);
  if (!alone) CheckReportLanguages(report, round ? &*round : nullptr, context);
  CheckValues(report, context);
  CheckAttachments(report, context);
  CheckSecondSignature(report, context);
  if (subject_known && !alone) {
    std::string slot = ReportSlotText(report, report.common().delegation());
    CheckStepBack(report, context);
    CheckSupersedes(report.common(), slot, true, context);
  }
}

void CheckRules(const v1::Withdrawal& withdrawal, RuleContext& context) {
  auto slot = ParseReportSlot(withdrawal.slot());
  if (!slot || (slot->round.empty() && !ParsePeriod(slot->period))) {
    context.out.Refuse("E-WITHDRAW", "slot",
                       Quoted(withdrawal.slot()) +
                           " is not where a report stands; name the report "
                           "to withdraw");
  } else if (slot->delegation != withdrawal.common().delegation()) {
    context.out.Refuse("E-WITHDRAW", "slot",
                       withdrawal.slot() + " belongs to " + slot->delegation +
                           "; only its own delegation may withdraw it");
  }
  if (withdrawal.reason().empty()) {
    context.out.Refuse("E-WITHDRAW", "reason",
                       "no reason given; a withdrawal says why, add one sentence");
  }
  if (withdrawal.common().supersedes().empty()) {
    context.out.Refuse("E-WITHDRAW", "supersedes",
                       "names no report; a withdrawal lists the entries it withdraws");
  }
  CheckTexts(withdrawal, context);
  if (slot) CheckSupersedes(withdrawal.common(), withdrawal.slot(), false, context);
}

}  // namespace entente::meaning
