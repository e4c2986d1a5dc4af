#include "client/signing/acts.h"

#include <algorithm>
#include <set>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/base/errors.h"
#include "client/base/files.h"
#include "client/signing/signing.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/suggest.h"
#include "node/meaning/text/code.h"

namespace entente::client {

namespace {

using ledger::Authority;
using ledger::VerifierKey;

// The signers who may sign this note: those in force before it and those it brings in.
std::vector<VerifierKey> MaySign(const ledger::Note& note, const HeldChain* chain) {
  std::vector<VerifierKey> keys;
  if (chain != nullptr) {
    keys = chain->signers;
    keys.insert(keys.end(), chain->unanimous.begin(), chain->unanimous.end());
  }
  for (const ledger::Act& act : note.acts) {
    if (const auto* signers = std::get_if<ledger::act::Signers>(&act)) {
      keys.insert(keys.end(), signers->keys.begin(), signers->keys.end());
    }
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
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

absl::Status TooFew(const ledger::Note& note, const Signatures& signatures) {
  return Failure(
      absl::StatusCode::kFailedPrecondition, "BELOW_THRESHOLD",
      absl::StrCat("position ", note.position, " needs ", signatures.missing,
                   " more: ", SignaturesInWords(signatures)),
      "pass the other --signer-key, or --out FILE and let the others run: entente delegation sign "
      "FILE");
}

// How many of `signers` are still missing for `threshold`.
size_t Missing(const std::vector<VerifierKey>& signers, size_t threshold,
               const std::set<base::PublicKey>& signed_by) {
  std::set<base::PublicKey> counted;
  for (const VerifierKey& signer : signers) {
    if (signed_by.contains(signer.key)) counted.insert(signer.key);
  }
  return counted.size() >= threshold ? 0 : threshold - counted.size();
}

std::string LabelOf(const base::PublicKey& key, const HeldChain* chain) {
  if (chain == nullptr) return "";
  auto label = chain->labels.find(key);
  return label == chain->labels.end()
             ? ""
             : absl::StrCat(" [", Fingerprint(key), ", ", Printable(label->second), "]");
}

// The office or person behind the keys an act names.
std::string LabelsOf(const ledger::Act& act, const HeldChain* chain) {
  if (const auto* revoke = std::get_if<ledger::act::Revoke>(&act))
    return LabelOf(revoke->key, chain);
  if (const auto* rotate = std::get_if<ledger::act::Rotate>(&act))
    return LabelOf(rotate->old_key, chain);
  return "";
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

absl::Status CheckNewCode(absl::string_view option, const std::string& code) {
  if (code == "EU") {
    return Failure(
        absl::StatusCode::kInvalidArgument, "VALIDATION_FAILED",
        absl::StrCat("E-DELEG-EU ", option,
                     ": EU is a group and no author; nothing was "
                     "signed"),
        "the body that speaks has a code of its own, such as EU-COM, EU-EEAS or EU-PRES");
  }
  if (meaning::IsDelegationCode(code))
    return absl::OkStatus();  // an instrument's has the same form
  std::string upper = absl::AsciiStrToUpper(code);
  return Failure(
      absl::StatusCode::kInvalidArgument, "VALIDATION_FAILED",
      absl::StrCat("E-CODE ", option, ": ", meaning::Quoted(code),
                   " is not a code: 2 to 32 of A-Z, 0-9 and -, beginning with a letter",
                   meaning::IsDelegationCode(upper) ? absl::StrCat("; did you mean ", upper, "?")
                                                    : std::string()),
      "nothing was signed; give it again");
}

absl::Status CheckFreeText(absl::string_view option, absl::string_view text) {
  constexpr size_t kBytesMax = 200;
  const bool control = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (!control && !text.empty() && text.size() <= kBytesMax) return absl::OkStatus();
  return UsageError(
      control ? absl::StrCat(option, ": a line feed, tab or other control character is in the text")
              : absl::StrCat(option, ": the text has ", text.size(), " bytes, 1 to ", kBytesMax,
                             " are allowed"),
      "write it in one line; longer reasons belong into a letter that this text names");
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

Signatures SignaturesOf(const ledger::Note& note, const HeldChain* chain) {
  Signatures out;
  std::set<base::PublicKey> signed_by;
  for (const VerifierKey& key : MaySign(note, chain)) {
    const bool has = std::any_of(note.lines.begin(), note.lines.end(), [&](const auto& line) {
      return ledger::VerifyLine(note.text, line, key, crypto::Ed25519Verifier());
    });
    if (has) signed_by.insert(key.key);
    (has ? out.signed_by : out.not_yet).push_back(key.name);
  }
  if (chain != nullptr) {
    out.missing = std::max(Missing(chain->signers, chain->threshold, signed_by),
                           Missing(chain->unanimous, chain->unanimous.size(), signed_by));
  }
  for (const ledger::Act& act : note.acts) {
    if (const auto* signers = std::get_if<ledger::act::Signers>(&act))
      out.missing = std::max(out.missing, Missing(signers->keys, signers->threshold, signed_by));
  }
  return out;
}

std::string SignaturesInWords(const Signatures& s) {
  return absl::StrCat(
      s.signed_by.empty() ? "nobody has signed"
                          : absl::StrCat("signed by ", absl::StrJoin(s.signed_by, ", ")),
      s.missing == 0
          ? "; that is enough"
          : absl::StrCat("; ", s.missing, " more needed, of ", absl::StrJoin(s.not_yet, ", ")));
}

std::string EveryField(Context& context, const std::vector<ledger::NoteField>& fields) {
  const Phrases& phrases = context.phrases();
  std::string out = absl::StrCat(phrases.Say(Phrase("Every field that is signed:")), "\n");
  bool within = false;
  for (const ledger::NoteField& field : fields) {
    const std::string name = phrases.Word(field.name).value_or(field.name);
    within |= field.heading;
    if (field.heading) {
      absl::StrAppend(&out, "  ", name, "\n");
    } else {
      absl::StrAppend(&out, within ? "    " : "  ", name, ": ", Printable(field.value), "\n");
    }
  }
  return out;
}

std::string NoteInWords(const ledger::Note& note, const HeldChain* chain) {
  const bool charter = note.kind == ledger::ChainKind::kCharter;
  const std::string code = chain == nullptr ? "" : chain->code;
  std::string out =
      absl::StrCat(charter ? "charter " : "credentials ", code, code.empty() ? "" : " ",
                   "position ", note.position, ", ", note.time, ":\n");
  for (const ledger::Act& act : note.acts) {
    absl::StrAppend(&out, "  - ", Printable(ledger::ActInWords(act)), LabelsOf(act, chain), "\n");
  }
  return out;
}

absl::Status CheckPlace(const ledger::Note& note, const HeldChain& chain) {
  const ledger::Note& last = chain.last();
  if (note.previous == last.id) return absl::OkStatus();
  if (note.position > last.position + 1) {
    return Failure(absl::StatusCode::kFailedPrecondition, "CHAIN_CONFLICT",
                   absl::StrCat("this act is for position ", note.position, " of ", chain.code,
                                "; this node knows the chain up to position ", last.position),
                   "fetch what is missing with entente sync, then sign");
  }
  std::string acts;
  for (const ledger::Note& held : chain.notes) {
    if (held.position != note.position) continue;
    for (const ledger::Act& act : held.acts)
      absl::StrAppend(&acts, acts.empty() ? "" : "; ", ledger::ActInWords(act));
    acts = absl::StrCat("note ", held.id.Short(), " of ", held.time, " (", acts, ")");
  }
  return Failure(absl::StatusCode::kAborted, "CHAIN_CONFLICT",
                 absl::StrCat("this act is stale: it was made for position ", note.position, " of ",
                              chain.code, ", where ", acts.empty() ? "another line" : acts,
                              " stands by now; nothing was signed"),
                 absl::StrCat("its author makes it again on top of position ", last.position,
                              " (the same command, a new file), and everybody signs the new one"));
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
  context.Say(NoteInWords(note, chain));
  context.SaySaid(EveryField(context, ledger::FieldsOf(note)));
  if (chain != nullptr) {
    const std::string consequences = Consequences(context, note, *chain);
    if (!consequences.empty()) context.Say(consequences);
  }
  result.signatures = SignaturesOf(note, chain);
  if (options.dry_run) {
    context.Say(SignaturesInWords(result.signatures));
    result.dry_run = true;
    result.file = note.text;
    return result;
  }
  if (options.signer_keys.empty() && options.out.empty()) {
    return UsageError("a signer's key is needed",
                      "pass --signer-key FILE, or --out FILE to hand it to the signers");
  }
  if (!options.signer_keys.empty()) RETURN_IF_ERROR(context.Confirm(options.yes, "Sign this?"));
  RETURN_IF_ERROR(AddSignatures(context, note, MaySign(note, chain), options));
  result.signatures = SignaturesOf(note, chain);
  result.file = note.File();
  const bool enough = result.signatures.missing == 0;
  const bool publishing = enough && (options.out.empty() || publish_when_enough);
  if (!enough && options.out.empty()) return TooFew(note, result.signatures);
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
  object["signed_by"] = result.signatures.signed_by;
  object["signatures_missing"] = result.signatures.missing;
  if (!options.out.empty() && !result.dry_run) object["out"] = options.out;
  std::string text;
  if (result.dry_run) {
    object["text"] = result.file;
    text = result.file;
  } else if (result.published) {
    text =
        absl::StrCat("published: position ", note.position, ", note ", result.note.ToHex(), "\n");
  } else {
    text = absl::StrCat("written: ", options.out, "; ", SignaturesInWords(result.signatures),
                        "\nnext: entente delegation sign ", options.out, " --signer-key FILE\n");
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

absl::StatusOr<Exit> RunOwnActs(Context& context, std::vector<ledger::Act> acts,
                                const SignerOptions& options) {
  ASSIGN_OR_RETURN(HeldChain chain, FetchChain(context, ledger::ChainKind::kCredentials, ""));
  ledger::Note note = Successor(chain);
  note.acts = std::move(acts);
  return RunAct(context, std::move(note), chain, options);
}

}  // namespace entente::client
