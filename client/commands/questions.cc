// entente missing|rate|matrix|history|where|todo: tables the node computes from what it
// holds.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "client/base/table.h"
#include "client/commands/commands.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

constexpr std::chrono::seconds kLimit(60);  // a table over a whole instrument

struct RoundOptions {
  std::string round, chapter, by;
  bool as_minuted = false, fail_if_any = false;
};

using RoundMethod = Method<v1::RoundQuestion, v1::Table>;

absl::StatusOr<Exit> Answer(Context& context, const absl::StatusOr<v1::Table>& table,
                            bool fail_if_any) {
  if (!table.ok()) return table.status();
  context.Emit(*table);
  return fail_if_any && table->rows_size() > 0 ? Exit::kSomeFound : Exit::kDone;
}

absl::StatusOr<Exit> AskRound(Context& context, const RoundOptions& o, RoundMethod method) {
  ASSIGN_OR_RETURN(std::string instrument, context.Instrument(o.round));
  v1::RoundQuestion question;
  question.set_instrument(instrument);
  absl::string_view round = o.round;
  absl::ConsumePrefix(&round, instrument + "/");
  question.set_round(base::Str(round));
  question.set_chapter(o.chapter);
  question.set_by(o.by);
  question.set_as_minuted(o.as_minuted);
  question.set_as_of(context.options.as_of);
  return Answer(context, context.Call(method, question, kLimit), o.fail_if_any);
}

void AddRoundQuestion(CLI::App& root, Context& context, const char* name, const char* what,
                      const char* example, RoundMethod method, const std::vector<std::string>& by) {
  auto o = std::make_shared<RoundOptions>();
  CLI::App* command = AddCommand(root, context, name, what, example,
                                 [&context, o, method] { return AskRound(context, *o, method); });
  command->add_option("--round", o->round,
                      "Round code, such as MTR-2017; default: the only one of the instrument");
  command->add_option("--chapter", o->chapter, "Chapter code, title or alias");
  if (!by.empty())
    command->add_option("--by", o->by, "Lines of the table")->check(CLI::IsMember(by));
  command->add_flag("--as-minuted", o->as_minuted,
                    "Count what was said at the meeting, as minuted, instead of reports");
  command->add_flag("--fail-if-any", o->fail_if_any, "Exit status 1 when the table has rows");
  AddAsOf(*command, context);
}

// history and where: one reference.
template <class Request>
void AddReferenceQuestion(CLI::App& root, Context& context, const char* name, const char* what,
                          const char* example, Method<Request, v1::Table> method) {
  auto reference = std::make_shared<std::string>();
  CLI::App* command = AddCommand(
      root, context, name, what, example, [&context, reference, method]() -> absl::StatusOr<Exit> {
        Request request;
        ASSIGN_OR_RETURN(*request.mutable_instrument(), context.Instrument(*reference));
        request.set_reference(*reference);
        if constexpr (requires { request.as_of(); }) request.set_as_of(context.options.as_of);
        return Answer(context, context.Call(method, request, kLimit), false);
      });
  command
      ->add_option(
          "reference", *reference,
          "R:EUCA-2014/MTR-2017/KG/DDR/08, EUCA-2014/DDR/08, or the first 8 digits of an entry")
      ->required();
  if constexpr (requires(Request request) { request.as_of(); }) AddAsOf(*command, context);
}

struct TodoOptions {
  std::string delegation;
  bool fail_if_any = false;
};

// Adds what is owed under one instrument to what is owed under others, each line with its code.
void JoinTodo(const v1::Table& part, const std::string& instrument, v1::Table& joined) {
  if (joined.columns().empty()) {
    constexpr ColumnText kColumns[] = {{"instrument", "INSTRUMENT"}};
    AddColumns(joined, kColumns);
    joined.mutable_columns()->MergeFrom(part.columns());
  }
  const std::string named = absl::StrCat(" --instrument ", instrument, " --round ");
  for (const v1::Row& row : part.rows()) {
    v1::Row& line = *joined.add_rows();
    line.add_cells(instrument);
    for (int c = 0; c < row.cells_size(); ++c) {
      // To be typed as it stands: with several instruments, a draft is of one that is named.
      const bool to_type = c < part.columns_size() && part.columns(c).name() == "next_step";
      line.add_cells(to_type ? absl::StrReplaceAll(row.cells(c), {{" --round ", named}})
                             : row.cells(c));
    }
  }
  for (const std::string& note : part.notes())
    joined.add_notes(absl::StrCat(instrument, ": ", note));
  joined.set_freshness(absl::StrCat(joined.freshness(), joined.freshness().empty() ? "" : " ",
                                    instrument, ": ", part.freshness()));
}

