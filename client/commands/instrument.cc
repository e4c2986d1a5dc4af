// entente instrument found|list|show|invite|join: an instrument's charter, and how a delegation
// comes in.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/base/clock.h"
#include "client/base/files.h"
#include "client/base/render.h"
#include "client/base/table.h"
#include "client/commands/commands.h"
#include "client/exchange/sync_run.h"
#include "client/ledger/chain.h"
#include "client/signing/acts.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/suggest.h"

namespace entente::client {

namespace {

using ledger::ChainKind;

struct FoundInstrumentOptions {
  std::string code, title, origin;
  uint32_t threshold = 1;
  bool no_register = false;
  SignerOptions sign;
};

// Codes name instruments to people: two of one code on a node could not be told apart.
absl::Status NotJoinedYet(Context& context, const std::string& code) {
  ASSIGN_OR_RETURN(v1::ListInstrumentsResponse list,
                   context.Call(local::kListInstruments, v1::ListInstrumentsRequest()));
  for (const auto& instrument : list.instruments()) {
    if (instrument.code() != code) continue;
    return Failure(absl::StatusCode::kFailedPrecondition, "ALREADY_FOUNDED",
                   absl::StrCat("--code: an instrument ", code, " is joined here already (",
                                base::ToHex(instrument.id()).substr(0, 8), "); nothing was signed"),
                   "give the new one a code of its own; entente instrument show shows the other");
  }
  return absl::OkStatus();
}

absl::StatusOr<Exit> FoundInstrument(Context& context, const FoundInstrumentOptions& o) {
  RETURN_IF_ERROR(CheckNewCode("--code", o.code));
  RETURN_IF_ERROR(NotJoinedYet(context, o.code));
  ASSIGN_OR_RETURN(HeldChain own, FetchChain(context, ChainKind::kCredentials, ""));
  ASSIGN_OR_RETURN(ledger::act::Signers signers, SignersOf(o.sign.signer_keys, o.threshold));
  WarnAboutSigners(context, signers);
  ledger::Note fields;
  fields.kind = ChainKind::kCharter;
  fields.position = 1;
  fields.time = UtcText(WallMs());
  fields.acts = {ledger::act::Instrument{o.code, o.origin, o.title}, signers,
                 ledger::act::Admit{own.id, own.code, ledger::DelegationRole::kSecretariat}};
  if (!o.no_register) {
    ASSIGN_OR_RETURN(const std::vector<ledger::Act> named,
                     RegisterActs(context, o.origin, o.sign.dry_run));
    fields.acts.insert(fields.acts.end(), named.begin(), named.end());
  }
  ASSIGN_OR_RETURN(ledger::Note note, ledger::BuildNote(std::move(fields)));
  ASSIGN_OR_RETURN(ActResult result,
                   PerformAct(context, note, nullptr, o.sign, PublisherFor(context, note)));
  if (!result.published) {
    EmitAct(context, result, note, o.sign);
    return Exit::kDone;
  }
  nlohmann::ordered_json object = {{"instrument", o.code},
                                   {"id", note.id.ToHex()},
                                   {"secretariat", own.code},
                                   {"published", true}};
  context.Emit(
      object, absl::StrCat("founded ", o.code, " (", o.title, "), secretariat ", own.code,
                           "\ninstrument ", note.id.ToHex(),
                           "\nnext: entente instrument import --catalogue FILE.csv --key A.key\n"));
  return Exit::kDone;
}

absl::StatusOr<Exit> ListInstruments(Context& context) {
  ASSIGN_OR_RETURN(v1::ListInstrumentsResponse list,
                   context.Call(local::kListInstruments, v1::ListInstrumentsRequest()));
  v1::Table table;
  constexpr ColumnText kColumns[] = {{"code", "INSTRUMENT"},
                                     {"secretariat", "SECRETARIAT"},
                                     {"own_role", "OUR ROLE"},
                                     {"parties", "PARTIES"},
                                     {"title", "TITLE"}};
  AddColumns(table, kColumns);
  for (const auto& info : list.instruments()) {
    AddCells(*table.add_rows(), {info.code(), info.secretariat(), info.own_role(),
                                 absl::StrJoin(info.parties(), " "), info.title()});
  }
  if (list.instruments_size() == 0)
    table.add_notes("no instrument joined yet; entente instrument join FILE.invitation");
  context.Emit(table);
  return Exit::kDone;
}

absl::StatusOr<Exit> ShowInstrument(Context& context, const std::string& code) {
  std::string wanted = code;
  if (wanted.empty()) {
    ASSIGN_OR_RETURN(wanted, context.Instrument());
  }
  ASSIGN_OR_RETURN(HeldChain chain, FetchChain(context, ChainKind::kCharter, wanted));
  ledger::Authority authority(&crypto::Ed25519Verifier());
  for (const std::string& file : chain.files) authority.Add(file);
  const ledger::CharterView* view = authority.Charter(chain.id);
  if (view == nullptr) return Failure(absl::StatusCode::kInternal, "", "the charter says nothing");
  nlohmann::ordered_json object = {{"instrument", view->code},    {"title", view->title},
                                   {"origin", view->origin},      {"id", chain.id.ToHex()},
                                   {"position", view->position},  {"forked", view->forked},
                                   {"threshold", view->threshold}};
  std::string text =
      absl::StrCat(view->code, "  ", Printable(view->title), "\nid        ", chain.id.ToHex(),
                   "\norigin    ", view->origin, "\nposition  ", view->position,
                   view->forked ? " (forked: the rest is in dispute)" : "", "\nsigners   ",
                   view->threshold, " of ", view->signers.size(), "\n");
  object["signers"] = nlohmann::ordered_json::array();
  for (const auto& signer : view->signers) object["signers"].push_back(signer.Text());
  object["delegations"] = nlohmann::ordered_json::array();
  for (const base::DelegationId& id : view->admitted_order) {
    for (const auto& [role, state] : view->roles.at(id)) {
      std::string word(ledger::RoleWord(role).data(), ledger::RoleWord(role).size());
      const bool open = state.shut.empty();
      object["delegations"].push_back(
          {{"code", view->codes.at(id)}, {"role", word}, {"id", id.ToHex()}, {"open", open}});
      absl::StrAppend(&text, "admitted  ", view->codes.at(id), " as ", word, open ? "" : " (shut)",
                      "  ", id.Short(), "\n");
    }
  }
  if (context.options.verbose) {
    for (const ledger::Note& note : chain.notes) text += NoteInWords(note, &chain);
  }
  context.Emit(object, text);
  return Exit::kDone;
}

absl::StatusOr<Exit> Invite(Context& context, const std::string& for_code, const std::string& out) {
  ASSIGN_OR_RETURN(std::string code, context.Instrument());
  ASSIGN_OR_RETURN(HeldChain charter, FetchChain(context, ChainKind::kCharter, code));
  ASSIGN_OR_RETURN(HeldChain own, FetchChain(context, ChainKind::kCredentials, ""));
  ledger::Authority authority(&crypto::Ed25519Verifier());
  for (const std::string& file : charter.files) authority.Add(file);
  const ledger::CredentialsView* credentials = CredentialsOf(authority, own);
  const ledger::CharterView* view = authority.Charter(charter.id);
  if (view == nullptr || credentials == nullptr || !view->by_code.contains(for_code)) {
    std::vector<std::string> known;
    if (view != nullptr) {
      for (const auto& [known_code, id] : view->by_code) known.push_back(known_code);
    }
    return Failure(absl::StatusCode::kNotFound, "UNKNOWN_DELEGATION",
                   absl::StrCat("--for: ", for_code, " is not admitted to ", code,
                                meaning::Suggestion(for_code, known)),
                   "entente instrument admit --credentials FILE --role party --signer-key S.key");
  }
  ledger::Invitation invitation;
  invitation.instrument = charter.id;
  invitation.instrument_code = view->code;
  invitation.delegation = view->by_code.at(for_code);
  invitation.delegation_code = for_code;
  for (const auto& [spki, address] : credentials->nodes) {
    if (!address.empty()) invitation.nodes.push_back({spki, address});
  }
  if (invitation.nodes.empty()) {
    return Failure(
        absl::StatusCode::kFailedPrecondition, "VALIDATION_FAILED",
        "no node of this delegation has an address in its credentials, so nobody could call it",
        "entente delegation node add SPKI --address HOST:PORT --signer-key S.key");
  }
  invitation.notes = charter.files;
  invitation.notes.insert(invitation.notes.end(), own.files.begin(), own.files.end());
  RETURN_IF_ERROR(WriteFile(out, ledger::InvitationText(invitation)));
  nlohmann::ordered_json object = {
      {"instrument", code}, {"id", charter.id.ToHex()}, {"for", for_code}, {"out", out}};
  context.Emit(object, absl::StrCat("written: ", out, " (for ", for_code,
                                    ")\ntell them the fingerprint by another way: ",
                                    charter.id.ToHex(), "\n"));
  return Exit::kDone;
}

// Eight groups, for two people to compare on the telephone.
std::string Grouped(const std::string& hex) {
  std::string out;
  for (size_t i = 0; i < hex.size(); i += 8)
    absl::StrAppend(&out, i == 0 ? "" : " ", hex.substr(i, 8));
  return out;
}

struct JoinOptions {
  std::string file, pin;
  bool yes = false, dry_run = false;
};

// What can be checked before the node is asked: the pin, and that each node line is enclosed
// credentials' own.
absl::Status CheckInvitation(const JoinOptions& o, const ledger::Invitation& invitation,
                             const ledger::Authority& authority) {
  const ledger::CharterView* charter = authority.Charter(invitation.instrument);
  if (charter == nullptr) {
    return Failure(absl::StatusCode::kInvalidArgument, "SIGNATURE_INVALID",
                   absl::StrCat(o.file, ": the enclosed charter is not that of instrument ",
                                invitation.instrument.ToHex()),
                   "get the invitation again from the secretariat");
  }
  if (!o.pin.empty() && o.pin != invitation.instrument.ToHex()) {
    return Failure(absl::StatusCode::kFailedPrecondition, kVerificationFailed,
                   absl::StrCat("--pin: this invitation is for ", invitation.instrument.ToHex(),
                                ", pinned is ", o.pin),
                   "it is not the instrument you were told about; ask the secretariat");
  }
  for (const auto& node : invitation.nodes) {
    bool stands = false;
    for (const base::NoteId& chain : authority.Chains(ChainKind::kCredentials)) {
      const ledger::CredentialsView* view = authority.Credentials(invitation.instrument, chain);
      stands = stands || (view != nullptr && view->nodes.contains(node.spki));
    }
    if (!stands) {
      return Failure(
          absl::StatusCode::kInvalidArgument, "SIGNATURE_INVALID",
          absl::StrCat(o.file, ": node ", node.spki.Short(), " stands in no enclosed credentials"),
          "somebody changed the file; get it again from the secretariat");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckMine(Context& context, const ledger::Invitation& invitation) {
  ASSIGN_OR_RETURN(v1::Node node, context.Call(local::kGetNode, v1::GetNodeRequest()));
  if (node.delegation().empty()) {
    return Failure(absl::StatusCode::kFailedPrecondition, "NOT_FOUNDED",
                   "this node serves no delegation yet");
  }
  if (node.delegation() != invitation.delegation.str()) {
    return Failure(
        absl::StatusCode::kFailedPrecondition, "ROLE_NOT_ALLOWED",
        absl::StrCat("this invitation is for ", invitation.delegation_code, " (",
                     invitation.delegation.Short(), "); this node serves ", node.delegation_code()),
        "ask the secretariat for an invitation of your own");
  }
  return absl::OkStatus();
}

absl::StatusOr<Exit> Join(Context& context, const JoinOptions& o) {
  ASSIGN_OR_RETURN(std::string text, ReadFile(o.file));
  absl::StatusOr<ledger::Invitation> invitation = ledger::ParseInvitation(text);
  if (!invitation.ok()) {
    return Failure(
        absl::StatusCode::kInvalidArgument, kFileDamaged,
        absl::StrCat(o.file, ": not an invitation: ", invitation.status().message()),
        "get it again from the secretariat: entente instrument invite --for CODE --out FILE");
  }
  ledger::Authority authority(&crypto::Ed25519Verifier());
  for (const std::string& note : invitation->notes) authority.Add(note);
  RETURN_IF_ERROR(CheckInvitation(o, *invitation, authority));
  RETURN_IF_ERROR(CheckMine(context, *invitation));
  const ledger::CharterView& charter = *authority.Charter(invitation->instrument);
  context.Say(absl::StrCat("Instrument ", charter.code, ": ", Printable(charter.title),
                           "\nfingerprint ", Grouped(charter.id.ToHex())));
  if (o.pin.empty())
    context.Say("Compare the fingerprint with what the secretariat told you by another way.");
  v1::JoinInstrumentRequest request;
  request.set_instrument(charter.id.str());
  for (const std::string& note : invitation->notes) request.add_notes(note);
  request.set_validate_only(o.dry_run);
  if (!o.dry_run && o.pin.empty()) RETURN_IF_ERROR(context.Confirm(o.yes, "Join it?"));
  ASSIGN_OR_RETURN(v1::JoinInstrumentResponse joined,
                   context.Call(local::kJoinInstrument, request));
  nlohmann::ordered_json object = {{"instrument", charter.code},
                                   {"id", charter.id.ToHex()},
                                   {"already_joined", joined.already_joined()},
                                   {"dry_run", o.dry_run}};
  std::string said = absl::StrCat(o.dry_run ? "would join " : "joined ", charter.code);
  if (!o.dry_run) {
    SyncOutcome outcome = SyncOnce(context, {});
    object["entries_received"] = outcome.entries_received;
    // The node may have fetched them by itself before we asked: what counts is what is here now.
    ASSIGN_OR_RETURN(v1::NodeStatus status,
                     context.Call(local::kGetStatus, v1::GetStatusRequest()));
    uint64_t held = 0;
    for (const v1::InstrumentStatus& one : status.instruments()) {
      if (one.id() == charter.id.view()) held = one.entries();
    }
    object["entries_held"] = held;
    said += held == 0 && outcome.reached == 0
                ? ", nothing received yet"
                : absl::StrCat(", ", Count(held, "entry", "entries"), " held");
    if (outcome.reached == 0)
      context.Say("No node of the secretariat answered; entente sync tries again.");
  }
  context.Emit(object, said + "\n");
  return Exit::kDone;
}

void AddFoundInstrument(CLI::App& noun, Context& context) {
  auto o = std::make_shared<FoundInstrumentOptions>();
  CLI::App* command = AddCommand(
      noun, context, "found", "Found an instrument, with this delegation as its secretariat",
      "entente instrument found --code EUCA-2014 --title \"EU-Central Asia Action Plan\" "
      "--origin eu-gsc.example/euca-2014 --signer-key S.key",
      [&context, o] { return FoundInstrument(context, *o); });
  command->add_option("--code", o->code, "Instrument code")->required();
  command->add_option("--title", o->title, "Title")->required();
  command
      ->add_option("--origin", o->origin, "Name of its register, such as eu-gsc.example/euca-2014")
      ->required();
  command->add_option("--threshold", o->threshold, "How many signers must sign")
      ->check(CLI::Range(1, 16));
  command->add_flag("--no-register", o->no_register,
                    "Name no register yet; entente instrument register does it later");
  AddSignerOptions(*command, o->sign);
  command->get_option("--signer-key")->required();
}

}  // namespace

void AddInstrument(CLI::App& root, Context& context) {
  CLI::App* noun =
      AddNoun(root, "instrument", "Instruments: found, join, invite, look at the charter");
  AddFoundInstrument(*noun, context);
  AddImport(*noun, context);
  AddCatalogueExport(*noun, context);
  AddInstrumentActs(*noun, context);
  AddRegisterActs(*noun, context);
  AddInstrumentChain(*noun, context);

  auto for_code = std::make_shared<std::string>();
  auto out = std::make_shared<std::string>();
  CLI::App* invite =
      AddCommand(*noun, context, "invite", "Write an invitation file for an admitted delegation",
                 "entente instrument invite --for KG --out kg.invitation",
                 [&context, for_code, out] { return Invite(context, *for_code, *out); });
  invite->add_option("--for", *for_code, "Delegation code")->required();
  invite->add_option("--out", *out, "File to write")->required()->type_name("FILE");

  auto o = std::make_shared<JoinOptions>();
  CLI::App* join = AddCommand(
      *noun, context, "join", "Join an instrument with an invitation file, and sync once",
      "entente instrument join kg.invitation", [&context, o] { return Join(context, *o); });
  join->add_option("file", o->file, "Invitation file")->type_name("FILE")->required();
  join->add_option("--pin", o->pin,
                   "The instrument's fingerprint, known from elsewhere; then nothing is asked");
  join->add_flag("--yes,-y", o->yes, "Do not ask");
  join->add_flag("--dry-run", o->dry_run, "Check only");

  AddCommand(*noun, context, "list", "Instruments joined here", "entente instrument list",
             [&context] { return ListInstruments(context); });
  auto code = std::make_shared<std::string>();
  CLI::App* show =
      AddCommand(*noun, context, "show", "Charter in force: signers, delegations, roles",
                 "entente instrument show EUCA-2014",
                 [&context, code] { return ShowInstrument(context, *code); });
  show->add_option("code", *code, "Instrument code");
}

}  // namespace entente::client
