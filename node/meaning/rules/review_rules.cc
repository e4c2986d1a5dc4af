// Rules of what the secretariat says about reports and rounds: reviews, extensions, closes,
// reminders, meetings and their agenda.
#include <algorithm>
#include <utility>

#include "entente/v1/entry.pb.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/record/suggest.h"
#include "node/meaning/rules/rule_context.h"
#include "node/meaning/text/code.h"
#include "node/meaning/text/words.h"

namespace entente::meaning {
namespace {

constexpr int kMarksMax = 600;

void CheckRemarks(const v1::Review& review, RuleContext& context) {
  for (int i = 0; i < review.remarks_size(); ++i) {
    const v1::Remark& remark = review.remarks(i);
    const std::string field = "remarks[" + std::to_string(i + 1) + "]";
    CheckPart(remark.part(), field + ".part", true, context);
    CheckWord(remark.severity(), RemarkSeverities(), field + ".severity", false, context);
    NeedText(remark.text().text(), field + ".text", context);
  }
}

// What each outcome needs, and what it excludes.
void CheckOutcome(const v1::Review& review, RuleContext& context) {
  const std::string& outcome = review.outcome();
  if (!Contains(ReviewOutcomes(), outcome)) {
    context.out.Refuse(
        "E-REVIEW", "outcome",
        Quoted(outcome) + " is no outcome of a review" + Suggestion(outcome, ReviewOutcomes()));
    return;
  }
  const bool asks = outcome == "clarification_requested", refuses = outcome == "not_counted";
  if (asks && review.remarks().empty()) {
    context.out.Refuse("E-REVIEW", "remarks",
                       "asks for clarification and says nothing; add at least one question");
  }
  if (refuses && !Contains(NotCountedReasons(), review.reason())) {
    context.out.Refuse(
        "E-REVIEW", "reason",
        Quoted(review.reason()) + " is no reason not to count a report" +
            Suggestion(review.reason().empty() ? "?" : review.reason(), NotCountedReasons()));
  }
  if (!refuses && !review.reason().empty()) {
    context.out.Refuse("E-REVIEW", "reason",
                       "a reason goes with not_counted only; write a remark instead");
  }
  const bool questions =
      std::any_of(review.remarks().begin(), review.remarks().end(),
                  [](const v1::Remark& remark) { return remark.severity() == "question"; });
  if (!asks && questions) {
    context.RefuseInDraft("E-REVIEW", "remarks",
                          "asks a question, and nobody would be asked to answer it; ask for "
                          "clarification, or write a remark");
  }
  if (!asks && !review.due().empty()) {
    context.out.Refuse("E-REVIEW", "due",
                       "a date for the answer, but nothing is asked; drop it, or ask");
  }
}

void CheckRoundCode(const std::string& code, RuleContext& context) {
  CheckCode(IsRoundCode(code), code, "round", "MTR-2017", context);
}

void CheckGrant(const v1::Extension& extension, const v1::Round& round, RuleContext& context) {
  const Strings& expected = round.expected();
  if (std::find(expected.begin(), expected.end(), extension.grantee()) == expected.end()) {
    context.RefuseInDraft("E-ROUND", "grantee",
                          extension.grantee() + " is not expected to report in " + round.code() +
                              "; there is no deadline to extend");
  }
  auto granted = ParseDate(extension.deadline()), before = ParseDate(round.deadline());
  if (granted && before && !(*before < *granted)) {
    context.RefuseInDraft("E-ROUND", "deadline",
                          extension.deadline() + " is not after the deadline of the round, " +
                              round.deadline() + "; give a later date");
  }
}

std::pair<std::string, uint32_t> MarkedFeed(const v1::FeedMark& mark) {
  return {mark.key(), mark.incarnation()};
}

void CheckMarks(const v1::RoundClose& close, RuleContext& context) {
  bool good = close.marks_size() <= kMarksMax;
  for (int i = 0; i < close.marks_size(); ++i) {
    const v1::FeedMark& mark = close.marks(i);
    good = good && mark.key().size() == 32 && mark.entry().size() == 32 && mark.sequence() > 0 &&
           mark.incarnation() > 0;
    if (i == 0) continue;
    const v1::FeedMark& last = close.marks(i - 1);
    good = good && MarkedFeed(last) < MarkedFeed(mark);
  }
  if (good) return;
  context.out.Refuse("E-SCHEMA", "marks",
                     "not a list of at most " + std::to_string(kMarksMax) +
                         " marks, ascending by key, each feed once; let the program make it");
}

}  // namespace

void CheckRules(const v1::Review& review, RuleContext& context) {
  if (CheckAbout(review.report(), "report", true, context)) {
    const auto slot = ParseReportSlot(review.report().slot());
    if (!slot) {
      context.out.Refuse("E-REVIEW", "report",
                         review.report().slot() + " is no report; only reports are reviewed");
    } else if (slot->delegation == review.common().delegation()) {
      context.out.Refuse("E-REVIEW-SELF", "report",
                         "the report is of " + slot->delegation +
                             " itself; another body of the secretariat reviews it");
    }
  }
  CheckOutcome(review, context);
  CheckRemarks(review, context);
  CheckDate(review.due(), "due", context);
  CheckTexts(review, context);
  CheckAlone(review.common(), v1::REVIEW, context);
}

void CheckRules(const v1::Extension& extension, RuleContext& context) {
  const size_t before = context.out.all().size();
  CheckRoundCode(extension.round(), context);
  CheckCode(IsDelegationCode(extension.grantee()), extension.grantee(), "grantee", "KG", context);
  const bool named = context.out.all().size() == before;
  NeedDate(extension.deadline(), "deadline", context);
  NeedText(extension.reason(), "reason", context);
  CheckTexts(extension, context);
  if (!named) return;
  if (const v1::Round* round = NeedRound(extension.round(), "round", context)) {
    CheckGrant(extension, *round, context);
  }
  CheckSupersedes(extension.common(), SlotOfRecord(extension, "", base::EntryId()), true, context);
}

void CheckRules(const v1::RoundClose& close, RuleContext& context) {
  CheckRoundCode(close.round(), context);
  if (IsRoundCode(close.round())) NeedRound(close.round(), "round", context);
  CheckMarks(close, context);
  if (close.record_set().size() != 32) {
    context.out.Refuse("E-SCHEMA", "record_set",
                       std::to_string(close.record_set().size()) +
                           " bytes are no digest; it has 32, let the program make it");
  }
  CheckTexts(close, context);
  CheckAlone(close.common(), v1::ROUND_CLOSE, context);
}

void CheckRules(const v1::Reminder& reminder, RuleContext& context) {
  CheckRoundCode(reminder.round(), context);
  if (IsRoundCode(reminder.round())) NeedRound(reminder.round(), "round", context);
  if (reminder.addressees().empty()) {
    context.out.Refuse("E-EMPTY", "addressees", "reminds nobody; name at least one delegation");
  }
  CheckParties(reminder.addressees(), "addressees", false, context);
  CheckWord(reminder.level(), ReminderLevels(), "level", false, context);
  NeedTexts(reminder.texts(), "texts", context);
  CheckTexts(reminder, context);
  CheckAlone(reminder.common(), v1::REMINDER, context);
}

void CheckRules(const v1::Meeting& meeting, RuleContext& context) {
  if (!meeting.round().empty()) {
    CheckRoundCode(meeting.round(), context);
    if (IsRoundCode(meeting.round())) NeedRound(meeting.round(), "round", context);
  }
  NeedDate(meeting.date(), "date", context);
  CheckDate(meeting.last_day(), "last_day", context);
  if (!meeting.last_day().empty() && meeting.last_day() < meeting.date()) {
    context.out.Refuse(
        "E-DATE", "last_day",
        meeting.last_day() + " is before the first day, " + meeting.date() + "; swap them");
  }
  NeedTexts(meeting.titles(), "titles", context);
  CheckDocumentNumber(meeting.agenda_ref(), "agenda_ref", context);
  CheckDocumentNumber(meeting.outcome_ref(), "outcome_ref", context);
  CheckTexts(meeting, context);
  CheckCorrection(meeting.common(), meeting.has_correction() ? &meeting.correction() : nullptr,
                  v1::MEETING, context);
}

void CheckRules(const v1::AgendaItem& item, RuleContext& context) {
  CheckEntryId(item.meeting(), "meeting", context);
  if (auto id = base::EntryId::FromBytes(item.meeting()); id && !context.catalogue.KnowsNothing()) {
    if (!context.catalogue.SlotOf(*id)) {
      context.out.Hold("E-REF", "meeting",
                       "needs the meeting " + id->Short() +
                           ", which is not here yet; sync with the secretariat");
    }
  }
  NeedText(item.item(), "item", context);
  if (!item.chapter().empty()) {
    CheckCode(IsChapterCode(item.chapter()), item.chapter(), "chapter", "DDR", context);
    if (IsChapterCode(item.chapter())) NeedChapter(item.chapter(), "chapter", context);
  }
  NeedTexts(item.titles(), "titles", context);
  CheckDocumentNumber(item.doc_ref(), "doc_ref", context);
  CheckTexts(item, context);
  CheckAlone(item.common(), v1::AGENDA_ITEM, context);
}

}  // namespace entente::meaning