// By when, whatever the instrument; what has no day goes last.
void OrderByDue(v1::Table& joined) {
  const auto& columns = joined.columns();
  const auto due = std::find_if(columns.begin(), columns.end(),
                                [](const v1::Column& column) { return column.name() == "due"; });
  if (due == columns.end()) return;
  const int at = static_cast<int>(due - columns.begin());
  std::stable_sort(joined.mutable_rows()->begin(), joined.mutable_rows()->end(),
                   [at](const v1::Row& a, const v1::Row& b) {
                     return std::make_pair(a.cells(at).empty(), a.cells(at)) <
                            std::make_pair(b.cells(at).empty(), b.cells(at));
                   });
}

// Under all the instruments joined. A delegation, or a state of the past, that one of them does not
// know is refused only where none does.
absl::StatusOr<v1::Table> TodoOfAll(Context& context, v1::TodoRequest request,
                                    const v1::ListInstrumentsResponse& list) {
  v1::Table joined;
  absl::Status unknown;
  for (const v1::InstrumentInfo& instrument : list.instruments()) {
    request.set_instrument(instrument.code());
    const absl::StatusOr<v1::Table> part = context.Call(local::kTodo, request, kLimit);
    if (absl::IsNotFound(part.status())) {
      unknown.Update(part.status());
      continue;
    }
    RETURN_IF_ERROR(part.status());
    JoinTodo(*part, instrument.code(), joined);
  }
  if (joined.columns().empty()) return unknown;
  OrderByDue(joined);
  return joined;
}

absl::StatusOr<Exit> AskTodo(Context& context, const TodoOptions& o) {
  v1::TodoRequest request;
  request.set_instrument(context.options.instrument);
  request.set_delegation(o.delegation);
  request.set_as_of(context.options.as_of);
  if (request.instrument().empty()) {
    ASSIGN_OR_RETURN(const v1::ListInstrumentsResponse list,
                     context.Call(local::kListInstruments, v1::ListInstrumentsRequest()));
    if (list.instruments_size() > 1)
      return Answer(context, TodoOfAll(context, request, list), o.fail_if_any);
  }
  return Answer(context, context.Call(local::kTodo, request, kLimit), o.fail_if_any);
}

void AddTodo(CLI::App& root, Context& context) {
  auto o = std::make_shared<TodoOptions>();
  CLI::App* command = AddCommand(root, context, "todo", "What we owe, by when", "entente todo",
                                 [&context, o] { return AskTodo(context, *o); });
  command->add_option("--delegation", o->delegation, "Whose; default: this node's delegation");
  command->add_flag("--fail-if-any", o->fail_if_any, "Exit status 1 when the table has rows");
  AddAsOf(*command, context);
}

}  // namespace

void AddQuestions(CLI::App& root, Context& context) {
  AddRoundQuestion(root, context, "missing", "Who has not reported",
                   "entente missing --round MTR-2017 --chapter \"Drug demand reduction\"",
                   local::kMissing, {"chapter", "commitment"});
  AddRoundQuestion(root, context, "rate", "Reporting rates of a round",
                   "entente rate --round MTR-2017 --by chapter", local::kRate,
                   {"chapter", "delegation", "commitment"});
  AddRoundQuestion(root, context, "matrix", "Delegations by commitments",
                   "entente matrix --round MTR-2017 --chapter DDR", local::kMatrix, {});
  AddReferenceQuestion<v1::HistoryRequest>(
      root, context, "history", "Every version of a record: who, when, replaced by what",
      "entente history R:EUCA-2014/MTR-2017/KG/DDR/08", local::kHistory);
  AddReferenceQuestion<v1::WhereRequest>(root, context, "where", "Who holds a record already",
                                         "entente where R:EUCA-2014/MTR-2017/KG/DDR/08",
                                         local::kWhere);
  AddTodo(root, context);
}

}  // namespace entente::client
