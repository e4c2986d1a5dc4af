// entente conflicts: the inbox of what was written apart and waits for a person.
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "client/commands/commands.h"
#include "client/draft/conflict_text.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

constexpr std::chrono::seconds kConflictsLimit(60);
constexpr size_t kSideBySideMax = 50;  // conflicts side by side; the table lists them all

struct ConflictOptions {
  std::string reference, delegation;
  bool fail_if_any = false;
};

absl::StatusOr<v1::Record> RecordOf(Context& context, const std::string& instrument,
                                    const std::string& reference) {
  v1::GetRecordRequest request;
  request.set_instrument(instrument);
  request.set_reference(reference);
  request.set_as_of(context.options.as_of);
  return context.Call(local::kGetRecord, request);
}

// Every conflict once, in the order of the table.
std::vector<std::string> ReferencesOf(const v1::Table& table) {
  std::vector<std::string> out;
  std::set<std::string> seen;
  for (const v1::Row& row : table.rows()) {
    if (row.cells_size() > 0 && seen.insert(row.cells(0)).second) out.push_back(row.cells(0));
  }
  return out;
}

absl::StatusOr<Exit> ShowConflicts(Context& context, const ConflictOptions& o) {
  ASSIGN_OR_RETURN(const std::string instrument, context.Instrument(o.reference));
  v1::ConflictsRequest request;
  request.set_instrument(instrument);
  request.set_delegation(o.delegation);
  request.set_as_of(context.options.as_of);
  ASSIGN_OR_RETURN(const v1::Table table,
                   context.Call(local::kConflicts, request, kConflictsLimit));
  std::vector<std::string> references =
      o.reference.empty() ? ReferencesOf(table) : std::vector<std::string>{o.reference};
  const Exit done = o.fail_if_any && table.rows_size() > 0 ? Exit::kSomeFound : Exit::kDone;
  if (context.format() == Format::kCsv) {
    context.Emit(table);
    return done;
  }
  nlohmann::ordered_json json = TableJson(table);
  json["conflicts"] = nlohmann::ordered_json::array();
  std::string text;
  for (size_t n = 0; n < std::min(kSideBySideMax, references.size()); ++n) {
    ASSIGN_OR_RETURN(const v1::Record record, RecordOf(context, instrument, references[n]));
    if (record.heads_size() < 2) {
      const std::string none = absl::StrCat(record.reference(), " is in no conflict");
      absl::StrAppend(&text, context.phrases().Retell(none), "\n");
      continue;
    }
    json["conflicts"].push_back(ConflictJson(record));
    absl::StrAppend(&text, ConflictText(record, context.Width(), context.phrases()), "\n");
  }
  std::string under = references.empty() ? "no conflicts\n" : "";
  if (references.size() > kSideBySideMax) {
    absl::StrAppend(&under, "and ", references.size() - kSideBySideMax,
                    " more: entente conflicts --format csv lists them all\n");
  }
  absl::StrAppend(&under, table.freshness(), "\n");
  // What the versions say is their authors' and is retold nowhere.
  context.EmitSaid(json, absl::StrCat(text, context.phrases().RetellLines(under)));
  return done;
}

}  // namespace

void AddConflicts(CLI::App& root, Context& context) {
  auto o = std::make_shared<ConflictOptions>();
  CLI::App* command = AddCommand(
      root, context, "conflicts", "What was written apart and waits for a person, side by side",
      "entente conflicts --delegation KG", [&context, o] { return ShowConflicts(context, *o); });
  command->add_option("reference", o->reference, "Only this record");
  command->add_option("--delegation", o->delegation, "Only this delegation's");
  command->add_flag("--fail-if-any", o->fail_if_any, "Exit status 1 when there are any");
  AddAsOf(*command, context);
}

}  // namespace entente::client
