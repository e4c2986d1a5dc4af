#include "client/base/help_language.h"

#include <sstream>
#include <string>

#include "client/base/render.h"

namespace entente::client {

namespace {

class Layout final : public CLI::Formatter {
 public:
  std::string make_option(const CLI::Option* option, bool positional) const override {
    const std::string name = make_option_name(option, positional) + make_option_opts(option);
    const size_t seen = static_cast<size_t>(DisplayWidth(name));
    // A name that fills its column is followed by a line break, and the column counts as it is.
    const bool fits = seen + kIndent < get_column_width();
    std::ostringstream out;
    CLI::detail::format_help(out, name, make_option_desc(option),
                             get_column_width() + (fits ? name.size() - seen : 0));
    return out.str();
  }

  // CLI11 names the type of an option before what it checks: "INT:INT in [1 - 9]". What it checks
  // is enough, and is the same in every language.
  std::string make_option_opts(const CLI::Option* option) const override {
    std::string out = CLI::Formatter::make_option_opts(option);
    for (const char* type : {"INT:", "UINT:", "FLOAT:", "TEXT:"}) {
      const size_t at = out.find(std::string(" ") + type);
      if (at != std::string::npos) out.erase(at + 1, std::string(type).size());
    }
    const size_t range = out.find(" in ["), end = out.find(']', range);
    const size_t word = out.rfind(' ', range == std::string::npos ? range : range - 1);
    if (range == std::string::npos || end == std::string::npos || word == std::string::npos)
      return out;
    std::string bounds = out.substr(range + 5, end - range - 5);
    if (const size_t dash = bounds.find(" - "); dash != std::string::npos)
      bounds.replace(dash, 3, "..");
    return out.substr(0, word + 1) + bounds + out.substr(end + 1);
  }

 private:
  static constexpr size_t kIndent = 2;  // CLI11 puts two spaces before a name
};

// What CLI11 itself says of an option.
[[maybe_unused]] constexpr const char* kOfTheParser[] = {
    Phrase("Print this help message and exit"),
    Phrase("Display program version information and exit")};

// A description is one phrase; that of the program is lines.
std::string DescriptionIn(const std::string& english, const Phrases& phrases) {
  const std::string said = phrases.Say(english);
  return said == english ? phrases.RetellLines(english) : said;
}

void SayOptions(CLI::App& app, const Phrases& phrases) {
  for (CLI::Option* option : app.get_options()) {
    // CLI11's names of the groups every command has.
    if (option->get_group() == "Options") option->group(phrases.Say("Options"));
    option->description(phrases.Say(option->get_description()));
  }
  if (app.get_group() == "Subcommands") app.group(phrases.Say("Subcommands"));
}

constexpr const char* kLabels[] = {
    Phrase("Usage"),   Phrase("Positionals"), Phrase("REQUIRED"), Phrase("Env"), Phrase("Excludes"),
    Phrase("OPTIONS"), Phrase("SUBCOMMAND"),  Phrase("TEXT"),     Phrase("INT"), Phrase("UINT")};

}  // namespace

std::shared_ptr<CLI::Formatter> HelpLayout() { return std::make_shared<Layout>(); }

void SayHelpIn(CLI::App& app, const Phrases& phrases) {
  if (phrases.language() == "en") return;
  app.description(DescriptionIn(app.get_description(), phrases));
  app.footer(phrases.RetellLines(app.get_footer()));
  SayOptions(app, phrases);
  for (const char* label : kLabels) app.get_formatter()->label(label, phrases.Say(label));
  for (CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    SayHelpIn(*command, phrases);
}

}  // namespace entente::client
