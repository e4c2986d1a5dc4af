// entente peer list|pause|resume|add|remove
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/commands/commands.h"
#include "node/base/id.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

absl::StatusOr<Exit> ListPeers(Context& context) {
  ASSIGN_OR_RETURN(v1::Table table, context.Call(local::kListPeers, v1::ListPeersRequest()));
  context.Emit(table);
  return Exit::kDone;
}

struct PeerOptions {
  std::string code, address, spki;
  bool dry_run = false;
};

absl::StatusOr<Exit> Update(Context& context, const PeerOptions& o, const std::string& action) {
  v1::UpdatePeerRequest request;
  request.set_code(o.code);
  request.set_action(action);
  request.set_address(o.address);
  if (!o.spki.empty()) {
    auto spki = base::Spki::FromHex(o.spki);
    if (!spki) {
      return UsageError(absl::StrCat("--spki: \"", o.spki,
                                     "\" is not a node fingerprint (64 lower-case hex characters)"),
                        "entente status on that node prints it");
    }
    request.set_spki(spki->str());
  }
  nlohmann::ordered_json object = {{"action", action}, {"code", o.code}, {"dry_run", o.dry_run}};
  object["changed"] = nlohmann::ordered_json::array();
  if (o.dry_run) {
    context.Emit(object,
                 absl::StrCat("would ", action, " ", o.code.empty() ? "every peer" : o.code, "\n"));
    return Exit::kDone;
  }
  ASSIGN_OR_RETURN(v1::UpdatePeerResponse response, context.Call(local::kUpdatePeer, request));
  for (const auto& name : response.changed()) object["changed"].push_back(name);
  std::string names = absl::StrJoin(response.changed(), " ");
  context.Emit(object,
               absl::StrCat(action, ": ", names.empty() ? "nothing to change" : names, "\n"));
  return Exit::kDone;
}

CLI::App* AddUpdate(CLI::App& noun, Context& context, const char* action, const char* what,
                    const char* example, std::shared_ptr<PeerOptions> o) {
  CLI::App* command = AddCommand(noun, context, action, what, example,
                                 [&context, o, action] { return Update(context, *o, action); });
  command->add_flag("--dry-run", o->dry_run, "Say what would change");
  return command;
}

}  // namespace

void AddPeer(CLI::App& root, Context& context) {
  CLI::App* noun = AddNoun(root, "peer", "The other nodes this one talks to");
  AddCommand(*noun, context, "list", "Peers: address, state, last success", "entente peer list",
             [&context] { return ListPeers(context); });
  auto pause = std::make_shared<PeerOptions>();
  AddUpdate(*noun, context, "pause", "Stop talking to a delegation's nodes, or to everybody",
            "entente peer pause", pause)
      ->add_option("code", pause->code, "Delegation; default: every peer");
  auto resume = std::make_shared<PeerOptions>();
  AddUpdate(*noun, context, "resume", "Talk again", "entente peer resume KZ", resume)
      ->add_option("code", resume->code, "Delegation; default: every peer");
  auto add = std::make_shared<PeerOptions>();
  CLI::App* adding = AddUpdate(*noun, context, "add", "Name an address for a delegation's node",
                               "entente peer add KZ --address kz.example:7441", add);
  adding->add_option("code", add->code, "Delegation")->required();
  adding->add_option("--address", add->address, "HOST:PORT")->required();
  adding->add_option("--spki", add->spki,
                     "The node's TLS fingerprint; default: from its credentials");
  auto remove = std::make_shared<PeerOptions>();
  CLI::App* removing = AddUpdate(*noun, context, "remove", "Forget an address that was added",
                                 "entente peer remove KZ", remove);
  removing->add_option("code", remove->code, "Delegation")->required();
  removing->add_option("--spki", remove->spki, "Only this node");
}

}  // namespace entente::client
