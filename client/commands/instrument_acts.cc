// entente instrument admit|withdraw: the next note of an instrument's charter.
#include <set>

#include "absl/strings/str_cat.h"
#include "client/base/files.h"
#include "client/commands/commands.h"
#include "client/commands/writing.h"
#include "client/ledger/chain.h"
#include "client/ledger/feeds.h"
#include "client/ledger/tips.h"
#include "client/signing/acts.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/suggest.h"

namespace entente::client {

namespace {

using ledger::ChainKind;

struct AdmitOptions {
  std::string credentials, role = "party", code;
  SignerOptions sign;
};

absl::StatusOr<ledger::DelegationRole> RoleOf(const std::string& word) {
  auto role = ledger::ParseRole(word);
  if (!role) {
    return UsageError(absl::StrCat("--role: \"", word, "\" is not a role",
                                   meaning::Suggestion(
                                       word, {"party", "secretariat", "observer", "implementer"})),
                      "party, secretariat, observer or implementer");
  }
  return *role;
}

absl::StatusOr<HeldChain> ReadCredentials(const std::string& path) {
  ASSIGN_OR_RETURN(std::string text, ReadFile(path));
  absl::StatusOr<std::vector<std::string>> files = ledger::ParseChainFile(text);
  if (!files.ok()) {
    return Failure(absl::StatusCode::kInvalidArgument, kFileDamaged,
                   absl::StrCat(path, ": not a credentials file: ", files.status().message()),
                   "ask the delegation for it again: entente delegation export --out FILE");
  }
  return ReadChain(ChainKind::kCredentials, *std::move(files));
}

// In force under this code and in this role, and anchored where the credentials end.
bool StandsAlready(const HeldChain& charter, const HeldChain& credentials, const std::string& code,
                   ledger::DelegationRole role) {
  ledger::Authority authority(&crypto::Ed25519Verifier());
  for (const auto& files : {charter.files, credentials.files}) {
    for (const std::string& file : files) authority.Add(file);
  }
  const ledger::CharterView* view = authority.Charter(charter.id);
  if (view == nullptr) return false;
  const auto id = view->by_code.find(code);
  const auto roles = view->roles.find(credentials.id);
  const auto anchors = view->anchors.find(credentials.id);
  if (id == view->by_code.end() || id->second != credentials.id || roles == view->roles.end() ||
      anchors == view->anchors.end() || anchors->second.empty())
    return false;
  const auto state = roles->second.find(role);
  return state != roles->second.end() && state->second.shut.empty() &&
         anchors->second.back() == credentials.last().id;
}

absl::StatusOr<Exit> Admit(Context& context, const AdmitOptions& o) {
  ASSIGN_OR_RETURN(ledger::DelegationRole role, RoleOf(o.role));
  ASSIGN_OR_RETURN(HeldChain credentials, ReadCredentials(o.credentials));
  if (credentials.forked) {
    context.Warn(absl::StrCat("the credentials of ", credentials.code,
                              " are forked; the anchor names the last note in force"));
  }
  const std::string code = o.code.empty() ? credentials.code : o.code;
  RETURN_IF_ERROR(CheckNewCode("--code", code));
  ASSIGN_OR_RETURN(HeldChain charter, FetchChain(context, ChainKind::kCharter, ""));
  if (StandsAlready(charter, credentials, code, role)) {
    nlohmann::ordered_json object = {{"delegation", code}, {"published", false}};
    context.Emit(object, absl::StrCat(code, " is admitted as ", ledger::RoleWord(role),
                                      " already, with these credentials; nothing was signed\n"));
    return Exit::kDone;
  }
  context.Say(
      absl::StrCat("Admitting ", credentials.code, ", fingerprint ", credentials.id.ToHex()));
  if (!o.sign.dry_run) RETURN_IF_ERROR(PublishFiles(context, credentials.files));
  ledger::Note note = Successor(charter);
  note.acts.push_back(ledger::act::Admit{credentials.id, code, role});
  note.acts.push_back(
      ledger::act::Anchor{credentials.id, credentials.last().position, credentials.last().id});
  return RunAct(context, std::move(note), charter, o.sign);
}

struct ShutOptions {
  std::string delegation, role = "party", reason;
  bool suspend = false;
  SignerOptions sign;
};

// Every feed of the delegation in this instrument.
absl::StatusOr<Feeds> FeedsOf(Context& context, const std::string& instrument,
                              const base::DelegationId& delegation) {
  ASSIGN_OR_RETURN(HeldChain chain, FetchChainById(context, ChainKind::kCredentials, delegation));
  std::vector<base::PublicKey> keys;
  for (const auto& [key, label] : chain.labels) keys.push_back(key);
  return ReadFeeds(context, instrument, delegation, keys);
}

absl::StatusOr<Exit> Shut(Context& context, const ShutOptions& o) {
  ASSIGN_OR_RETURN(ledger::DelegationRole role, RoleOf(o.role));
  ASSIGN_OR_RETURN(const std::string reason, WordsOf(o.reason));
  ASSIGN_OR_RETURN(HeldChain charter, FetchChain(context, ChainKind::kCharter, ""));
  ledger::Authority authority(&crypto::Ed25519Verifier());
  for (const std::string& file : charter.files) authority.Add(file);
  const ledger::CharterView* view = authority.Charter(charter.id);
  if (view == nullptr || !view->by_code.contains(o.delegation)) {
    return Failure(
        absl::StatusCode::kNotFound, "UNKNOWN_DELEGATION",
        absl::StrCat("--delegation: ", o.delegation, " is not admitted to ", charter.code),
        "entente instrument show lists the delegations");
  }
  const base::DelegationId id = view->by_code.at(o.delegation);
  ASSIGN_OR_RETURN(Feeds feeds, FeedsOf(context, charter.code, id));
  std::vector<ledger::Tip> tips = ProposeTips(feeds, TipRule{});
  context.Say(absl::StrCat(o.suspend ? "Suspending " : "Withdrawing ", o.delegation, ": ",
                           TipsInWords(feeds, tips), "."));
  ledger::Note note = Successor(charter);
  note.acts.push_back(ledger::act::ShutDelegation{!o.suspend, id, role, reason, std::move(tips)});
  return RunAct(context, std::move(note), charter, o.sign);
}

void AddShut(CLI::App& noun, Context& context, bool suspend) {
  auto o = std::make_shared<ShutOptions>();
  o->suspend = suspend;
  const char* name = suspend ? "suspend" : "withdraw";
  CLI::App* command =
      AddCommand(noun, context, name,
                 suspend ? "Suspend a delegation's role; what it wrote so far counts"
                         : "End a delegation's role; what it wrote so far counts",
                 absl::StrCat("entente instrument ", name,
                              " --delegation TM --reason \"...\" --signer-key S.key"),
                 [&context, o] { return Shut(context, *o); });
  command->add_option("--delegation", o->delegation, "Delegation code")->required();
  command->add_option("--role", o->role, "Which role");
  command->add_option("--reason", o->reason, "Why; at most 200 bytes")->required();
  AddSignerOptions(*command, o->sign);
}

}  // namespace

void AddInstrumentActs(CLI::App& noun, Context& context) {
  auto o = std::make_shared<AdmitOptions>();
  CLI::App* admit = AddCommand(
      noun, context, "admit", "Admit a delegation, and anchor its credentials",
      "entente instrument admit --credentials KG.credentials --role party --signer-key S.key",
      [&context, o] { return Admit(context, *o); });
  admit->add_option("--credentials", o->credentials, "The delegation's credentials file")
      ->required()
      ->type_name("FILE");
  admit->add_option("--role", o->role, "party, secretariat, observer or implementer");
  admit->add_option("--code", o->code, "Its code in this instrument; default: its own");
  AddSignerOptions(*admit, o->sign);
  AddShut(noun, context, false);
  AddShut(noun, context, true);
}

}  // namespace entente::client
