// entente delegation enrol|node|office|signers|sign: who speaks and who signs, as the next note of
// the credentials.
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/base/files.h"
#include "client/commands/commands.h"
#include "client/ledger/chain.h"
#include "client/signing/acts.h"
#include "client/signing/signing.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

using ledger::ChainKind;

struct EnrolOptions {
  std::string key_file, label, next_key;
  std::vector<std::string> roles;
  SignerOptions sign;
};

absl::StatusOr<Exit> Enrol(Context& context, const EnrolOptions& o) {
  RETURN_IF_ERROR(CheckFreeText("--label", o.label));
  ASSIGN_OR_RETURN(ledger::KeyFile key, ReadNewKey(o.key_file));
  ASSIGN_OR_RETURN(std::optional<base::Digest> next, NextKeyHash(o.next_key));
  ledger::act::Enrol act{key.key, key.pop, o.roles, next, o.label};
  std::sort(act.roles.begin(), act.roles.end());
  return RunOwnActs(context, {std::move(act)}, o.sign);
}

struct NodeOptions {
  std::string spki, address;
  SignerOptions sign;
};

absl::StatusOr<Exit> NodeAct(Context& context, const NodeOptions& o, bool add) {
  auto spki = base::Spki::FromHex(o.spki);
  if (!spki) {
    return UsageError(
        absl::StrCat("\"", o.spki, "\" is not a node fingerprint (64 lower-case hex characters)"),
        "entente status on that node prints it");
  }
  if (add) return RunOwnActs(context, {ledger::act::Node{*spki, o.address}}, o.sign);
  ASSIGN_OR_RETURN(HeldChain chain, FetchChain(context, ChainKind::kCredentials, ""));
  ledger::Authority authority(&crypto::Ed25519Verifier());
  const ledger::CredentialsView* view = CredentialsOf(authority, chain);
  if (view == nullptr || !view->nodes.contains(*spki)) {
    return Failure(absl::StatusCode::kNotFound, "NOT_FOUND_RECORD",
                   absl::StrCat("node ", spki->Short(), " is no node of ", chain.code),
                   "entente delegation show lists its nodes");
  }
  return RunOwnActs(context, {ledger::act::NodeGone{*spki}}, o.sign);
}

struct OfficeOptions {
  std::string code, name, succeeds;
  std::vector<std::string> successors;
  SignerOptions sign;
};

// What the credentials in force last said of an office; null: nothing.
const ledger::act::Office* NewestOffice(const ledger::CredentialsView& view,
                                        const std::string& code) {
  const ledger::act::Office* found = nullptr;
  for (const ledger::act::Office& office : view.offices) {
    if (office.code == code) found = &office;
  }
  return found;
}

absl::Status NoSuchOffice(const ledger::CredentialsView& view, const std::string& code) {
  std::set<std::string> open;
  for (const ledger::act::Office& office : view.offices) {
    if (NewestOffice(view, office.code)->opened) open.insert(office.code);
  }
  return Failure(absl::StatusCode::kNotFound, "NOT_FOUND_RECORD",
                 absl::StrCat("office ", code, " is not open in the credentials of ", view.code),
                 open.empty() ? "no office is open; entente delegation office open CODE --name ..."
                              : absl::StrCat("open offices: ", absl::StrJoin(open, " ")));
}

