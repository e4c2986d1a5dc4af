// entente draft set|value|edit: what a person writes into a draft.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/base/files.h"
#include "client/commands/commands.h"
#include "client/commands/draft_calls.h"
#include "client/commands/writing.h"
#include "client/draft/draft_edit.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

// Files named by "@PATH" become their content.
absl::Status ReadFiles(std::vector<Assignment>& fields) {
  for (Assignment& field : fields) {
    if (!absl::StartsWith(field.value, "@")) continue;
    ASSIGN_OR_RETURN(field.value, ReadTextFile(field.value.substr(1)));
  }
  return absl::OkStatus();
}

std::set<std::string> Messages(const v1::CheckDraftResponse& check) {
  std::set<std::string> messages;
  for (const auto& finding : check.findings()) messages.insert(finding.message());
  return messages;
}

// What this change brought is said, what was wrong before is counted.
void SayFindings(Context& context, const std::string& name, const v1::CheckDraftResponse& before,
                 const v1::CheckDraftResponse& check) {
  const std::set<std::string> known = Messages(before);
  for (const auto& finding : check.findings()) {
    if (context.options.verbose || !known.contains(finding.message()))
      context.Say(Printable(finding.message()));
  }
  int errors = CountRefusals(check);
  context.Say(absl::StrCat(name, " saved; ", Count(errors, "error"), ", ",
                           Count(check.findings_size() - errors, "warning"),
                           " (entente draft check ", name, ")"));
}

absl::StatusOr<Exit> Write(Context& context, v1::Draft draft, std::vector<Assignment> fields,
                           bool dry_run) {
  const std::string name = draft.name();
  // The language decides which text is meant, so it goes first.
  std::stable_partition(fields.begin(), fields.end(),
                        [](const Assignment& f) { return f.name == "lang"; });
  for (const Assignment& field : fields) RETURN_IF_ERROR(SetInDraft(draft, field));
  if (!dry_run) {
    ASSIGN_OR_RETURN(const v1::CheckDraftResponse before, CheckDraft(context, name));
    ASSIGN_OR_RETURN(draft, SaveDraft(context, draft));
    ASSIGN_OR_RETURN(const v1::CheckDraftResponse check, CheckDraft(context, name));
    SayFindings(context, name, before, check);
  }
  EmitDraft(context, draft);
  return Exit::kDone;
}

absl::StatusOr<Exit> Set(Context& context, const std::string& name,
                         const std::vector<std::string>& words, bool dry_run) {
  ASSIGN_OR_RETURN(std::vector<Assignment> fields, ParseAssignments(words));
  RETURN_IF_ERROR(ReadFiles(fields));
  ASSIGN_OR_RETURN(v1::Draft draft, GetDraft(context, name));
  return Write(context, std::move(draft), std::move(fields), dry_run);
}

std::set<std::string> Refusals(const v1::CheckDraftResponse& check) {
  std::set<std::string> messages;
  for (const auto& finding : check.findings()) {
    if (finding.severity() == "refuse") messages.insert(finding.message());
  }
  return messages;
}

// Saves, asks the rules, and takes it back if this value itself is refused: a wrong number never
// stays behind.
absl::StatusOr<Exit> Value(Context& context, const std::string& name, const ValueWords& given,
                           bool dry_run) {
  ValueWords words = given;
  for (std::string* text : {&words.source, &words.note, &words.method}) {
    ASSIGN_OR_RETURN(*text, WordsOf(*text));
  }
  ASSIGN_OR_RETURN(v1::Draft before, GetDraft(context, name));
  v1::Draft draft = before;
  RETURN_IF_ERROR(SetValueInDraft(draft, words));
  if (dry_run) {
    EmitDraft(context, draft);
    return Exit::kDone;
  }
  ASSIGN_OR_RETURN(v1::CheckDraftResponse old_check, CheckDraft(context, name));
  ASSIGN_OR_RETURN(draft, SaveDraft(context, draft));
  ASSIGN_OR_RETURN(v1::CheckDraftResponse check, CheckDraft(context, name));
  const std::set<std::string> known = Refusals(old_check);
  v1::CheckDraftResponse refused;
  for (const auto& finding : check.findings()) {
    bool about_this =
        absl::StartsWith(finding.field(), "values[" + words.indicator + "]") && !words.remove;
    if (about_this && finding.severity() == "refuse" && !known.contains(finding.message())) {
      *refused.add_findings() = finding;
    }
  }
  if (refused.findings_size() > 0) {
    before.set_changed_ms(draft.changed_ms());
    RETURN_IF_ERROR(SaveDraft(context, before).status());
    return RefusedBy(refused, absl::StrCat("the value was not taken; ", name, " is as it was"));
  }
  SayFindings(context, name, old_check, check);
  EmitDraft(context, draft);
  return Exit::kDone;
}

// A new file with this content, for nobody else's eyes: a draft is nobody else's business.
absl::StatusOr<std::string> PrivateFile(const std::string& content) {
  std::string path = "/tmp/entente-draft-XXXXXX";
  const int fd = mkstemp(path.data());  // mode 0600
  if (fd < 0)
    return Failure(absl::StatusCode::kDataLoss, kFileUnwritable,
                   "/tmp: no temporary file can be made");
  const bool written = WriteAll(fd, content);
  const int error = errno;
  close(fd);
  if (written) return path;
  unlink(path.c_str());
  return FileUnwritable(path, error);
}

