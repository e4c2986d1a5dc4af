// entente delegation enrol|node|revoke|sign: the next note of a delegation's credentials.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/acts.h"
#include "client/chain.h"
#include "client/clock.h"
#include "client/commands/commands.h"
#include "client/files.h"
#include "client/log_reader.h"
#include "client/signing.h"
#include "client/tips.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

using ledger::ChainKind;

absl::StatusOr<Exit> OneAct(Context& context, ledger::Act act, const SignerOptions& sign) {
  ASSIGN_OR_RETURN(HeldChain chain, FetchChain(context, ChainKind::kCredentials, ""));
  ledger::Note note = Successor(chain);
  note.acts.push_back(std::move(act));
  return RunAct(context, std::move(note), chain, sign);
}

struct EnrolOptions {
  std::string key_file, label;
  std::vector<std::string> roles;
  SignerOptions sign;
};

absl::StatusOr<Exit> Enrol(Context& context, const EnrolOptions& o) {
  ASSIGN_OR_RETURN(ledger::KeyFile key, ReadPublicKey(o.key_file));
  ledger::act::Enrol act{key.key, key.pop, o.roles, std::nullopt, o.label};
  std::sort(act.roles.begin(), act.roles.end());
  return OneAct(context, std::move(act), o.sign);
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
  if (add) return OneAct(context, ledger::act::Node{*spki, o.address}, o.sign);
  return OneAct(context, ledger::act::NodeGone{*spki}, o.sign);
}

struct RevokeOptions {
  std::string key_file, suspected_since;
  bool lost = false, retired = false, compromised = false, office_closed = false;
  std::optional<uint64_t> through;
  SignerOptions sign;
};

absl::StatusOr<ledger::RevokeReason> ReasonOf(const RevokeOptions& o) {
  int given = o.lost + o.retired + o.compromised + o.office_closed;
  if (given != 1) {
    return UsageError("say why the key is revoked, once",
                      "--lost, --retired, --compromised or --office-closed");
  }
  if (o.lost) return ledger::RevokeReason::kLost;
  if (o.retired) return ledger::RevokeReason::kRetired;
  return o.compromised ? ledger::RevokeReason::kCompromised : ledger::RevokeReason::kOfficeClosed;
}

absl::StatusOr<TipRule> RuleOf(const RevokeOptions& o) {
  TipRule rule;
  rule.through_sequence = o.through;
  if (o.suspected_since.empty()) return rule;
  rule.before_ms = ParseUtc(o.suspected_since);
  if (rule.before_ms == 0) {
    return UsageError(absl::StrCat("--suspected-since: \"", o.suspected_since, "\" is not a date"),
                      "write 2026-11-22 or 2026-11-22T12:00:00Z");
  }
  return rule;
}

// Every feed of the key in every instrument joined here.
absl::StatusOr<Feeds> FeedsOf(Context& context, const base::PublicKey& key) {
  ASSIGN_OR_RETURN(v1::ListInstrumentsResponse list,
                   context.Call(local::kListInstruments, v1::ListInstrumentsRequest()));
  Feeds feeds;
  for (const auto& instrument : list.instruments()) {
    ASSIGN_OR_RETURN(Feeds more, ReadFeeds(context, instrument.code(),
                                           [&key](const ledger::EntryHeader& header) {
                                             return header.key == key;
                                           }));
    feeds.merge(more);
  }
  return feeds;
}

absl::StatusOr<Exit> Revoke(Context& context, const RevokeOptions& o) {
  ASSIGN_OR_RETURN(ledger::RevokeReason reason, ReasonOf(o));
  ASSIGN_OR_RETURN(TipRule rule, RuleOf(o));
  ASSIGN_OR_RETURN(base::PublicKey key, ReadKeyName(o.key_file));
  if (o.compromised && rule.before_ms == 0 && !rule.through_sequence) {
    context.Warn(
        "compromised, and no --suspected-since or --through: everything received so far counts");
  }
  ASSIGN_OR_RETURN(HeldChain chain, FetchChain(context, ChainKind::kCredentials, ""));
  ledger::Authority authority(&crypto::Ed25519Verifier());
  const ledger::CredentialsView* view = CredentialsOf(authority, chain);
  if (view == nullptr || !view->keys.contains(key)) {
    return Failure(absl::StatusCode::kNotFound, "NOT_FOUND_RECORD",
                   absl::StrCat("key ", Fingerprint(key), " is not enrolled by ", chain.code),
                   "entente who lists the enrolled keys");
  }
  ASSIGN_OR_RETURN(Feeds feeds, FeedsOf(context, key));
  std::vector<ledger::Tip> tips = ProposeTips(feeds, rule);
  context.Say(absl::StrCat("Revoking ", Fingerprint(key), " (", view->keys.at(key).label,
                           "): ", TipsInWords(feeds, tips), "."));
  ledger::Note note = Successor(chain);
  note.acts.push_back(ledger::act::Revoke{key, reason, std::move(tips)});
  return RunAct(context, std::move(note), chain, o.sign);
}

// Merges the signatures of the keys at hand into the file; publishes when that is enough.
absl::StatusOr<Exit> Sign(Context& context, const std::string& file, SignerOptions sign) {
  ASSIGN_OR_RETURN(std::string text, ReadFile(file));
  absl::StatusOr<ledger::Note> note = ledger::ParseNote(text);
  if (!note.ok()) {
    return Failure(absl::StatusCode::kInvalidArgument, kFileDamaged,
                   absl::StrCat(file, ": not a note: ", note.status().message()),
                   "get the file again from its author");
  }
  std::optional<HeldChain> chain;
  if (note->chain) {
    ASSIGN_OR_RETURN(chain, FetchChainById(context, note->kind, *note->chain));
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
      ->add_option(
          "--role", o->roles,
          "focal_point, signatory, delegate, implementer_lead, desk_officer, auditor, observer")
      ->required()
      ->delimiter(',');
  AddSignerOptions(*command, o->sign);
}

void AddRevoke(CLI::App& noun, Context& context) {
  auto o = std::make_shared<RevokeOptions>();
  CLI::App* command = AddCommand(
      noun, context, "revoke", "End a key: what counts up to a named entry, nothing after",
      "entente delegation revoke --key-file A.key.pub --lost --signer-key S.key",
      [&context, o] { return Revoke(context, *o); });
  command->add_option("--key-file", o->key_file, "The key's .pub file, or its 64 hex characters")
      ->required();
  command->add_flag("--lost", o->lost, "The device is lost; what this node received counts");
  command->add_flag("--retired", o->retired, "No longer used; everything known counts");
  command->add_flag("--compromised", o->compromised, "Somebody else may have it");
  command->add_flag("--office-closed", o->office_closed, "The office no longer exists");
  command->add_option("--suspected-since", o->suspected_since,
                      "With --compromised: what is dated before counts");
  command->add_option("--through", o->through,
                      "Count up to this sequence number, instead of the proposal");
  AddSignerOptions(*command, o->sign);
}

}  // namespace

void AddDelegationActs(CLI::App& noun, Context& context) {
  AddNode(noun, context);
  AddEnrol(noun, context);
  AddRevoke(noun, context);
  auto file = std::make_shared<std::string>();
  auto sign = std::make_shared<SignerOptions>();
  CLI::App* command =
      AddCommand(noun, context, "sign", "Add a signature to an act somebody else prepared",
                 "entente delegation sign act.note --signer-key T.key",
                 [&context, file, sign] { return Sign(context, *file, *sign); });
  command->add_option("file", *file, "Note file")->required();
  AddSignerOptions(*command, *sign);
}

}  // namespace entente::client
