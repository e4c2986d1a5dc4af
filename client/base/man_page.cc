#include "client/base/man_page.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace entente::client {

namespace {

// Text of one line: nothing in it is a request of roff.
std::string Roff(absl::string_view text) {
  std::string out = absl::StrReplaceAll(text, {{"\\", "\\e"}, {"-", "\\-"}});
  if (absl::StartsWith(out, ".") || absl::StartsWith(out, "'")) out.insert(0, "\\&");
  return out;
}

// Lines as they stand.
std::string Verbatim(absl::string_view text) {
  std::string out = ".nf\n";
  for (const absl::string_view line : absl::StrSplit(absl::StripAsciiWhitespace(text), '\n'))
    absl::StrAppend(&out, Roff(line), "\n");
  return out + ".fi\n";
}

std::string OptionText(const CLI::Option& option) {
  std::string name = option.get_name(false, true);
  if (option.get_type_size() != 0 && !option.get_positional())
    absl::StrAppend(&name, " ", option.get_type_name());
  return absl::StrCat(".TP\n.B ", Roff(absl::StrReplaceAll(name, {{",", ", "}})), "\n",
                      Roff(absl::StrReplaceAll(option.get_description(), {{"\n", " "}})), "\n");
}

std::string OptionsText(const CLI::App& app) {
  std::string out;
  for (const CLI::Option* option : app.get_options()) {
    if (option != app.get_help_ptr()) out += OptionText(*option);
  }
  return out;
}

// Each command that does something, nouns before their verbs.
void CommandText(const CLI::App& app, const std::string& path, std::string& out) {
  const auto verbs = app.get_subcommands([](const CLI::App*) { return true; });
  absl::StrAppend(&out, ".SS ", Roff(path), "\n", Roff(app.get_description()), ".\n");
  if (verbs.empty()) {
    absl::StrAppend(&out, OptionsText(app), ".PP\n", Verbatim(app.get_footer()));
  }
  for (const CLI::App* verb : verbs)
    CommandText(*verb, absl::StrCat(path, " ", verb->get_name()), out);
}

}  // namespace

std::string ManPage(const CLI::App& root,
                    const std::vector<std::pair<std::string, std::string>>& topics,
                    const Phrases& phrases) {
  std::string out =
      absl::StrCat(".TH ENTENTE 1 \"\" \"Entente\" \"", phrases.Say("User Commands"), "\"\n.SH ",
                   phrases.Say("NAME"), "\nentente \\- ",
                   Roff(phrases.Say("a delegation's promises and reports")), "\n.SH ",
                   phrases.Say("SYNOPSIS"), "\n.B entente\n[", phrases.Say("OPTIONS"), "] ",
                   phrases.Say("COMMAND"), " ...\n.SH ", phrases.Say("DESCRIPTION"), "\n");
  for (const absl::string_view line : absl::StrSplit(root.get_description(), '\n'))
    absl::StrAppend(&out, Roff(line), "\n");
  absl::StrAppend(&out, ".SH ", phrases.Say("OPTIONS"), "\n", OptionsText(root), ".SH ",
                  phrases.Say("COMMANDS"), "\n");
  for (const CLI::App* command : root.get_subcommands([](const CLI::App*) { return true; }))
    CommandText(*command, command->get_name(), out);
  for (const auto& [name, text] : topics) {
    const std::string title = absl::StrReplaceAll(absl::AsciiStrToUpper(name), {{"-", " "}});
    absl::StrAppend(&out, ".SH ", title, "\n", Verbatim(text));
  }
  return out;
}

}  // namespace entente::client
