#include "client/acts.h"

#include <algorithm>
#include <set>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/errors.h"
#include "client/files.h"
#include "client/signing.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

using ledger::Authority;
using ledger::VerifierKey;

// The signers who may sign this note: those in force before it and those it brings in.
std::vector<VerifierKey> MaySign(const ledger::Note& note, const HeldChain* chain,
                                 uint32_t& threshold) {
  std::vector<VerifierKey> keys;
  if (chain != nullptr) {
    keys = chain->signers;
    threshold = chain->threshold;
  }
  for (const ledger::Act& act : note.acts) {
    if (const auto* signers = std::get_if<ledger::act::Signers>(&act)) {
      keys.insert(keys.end(), signers->keys.begin(), signers->keys.end());
      threshold = std::max(threshold, signers->threshold);
    }
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

// Would a node hold this note? Asked of the same code that decides it there.
bool ThresholdMet(const std::string& file, const HeldChain* chain) {
  Authority authority(&crypto::Ed25519Verifier());
  if (chain != nullptr) {
    for (const std::string& held : chain->files) authority.Add(held);
  }
  Authority::Outcome outcome = authority.Add(file).outcome;
  return outcome == Authority::Outcome::kNew || outcome == Authority::Outcome::kHeld ||
         outcome == Authority::Outcome::kMerged;
}

absl::Status AddSignature(Context& context, ledger::Note& note, const std::string& path,
                          const std::vector<VerifierKey>& may_sign, const SignerOptions& options) {
  ASSIGN_OR_RETURN(crypto::PrivateKey key, OpenSignerKey(context, path, options));
  const VerifierKey own = VerifierKey::ForSigner(key.public_key());
  if (std::find(may_sign.begin(), may_sign.end(), own) == may_sign.end()) {
    std::vector<std::string> names;
    for (const VerifierKey& signer : may_sign) names.push_back(signer.name);
    return Failure(
        absl::StatusCode::kPermissionDenied, "BELOW_THRESHOLD",
        absl::StrCat(path, ": key ", own.name,
                     " is not a signer of this chain; its signers: ", absl::StrJoin(names, " ")),
        "sign with the key of one of them");
  }
  ledger::SignatureLine line = ledger::SignText(note.text, key);
  if (std::find(note.lines.begin(), note.lines.end(), line) == note.lines.end())
    note.lines.push_back(line);
  return absl::OkStatus();
}

// Keys whose private half is elsewhere are named by their .pub and do not sign here.
bool SignsHere(const std::string& path) { return !absl::EndsWith(path, ".pub"); }

absl::Status AddSignatures(Context& context, ledger::Note& note,
                           const std::vector<VerifierKey>& may_sign, const SignerOptions& options) {
  for (const std::string& path : options.signer_keys) {
    if (SignsHere(path)) RETURN_IF_ERROR(AddSignature(context, note, path, may_sign, options));
  }
  return absl::OkStatus();
}

absl::Status RememberPosition(const ledger::Note& note, const SignerOptions& options) {
  for (const std::string& path : options.signer_keys) {
    if (SignsHere(path)) RETURN_IF_ERROR(MarkSignerPosition(path, note));
  }
  return absl::OkStatus();
}

// The position is signed and will not be signed differently, so the note must not be lost with the
// call.
absl::Status PublishOrKeep(const std::string& file, const SignerOptions& options,
                           const Publish& publish) {
  absl::Status published = publish(file, /*validate_only=*/false);
  if (published.ok() || !options.out.empty() || options.signer_keys.empty()) return published;
  const std::string kept = options.signer_keys.front() + ".unsent.note";
  if (!WriteFile(kept, file).ok()) return published;
  return WithHint(published, absl::StrCat("the signed note is kept in ", kept,
                                          "; publish it with: entente delegation sign ", kept));
}

size_t GoodSignatures(const ledger::Note& note, const std::vector<VerifierKey>& may_sign) {
  std::set<base::PublicKey> signed_by;
  for (const auto& line : note.lines) {
    for (const VerifierKey& key : may_sign) {
      if (ledger::VerifyLine(note.text, line, key, crypto::Ed25519Verifier()))
        signed_by.insert(key.key);
    }
  }
  return signed_by.size();
}

absl::Status TooFew(const ledger::Note& note, size_t have, uint32_t threshold) {
  return Failure(
      absl::StatusCode::kFailedPrecondition, "BELOW_THRESHOLD",
      absl::StrCat("position ", note.position, " needs ", threshold, " signatures; it has ", have),
      "pass the other --signer-key, or --out FILE and let the others run: entente delegation sign "
      "FILE");
}

}  // namespace

void AddSignerOptions(CLI::App& command, SignerOptions& o) {
  command
      .add_option("--signer-key", o.signer_keys, "Authority signer's key file; repeat for several")
      ->type_name("FILE")
      ->take_all();
  command.add_option("--passphrase-fd", o.passphrase_fd,
                     "Read the passphrase from this file descriptor");
  command.add_option("--signer-passphrase-fd", o.signer_passphrase_fd,
                     "The same, for signer keys only");
  command.add_option("--out", o.out, "Write the note with the signatures so far; publish nothing")
      ->type_name("FILE");
  command.add_flag("--yes,-y", o.yes, "Do not ask");
  command.add_flag("--dry-run", o.dry_run, "Show the exact act; sign and publish nothing");
}

absl::StatusOr<ledger::act::Signers> SignersOf(const std::vector<std::string>& paths,
                                               uint32_t threshold) {
  ledger::act::Signers signers;
  signers.threshold = threshold;
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(base::PublicKey key, ReadKeyName(path));
    signers.keys.push_back(ledger::VerifierKey::ForSigner(key));
  }
  std::sort(signers.keys.begin(), signers.keys.end(),
            [](const auto& a, const auto& b) { return a.Text() < b.Text(); });
  if (threshold > signers.keys.size()) {
    return UsageError(absl::StrCat("--threshold ", threshold, ": only ", signers.keys.size(),
                                   " signer keys given"),
                      "give at least as many --signer-key as the threshold");
  }
  return signers;
}

