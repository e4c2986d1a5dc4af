#include "client/base/help_language.h"

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace entente::client {

namespace {

// A description is one phrase; that of the program is lines.
std::string DescriptionIn(const std::string& english, const Phrases& phrases) {
  const std::string said = phrases.Say(english);
  return said == english ? phrases.RetellLines(english) : said;
}

void SayGroups(CLI::App& app, const Phrases& phrases) {
  // CLI11's names of the groups every command has.
  for (CLI::Option* option : app.get_options()) {
    if (option->get_group() == "Options") option->group(phrases.Say("Options"));
  }
  if (app.get_group() == "Subcommands") app.group(phrases.Say("Subcommands"));
  if (CLI::Option* help = app.get_help_ptr(); help != nullptr)
    help->description(phrases.Say("Print this help message and exit"));
}

}  // namespace

void SayHelpIn(CLI::App& app, const Phrases& phrases) {
  if (phrases.language() == "en") return;
  app.description(DescriptionIn(app.get_description(), phrases));
  app.footer(phrases.RetellLines(app.get_footer()));
  SayGroups(app, phrases);
  if (auto formatter = std::dynamic_pointer_cast<CLI::Formatter>(app.get_formatter())) {
    formatter->label("Usage", phrases.Say("Usage"));
    formatter->label("Positionals", phrases.Say("Positionals"));
    formatter->label("REQUIRED", phrases.Say("REQUIRED"));
  }
  for (CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    SayHelpIn(*command, phrases);
}

}  // namespace entente::client
