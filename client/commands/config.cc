// entente config check|show: the settings a node would start with, read by the node's own program.
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "client/base/node_program.h"
#include "client/base/table.h"
#include "client/commands/commands.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

struct ConfigOptions {
  std::string file, data;
};

// What is wrong with a setting is a refusal that names the place, whatever the program calls it.
absl::StatusOr<v1::JobAnswer> ReadSettings(const ConfigOptions& o) {
  std::vector<std::string> words = {"config"};
  if (!o.file.empty()) words.insert(words.end(), {"--config", o.file});
  if (!o.data.empty()) words.insert(words.end(), {"--data", o.data});
  absl::StatusOr<v1::JobAnswer> answer = RunNodeJob(words);
  if (answer.status().code() == absl::StatusCode::kInvalidArgument) {
    return Failure(absl::StatusCode::kInvalidArgument, "VALIDATION_FAILED",
                   answer.status().message(), "correct it there, then check again");
  }
  // A file that cannot be read, as the program says it; that the program itself is missing has a
  // reason already.
  if (answer.status().code() == absl::StatusCode::kFailedPrecondition &&
      base::ReasonOf(answer.status()).empty()) {
    return Failure(absl::StatusCode::kFailedPrecondition, kFileUnreadable,
                   answer.status().message());
  }
  return answer;
}

absl::StatusOr<Exit> CheckConfig(Context& context, const ConfigOptions& o) {
  ASSIGN_OR_RETURN(const v1::JobAnswer answer, ReadSettings(o));
  int given = 0;
  for (const v1::Setting& setting : answer.settings()) given += setting.origin() != "default";
  context.Emit(nlohmann::ordered_json{{"ok", true}, {"given", given}},
               absl::StrCat("the settings are good: ", given,
                            " given, the others are the "
                            "defaults; entente config show lists them\n"));
  return Exit::kDone;
}

absl::StatusOr<Exit> ShowConfig(Context& context, const ConfigOptions& o) {
  ASSIGN_OR_RETURN(const v1::JobAnswer answer, ReadSettings(o));
  v1::Table table;
  constexpr ColumnText kColumns[] = {
      {"setting", "SETTING"}, {"value", "VALUE"}, {"origin", "FROM"}};
  AddColumns(table, kColumns);
  for (const v1::Setting& setting : answer.settings())
    AddCells(*table.add_rows(), {setting.key(), setting.value(), setting.origin()});
  context.Emit(table);
  return Exit::kDone;
}

void AddOne(CLI::App& noun, Context& context, const char* name, const char* what,
            const char* example, absl::StatusOr<Exit> (*run)(Context&, const ConfigOptions&)) {
  auto o = std::make_shared<ConfigOptions>();
  CLI::App* command = AddCommand(noun, context, name, what, example,
                                 [&context, o, run] { return run(context, *o); });
  command->add_option("--config", o->file, "The file; default: /etc/entente/node.toml")
      ->type_name("FILE");
  command->add_option("--data", o->data, "The data directory, where the file names none")
      ->type_name("DIR");
}

}  // namespace

void AddConfig(CLI::App& root, Context& context) {
  CLI::App* noun = AddNoun(root, "config", "The settings a node would start with");
  AddOne(*noun, context, "check", "Are they good? What is not is named with its line",
         "entente config check --config node.toml", CheckConfig);
  AddOne(*noun, context, "show", "Each with its value and where it comes from",
         "entente config show --data /var/lib/entente", ShowConfig);
}

}  // namespace entente::client
