// entente delegation found|export|join|show, and who: a delegation's credentials, which keys speak
// for it.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/base/clock.h"
#include "client/base/files.h"
#include "client/commands/commands.h"
#include "client/ledger/chain.h"
#include "client/signing/acts.h"
#include "client/signing/signing.h"
#include "node/base/status_macros.h"
#include "node/ledger/authority_words.h"

namespace entente::client {

namespace {

struct FoundDelegationOptions {
  std::string code, name, author_key, label = "Focal point", advertise;
  std::vector<std::string> roles{"desk_officer", "focal_point", "signatory"};
  uint32_t threshold = 1;
  SignerOptions sign;
};

absl::StatusOr<ledger::Note> FirstCredentials(const FoundDelegationOptions& o, const v1::Node& node,
                                              const ledger::act::Signers& signers) {
  ASSIGN_OR_RETURN(ledger::KeyFile author, ReadNewKey(o.author_key));
  ledger::act::Enrol enrol{author.key, author.pop, o.roles, std::nullopt, o.label};
  std::sort(enrol.roles.begin(), enrol.roles.end());
  std::string address = !o.advertise.empty()               ? o.advertise
                        : node.advertise_address().empty() ? node.listen_address()
                                                           : node.advertise_address();
  auto spki = base::Spki::FromBytes(node.spki());
  if (!spki) return Failure(absl::StatusCode::kInternal, "", "the node gave no TLS fingerprint");
  ledger::Note note;
  note.kind = ledger::ChainKind::kCredentials;
  note.position = 1;
  note.time = UtcText(WallMs());
  note.acts = {ledger::act::Delegation{o.code, o.name}, signers, enrol,
               ledger::act::Node{*spki, address}};
  return ledger::BuildNote(std::move(note));
}

absl::StatusOr<Exit> FoundDelegation(Context& context, const FoundDelegationOptions& o) {
  ASSIGN_OR_RETURN(v1::Node node, context.Call(local::kGetNode, v1::GetNodeRequest()));
  if (!node.delegation().empty()) {
    return Failure(absl::StatusCode::kFailedPrecondition, "ALREADY_FOUNDED",
                   absl::StrCat("this node already serves ", node.delegation_code(),
                                "; a node serves one delegation"),
                   "start another node with its own --data folder");
  }
  RETURN_IF_ERROR(CheckNewCode("--code", o.code));
  ASSIGN_OR_RETURN(ledger::act::Signers signers, SignersOf(o.sign.signer_keys, o.threshold));
  WarnAboutSigners(context, signers);
  ASSIGN_OR_RETURN(ledger::Note note, FirstCredentials(o, node, signers));
  ASSIGN_OR_RETURN(ActResult result,
                   PerformAct(context, note, nullptr, o.sign, PublisherFor(context, note)));
  if (!result.published) {
    EmitAct(context, result, note, o.sign);
    return Exit::kDone;
  }
  nlohmann::ordered_json object = {
      {"delegation", o.code}, {"id", note.id.ToHex()}, {"position", 1}, {"published", true}};
  context.Emit(object,
               absl::StrCat("founded ", o.code, " (", o.name, ")\ndelegation ", note.id.ToHex(),
                            "\nnext: entente delegation export --out ", o.code, ".credentials\n"));
  return Exit::kDone;
}

absl::StatusOr<Exit> Export(Context& context, const std::string& code, const std::string& out) {
  ASSIGN_OR_RETURN(HeldChain chain, FetchChain(context, ledger::ChainKind::kCredentials, code));
  RETURN_IF_ERROR(WriteFile(out, ledger::ChainFileText(chain.files)));
  nlohmann::ordered_json object = {{"delegation", chain.code},
                                   {"id", chain.id.ToHex()},
                                   {"position", chain.last().position},
                                   {"out", out}};
  context.Emit(
      object,
      absl::StrCat("written: ", out, " (", chain.code, ", ", Count(chain.files.size(), "note"),
                   "; public, nothing secret in it)\nfingerprint ", chain.id.ToHex(), "\n"));
  return Exit::kDone;
}

absl::StatusOr<Exit> Join(Context& context, const std::string& file, bool dry_run) {
  ASSIGN_OR_RETURN(std::string text, ReadFile(file));
  absl::StatusOr<std::vector<std::string>> notes = ledger::ParseChainFile(text);
  if (!notes.ok()) {
    return Failure(
        absl::StatusCode::kInvalidArgument, kFileDamaged,
        absl::StrCat(file, ": not a credentials file: ", notes.status().message()),
        "get it again: entente delegation export --out FILE on a node of the delegation");
  }
  ASSIGN_OR_RETURN(HeldChain chain, ReadChain(ledger::ChainKind::kCredentials, *notes));
  v1::FoundDelegationRequest request;
  for (const std::string& note : *notes) request.add_notes(note);
  request.set_validate_only(dry_run);
  RETURN_IF_ERROR(context.Call(local::kFoundDelegation, request).status());
  ASSIGN_OR_RETURN(v1::Node node, context.Call(local::kGetNode, v1::GetNodeRequest()));
  std::string address =
      node.advertise_address().empty() ? node.listen_address() : node.advertise_address();
  std::string command = absl::StrCat("entente delegation node add ", base::ToHex(node.spki()),
                                     " --address ", address, " --signer-key S.key");
  nlohmann::ordered_json object = {{"delegation", chain.code},
                                   {"id", chain.id.ToHex()},
                                   {"spki", base::ToHex(node.spki())},
                                   {"address", address},
                                   {"dry_run", dry_run}};
  context.Emit(object, absl::StrCat(dry_run ? "would serve " : "this node now serves ", chain.code,
                                    "\nother nodes know it after a signer, on a node of ",
                                    chain.code, ", has run:\n  ", command, "\n"));
  return Exit::kDone;
}

nlohmann::ordered_json ChainObject(const HeldChain& chain, const ledger::Authority& authority,
                                   const ledger::CredentialsView& view) {
  nlohmann::ordered_json object = {{"delegation", view.code},    {"name", view.name},
                                   {"id", chain.id.ToHex()},     {"position", view.position},
                                   {"head", view.head.ToHex()},  {"forked", view.forked},
                                   {"threshold", view.threshold}};
  object["signers"] = nlohmann::ordered_json::array();
  for (const auto& signer : view.signers) object["signers"].push_back(signer.Text());
  object["keys"] = nlohmann::ordered_json::array();
  for (const auto& [key, enrolled] : view.keys) {
    object["keys"].push_back({{"key", key.ToHex()},
                              {"label", enrolled.label},
                              {"roles", enrolled.roles},
                              {"since", ledger::DateOf(authority, enrolled.enrolled_by)},
                              {"state", ledger::KeyStateOf(authority, view, key).word},
                              {"detail", ledger::KeyStateOf(authority, view, key).text},
                              {"closed", view.closed_keys.contains(key)}});
  }
  object["offices"] = ledger::OfficeLines(authority, view);
  object["adoptions"] = nlohmann::ordered_json::array();
  for (const ledger::AdoptOrVoid& act : view.adoptions) {
    object["adoptions"].push_back({{"act", act.adopt ? "adopt" : "void"},
                                   {"first", act.first.ToHex()},
                                   {"last", act.last.ToHex()},
                                   {"when", ledger::WhenOf(authority, act.by)},
                                   {"reason", act.text}});
  }
  object["nodes"] = nlohmann::ordered_json::array();
  for (const auto& [spki, address] : view.nodes) {
    object["nodes"].push_back({{"spki", spki.ToHex()}, {"address", address}});
  }
  return object;
}

std::string ChainText(const HeldChain& chain, const ledger::Authority& authority,
                      const ledger::CredentialsView& view) {
  std::string text;
  if (view.forked) {
    const ledger::ChainFork fork = ledger::ForkAfter(authority, chain.id, view.head);
    absl::StrAppend(&text, "! forked: position ", fork.position, " exists in ",
                    fork.branches.size(), " versions; signed both: ",
                    fork.signed_both.empty() ? "nobody" : absl::StrJoin(fork.signed_both, ", "),
                    "\n");
    for (const ledger::Note* note : fork.branches) {
      absl::StrAppend(&text, "!   note ", note->id.Short(), " of ", note->time, "\n");
      for (const ledger::Act& act : note->acts)
        absl::StrAppend(&text, "!     ", Printable(ledger::ActInWords(act)), "\n");
    }
  }
  absl::StrAppend(&text, view.code, "  ", Printable(view.name), "\n", "id        ",
                  chain.id.ToHex(), "\nposition  ", view.position,
                  view.forked ? " (forked: the rest is in dispute)" : "", "\nsigners   ",
                  view.threshold, " of ", view.signers.size(), "\n");
  for (const auto& signer : view.signers) absl::StrAppend(&text, "          ", signer.name, "\n");
  for (const auto& [key, enrolled] : view.keys) {
    absl::StrAppend(&text, "key       ", Fingerprint(key), "  ", Printable(enrolled.label), " (",
                    absl::StrJoin(enrolled.roles, ", "), "), since ",
                    ledger::DateOf(authority, enrolled.enrolled_by), ": ",
                    Printable(ledger::KeyStateOf(authority, view, key).text), "\n");
  }
  for (const std::string& line : ledger::OfficeLines(authority, view))
    absl::StrAppend(&text, Printable(line), "\n");
  for (const ledger::AdoptOrVoid& act : view.adoptions) {
    absl::StrAppend(&text, act.adopt ? "adopted   " : "voided    ", act.first.Short(), "..",
                    act.last.Short(), " on ", ledger::WhenOf(authority, act.by), ": ",
                    Printable(act.text), "\n");
  }
  for (const auto& [spki, address] : view.nodes) {
    absl::StrAppend(&text, "node      ", spki.Short(), "  ", address.empty() ? "-" : address, "\n");
  }
  return text;
}

absl::StatusOr<Exit> ShowDelegation(Context& context, const std::string& code) {
  ASSIGN_OR_RETURN(HeldChain chain, FetchChain(context, ledger::ChainKind::kCredentials, code));
  ledger::Authority authority(&crypto::Ed25519Verifier());
  const ledger::CredentialsView* view = CredentialsOf(authority, chain);
  if (view == nullptr) return Failure(absl::StatusCode::kInternal, "", "the chain says nothing");
  std::string text = ChainText(chain, authority, *view);
  if (context.options.verbose) {
    for (const ledger::Note& note : chain.notes) text += NoteInWords(note, &chain);
  }
  context.Emit(ChainObject(chain, authority, *view), text);
  return Exit::kDone;
}

absl::StatusOr<Exit> Who(Context& context, const std::string& delegation) {
  v1::ListKeysRequest request;
  if (!context.options.instrument.empty()) request.set_instrument(context.options.instrument);
  request.set_delegation(delegation);
  ASSIGN_OR_RETURN(v1::Table table, context.Call(local::kListKeys, request));
  context.Emit(table);
  return Exit::kDone;
}

void AddFoundDelegation(CLI::App& noun, Context& context) {
  auto o = std::make_shared<FoundDelegationOptions>();
  CLI::App* command = AddCommand(
      noun, context, "found", "Found a delegation: its first credentials, signed by its own people",
      "entente delegation found --code KG --name Kyrgyzstan --signer-key S.key --author-key A.key "
      "--label \"Focal point\"",
      [&context, o] { return FoundDelegation(context, *o); });
  command->add_option("--code", o->code, "KZ, EU-COM, IO-UNODC")->required();
  command->add_option("--name", o->name, "Name, as people write it")->required();
  command->add_option("--author-key", o->author_key, "First author's key file (its .pub is read)")
      ->type_name("FILE")
      ->required();
  command->add_option("--label", o->label, "Office or person of the author key");
  command->add_option("--role", o->roles, "Roles of the author key")->delimiter(',');
  command->add_option("--threshold", o->threshold, "How many signers must sign")
      ->check(CLI::Range(1, 16));
  command->add_option("--advertise", o->advertise, "HOST:PORT other nodes reach this one at");
  AddSignerOptions(*command, o->sign);
  command->get_option("--signer-key")->required();
}

}  // namespace

void AddDelegation(CLI::App& root, Context& context) {
  CLI::App* noun =
      AddNoun(root, "delegation", "Credentials: which keys and nodes speak for a delegation");
  AddFoundDelegation(*noun, context);

  auto out = std::make_shared<std::string>();
  auto code = std::make_shared<std::string>();
  CLI::App* export_command = AddCommand(
      *noun, context, "export", "Write the credentials to a file, to send to a secretariat",
      "entente delegation export --out KG.credentials",
      [&context, code, out] { return Export(context, *code, *out); });
  export_command->add_option("code", *code, "Delegation; default: this node's own");
  export_command->add_option("--out", *out, "File to write")->required()->type_name("FILE");

  auto file = std::make_shared<std::string>();
  auto dry_run = std::make_shared<bool>(false);
  CLI::App* join =
      AddCommand(*noun, context, "join", "Let this node serve a delegation that exists already",
                 "entente delegation join KG.credentials",
                 [&context, file, dry_run] { return Join(context, *file, *dry_run); });
  join->add_option("file", *file, "Credentials file")->type_name("FILE")->required();
  join->add_flag("--dry-run", *dry_run, "Check only");

  auto shown = std::make_shared<std::string>();
  CLI::App* show = AddCommand(*noun, context, "show", "Signers, keys and nodes in force",
                              "entente delegation show KG -v",
                              [&context, shown] { return ShowDelegation(context, *shown); });
  show->add_option("code", *shown, "Delegation; default: this node's own");
  AddDelegationActs(*noun, context);

  auto whose = std::make_shared<std::string>();
  CLI::App* who =
      AddCommand(root, context, "who", "Offices, keys and roles, as enrolled",
                 "entente who --delegation KG", [&context, whose] { return Who(context, *whose); });
  who->add_option("--delegation", *whose, "Delegation code; default: all");
}

}  // namespace entente::client