void WarnAboutSigners(Context& context, const ledger::act::Signers& signers) {
  if (signers.keys.size() == 1) {
    context.Warn(
        "one signer only: lose this key and nobody can enrol or revoke for you; keep a copy apart, "
        "or found "
        "with several --signer-key");
  } else if (2 * signers.threshold <= signers.keys.size()) {
    context.Warn(absl::StrCat(
        "threshold ", signers.threshold, " of ", signers.keys.size(),
        ": two halves of the signers could sign different notes; a majority is safer"));
  }
}

std::string NoteInWords(const ledger::Note& note, absl::string_view chain_code) {
  const bool charter = note.kind == ledger::ChainKind::kCharter;
  std::string out =
      absl::StrCat(charter ? "charter " : "credentials ", chain_code, chain_code.empty() ? "" : " ",
                   "position ", note.position, ", ", note.time, ":\n");
  for (const ledger::Act& act : note.acts)
    absl::StrAppend(&out, "  - ", ledger::ActInWords(act), "\n");
  return out;
}

absl::Status PublishFiles(Context& context, const std::vector<std::string>& files,
                          bool validate_only) {
  v1::PublishNotesRequest request;
  request.set_validate_only(validate_only);
  for (const std::string& file : files) request.add_notes(file);
  ASSIGN_OR_RETURN(v1::PublishNotesResponse response, context.Call(local::kPublishNotes, request));
  for (const auto& result : response.results()) {
    for (const auto& warning : result.warnings()) context.Warn(warning);
    if (result.outcome() == "refused") {
      return Failure(absl::StatusCode::kFailedPrecondition, "CHAIN_CONFLICT",
                     absl::StrCat("the node refused note ", base::ToHex(result.id()).substr(0, 8),
                                  ": ", result.reason()));
    }
  }
  return absl::OkStatus();
}