absl::StatusOr<Exit> OfficeAct(Context& context, const OfficeOptions& o, bool open) {
  ASSIGN_OR_RETURN(HeldChain chain, FetchChain(context, ChainKind::kCredentials, ""));
  ledger::Authority authority(&crypto::Ed25519Verifier());
  const ledger::CredentialsView* view = CredentialsOf(authority, chain);
  if (view == nullptr) return Failure(absl::StatusCode::kInternal, "", "the chain says nothing");
  const ledger::act::Office* known = NewestOffice(*view, o.code);
  if (open) {
    RETURN_IF_ERROR(CheckFreeText("--name", o.name));
    if (known != nullptr && known->opened) {
      return Failure(absl::StatusCode::kFailedPrecondition, "ALREADY_FOUNDED",
                     absl::StrCat("office ", o.code, " (", known->name, ") is open already"),
                     "choose another code, or close it first");
    }
    return RunOwnActs(context, {ledger::act::Office{o.code, true, o.succeeds, o.name}}, o.sign);
  }
  if (known == nullptr || !known->opened) return NoSuchOffice(*view, o.code);
  for (const std::string& successor : o.successors) {
    const ledger::act::Office* other = NewestOffice(*view, successor);
    if (other == nullptr || !other->opened) return NoSuchOffice(*view, successor);
  }
  context.Say(
      "Keys of the office go on speaking until they are revoked: entente delegation revoke "
      "--key-file F.pub --office-closed.");
  std::vector<ledger::Act> acts;
  for (const std::string& successor : o.successors)
    acts.push_back(ledger::act::Office{o.code, false, successor, known->name});
  if (acts.empty()) acts.push_back(ledger::act::Office{o.code, false, "", known->name});
  return RunOwnActs(context, std::move(acts), o.sign);
}

struct SignersOptions {
  std::vector<std::string> signers;
  uint32_t threshold = 1;
  std::string suspends;  // lift | revoke
  SignerOptions sign;
};

// A suspend ends with the signature of its signer: whoever goes leaves each of theirs lifted, or
// made a revoke.
absl::StatusOr<std::vector<ledger::Act>> ActsForSuspends(const HeldChain& chain,
                                                         const ledger::act::Signers& stay,
                                                         const std::string& word) {
  std::vector<ledger::Act> acts;
  ledger::Authority authority(&crypto::Ed25519Verifier());
  const ledger::CredentialsView* view = CredentialsOf(authority, chain);
  for (const std::string& file : chain.suspends) {
    absl::StatusOr<ledger::Suspend> suspend = ledger::ParseSuspend(file);
    if (!suspend.ok()) continue;
    const auto signs = [&](const ledger::VerifierKey& key) {
      return std::any_of(suspend->lines.begin(), suspend->lines.end(),
                         [&](const auto& line) { return line.name == key.name; });
    };
    const bool open =
        view != nullptr && view->closings.contains(suspend->key) &&
        std::any_of(view->closings.at(suspend->key).begin(), view->closings.at(suspend->key).end(),
                    [&](const auto& closing) { return closing.by == suspend->id; });
    if (!open || std::any_of(stay.keys.begin(), stay.keys.end(), signs)) continue;
    if (word.empty()) {
      return Failure(absl::StatusCode::kFailedPrecondition, "VALIDATION_FAILED",
                     absl::StrCat("suspend ", suspend->id.Short(), " of key ",
                                  Fingerprint(suspend->key), " (", Printable(suspend->reason),
                                  ") was signed by somebody who is no signer any more after this, "
                                  "and would end without a decision"),
                     "add --suspends revoke, or --suspends lift");
    }
    if (word == "lift") {
      acts.push_back(ledger::act::Lift{suspend->id});
    } else {
      acts.push_back(
          ledger::act::Revoke{suspend->key, ledger::RevokeReason::kCompromised, suspend->tips});
    }
  }
  return acts;
}

absl::StatusOr<Exit> Signers(Context& context, const SignersOptions& o) {
  ASSIGN_OR_RETURN(ledger::act::Signers signers, SignersOf(o.signers, o.threshold));
  WarnAboutSigners(context, signers);
  ASSIGN_OR_RETURN(HeldChain chain, FetchChain(context, ChainKind::kCredentials, ""));
  ASSIGN_OR_RETURN(std::vector<ledger::Act> acts, ActsForSuspends(chain, signers, o.suspends));
  acts.insert(acts.begin(), std::move(signers));
  return RunOwnActs(context, std::move(acts), o.sign);
}

// ---- sign: an act somebody else prepared

