// entente changes: what came since a date or a frontier.
#include "client/commands/commands.h"
#include "client/context/question_methods.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

constexpr std::chrono::seconds kChangesLimit(60);

struct ChangesOptions {
  std::string since, delegation;
  std::vector<std::string> kinds;
  int limit = 0;
  bool fail_if_any = false;
};

absl::StatusOr<Exit> ShowChanges(Context& context, const ChangesOptions& o) {
  v1::ChangesRequest request;
  ASSIGN_OR_RETURN(*request.mutable_instrument(), context.Instrument());
  request.set_since(o.since);
  for (const std::string& kind : o.kinds) request.add_kinds(kind);
  request.set_delegation(o.delegation);
  request.set_page_size(o.limit);
  ASSIGN_OR_RETURN(const v1::Table table,
                   context.Call(questions::kChanges, request, kChangesLimit));
  context.Emit(table);
  return o.fail_if_any && table.rows_size() > 0 ? Exit::kSomeFound : Exit::kDone;
}

}  // namespace

void AddChanges(CLI::App& root, Context& context) {
  auto o = std::make_shared<ChangesOptions>();
  CLI::App* command = AddCommand(root, context, "changes", "What came since a date or a frontier",
                                 "entente changes --since 2017-09-01 --kind report,withdrawal,key",
                                 [&context, o] { return ShowChanges(context, *o); });
  command
      ->add_option("--since", o->since,
                   "2017-09-01 (after that day), 2017-09-14T08:02Z, or a frontier of this node")
      ->required();
  command->add_option("--kind", o->kinds, "Only these: report, withdrawal, commitment, key, ...")
      ->delimiter(',');
  command->add_option("--delegation", o->delegation, "Only this delegation's");
  command->add_option("--limit", o->limit, "Rows at most")->check(CLI::Range(1, 1000));
  command->add_flag("--fail-if-any", o->fail_if_any, "Exit status 1 when the table has rows");
}

}  // namespace entente::client