// The text in the file as it is after the editor closed.
absl::StatusOr<std::string> Edited(const std::string& editor, const std::string& path) {
  if (std::system(absl::StrCat(editor, " ", path).c_str()) != 0) {
    return Failure(absl::StatusCode::kCancelled, kNotConfirmed,
                   "the editor failed; nothing was changed");
  }
  return ReadFile(path);
}

// The narrative in the person's editor.
absl::StatusOr<Exit> Edit(Context& context, const std::string& name, const std::string& lang) {
  const char* editor =
      std::getenv("VISUAL") != nullptr ? std::getenv("VISUAL") : std::getenv("EDITOR");
  if (editor == nullptr || *editor == '\0') {
    return UsageError("no editor is chosen", absl::StrCat("set EDITOR, or entente draft set ", name,
                                                          " narrative=@text.md"));
  }
  ASSIGN_OR_RETURN(v1::Draft draft, GetDraft(context, name));
  RETURN_IF_ERROR(CheckOpen(draft));
  const std::string wanted = lang.empty() ? draft.report().common().lang() : lang;
  std::string before = "\n";
  for (const auto& narrative : draft.report().narratives()) {
    if (narrative.lang() == wanted) before = narrative.text() + "\n";
  }
  ASSIGN_OR_RETURN(const std::string path, PrivateFile(before));
  const absl::StatusOr<std::string> text = Edited(editor, path);
  // Not as words of a command line: a text that begins with @ is no file's name.
  const absl::StatusOr<Exit> done =
      text.ok()
          ? Write(context, std::move(draft), {{absl::StrCat("narrative.", wanted), *text}}, false)
          : text.status();
  const absl::StatusOr<std::string> after = ReadFile(path);
  if (done.ok() || (after.ok() && *after == before)) {
    unlink(path.c_str());
  } else {
    context.Warn(absl::StrCat("what you wrote is kept in ", path));
  }
  return done;
}

void AddSet(CLI::App& noun, Context& context) {
  auto name = std::make_shared<std::string>();
  auto words = std::make_shared<std::vector<std::string>>();
  auto dry_run = std::make_shared<bool>(false);
  CLI::App* command = AddCommand(
      noun, context, "set", "Write fields: NAME=VALUE or NAME VALUE; @FILE reads a file",
      "entente draft set d-14 implementation=in_progress assessment=on_track narrative=@text.md\n"
      "Fields: implementation assessment period reason narrative[.LANG] section.NAME[.LANG]\n"
      "  milestone lang nil classification doc_ref values; an empty value clears\n"
      "  milestone=\"2017-03-01 done Order 12 is in force\" adds one; date and done may be left "
      "out",
      [&context, name, words, dry_run] { return Set(context, *name, *words, *dry_run); });
  command->add_option("draft", *name, "Draft name")->required();
  command->add_option("fields", *words, "NAME=VALUE ...")->type_name("TEXT|@FILE")->required();
  command->add_flag("--dry-run", *dry_run, "Show the result; save nothing");
}

void AddValue(CLI::App& noun, Context& context) {
  auto name = std::make_shared<std::string>();
  auto w = std::make_shared<ValueWords>();
  auto dry_run = std::make_shared<bool>(false);
  CLI::App* command = AddCommand(
      noun, context, "value", "State an indicator's value, or why there is none",
      "entente draft value d-14 OST-CLIENTS 2016 430 --dim sex=T --status E --source \"...\"",
      [&context, name, w, dry_run] { return Value(context, *name, *w, *dry_run); });
  command->add_option("draft", *name, "Draft name")->required();
  command->add_option("indicator", w->indicator, "Indicator code")->required();
  command->add_option("period", w->period, "2016, 2016-Q3, 2014/2016")->required();
  command->add_option("value", w->value, "Decimal number; without: --status says why");
  command->add_option("--dim", w->dims, "NAME=CODE, repeat for several")->take_all()->expected(1);
  command->add_option("--status", w->status,
                      "A normal, E estimated, P provisional, L not collected, M cannot exist, O "
                      "missing, Q suppressed");
  command->add_option("--source", w->source, "Where the number comes from");
  command->add_option("--note", w->note, "A remark");
  command->add_option("--trend", w->trend, "up, down, stable, unknown");
  command->add_option("--unit", w->unit, "Checked against the indicator's unit");
  command->add_option("--method", w->method, "How it was counted");
  command->add_option("--area", w->ref_area, "Part of the country, if not the whole (ISO 3166-2)");
  command->add_flag("--approximate", w->approximate, "About this much");
  command->add_flag("--remove", w->remove, "Take the value out");
  command->add_flag("--dry-run", *dry_run, "Show the result; save nothing");
}

}  // namespace

void AddDraftWriting(CLI::App& noun, Context& context) {
  AddSet(noun, context);
  AddValue(noun, context);
  auto name = std::make_shared<std::string>();
  auto lang = std::make_shared<std::string>();
  CLI::App* edit = AddCommand(noun, context, "edit", "Write the narrative in your editor",
                              "EDITOR=nano entente draft edit d-14",
                              [&context, name, lang] { return Edit(context, *name, *lang); });
  edit->add_option("draft", *name, "Draft name")->required();
  edit->add_option("--lang", *lang, "Which language's text");
}

}  // namespace entente::client
