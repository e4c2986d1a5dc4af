// entente sync: one pass now. Connected nodes also keep themselves in step.
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/base/clock.h"
#include "client/base/render.h"
#include "client/commands/commands.h"
#include "client/exchange/limits.h"
#include "client/exchange/sync_run.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

struct SyncOptions {
  std::string with;
  std::optional<std::string> max_bytes, until;
  bool plan = false;
};

absl::StatusOr<v1::SyncRequest> RequestOf(const SyncOptions& o) {
  v1::SyncRequest request;
  request.set_with(o.with);
  request.set_plan(o.plan);
  if (o.max_bytes) {
    ASSIGN_OR_RETURN(const uint64_t bytes, ParseSize("--max-bytes", *o.max_bytes));
    request.set_max_bytes(bytes);
  }
  if (o.until) {
    ASSIGN_OR_RETURN(const uint64_t until, ParseUntil(*o.until, WallMs()));
    request.set_until_ms(until);
  }
  return request;
}

// What of attachments a limit kept back.
void SayFilesLeft(Context& context, const SyncOutcome& outcome) {
  if (outcome.files_left_out) {
    context.Say(absl::StrCat("attachments were left out, the limit was reached before them; ",
                             outcome.files_unreceived, " that this node wants are not here"));
  } else if (outcome.files_unsent + outcome.files_unreceived > 0) {
    context.Say(absl::StrCat("attachments that are not whole yet: ", outcome.files_unsent,
                             " to send, ", outcome.files_unreceived, " to receive, ",
                             SizeText(outcome.file_bytes_left),
                             " left; entente sync goes on at the piece where this stopped"));
  }
}

absl::StatusOr<Exit> RunSync(Context& context, const SyncOptions& o) {
  ASSIGN_OR_RETURN(const v1::SyncRequest request, RequestOf(o));
  SyncOutcome outcome = SyncOnce(context, request);
  if (!outcome.status.ok()) return outcome.status;
  if (outcome.peers == 0)
    outcome.table.add_notes("no peer is known yet; entente instrument join or entente peer add");
  context.Emit(outcome.table);
  if (outcome.unsent + outcome.unreceived > 0) {
    context.Say(absl::StrCat("the limit is reached: ", Count(outcome.unsent, "entry", "entries"),
                             " not sent, ", outcome.unreceived,
                             " not received; entente sync goes on where this stopped"));
  }
  SayFilesLeft(context, outcome);
  if (outcome.unknown) {
    context.Say(
        "receipts or checkpoints of the register would come or go as well; how many is not known "
        "before");
  }
  if (outcome.paused > 0) {
    context.Say(absl::StrCat(outcome.paused, " of ", outcome.peers,
                             " peers paused here and not asked; entente peer resume lets them go "
                             "on, limits such as --max-bytes ask them all the same"));
  }
  const int unreached = outcome.peers - outcome.reached - outcome.paused;
  if (unreached > 0) {
    context.Say(
        absl::StrCat(unreached, " of ", outcome.peers,
                     " peers not reached; nothing is lost, run it again (entente peer list)"));
  }
  return outcome.reached < outcome.peers ? Exit::kAgain : Exit::kDone;
}

}  // namespace

void AddSync(CLI::App& root, Context& context) {
  auto o = std::make_shared<SyncOptions>();
  CLI::App* command = AddCommand(root, context, "sync", "Exchange with the other nodes, once, now",
                                 "entente sync --with EU-GSC\nentente sync --plan\n"
                                 "entente sync --max-bytes 200k --until 18:00",
                                 [&context, o] { return RunSync(context, *o); });
  command->add_option("--with", o->with, "Only with this delegation's nodes")->type_name("CODE");
  CLI::Option* plan = command->add_flag("--plan", o->plan,
                                        "Say what would move, in bytes and minutes; move nothing");
  command
      ->add_option(
          "--max-bytes", o->max_bytes,
          "Keep to so many bytes, both ways: reports with a deadline first, attachments last")
      ->type_name("SIZE")
      ->excludes(plan);
  command->add_option("--until", o->until, "End at this time, such as 18:00, wherever it is then")
      ->type_name("TIME")
      ->excludes(plan);
}

}  // namespace entente::client
