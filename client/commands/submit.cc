// entente submit and withdraw: a delegation's word becomes a signed entry.
#include "absl/strings/str_cat.h"
#include "client/commands/commands.h"
#include "client/commands/draft_calls.h"
#include "client/commands/writing.h"
#include "client/draft/draft_edit.h"
#include "entente/v1/entry.pb.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/record.h"

namespace entente::client {

namespace {

// A report replaces what it names and nothing else; what stands in its slot gives the clock.
std::vector<uint64_t> CitedBy(Context& context, const v1::Draft& draft,
                              const std::string& reference) {
  if (draft.report().common().supersedes_size() == 0 || reference.empty()) return {};
  absl::StatusOr<v1::Record> record = GetRecord(context, draft.instrument(), reference);
  return record.ok() ? HlcsOf(*record) : std::vector<uint64_t>();
}

// The report is in the log already: a draft that cannot be marked so is no failure.
void MarkSubmitted(Context& context, v1::Draft draft, const v1::SubmittedEntry& entry) {
  draft.set_state("submitted");
  draft.set_reference(entry.reference());
  draft.set_entry_id(entry.id());
  absl::Status marked = SaveDraft(context, draft).status();
  if (marked.ok()) return;
  context.Warn(absl::StrCat("the report is submitted, but ", draft.name(),
                            " could not be marked so: ", std::string(marked.message())));
}

absl::StatusOr<Exit> Submit(Context& context, const std::string& name, const AuthorOptions& o) {
  ASSIGN_OR_RETURN(v1::Draft draft, GetDraft(context, name));
  if (draft.state() == "submitted") {
    return Failure(absl::StatusCode::kFailedPrecondition, "DRAFT_STATE",
                   absl::StrCat(name, " was submitted already, as ", draft.reference()),
                   absl::StrCat("to correct it: entente draft new --correct ", draft.reference()));
  }
  ASSIGN_OR_RETURN(v1::CheckDraftResponse check, CheckDraft(context, name));
  if (CountRefusals(check) > 0)
    return RefusedBy(check, absl::StrCat(name, " has errors; nothing was signed"));
  for (const auto& finding : check.findings()) context.Warn(Printable(finding.message()));
  if (check.findings_size() > 0 && !o.accept_warnings && !o.dry_run) {
    return Failure(absl::StatusCode::kFailedPrecondition, "WARNINGS_NOT_ACCEPTED",
                   absl::StrCat(name, " has ", Count(check.findings_size(), "warning"),
                                "; nothing was signed"));
  }
  const Act act{draft.instrument(),
                {RecordOf(v1::REPORT, draft.report(), CitedBy(context, draft, check.reference()),
                          meaning::SchemaOf(draft.report()))},
                DraftText(draft, context.phrases()),
                name};
  ASSIGN_OR_RETURN(SubmitRun run, SignAct(context, o, act));
  if (!run.entries.empty()) MarkSubmitted(context, draft, run.entries.at(0));
  return Exit::kDone;
}

absl::StatusOr<Exit> Withdraw(Context& context, const std::string& reference,
                              const std::string& why, const AuthorOptions& o) {
  ASSIGN_OR_RETURN(const std::string reason, WordsOf(why));
  ASSIGN_OR_RETURN(std::string instrument, context.Instrument(reference));
  ASSIGN_OR_RETURN(v1::Record record, GetRecord(context, instrument, reference));
  v1::Withdrawal withdrawal;
  v1::Common* common = withdrawal.mutable_common();
  std::vector<std::string> heads;
  for (const auto& head : record.heads()) {
    if (head.kind() == v1::WITHDRAWAL) {
      return Failure(absl::StatusCode::kFailedPrecondition, "VALIDATION_FAILED",
                     absl::StrCat(record.reference(), " is withdrawn already"),
                     "a new report of the same slot brings it back: entente draft new");
    }
    heads.push_back(head.entry_id());
    common->set_delegation(head.delegation());
  }
  const size_t versions = heads.size();
  FillSupersedes(std::move(heads), *common);
  if (!context.options.lang.empty()) common->set_lang(context.options.lang);
  withdrawal.set_slot(record.slot());
  withdrawal.set_reason(reason);
  const Act act{instrument,
                {RecordOf(v1::WITHDRAWAL, withdrawal, HlcsOf(record))},
                absl::StrCat("withdraws ", record.reference(), " (", Count(versions, "version"),
                             "), reason: ", Printable(reason), "\n"),
                ""};
  RETURN_IF_ERROR(SignAct(context, o, act).status());
  return Exit::kDone;
}

}  // namespace

void AddSubmit(CLI::App& root, Context& context) {
  auto name = std::make_shared<std::string>();
  auto o = std::make_shared<AuthorOptions>();
  CLI::App* command =
      AddCommand(root, context, "submit", "Sign a draft and publish it to every party",
                 "entente submit d-14 --key A.key",
                 [&context, name, o] { return Submit(context, *name, *o); });
  command->add_option("draft", *name, "Draft name")->required();
  AddAuthorOptions(*command, *o);
}

void AddWithdraw(CLI::App& root, Context& context) {
  auto reference = std::make_shared<std::string>();
  auto reason = std::make_shared<std::string>();
  auto o = std::make_shared<AuthorOptions>();
  CLI::App* command = AddCommand(
      root, context, "withdraw", "Take back a report of our own; it stays readable",
      "entente withdraw R:EUCA-2014/MTR-2017/KG/DDR/08 --reason \"wrong year\" --key A.key",
      [&context, reference, reason, o] { return Withdraw(context, *reference, *reason, *o); });
  command->add_option("reference", *reference, "Reference of the report")->required();
  command->add_option("--reason", *reason, "Why; @FILE for the content of a file")->required();
  AddAuthorOptions(*command, *o);
}

}  // namespace entente::client