absl::StatusOr<Exit> PassOnSuspend(Context& context, const std::string& text, bool dry_run) {
  ASSIGN_OR_RETURN(ledger::Suspend suspend, ledger::ParseSuspend(text));
  ASSIGN_OR_RETURN(HeldChain chain,
                   FetchChainById(context, ChainKind::kCredentials, suspend.chain));
  context.Say(absl::StrCat("a suspend of key ", Fingerprint(suspend.key), " of ", chain.code, " (",
                           Printable(suspend.reason), "), ", suspend.lines.size(),
                           " signature(s)"));
  RETURN_IF_ERROR(PublishFiles(context, {text}, dry_run));
  nlohmann::ordered_json object = {
      {"suspend", suspend.id.ToHex()}, {"published", !dry_run}, {"dry_run", dry_run}};
  context.Emit(object, dry_run ? "the node would take it\n"
                               : absl::StrCat("published: suspend ", suspend.id.ToHex(), "\n"));
  return Exit::kDone;
}

// The chain as the note continues it: its line in force, or the branch that a heal speaks for.
absl::StatusOr<HeldChain> ChainFor(Context& context, const ledger::Note& note) {
  ASSIGN_OR_RETURN(HeldChain chain, FetchChainById(context, note.kind, *note.chain));
  for (const ledger::Act& act : note.acts) {
    const auto* heal = std::get_if<ledger::act::Heal>(&act);
    if (heal != nullptr && chain.forked && !chain.InForce(note.id))
      return BranchOf(chain, heal->note.ToHex());
  }
  return chain;
}

// Merges the signatures of the keys at hand into the file; publishes when that is enough.
absl::StatusOr<Exit> Sign(Context& context, const std::string& file, SignerOptions sign) {
  ASSIGN_OR_RETURN(std::string text, ReadFile(file));
  if (ledger::LooksLikeSuspend(text)) return PassOnSuspend(context, text, sign.dry_run);
  absl::StatusOr<ledger::Note> note = ledger::ParseNote(text);
  if (!note.ok()) {
    return Failure(absl::StatusCode::kInvalidArgument, kFileDamaged,
                   absl::StrCat(file, ": not a note: ", note.status().message()),
                   "get the file again from its author");
  }
  std::optional<HeldChain> chain;
  if (note->chain) {
    ASSIGN_OR_RETURN(chain, ChainFor(context, *note));
    if (chain->InForce(note->id)) {
      context.Say(NoteInWords(*note, &*chain));
      nlohmann::ordered_json object = {{"note", note->id.ToHex()}, {"published", true}};
      context.Emit(object, absl::StrCat(file, ": in force already, as position ", note->position,
                                        " of ", chain->code, "; nothing to do\n"));
      return Exit::kDone;
    }
    RETURN_IF_ERROR(CheckPlace(*note, *chain));
  }
  const HeldChain* held = chain ? &*chain : nullptr;
  Publish publish = PublisherFor(context, *note);
  if (sign.out.empty()) sign.out = file;
  ASSIGN_OR_RETURN(ActResult result,
                   PerformAct(context, *note, held, sign, publish, /*publish_when_enough=*/true));
  EmitAct(context, result, *note, sign);
  return Exit::kDone;
}

void AddNode(CLI::App& noun, Context& context) {
  CLI::App* node = AddNoun(noun, "node", "Which machines serve the delegation");
  for (bool add : {true, false}) {
    auto o = std::make_shared<NodeOptions>();
    CLI::App* command = AddCommand(
        *node, context, add ? "add" : "gone",
        add ? "A further node serves the delegation" : "A node serves it no longer",
        add ? "entente delegation node add SPKI --address kg2.example:7441 --signer-key S.key"
            : "entente delegation node gone SPKI --signer-key S.key",
        [&context, o, add] { return NodeAct(context, *o, add); });
    command->add_option("spki", o->spki, "The node's TLS fingerprint, 64 hex characters")
        ->required();
    if (add)
      command->add_option("--address", o->address, "HOST:PORT; without: it only calls others");
    AddSignerOptions(*command, o->sign);
  }
}