Publish PublisherFor(Context& context, const ledger::Note& note) {
  if (note.position > 1) {
    return [&context](const std::string& file, bool validate_only) {
      return PublishFiles(context, {file}, validate_only);
    };
  }
  if (note.kind == ledger::ChainKind::kCredentials) {
    return [&context](const std::string& file, bool validate_only) {
      v1::FoundDelegationRequest request;
      request.add_notes(file);
      request.set_validate_only(validate_only);
      return context.Call(local::kFoundDelegation, request).status();
    };
  }
  return [&context, id = note.id](const std::string& file, bool validate_only) -> absl::Status {
    ASSIGN_OR_RETURN(HeldChain own, FetchChain(context, ledger::ChainKind::kCredentials, ""));
    v1::JoinInstrumentRequest request;
    request.set_instrument(id.str());
    request.add_notes(file);
    for (const std::string& held : own.files) request.add_notes(held);
    request.set_validate_only(validate_only);
    return context.Call(local::kJoinInstrument, request).status();
  };
}

absl::StatusOr<ActResult> PerformAct(Context& context, ledger::Note note, const HeldChain* chain,
                                     const SignerOptions& options, const Publish& publish,
                                     bool publish_when_enough) {
  ActResult result;
  result.note = note.id;
  context.Say(NoteInWords(note, chain == nullptr ? "" : chain->code));
  if (options.dry_run) {
    result.dry_run = true;
    result.file = note.text;
    return result;
  }
  uint32_t threshold = 1;
  std::vector<VerifierKey> may_sign = MaySign(note, chain, threshold);
  if (options.signer_keys.empty() && options.out.empty()) {
    return UsageError("a signer's key is needed",
                      "pass --signer-key FILE, or --out FILE to hand it to the signers");
  }
  RETURN_IF_ERROR(context.Confirm(options.yes, "Sign this?"));
  RETURN_IF_ERROR(AddSignatures(context, note, may_sign, options));
  result.file = note.File();
  const bool enough = ThresholdMet(result.file, chain);
  const bool publishing = enough && (options.out.empty() || publish_when_enough);
  if (!enough && options.out.empty())
    return TooFew(note, GoodSignatures(note, may_sign), threshold);
  if (publishing) RETURN_IF_ERROR(publish(result.file, /*validate_only=*/true));
  RETURN_IF_ERROR(RememberPosition(note, options));
  if (!options.out.empty()) RETURN_IF_ERROR(WriteFile(options.out, result.file));
  if (!publishing) return result;
  RETURN_IF_ERROR(PublishOrKeep(result.file, options, publish));
  result.published = true;
  return result;
}

void EmitAct(Context& context, const ActResult& result, const ledger::Note& note,
             const SignerOptions& options) {
  nlohmann::ordered_json object;
  object["chain"] = note.chain_id().ToHex();
  object["position"] = note.position;
  object["note"] = result.note.ToHex();
  object["published"] = result.published;
  object["dry_run"] = result.dry_run;
  if (!options.out.empty() && !result.dry_run) object["out"] = options.out;
  std::string text;
  if (result.dry_run) {
    object["text"] = result.file;
    text = result.file;
  } else if (result.published) {
    text =
        absl::StrCat("published: position ", note.position, ", note ", result.note.ToHex(), "\n");
  } else {
    text = absl::StrCat("written: ", options.out, "; next: entente delegation sign ", options.out,
                        " --signer-key FILE\n");
  }
  context.Emit(object, text);
}

absl::StatusOr<Exit> RunAct(Context& context, ledger::Note fields, const HeldChain& chain,
                            const SignerOptions& options) {
  ASSIGN_OR_RETURN(ledger::Note note, ledger::BuildNote(std::move(fields)));
  ASSIGN_OR_RETURN(ActResult result,
                   PerformAct(context, note, &chain, options, PublisherFor(context, note)));
  EmitAct(context, result, note, options);
  return Exit::kDone;
}

}  // namespace entente::client
