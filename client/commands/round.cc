// entente round open|extend|remind|close: what the secretariat signs about a reporting round.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/commands/commands.h"
#include "client/commands/writing.h"
#include "client/draft/draft_edit.h"
#include "entente/v1/entry.pb.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/suggest.h"
#include "node/meaning/text/code.h"

namespace entente::client {

namespace {

struct OpenRoundOptions {
  std::string code, nature = "ad_hoc", covers, opens, deadline, zone, template_name,
                    working_language, meeting_date, meeting_place, agenda_ref, outcome_ref;
  std::vector<std::string> scope, expected, mandatory, languages;
  uint32_t grace_days = 0;
  bool change = false;
  AuthorOptions author;
};

// "EUCA-2014/MTR-2017" and "MTR-2017" are the same round.
std::string RoundCode(const std::string& given, const std::string& instrument) {
  absl::string_view code = given;
  absl::ConsumePrefix(&code, instrument + "/");
  return base::Str(code);
}

// Every party whose part is not shut: suspended delegations are not asked.
absl::StatusOr<std::vector<std::string>> ActiveParties(Context& context,
                                                       const std::string& instrument) {
  v1::ListDelegationsRequest request;
  request.set_instrument(instrument);
  ASSIGN_OR_RETURN(v1::Table table, context.Call(local::kListDelegations, request));
  std::vector<std::string> codes;
  for (const auto& row : table.rows()) {
    const std::vector<std::string> roles = absl::StrSplit(row.cells(2), ", ");
    if (std::find(roles.begin(), roles.end(), "party") != roles.end())
      codes.push_back(row.cells(0));
  }
  return codes;
}

std::string RoundText(const v1::Round& round) {
  return absl::StrCat(
      "round ", round.code(), " (", round.nature(), "), covers ", round.covers(), ", opens ",
      round.opens().empty() ? "at once" : round.opens(), ", deadline ",
      round.deadline().empty() ? "none" : round.deadline(), "\n  scope: ",
      round.scope().empty() ? "the whole instrument" : absl::StrJoin(round.scope(), " "),
      "\n  expected, and frozen by signing: ", absl::StrJoin(round.expected(), " "), "\n");
}

template <class Values>
void AppendTo(const std::vector<std::string>& from, Values* to) {
  for (const std::string& value : from) *to->Add() = value;
}

v1::Round RoundOf(const OpenRoundOptions& o) {
  v1::Round round;
  round.set_nature(o.nature);
  round.set_covers(o.covers);
  round.set_opens(o.opens);
  round.set_deadline(o.deadline);
  round.set_zone(o.zone);
  round.set_grace_days(o.grace_days);
  round.set_template_name(o.template_name);
  round.set_working_language(o.working_language);
  round.set_meeting_date(o.meeting_date);
  round.set_agenda_ref(o.agenda_ref);
  round.set_outcome_ref(o.outcome_ref);
  AppendTo(o.scope, round.mutable_scope());
  AppendTo(o.mandatory, round.mutable_mandatory_sections());
  AppendTo(o.languages, round.mutable_languages());
  return round;
}

absl::StatusOr<Exit> OpenRound(Context& context, const OpenRoundOptions& o) {
  ASSIGN_OR_RETURN(const std::string instrument, context.Instrument(o.code));
  const std::string code = RoundCode(o.code, instrument);
  if (!meaning::IsRoundCode(code)) {
    return Refuse("E-CODE", "round",
                  absl::StrCat(meaning::Quoted(code),
                               " is no round code; write capitals, digits and hyphens, such as "
                               "ANN-2018"));
  }
  ASSIGN_OR_RETURN(const v1::Record standing,
                   StandingRecord(context, instrument, absl::StrCat("round/", code)));
  if (standing.heads_size() > 0 && !o.change) {
    return Failure(absl::StatusCode::kFailedPrecondition, "VALIDATION_FAILED",
                   absl::StrCat("round ", code, " stands already; nothing was signed"),
                   absl::StrCat("look at it with entente round show ", code,
                                "; pass --change to replace it by what you give now"));
  }
  v1::Round round = RoundOf(o);
  round.set_code(code);
  ASSIGN_OR_RETURN(*round.mutable_meeting_place(), WordsOf(o.meeting_place));
  ASSIGN_OR_RETURN(*round.mutable_common()->mutable_delegation(), OwnCode(context));
  SupersedeHeads(standing, *round.mutable_common());
  std::vector<std::string> expected = o.expected;
  if (expected.empty()) {
    ASSIGN_OR_RETURN(expected, ActiveParties(context, instrument));
  }
  AppendTo(expected, round.mutable_expected());
  const Act act{instrument, {RecordOf(v1::ROUND, round, HlcsOf(standing))}, RoundText(round), ""};
  RETURN_IF_ERROR(SignAct(context, o.author, act).status());
  return Exit::kDone;
}

struct ExtendOptions {
  std::string code, grantee, until, reason;
  AuthorOptions author;
};

absl::StatusOr<Exit> ExtendRound(Context& context, const ExtendOptions& o) {
  ASSIGN_OR_RETURN(const std::string instrument, context.Instrument(o.code));
  v1::Extension extension;
  extension.set_round(RoundCode(o.code, instrument));
  if (o.grantee.find_first_of(", ") != std::string::npos) {
    return UsageError(absl::StrCat("--for takes one delegation, not ", o.grantee),
                      "extend the deadline of one delegation at a time");
  }
  extension.set_grantee(o.grantee);
  extension.set_deadline(o.until);
  ASSIGN_OR_RETURN(*extension.mutable_reason(), WordsOf(o.reason));
  ASSIGN_OR_RETURN(*extension.mutable_common()->mutable_delegation(), OwnCode(context));
  const std::string slot = absl::StrCat("extension/", extension.round(), "/", o.grantee);
  ASSIGN_OR_RETURN(const v1::Record standing, StandingRecord(context, instrument, slot));
  SupersedeHeads(standing, *extension.mutable_common());
  const Act act{instrument,
                {RecordOf(v1::EXTENSION, extension, HlcsOf(standing))},
                absl::StrCat("extends the deadline of ", extension.round(), " for ", o.grantee,
                             " until ", o.until, ", reason: ", Printable(extension.reason()), "\n"),
                ""};
  RETURN_IF_ERROR(SignAct(context, o.author, act).status());
  return Exit::kDone;
}

struct RemindOptions {
  std::string code, level = "informal", text, lang;
  std::vector<std::string> addressees;
  AuthorOptions author;
};

// Whom the table of the missing names.
absl::StatusOr<std::vector<std::string>> NotReported(Context& context,
                                                     const std::string& instrument,
                                                     const std::string& round) {
  v1::RoundQuestion question;
  question.set_instrument(instrument);
  question.set_round(round);
  ASSIGN_OR_RETURN(v1::Table table,
                   context.Call(local::kMissing, question, std::chrono::seconds(60)));
  std::vector<std::string> codes;
  for (const auto& row : table.rows()) {
    if (codes.empty() || codes.back() != row.cells(0)) codes.push_back(row.cells(0));
  }
  return codes;
}

absl::StatusOr<Exit> RemindOfRound(Context& context, const RemindOptions& o) {
  ASSIGN_OR_RETURN(const std::string instrument, context.Instrument(o.code));
  v1::Reminder reminder;
  reminder.set_round(RoundCode(o.code, instrument));
  reminder.set_level(o.level);
  std::vector<std::string> whom = o.addressees;
  if (whom.empty()) {
    ASSIGN_OR_RETURN(whom, NotReported(context, instrument, reminder.round()));
  }
  AppendTo(whom, reminder.mutable_addressees());
  ASSIGN_OR_RETURN(*reminder.add_texts(), TextOf(context, o.text, o.lang));
  ASSIGN_OR_RETURN(*reminder.mutable_common()->mutable_delegation(), OwnCode(context));
  const Act act{
      instrument,
      {RecordOf(v1::REMINDER, reminder, {})},
      absl::StrCat(Printable(o.level), " reminder of ", reminder.round(), " to ",
                   absl::StrJoin(whom, " "), ": ", Printable(reminder.texts(0).text()), "\n"),
      ""};
  RETURN_IF_ERROR(SignAct(context, o.author, act).status());
  return Exit::kDone;
}

struct CloseRoundOptions {
  std::string code, synthesis, lang;
  AuthorOptions author;
};

std::string CloseText(const v1::RoundClose& close) {
  std::string text =
      absl::StrCat("closes ", close.round(), " over ", Count(close.marks_size(), "feed"),
                   ", record set ", base::ToHex(close.record_set()).substr(0, 16), ":\n");
  for (const auto& figure : close.figures()) {
    absl::StrAppend(&text, "  ", figure.subject(), ": ", figure.reported(), " of ",
                    figure.expected(), " reported, ", figure.on_time(), " on time, ",
                    figure.accepted(), " accepted, ", Count(figure.open_questions(), "question"),
                    " open\n");
  }
  return text;
}

absl::StatusOr<Exit> CloseRound(Context& context, const CloseRoundOptions& o) {
  ASSIGN_OR_RETURN(const std::string instrument, context.Instrument(o.code));
  v1::PrepareRoundCloseRequest request;
  request.set_instrument(instrument);
  request.set_round(RoundCode(o.code, instrument));
  ASSIGN_OR_RETURN(v1::RoundClose close,
                   context.Call(local::kPrepareRoundClose, request, std::chrono::seconds(60)));
  ASSIGN_OR_RETURN(const v1::Record round,
                   GetRecord(context, instrument, absl::StrCat("round/", close.round())));
  std::vector<std::string> earlier;
  for (const auto& spoken : round.spoken()) {
    if (spoken.kind() == v1::ROUND_CLOSE) earlier.push_back(spoken.entry_id());
  }
  FillSupersedes(std::move(earlier), *close.mutable_common());
  ASSIGN_OR_RETURN(*close.mutable_common()->mutable_delegation(), OwnCode(context));
  if (!o.synthesis.empty()) {
    ASSIGN_OR_RETURN(*close.add_syntheses(), TextOf(context, o.synthesis, o.lang));
  }
  const Act act{
      instrument, {RecordOf(v1::ROUND_CLOSE, close, HlcsOf(round))}, CloseText(close), ""};
  RETURN_IF_ERROR(SignAct(context, o.author, act).status());
  return Exit::kDone;
}

void AddOpenRound(CLI::App& round, Context& context) {
  auto o = std::make_shared<OpenRoundOptions>();
  CLI::App* command = AddCommand(
      round, context, "open", "Open a reporting round: who is expected, on what, by when",
      "entente round open ANN-2018 --kind annual --covers 2018 --deadline 2019-03-31 --key A.key",
      [&context, o] { return OpenRound(context, *o); });
  command->add_option("round", o->code, "Its code, such as ANN-2018")->required();
  command->add_option("--kind", o->nature, "annual, mid_term, final, thematic or ad_hoc");
  command->add_option("--covers", o->covers, "Period the reports are about")->required();
  command->add_option("--opens", o->opens, "First day, YYYY-MM-DD");
  command->add_option("--deadline", o->deadline, "Last day, YYYY-MM-DD");
  command->add_option("--zone", o->zone, "In which that day ends, such as +01:00; default UTC");
  command->add_option("--grace-days", o->grace_days, "Days of grace after the deadline");
  command->add_option("--scope", o->scope, "Chapters or commitments; default: all")->delimiter(',');
  command->add_option("--expected", o->expected, "Delegations; default: every party not suspended")
      ->delimiter(',');
  command->add_option("--template", o->template_name, "Name of the template");
  command->add_option("--mandatory", o->mandatory, "Sections every report has")->delimiter(',');
  command->add_option("--languages", o->languages, "Languages accepted, such as en,ru")
      ->delimiter(',');
  command->add_option("--working-language", o->working_language, "Language of the meeting");
  command->add_option("--meeting-date", o->meeting_date, "Day of the review meeting");
  command->add_option("--meeting-place", o->meeting_place, "Where it is");
  command->add_option("--agenda-ref", o->agenda_ref, "Document number of its agenda");
  command->add_option("--outcome-ref", o->outcome_ref, "Document number of its outcome");
  command->add_flag("--change", o->change, "Replace the round that stands under this code");
  AddAuthorOptions(*command, o->author);
}

void AddExtendRound(CLI::App& round, Context& context) {
  auto o = std::make_shared<ExtendOptions>();
  CLI::App* command = AddCommand(
      round, context, "extend", "Give one delegation a later deadline",
      "entente round extend MTR-2017 --for KG --until 2017-09-30 --reason \"...\" --key A.key",
      [&context, o] { return ExtendRound(context, *o); });
  command->add_option("round", o->code, "Code of the round")->required();
  command->add_option("--for", o->grantee, "The delegation")->required();
  command->add_option("--until", o->until, "Its new last day, YYYY-MM-DD")->required();
  command->add_option("--reason", o->reason, "Why")->required();
  AddAuthorOptions(*command, o->author);
}

void AddRemindOfRound(CLI::App& round, Context& context) {
  auto o = std::make_shared<RemindOptions>();
  CLI::App* command = AddCommand(
      round, context, "remind", "Remind delegations of a round",
      "entente round remind MTR-2017 --to TJ,TM --text \"Two weeks are left.\" --key A.key",
      [&context, o] { return RemindOfRound(context, *o); });
  command->add_option("round", o->code, "Code of the round")->required();
  command->add_option("--to", o->addressees, "Delegations; default: all that have not reported")
      ->delimiter(',');
  command->add_option("--level", o->level, "informal or formal");
  command->add_option("--text", o->text, "What is said; @FILE for the content of a file")
      ->type_name("TEXT|@FILE")
      ->required();
  command->add_option("--text-lang", o->lang, "Language of the text; default: --lang, else en");
  AddAuthorOptions(*command, o->author);
}

}  // namespace

void AddRoundActs(CLI::App& round, Context& context) {
  AddOpenRound(round, context);
  AddExtendRound(round, context);
  AddRemindOfRound(round, context);
  auto o = std::make_shared<CloseRoundOptions>();
  CLI::App* command =
      AddCommand(round, context, "close", "Close a round, with the figures it comes to",
                 "entente round close MTR-2017 --synthesis @synthesis.md --key A.key",
                 [&context, o] { return CloseRound(context, *o); });
  command->add_option("round", o->code, "Code of the round")->required();
  command->add_option("--synthesis", o->synthesis, "What is to be said; @FILE for a file")
      ->type_name("TEXT|@FILE");
  command->add_option("--text-lang", o->lang, "Language of the text; default: --lang, else en");
  AddAuthorOptions(*command, o->author);
}

}  // namespace entente::client
