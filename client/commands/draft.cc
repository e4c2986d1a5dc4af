// entente draft new|list|show|check|drop|finalise|reopen|merge: reports in the making. They stay in
// the local node.
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/base/clock.h"
#include "client/base/table.h"
#include "client/commands/commands.h"
#include "client/commands/draft_calls.h"
#include "client/commands/writing.h"
#include "client/draft/draft_edit.h"
#include "client/draft/record_text.h"
#include "node/base/bytes.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/reference.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/text/language_tag.h"
#include "node/meaning/text/words.h"

namespace entente::client {

namespace {

struct NewOptions {
  std::string round, commitment, chapter, period, correct, lang, nil;
  bool instrument_level = false, from_previous = false, merge = false, dry_run = false;
  std::vector<const CLI::Option*> options;  // those that take a text
};

// `--round ""` is a variable nobody set rather than the wish for none.
absl::Status CheckNoneEmpty(const NewOptions& o) {
  for (const CLI::Option* option : o.options) {
    if (option->count() == 0 || !option->results().at(0).empty()) continue;
    return UsageError(absl::StrCat(option->get_name(), " is given, but empty"),
                      "leave it out, or say what it is to be");
  }
  return absl::OkStatus();
}

absl::Status Contradicts(absl::string_view option, const std::string& correct) {
  return UsageError(absl::StrCat(option, " contradicts --correct ", correct),
                    "leave it out: the report that is corrected says what it is about");
}

// A correction is about what it corrects; whatever else says so must say the same.
absl::Status CheckCorrection(const NewOptions& o, const std::string& round) {
  if (o.correct.empty()) return absl::OkStatus();
  if (o.from_previous) return Contradicts("--from-previous", o.correct);
  if (!o.nil.empty() || !o.period.empty()) {
    return UsageError(absl::StrCat(o.nil.empty() ? "--period" : "--nil",
                                   " is of a new report; a correction begins as what it corrects"),
                      "leave it out, and change it afterwards with entente draft set");
  }
  const absl::StatusOr<meaning::Reference> reference = meaning::ParseReference(o.correct);
  if (!reference.ok()) return absl::OkStatus();  // for the node to say
  const absl::StatusOr<std::string> slot = meaning::SlotOfReference(*reference);
  const auto corrected = slot.ok() ? meaning::ParseReportSlot(*slot) : std::nullopt;
  if (!corrected) return absl::OkStatus();
  if (!round.empty() && round != corrected->round) return Contradicts("--round", o.correct);
  if (!o.commitment.empty() && o.commitment != corrected->subject)
    return Contradicts("--commitment", o.correct);
  if (!o.chapter.empty() && o.chapter != corrected->subject)
    return Contradicts("--chapter", o.correct);
  if (o.instrument_level && !corrected->subject.empty())
    return Contradicts("--instrument-level", o.correct);
  return absl::OkStatus();
}

absl::Status SetSubject(v1::Report& report, const NewOptions& o) {
  int given = !o.commitment.empty() + !o.chapter.empty() + o.instrument_level;
  if (given == 0 && !o.correct.empty()) return absl::OkStatus();  // the reference says it
  if (given != 1) {
    return UsageError("say what the report is about, once",
                      "--commitment DDR/08, --chapter DDR or --instrument-level");
  }
  v1::Subject* subject = report.mutable_subject();
  if (!o.commitment.empty()) {
    subject->set_kind(v1::SUBJECT_COMMITMENT);
    subject->set_code(o.commitment);
  } else if (!o.chapter.empty()) {
    subject->set_kind(v1::SUBJECT_CHAPTER);
    subject->set_code(o.chapter);
  } else {
    subject->set_kind(v1::SUBJECT_INSTRUMENT);
  }
  return absl::OkStatus();
}

// What a draft is about is better looked at before it is written: what is not known here is warned
// about. What can be no draft the node refused.
absl::Status WarnOfNames(Context& context, const v1::Draft& draft) {
  ASSIGN_OR_RETURN(const v1::CheckDraftResponse check, CheckDraft(context, draft.name()));
  for (const auto& finding : check.findings()) {
    const bool named = finding.field() == "round" || absl::StartsWith(finding.field(), "subject");
    if (named && finding.code() != "W-LATE") context.Warn(Printable(finding.message()));
  }
  return absl::OkStatus();
}

// No number was taken for what the node refused.
absl::Status NoDraft(const absl::Status& status) {
  const std::vector<Violation> violations = ViolationsOf(status);
  if (violations.empty()) return status;
  const char* hint = violations[0].field == "lang"
                         ? ""
                         : "entente round list and entente commitment list show what there is";
  return WithViolations(Failure(status.code(), base::ReasonOf(status), "no draft was made", hint),
                        violations);
}

absl::StatusOr<Exit> Create(Context& context, const NewOptions& o) {
  RETURN_IF_ERROR(CheckNoneEmpty(o));
  v1::CreateDraftRequest request;
  const std::string about = !o.correct.empty() ? o.correct : o.round;
  ASSIGN_OR_RETURN(std::string instrument, context.Instrument(about));
  request.set_instrument(instrument);
  absl::string_view round = o.round;
  absl::ConsumePrefix(&round, instrument + "/");
  v1::Report* report = request.mutable_report();
  report->set_round(base::Str(round));
  RETURN_IF_ERROR(SetSubject(*report, o));
  RETURN_IF_ERROR(CheckCorrection(o, report->round()));
  const std::string& lang = o.lang.empty() ? context.options.lang : o.lang;
  const std::string canonical = meaning::CanonicalLanguageTag(lang);
  if (!lang.empty()) report->mutable_common()->set_lang(canonical.empty() ? lang : canonical);
  if (!o.period.empty()) RETURN_IF_ERROR(SetField(*report, {"period", o.period}));
  if (!o.nil.empty()) {
    ASSIGN_OR_RETURN(const std::string nil, WordsOf(o.nil));
    RETURN_IF_ERROR(SetField(*report, {"nil", nil}));
  }
  request.set_from_previous(o.from_previous);
  request.set_correct(o.correct);
  request.set_merge(o.merge);
  absl::StatusOr<v1::Draft> made = context.Call(local::kCreateDraft, request);
  if (!made.ok()) return NoDraft(made.status());
  const v1::Draft& draft = *made;
  RETURN_IF_ERROR(WarnOfNames(context, draft));
  EmitDraft(context, draft);
  context.Say(absl::StrCat("next: entente draft set ", draft.name(),
                           " implementation=... narrative=@text.md; then entente draft check ",
                           draft.name()));
  return Exit::kDone;
}

absl::StatusOr<Exit> ListDrafts(Context& context, bool all) {
  v1::ListDraftsRequest request;
  request.set_show_submitted(all);
  ASSIGN_OR_RETURN(v1::ListDraftsResponse list, context.Call(local::kListDrafts, request));
  v1::Table table;
  constexpr ColumnText kColumns[] = {{"draft", "DRAFT"},     {"state", "STATE"},
                                     {"round", "ROUND"},     {"subject", "SUBJECT"},
                                     {"changed", "CHANGED"}, {"reference", "REFERENCE"}};
  AddColumns(table, kColumns);
  for (const auto& draft : list.drafts()) {
    const v1::Report& report = draft.report();
    v1::Row* row = table.add_rows();
    row->add_cells(draft.name());
    row->add_cells(draft.state());
    row->add_cells(
        absl::StrCat(draft.instrument(), "/", report.round().empty() ? "-" : report.round()));
    row->add_cells(report.subject().code().empty()
                       ? base::Str(meaning::SubjectKindWord(report.subject().kind()))
                       : report.subject().code());
    row->add_cells(UtcText(draft.changed_ms()));
    row->add_cells(draft.reference());
  }
  if (list.drafts_size() == 0)
    table.add_notes("no draft; entente draft new --round ROUND --commitment CODE begins one");
  context.Emit(table);
  return Exit::kDone;
}

absl::StatusOr<Exit> ShowDraft(Context& context, const std::string& name) {
  ASSIGN_OR_RETURN(v1::Draft draft, GetDraft(context, name));
  EmitDraft(context, draft);
  return Exit::kDone;
}

absl::StatusOr<Exit> Check(Context& context, const std::string& name) {
  ASSIGN_OR_RETURN(v1::CheckDraftResponse check, CheckDraft(context, name));
  nlohmann::ordered_json object = {{"draft", name},
                                   {"reference", check.reference()},
                                   {"slot", check.slot()},
                                   {"errors", CountRefusals(check)},
                                   {"warnings", check.findings_size() - CountRefusals(check)}};
  object["completeness"] = CompletenessJson(check.completeness());
  object["findings"] = FindingsJson(check.findings());
  std::string text;
  for (const auto& finding : check.findings())
    absl::StrAppend(&text, Printable(finding.message()), "\n");
  if (const std::string complete = CompletenessText(check.completeness(), context.phrases());
      !complete.empty())
    absl::StrAppend(&text, complete, "\n");
  absl::StrAppend(&text, name, ": ", Count(CountRefusals(check), "error"), ", ",
                  Count(check.findings_size() - CountRefusals(check), "warning"), "\n");
  context.Emit(object, text);
  return CountRefusals(check) == 0 ? Exit::kDone : Exit::kRefused;
}

absl::StatusOr<Exit> Drop(Context& context, const std::string& name, bool yes) {
  RETURN_IF_ERROR(GetDraft(context, name).status());
  RETURN_IF_ERROR(context.Confirm(yes, absl::StrCat("Throw away ", name, "?")));
  v1::DeleteDraftRequest request;
  request.set_name(name);
  RETURN_IF_ERROR(context.Call(local::kDeleteDraft, request).status());
  nlohmann::ordered_json object = {{"draft", name}, {"dropped", true}};
  context.Emit(object, name + " dropped\n");
  return Exit::kDone;
}

absl::StatusOr<Exit> Finalise(Context& context, const std::string& name) {
  ASSIGN_OR_RETURN(v1::CheckDraftResponse check, CheckDraft(context, name));
  if (CountRefusals(check) > 0)
    return RefusedBy(check, absl::StrCat(name, " has errors; nothing was changed"));
  ASSIGN_OR_RETURN(v1::Draft draft, GetDraft(context, name));
  draft.set_state("finalised");
  ASSIGN_OR_RETURN(draft, SaveDraft(context, draft));
  EmitDraft(context, draft);
  return Exit::kDone;
}

absl::StatusOr<Exit> Reopen(Context& context, const std::string& name) {
  ASSIGN_OR_RETURN(v1::Draft draft, GetDraft(context, name));
  if (draft.state() == "submitted") {
    return Failure(
        absl::StatusCode::kFailedPrecondition, "DRAFT_STATE",
        absl::StrCat(name, " is submitted as ", draft.reference(), "; what is signed stays"),
        absl::StrCat("entente draft new --correct ", draft.reference()));
  }
  draft.set_state("draft");
  ASSIGN_OR_RETURN(draft, SaveDraft(context, draft));
  EmitDraft(context, draft);
  return Exit::kDone;
}

absl::StatusOr<Exit> Merge(Context& context, const std::string& reference,
                           const std::string& lang) {
  NewOptions o;
  o.correct = reference;
  o.merge = true;
  o.lang = lang;
  return Create(context, o);
}

void AddNew(CLI::App& noun, Context& context) {
  auto o = std::make_shared<NewOptions>();
  CLI::App* command = AddCommand(noun, context, "new",
                                 "Begin a report; it stays on this node until it is submitted",
                                 "entente draft new --round MTR-2017 --commitment DDR/08 --lang ru",
                                 [&context, o] { return Create(context, *o); });
  command->add_option("--round", o->round,
                      "Round code; without: an unscheduled report, with --period");
  command->add_option("--commitment", o->commitment, "Commitment code, such as DDR/08");
  command->add_option("--chapter", o->chapter, "Chapter code: a report on the whole chapter");
  command->add_flag("--instrument-level", o->instrument_level, "A report on the whole instrument");
  command->add_option("--period", o->period, "2017, 2017-S1, 2017-Q3, 2017-06, 2014/2017");
  command->add_flag("--from-previous", o->from_previous, "Start from what was reported last");
  command->add_option("--correct", o->correct, "Reference of the report this one replaces");
  command->add_flag("--merge", o->merge, "With --correct: start from every version that stands");
  command->add_option("--lang", o->lang,
                      "Language of the text (BCP 47 tag); without: that of the last report");
  command->add_option("--nil", o->nil, "A nil report: nothing to report, and why");
  for (const char* name :
       {"--round", "--commitment", "--chapter", "--period", "--correct", "--lang", "--nil"})
    o->options.push_back(command->get_option(name));
}

// The commands that take one draft and nothing else.
template <class Run>
void AddOnDraft(CLI::App& noun, Context& context, const char* name, const char* what, Run run) {
  auto draft = std::make_shared<std::string>();
  CLI::App* command =
      AddCommand(noun, context, name, what, absl::StrCat("entente draft ", name, " d-14"),
                 [&context, draft, run] { return run(context, *draft); });
  command->add_option("draft", *draft, "Draft name, such as d-14")->required();
}

}  // namespace

void AddDraft(CLI::App& root, Context& context) {
  CLI::App* noun = AddNoun(root, "draft", "Reports in the making: local, never replicated");
  AddNew(*noun, context);
  AddDraftWriting(*noun, context);
  AddDraftClear(*noun, context);
  AddDraftImport(*noun, context);
  AddDraftAttach(*noun, context);
  auto all = std::make_shared<bool>(false);
  CLI::App* list =
      AddCommand(*noun, context, "list", "Drafts of this node", "entente draft list --all",
                 [&context, all] { return ListDrafts(context, *all); });
  list->add_flag("--all", *all, "Submitted ones too");
  AddOnDraft(*noun, context, "show", "What the draft says", ShowDraft);
  AddOnDraft(*noun, context, "check", "Errors and warnings, by the same rules as the node", Check);
  AddOnDraft(*noun, context, "finalise", "Ready to sign: read-only until reopened", Finalise);
  AddOnDraft(*noun, context, "reopen", "Back to writing", Reopen);
  auto dropped = std::make_shared<std::string>();
  auto yes = std::make_shared<bool>(false);
  CLI::App* drop =
      AddCommand(*noun, context, "drop", "Throw a draft away", "entente draft drop d-14 --yes",
                 [&context, dropped, yes] { return Drop(context, *dropped, *yes); });
  drop->add_option("draft", *dropped, "Draft name")->required();
  drop->add_flag("--yes,-y", *yes, "Do not ask");
  auto reference = std::make_shared<std::string>();
  auto lang = std::make_shared<std::string>();
  CLI::App* merge = AddCommand(
      *noun, context, "merge", "Settle a conflict: one report that replaces every version",
      "entente draft merge R:EUCA-2014/MTR-2017/KG/DDR/08",
      [&context, reference, lang] { return Merge(context, *reference, *lang); });
  merge->add_option("reference", *reference, "Reference of the report in conflict")->required();
  merge->add_option("--lang", *lang, "Language of the text");
}

}  // namespace entente::client