void AddOffice(CLI::App& noun, Context& context) {
  CLI::App* office = AddNoun(noun, "office", "Offices of the delegation, and their successors");
  auto opened = std::make_shared<OfficeOptions>();
  CLI::App* open = AddCommand(
      *office, context, "open", "An office begins its work",
      "entente delegation office open MOH --name \"Ministry of Health\" --signer-key S.key",
      [&context, opened] { return OfficeAct(context, *opened, true); });
  open->add_option("code", opened->code, "Short code, such as MOH")->required();
  open->add_option("--name", opened->name, "Name, as people write it")->required();
  open->add_option("--succeeds", opened->succeeds, "Office whose work it takes over");
  AddSignerOptions(*open, opened->sign);
  auto closed = std::make_shared<OfficeOptions>();
  CLI::App* close =
      AddCommand(*office, context, "close", "An office ends, with its successors",
                 "entente delegation office close SDC --successor MOH --successor MOI "
                 "--signer-key S.key",
                 [&context, closed] { return OfficeAct(context, *closed, false); });
  close->add_option("code", closed->code, "Code of the office")->required();
  close->add_option("--successor", closed->successors,
                    "Office that takes over; repeat for several");
  AddSignerOptions(*close, closed->sign);
}

void AddEnrol(CLI::App& noun, Context& context) {
  auto o = std::make_shared<EnrolOptions>();
  CLI::App* command =
      AddCommand(noun, context, "enrol", "Let one more key speak for the delegation",
                 "entente delegation enrol --key-file B.key.pub --label \"Second officer\" "
                 "--role focal_point --signer-key S.key",
                 [&context, o] { return Enrol(context, *o); });
  command->add_option("--key-file", o->key_file, "The key's .pub file")
      ->required()
      ->type_name("FILE");
  command->add_option("--label", o->label, "Office or person")->required();
  command
      ->add_option("--role", o->roles,
                   "focal_point, signatory, delegate, implementer_lead, desk_officer, auditor, "
                   "observer; with "
                   "dual, its reports need a second signature")
      ->required()
      ->delimiter(',');
  command
      ->add_option("--next-key-file", o->next_key,
                   "Announce the key that will follow: its .pub, kept apart until then")
      ->type_name("FILE");
  AddSignerOptions(*command, o->sign);
}

void AddSigners(CLI::App& noun, Context& context) {
  auto o = std::make_shared<SignersOptions>();
  CLI::App* command = AddCommand(
      noun, context, "signers", "Set who signs for the delegation, all of them, and how many must",
      "entente delegation signers --signer A.key.pub --signer B.key.pub --threshold 2 "
      "--signer-key A.key --signer-key B.key",
      [&context, o] { return Signers(context, *o); });
  command->add_option("--signer", o->signers, "A signer's .pub file, or 64 hex characters; repeat")
      ->type_name("FILE|HEX")
      ->required();
  command->add_option("--threshold", o->threshold, "How many of them must sign")
      ->check(CLI::Range(1, 16))
      ->required();
  command->add_option("--suspends", o->suspends, "Open suspends of signers who go: lift or revoke")
      ->check(CLI::IsMember({"lift", "revoke"}));
  AddSignerOptions(*command, o->sign);
}

}  // namespace

void AddSign(CLI::App& noun, Context& context) {
  auto file = std::make_shared<std::string>();
  auto sign = std::make_shared<SignerOptions>();
  CLI::App* command = AddCommand(
      noun, context, "sign",
      "Read an act somebody prepared, add a signature; it applies when enough have signed",
      absl::StrCat("entente ", noun.get_name(),
                   " sign act.note --dry-run        (only reads it, in words)\n  entente ",
                   noun.get_name(), " sign act.note --signer-key T.key"),
      [&context, file, sign] { return Sign(context, *file, *sign); });
  command->add_option("file", *file, "Note or suspend file")->type_name("FILE")->required();
  AddSignerOptions(*command, *sign);
}

void AddDelegationActs(CLI::App& noun, Context& context) {
  AddNode(noun, context);
  AddEnrol(noun, context);
  AddOffice(noun, context);
  AddSigners(noun, context);
  AddSign(noun, context);
  AddDelegationKeys(noun, context);
  AddDelegationEntries(noun, context);
}

}  // namespace entente::client
