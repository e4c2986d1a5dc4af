// entente submit and withdraw: a delegation's word becomes a signed entry.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/clock.h"
#include "client/commands/commands.h"
#include "client/commands/draft_calls.h"
#include "client/draft_edit.h"
#include "client/record_text.h"
#include "client/submit_run.h"
#include "entente/v1/entry.pb.h"
#include "node/base/status_macros.h"
#include "node/meaning/record.h"

namespace entente::client {

namespace {

constexpr uint32_t kSchema = 1;

std::string WhoSigns(const v1::PrepareEntriesResponse& prepared, const std::string& instrument) {
  return absl::StrCat("Signed for ", prepared.delegation_code(), " in ", instrument, ", number ",
                      prepared.next_sequence(),
                      " of this key. Submitting publishes it to every party of ", instrument,
                      "; it cannot be taken back, only corrected or withdrawn.");
}

// The claimed times of what a record replaces: its own must be later.
std::vector<uint64_t> HlcsOf(const v1::Record& record) {
  std::vector<uint64_t> hlcs;
  for (const auto& head : record.heads()) hlcs.push_back(head.hlc());
  return hlcs;
}

absl::StatusOr<v1::Record> GetRecord(Context& context, const std::string& instrument,
                                     const std::string& reference) {
  v1::GetRecordRequest request;
  request.set_instrument(instrument);
  request.set_reference(reference);
  return context.Call(local::kGetRecord, request);
}

// A report replaces what it names and nothing else; what stands in its slot gives the clock.
std::vector<uint64_t> CitedBy(Context& context, const v1::Draft& draft,
                              const std::string& reference) {
  if (draft.report().common().supersedes_size() == 0 || reference.empty()) return {};
  absl::StatusOr<v1::Record> record = GetRecord(context, draft.instrument(), reference);
  return record.ok() ? HlcsOf(*record) : std::vector<uint64_t>();
}

void EmitDryRun(Context& context, const SubmitRun& run, const UnsignedRecord& record,
                const std::string& words) {
  nlohmann::ordered_json object = {{"dry_run", true}, {"header", HeaderJson(run.headers.at(0))}};
  object["record"] = PayloadJson(record.kind, record.schema, record.payload);
  std::string text =
      absl::StrCat(words, "Would be signed for ", run.prepared.delegation_code(), ":\n");
  for (const auto& [name, value] : object["header"].items()) {
    absl::StrAppend(&text, "  ", name, ": ",
                    value.is_string() ? value.get<std::string>() : value.dump(), "\n");
  }
  context.Emit(object, text);
}

void EmitSubmitted(Context& context, const SubmitRun& run, const std::string& draft) {
  const v1::SubmittedEntry& entry = run.entries.at(0);
  nlohmann::ordered_json object = SubmittedJson(entry);
  if (!draft.empty()) object["draft"] = draft;
  context.Emit(object,
               absl::StrCat("submitted ", entry.reference(), "\nentry ", base::ToHex(entry.id()),
                            "  number ", entry.sequence(), "  ", entry.status(), "\n"));
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
  UnsignedRecord record{v1::REPORT, meaning::SchemaOf(draft.report()), PayloadBytes(draft.report()),
                        CitedBy(context, draft, check.reference())};
  const std::string text = DraftText(draft);
  auto in_words = [&](const v1::PrepareEntriesResponse& prepared) {
    return absl::StrCat(text, WhoSigns(prepared, draft.instrument()));
  };
  ASSIGN_OR_RETURN(SubmitRun run,
                   SignAndSubmit(context, draft.instrument(), o, {record}, in_words));
  if (o.dry_run) {
    EmitDryRun(context, run, record, text);
    return Exit::kDone;
  }
  MarkSubmitted(context, draft, run.entries.at(0));
  EmitSubmitted(context, run, name);
  return Exit::kDone;
}

absl::StatusOr<Exit> Withdraw(Context& context, const std::string& reference,
                              const std::string& reason, const AuthorOptions& o) {
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
  std::sort(heads.begin(), heads.end());
  for (const std::string& head : heads) common->add_supersedes(head);
  if (!context.options.lang.empty()) common->set_lang(context.options.lang);
  withdrawal.set_slot(record.slot());
  withdrawal.set_reason(reason);
  UnsignedRecord unsigned_record{v1::WITHDRAWAL, kSchema, PayloadBytes(withdrawal), HlcsOf(record)};
  const std::string text =
      absl::StrCat("withdraws ", record.reference(), " (", heads.size(), " version",
                   heads.size() == 1 ? "" : "s", "), reason: ", Printable(reason), "\n");
  auto in_words = [&](const v1::PrepareEntriesResponse& prepared) {
    return absl::StrCat(text, WhoSigns(prepared, instrument));
  };
  ASSIGN_OR_RETURN(SubmitRun run,
                   SignAndSubmit(context, instrument, o, {unsigned_record}, in_words));
  if (o.dry_run) {
    EmitDryRun(context, run, unsigned_record, text);
    return Exit::kDone;
  }
  for (const auto& warning : run.entries.at(0).warnings())
    context.Warn(Printable(warning.message()));
  EmitSubmitted(context, run, "");
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
  command->add_option("--reason", *reason, "Why")->required();
  AddAuthorOptions(*command, *o);
}

}  // namespace entente::client
