// entente report|commitment|chapter|indicator|round|intervention|comment... list|show
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/base/clock.h"
#include "client/commands/commands.h"
#include "client/draft/record_text.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

constexpr int kRowsUsual = 100;

struct ListOptions {
  std::string delegation, implementation, round, chapter, page_token;
  int limit = kRowsUsual;
  bool uncounted = false;
};

// As many rows as were asked for, unless there are fewer: a page may end early where the node had
// to look at much to find little.
absl::StatusOr<v1::Table> ListPages(Context& context, v1::ListRecordsRequest request, int rows) {
  request.set_page_size(rows);
  ASSIGN_OR_RETURN(v1::Table table,
                   context.Call(local::kListRecords, request, std::chrono::seconds(60)));
  while (!table.next_page_token().empty() && table.rows_size() < rows) {
    request.set_page_size(rows - table.rows_size());
    request.set_page_token(table.next_page_token());
    ASSIGN_OR_RETURN(v1::Table further,
                     context.Call(local::kListRecords, request, std::chrono::seconds(60)));
    for (v1::Row& row : *further.mutable_rows()) *table.add_rows() = std::move(row);
    table.set_next_page_token(further.next_page_token());
  }
  return table;
}

absl::StatusOr<Exit> ListRecords(Context& context, const std::string& kind, const ListOptions& o) {
  v1::ListRecordsRequest request;
  ASSIGN_OR_RETURN(std::string instrument, context.Instrument(o.round));
  request.set_instrument(instrument);
  request.set_kind(kind);
  request.set_delegation(o.delegation);
  request.set_implementation(o.implementation);
  absl::string_view round = o.round;
  absl::ConsumePrefix(&round, instrument + "/");
  request.set_round(base::Str(round));
  request.set_chapter(o.chapter);
  request.set_page_token(o.page_token);
  request.set_uncounted(o.uncounted);
  request.set_as_of(context.options.as_of);
  ASSIGN_OR_RETURN(v1::Table table, ListPages(context, std::move(request), o.limit));
  if (!o.uncounted && !table.next_page_token().empty()) {
    table.add_notes(absl::StrCat("showing ", table.rows_size(), "; more: --page-token ",
                                 table.next_page_token()));
  }
  context.Emit(table);
  return Exit::kDone;
}

absl::StatusOr<Exit> ShowRecord(Context& context, const std::string& reference) {
  v1::GetRecordRequest request;
  ASSIGN_OR_RETURN(std::string instrument, context.Instrument(reference));
  request.set_instrument(instrument);
  request.set_reference(reference);
  request.set_as_of(context.options.as_of);
  ASSIGN_OR_RETURN(v1::Record record, context.Call(local::kGetRecord, request));
  context.EmitSaid(RecordJson(record), RecordText(record, context.phrases()));
  return Exit::kDone;
}

// `list` and `show` of a kind, hung onto its noun.
void AddListAndShow(CLI::App& noun, Context& context, const std::string& kind,
                    const std::string& example) {
  auto o = std::make_shared<ListOptions>();
  CLI::App* list = AddCommand(noun, context, "list", "All of them",
                              absl::StrCat("entente ", noun.get_name(), " list"),
                              [&context, kind, o] { return ListRecords(context, kind, *o); });
  const bool catalogue = kind == "commitment" || kind == "chapter" || kind == "indicator";
  if (!catalogue && kind != "round")
    list->add_option("--delegation", o->delegation, "Only this delegation's");
  // People are of no round, nor are proposals to change what was promised.
  if (!catalogue && kind != "round" && kind != "person" && kind != "amendment")
    list->add_option("--round", o->round, "Only of this round");
  if (kind == "report") {
    list->add_option("--implementation", o->implementation, "in_progress, completed, ...");
    list->add_flag("--uncounted", o->uncounted,
                   "Instead: everything held that does not count, of any kind, and why");
  }
  if (kind == "report" || kind == "commitment")
    list->add_option("--chapter", o->chapter, "Only of this chapter");
  list->add_option("--limit", o->limit, "Rows at most")->check(CLI::Range(1, 10'000));
  list->add_option("--page-token", o->page_token, "Go on where the last page ended");
  AddAsOf(*list, context);
  auto reference = std::make_shared<std::string>();
  CLI::App* show = AddCommand(noun, context, "show", "One of them, every version that stands",
                              absl::StrCat("entente ", noun.get_name(), " show ", example),
                              [&context, reference] { return ShowRecord(context, *reference); });
  show->add_option("reference", *reference, "Its reference")->required();
  AddAsOf(*show, context);
}

CLI::App* AddKind(CLI::App& root, Context& context, const std::string& kind,
                  const std::string& what, const std::string& example) {
  CLI::App* noun = AddNoun(root, kind, what);
  AddListAndShow(*noun, context, kind, example);
  return noun;
}

}  // namespace

void AddAuditStatements(CLI::App& audit, Context& context) {
  AddListAndShow(audit, context, "audit_statement", "audit_statement/2afb25f0");
}

void AddRecords(CLI::App& root, Context& context) {
  AddKind(root, context, "report", "Progress reports", "R:EUCA-2014/MTR-2017/KG/DDR/08");
  AddCommitmentMove(*AddKind(root, context, "commitment", "What was promised", "EUCA-2014/DDR/08"),
                    context);
  AddKind(root, context, "chapter", "Chapters of an instrument", "EUCA-2014/DDR");
  AddKind(root, context, "indicator", "What is measured", "OST-CLIENTS");
  CLI::App* round = AddKind(root, context, "round", "Reporting rounds", "EUCA-2014/MTR-2017");
  AddRoundActs(*round, context);
  CLI::App* intervention =
      AddKind(root, context, "intervention", "What was said at meetings, as minuted",
              "intervention/2afb25f0");
  AddInterventionAdd(*intervention, context);
  AddInterventionCorrections(*intervention, context);
  CLI::App* comment =
      AddKind(root, context, "comment", "What parties say about records", "comment/2afb25f0");
  AddCommentAdd(*comment, context);
  AddCommentCorrections(*comment, context);
  AddTranslationAdd(
      *AddKind(root, context, "translation", "Texts in further languages", "translation/2afb25f0"),
      context);
  CLI::App* meeting = AddKind(root, context, "meeting", "Review meetings", "meeting/2afb25f0");
  AddMeetingActs(*meeting, context);
  AddMeetingCorrections(*meeting, context);
  AddPersonAdd(*AddKind(root, context, "person", "The directory of the parties", "person/2afb25f0"),
               context);
  AddAmendmentActs(*AddKind(root, context, "amendment", "Proposals to change what was promised",
                            "amendment/2afb25f0"),
                   context);
}

}  // namespace entente::client
