// entente review: the secretariat accepts a report as complete, asks about it, or says why it
// cannot be counted.
#include "absl/strings/str_cat.h"
#include "client/commands/commands.h"
#include "client/commands/writing.h"
#include "entente/v1/entry.pb.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

using PartAndText = std::pair<std::string, std::string>;

struct ReviewOptions {
  std::string reference, verdict, due, reason, lang;
  std::vector<PartAndText> asks, corrections, remarks;
  AuthorOptions author;
};

// accept | ask | not-count, as payloads say it; --ask alone is asking.
absl::StatusOr<std::string> OutcomeOf(const ReviewOptions& o) {
  const std::string verdict = o.verdict.empty() && !o.asks.empty() ? "ask" : o.verdict;
  if (verdict == "accept") return std::string("accepted");
  if (verdict == "ask") return std::string("clarification_requested");
  if (verdict == "not-count") return std::string("not_counted");
  return UsageError(verdict.empty()
                        ? "say what the review comes to"
                        : absl::StrCat("\"", verdict, "\" is not what a review comes to"),
                    "accept, ask or not-count; a report is never rejected");
}

absl::Status AddRemarks(Context& context, const std::vector<PartAndText>& given,
                        const std::string& severity, const std::string& lang, v1::Review& review) {
  for (const auto& [part, text] : given) {
    v1::Remark* remark = review.add_remarks();
    if (part != "report") remark->set_part(part);
    ASSIGN_OR_RETURN(*remark->mutable_text(), TextOf(context, text, lang));
    remark->set_severity(severity);
  }
  return absl::OkStatus();
}

std::string ReviewText(const v1::Record& record, const v1::Review& review) {
  std::string text = absl::StrCat("review of ", record.reference(), ": ", review.outcome());
  if (!review.reason().empty()) absl::StrAppend(&text, " (", review.reason(), ")");
  if (!review.due().empty()) absl::StrAppend(&text, ", answer by ", review.due());
  absl::StrAppend(&text, "\n");
  for (const auto& remark : review.remarks()) {
    absl::StrAppend(&text, "  ", remark.severity(), remark.part().empty() ? "" : " on ",
                    Printable(remark.part()), ": ", Printable(remark.text().text()), "\n");
  }
  return text;
}

absl::StatusOr<Exit> MakeReview(Context& context, const ReviewOptions& o) {
  ASSIGN_OR_RETURN(const std::string outcome, OutcomeOf(o));
  ASSIGN_OR_RETURN(const std::string instrument, context.Instrument(o.reference));
  ASSIGN_OR_RETURN(const v1::Record record, GetRecord(context, instrument, o.reference));
  if (record.heads_size() > 1) {
    return Failure(absl::StatusCode::kFailedPrecondition, kVersionsStand,
                   absl::StrCat(record.heads_size(), " versions of ", record.reference(),
                                " stand; none of them is its delegation's word alone"),
                   "ask the delegation to settle it: entente draft merge");
  }
  v1::Review review;
  ASSIGN_OR_RETURN(*review.mutable_common()->mutable_delegation(), OwnCode(context));
  FillAbout(record, *review.mutable_report());
  review.set_outcome(outcome);
  RETURN_IF_ERROR(AddRemarks(context, o.asks, "question", o.lang, review));
  RETURN_IF_ERROR(AddRemarks(context, o.corrections, "correction", o.lang, review));
  RETURN_IF_ERROR(AddRemarks(context, o.remarks, "information", o.lang, review));
  review.set_due(o.due);
  review.set_reason(o.reason);
  std::vector<std::string> earlier;
  for (const auto& spoken : record.spoken()) {
    if (spoken.kind() == v1::REVIEW) earlier.push_back(spoken.entry_id());
  }
  FillSupersedes(std::move(earlier), *review.mutable_common());
  const Act act{
      instrument, {RecordOf(v1::REVIEW, review, HlcsOf(record))}, ReviewText(record, review), ""};
  RETURN_IF_ERROR(SignAct(context, o.author, act).status());
  return Exit::kDone;
}

}  // namespace

void AddReview(CLI::App& root, Context& context) {
  auto o = std::make_shared<ReviewOptions>();
  CLI::App* command = AddCommand(
      root, context, "review", "Accept a report as complete, ask about it, or not count it",
      "entente review R:EUCA-2014/MTR-2017/KG/DDR/08 ask --ask \"values[OST-CLIENTS]\" "
      "\"Which month is the count?\" --due 2017-10-01 --key A.key",
      [&context, o] { return MakeReview(context, *o); });
  command->add_option("reference", o->reference, "Reference of the report")->required();
  command->add_option("outcome", o->verdict, "accept, ask or not-count");
  command
      ->add_option("--ask", o->asks,
                   "What about, and the question: a part such as narrative, "
                   "section.obstacles or values[CODE], or report for the whole; again for more")
      ->type_name("PART TEXT|@FILE");
  command->add_option("--correct", o->corrections, "The same, for what is to be corrected")
      ->type_name("PART TEXT|@FILE");
  command->add_option("--remark", o->remarks, "The same, for information")
      ->type_name("PART TEXT|@FILE");
  command->add_option("--due", o->due, "Day by which an answer is asked for, YYYY-MM-DD");
  command->add_option("--reason", o->reason,
                      "Of not-count: wrong_round, duplicate, empty or outside_scope");
  command->add_option("--text-lang", o->lang, "Language of the remarks; default: --lang, else en");
  AddAuthorOptions(*command, o->author);
}

}  // namespace entente::client
