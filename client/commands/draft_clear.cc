// entente draft clear: a second officer reads a finalised draft and puts a signature under it.
#include "absl/strings/str_cat.h"
#include "client/commands/commands.h"
#include "client/commands/draft_calls.h"
#include "client/draft/draft_edit.h"
#include "client/signing/signing.h"
#include "client/signing/submit_run.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"
#include "node/meaning/record/second_signature.h"

namespace entente::client {

namespace {

struct ClearOptions {
  std::string draft, key;
  std::vector<std::string> fields;  // as an earlier version of this command took them
  int passphrase_fd = -1;
  bool yes = false, dry_run = false;
};

absl::StatusOr<v1::Draft> DraftToClear(Context& context, const std::string& name) {
  ASSIGN_OR_RETURN(v1::Draft draft, GetDraft(context, name));
  if (draft.state() == "draft") {
    return Failure(absl::StatusCode::kFailedPrecondition, "DRAFT_STATE",
                   absl::StrCat(name, " is not finalised; it could still change after it was read"),
                   absl::StrCat("entente draft finalise ", name));
  }
  if (draft.state() == "submitted") {
    return Failure(absl::StatusCode::kFailedPrecondition, "DRAFT_STATE",
                   absl::StrCat(name, " is submitted as ", draft.reference(),
                                "; a second signature comes before the first"),
                   absl::StrCat("entente draft new --correct ", draft.reference()));
  }
  ASSIGN_OR_RETURN(const v1::CheckDraftResponse check, CheckDraft(context, name));
  if (CountRefusals(check) > 0)
    return RefusedBy(check, absl::StrCat(name, " has errors; nothing was signed"));
  for (const auto& finding : check.findings()) context.Warn(Printable(finding.message()));
  return draft;
}

absl::StatusOr<base::InstrumentId> IdOf(Context& context, const std::string& code,
                                        const base::PublicKey& key) {
  v1::PrepareEntriesRequest request;
  request.set_instrument(code);
  request.set_key(key.str());
  ASSIGN_OR_RETURN(const v1::PrepareEntriesResponse prepared,
                   context.Call(local::kPrepareEntries, request));
  return InstrumentIdFrom(prepared.instrument());
}

// What would be signed, in words and by the digest of its bytes.
Exit TellDryRun(Context& context, const v1::Draft& draft, const base::InstrumentId& instrument,
                const base::PublicKey& key) {
  const std::string digest =
      crypto::Sha256(meaning::SecondSignatureText(instrument, PayloadBytes(draft.report())))
          .ToHex();
  nlohmann::ordered_json object = {
      {"dry_run", true}, {"key", key.ToHex()}, {"signed_text_sha256", digest}};
  object.update(nlohmann::ordered_json::parse(DraftJsonText(draft), nullptr, false));
  context.EmitSaid(object,
                   absl::StrCat(DraftText(draft, context.phrases()),
                                context.phrases().Retell("Would be signed by a second officer:"),
                                "\n  key: ", key.ToHex(), "\n  SHA-256: ", digest, "\n"));
  return Exit::kDone;
}

absl::StatusOr<Exit> Clear(Context& context, const ClearOptions& o) {
  if (!o.fields.empty() || o.key.empty()) {
    return UsageError(
        "draft clear puts a second signature under a draft, with --key FILE",
        absl::StrCat("to empty a field: entente draft set ", o.draft,
                     " narrative=; else entente draft clear ", o.draft, " --key FILE"));
  }
  ASSIGN_OR_RETURN(v1::Draft draft, DraftToClear(context, o.draft));
  ASSIGN_OR_RETURN(const base::PublicKey public_key, ReadKeyName(o.key));
  ASSIGN_OR_RETURN(const base::InstrumentId instrument,
                   IdOf(context, draft.instrument(), public_key));
  v1::Report& report = *draft.mutable_report();
  report.clear_cleared_by();  // another one takes its place
  draft.clear_cleared_by();
  if (o.dry_run) return TellDryRun(context, draft, instrument, public_key);
  context.SaySaid(DraftText(draft, context.phrases()));
  RETURN_IF_ERROR(context.Confirm(o.yes, "Put the second signature under this report?"));
  ASSIGN_OR_RETURN(const crypto::PrivateKey key,
                   OpenAuthorKey(context, o.key, o.passphrase_fd, public_key));
  const crypto::Signature signature =
      key.Sign(meaning::SecondSignatureText(instrument, PayloadBytes(report)));
  report.mutable_cleared_by()->set_key(public_key.str());
  report.mutable_cleared_by()->set_signature(std::string(crypto::View(signature)));
  draft.set_state("cleared");
  ASSIGN_OR_RETURN(draft, SaveDraft(context, draft));
  EmitDraft(context, draft);
  context.Say(absl::StrCat("next: entente submit ", o.draft, " --key FILE, by its author"));
  return Exit::kDone;
}

}  // namespace

void AddDraftClear(CLI::App& draft, Context& context) {
  auto o = std::make_shared<ClearOptions>();
  CLI::App* command = AddCommand(
      draft, context, "clear", "A second officer's signature under a finalised draft",
      "entente draft clear d-14 --key minister.key", [&context, o] { return Clear(context, *o); });
  command->add_option("draft", o->draft, "Draft name")->required();
  command->add_option("fields", o->fields)->group("");
  command->add_option("--key", o->key, "Key file of a signatory who is not the author")
      ->type_name("FILE");
  command->add_option("--passphrase-fd", o->passphrase_fd,
                      "Read the passphrase from this file descriptor");
  command->add_flag("--yes,-y", o->yes, "Do not ask");
  command->add_flag("--dry-run", o->dry_run, "Show the exact act; sign nothing");
}

}  // namespace entente::client
