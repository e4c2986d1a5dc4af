// entente search: text in any script.
#include "absl/strings/str_join.h"
#include "client/commands/commands.h"
#include "client/context/question_methods.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

struct SearchOptions {
  std::vector<std::string> words;
  std::string kind, delegation;
  int limit = 0;
  bool fail_if_any = false;
};

absl::StatusOr<Exit> Find(Context& context, const SearchOptions& o) {
  v1::SearchRequest request;
  ASSIGN_OR_RETURN(*request.mutable_instrument(), context.Instrument());
  request.set_text(absl::StrJoin(o.words, " "));
  request.set_kind(o.kind);
  request.set_delegation(o.delegation);
  request.set_page_size(o.limit);
  request.set_as_of(context.options.as_of);
  // The first question after a large sync waits until its text is read in.
  ASSIGN_OR_RETURN(const v1::Table table,
                   context.Call(questions::kSearch, request, std::chrono::seconds(120)));
  context.Emit(table);
  return o.fail_if_any && table.rows_size() > 0 ? Exit::kSomeFound : Exit::kDone;
}

}  // namespace

void AddSearch(CLI::App& root, Context& context) {
  auto o = std::make_shared<SearchOptions>();
  CLI::App* command =
      AddCommand(root, context, "search", "Find text in any script, the best first",
                 "entente search заместительная терапия\n"
                 "  entente search '\"opioid substitution\" прогр*' --delegation KG",
                 [&context, o] { return Find(context, *o); });
  command
      ->add_option("words", o->words,
                   "All of them must stand in a record; word* for a beginning, \"...\" for words "
                   "that follow each other. Case, and ё or е, make no difference")
      ->required();
  command->add_option("--kind", o->kind, "Only this kind: report, commitment, comment, ...");
  command->add_option("--delegation", o->delegation, "Only this delegation's");
  command->add_option("--limit", o->limit, "Rows at most")->check(CLI::Range(1, 200));
  command->add_flag("--fail-if-any", o->fail_if_any, "Exit status 1 when something is found");
  AddAsOf(*command, context);
}

}  // namespace entente::client
