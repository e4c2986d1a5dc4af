// entente sync: one pass now. Connected nodes also keep themselves in step.
#include "absl/strings/str_cat.h"
#include "client/commands/commands.h"
#include "client/sync_run.h"

namespace entente::client {

namespace {

absl::StatusOr<Exit> RunSync(Context& context, const std::string& with) {
  SyncOutcome outcome = SyncOnce(context, with);
  if (!outcome.status.ok()) return outcome.status;
  if (outcome.peers == 0)
    outcome.table.add_notes("no peer is known yet; entente instrument join or entente peer add");
  context.Emit(outcome.table);
  if (outcome.reached < outcome.peers) {
    context.Say(
        absl::StrCat(outcome.peers - outcome.reached, " of ", outcome.peers,
                     " peers not reached; nothing is lost, run it again (entente peer list)"));
    return Exit::kAgain;
  }
  return Exit::kDone;
}

}  // namespace

void AddSync(CLI::App& root, Context& context) {
  auto with = std::make_shared<std::string>();
  CLI::App* command = AddCommand(root, context, "sync", "Exchange with the other nodes, once, now",
                                 "entente sync --with EU-GSC",
                                 [&context, with] { return RunSync(context, *with); });
  command->add_option("--with", *with, "Only with this delegation's nodes");
}

}  // namespace entente::client
