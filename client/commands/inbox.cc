// entente inbox: what waits for the one who asks.
#include "client/commands/commands.h"
#include "client/context/question_methods.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

struct InboxOptions {
  std::string role;
  int limit = 0;
  bool fail_if_any = false;
};

absl::StatusOr<Exit> ShowInbox(Context& context, const InboxOptions& o) {
  v1::InboxRequest request;
  ASSIGN_OR_RETURN(*request.mutable_instrument(), context.Instrument());
  request.set_role(o.role);
  request.set_page_size(o.limit);
  request.set_as_of(context.options.as_of);
  ASSIGN_OR_RETURN(const v1::Table table,
                   context.Call(questions::kInbox, request, std::chrono::seconds(60)));
  context.Emit(table);
  return o.fail_if_any && table.rows_size() > 0 ? Exit::kSomeFound : Exit::kDone;
}

}  // namespace

void AddInbox(CLI::App& root, Context& context) {
  auto o = std::make_shared<InboxOptions>();
  CLI::App* command = AddCommand(root, context, "inbox", "What arrived and waits for us",
                                 "entente inbox", [&context, o] { return ShowInbox(context, *o); });
  command
      ->add_option("--role", o->role,
                   "desk: reports to review, answers to our questions; delegation: questions to "
                   "us. Default: desk where we are the secretariat")
      ->check(CLI::IsMember({"desk", "delegation"}));
  command->add_option("--limit", o->limit, "Rows at most")->check(CLI::Range(1, 1000));
  command->add_flag("--fail-if-any", o->fail_if_any, "Exit status 1 when something waits");
  AddAsOf(*command, context);
}

}  // namespace entente::client
