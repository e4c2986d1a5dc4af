// Everything --help shows is said in every language: the command tree itself is walked, so that no
// way of writing an option escapes scripts/check_phrases.py.
#include "client/base/help_language.h"

#include <cctype>
#include <sstream>
#include <string>
#include <vector>

#include "client/app.h"
#include "client/base/render.h"
#include "client/language/tongue.h"
#include "gtest/gtest.h"

namespace entente::client {
namespace {

struct Shown {
  std::string where, text;
};

void Collect(const CLI::App& app, const std::string& path, std::vector<Shown>& out) {
  out.push_back({path, app.get_description()});
  for (const CLI::Option* option : app.get_options())
    out.push_back({path + " " + option->get_name(), option->get_description()});
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    Collect(*command, path + " " + command->get_name(), out);
}

std::vector<Shown> HelpIn(const std::string& language) {
  std::stringstream in, out, err;
  Context context(Streams{&in, &out, &err});
  CLI::App app;
  BuildApp(app, context);
  SayHelpIn(app, *PhrasesIn(language));
  std::vector<Shown> shown;
  Collect(app, "entente", shown);
  return shown;
}

// "law_text, evaluation" is a list of what is typed; "in words" is said to a reader.
bool IsSaid(const std::string& text) {
  const auto letter = [&](size_t at) {
    return std::isalpha(static_cast<unsigned char>(text[at])) != 0;
  };
  for (size_t at = 1; at + 1 < text.size(); ++at) {
    if (text[at] == ' ' && letter(at - 1) && letter(at + 1)) return true;
  }
  return false;
}

TEST(HelpLanguage, EveryCommandAndOptionIsSaidInEveryLanguage) {
  const std::vector<Shown> english = HelpIn("en");
  ASSERT_GT(english.size(), 400u);
  for (const std::string& language : SpokenLanguages()) {
    if (language == "en") continue;
    const std::vector<Shown> said = HelpIn(language);
    ASSERT_EQ(said.size(), english.size());
    for (size_t i = 0; i < said.size(); ++i) {
      EXPECT_TRUE(said[i].text != english[i].text || !IsSaid(english[i].text))
          << language << ": " << english[i].where << ": \"" << english[i].text
          << "\" is not translated";
    }
  }
}

// Where the description of `option` begins, in columns.
int ColumnOf(const std::string& help, const std::string& option, const std::string& description) {
  const size_t line = help.find("  " + option);
  const size_t at = help.find(description, line);
  if (line == std::string::npos || at == std::string::npos) return -1;
  return DisplayWidth(help.substr(line, at - line));
}

TEST(HelpLanguage, AColumnIsAColumnInCyrillicToo) {
  std::stringstream in, out, err;
  Context context(Streams{&in, &out, &err});
  CLI::App app;
  BuildApp(app, context);
  SayHelpIn(app, *PhrasesIn("ru"));
  const std::string help = app.get_subcommand("brief")->help();
  const int required = ColumnOf(help, "--out FILE ОБЯЗАТЕЛЬНО", "Какой файл записать");
  EXPECT_EQ(required, 34) << help;
  EXPECT_EQ(ColumnOf(help, "--previous", "С каким раундом сравнить"), 34) << help;
}

}  // namespace
}  // namespace entente::client
