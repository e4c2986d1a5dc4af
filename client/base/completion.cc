#include "client/base/completion.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace entente::client {

namespace {

// One place in the tree: the words typed so far, and what may follow.
struct WordPlace {
  std::string path;                                          // "draft new"; empty at the root
  std::vector<std::pair<std::string, std::string>> verbs;    // name, description
  std::vector<std::pair<std::string, std::string>> options;  // --name, description
};

void Collect(const CLI::App& app, const std::string& path, std::vector<WordPlace>& places) {
  WordPlace place;
  place.path = path;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      place.options.emplace_back("--" + name, option->get_description());
    }
  }
  std::vector<const CLI::App*> subs = app.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* sub : subs) {
    if (!sub->get_name().empty()) place.verbs.emplace_back(sub->get_name(), sub->get_description());
  }
  places.push_back(std::move(place));
  for (const CLI::App* sub : subs) {
    if (sub->get_name().empty()) continue;
    Collect(*sub, path.empty() ? sub->get_name() : absl::StrCat(path, " ", sub->get_name()),
            places);
  }
}

std::vector<std::string> Names(const std::vector<std::pair<std::string, std::string>>& words) {
  std::vector<std::string> names;
  for (const auto& [name, description] : words) names.push_back(name);
  return names;
}

// Inside single quotes of a shell.
std::string Quoted(const std::string& text) {
  return absl::StrReplaceAll(text, {{"'", "'\\''"}, {"\n", " "}});
}

// The words before the cursor, reduced to those that are commands, name the place.
std::string Bash(const std::vector<WordPlace>& places) {
  std::string out =
      "# bash completion for entente; source it, or put it into "
      "/usr/share/bash-completion/completions/entente\n"
      "_entente() {\n"
      "  local cur=\"${COMP_WORDS[COMP_CWORD]}\" path=\"\" word next i\n"
      "  for ((i = 1; i < COMP_CWORD; ++i)); do\n"
      "    word=\"${COMP_WORDS[i]}\"\n"
      "    next=\"${path:+$path }$word\"\n"
      "    case \" ${_entente_places} \" in *\"|$next|\"*) path=\"$next\" ;; esac\n"
      "  done\n"
      "  local words=\"\"\n"
      "  case \"$path\" in\n";
  std::string known = "|";
  for (const WordPlace& place : places) {
    absl::StrAppend(&known, place.path, "|");
    std::vector<std::string> verbs = Names(place.verbs), options = Names(place.options);
    absl::StrAppend(&out, "    '", place.path, "') words='", absl::StrJoin(verbs, " "), " ",
                    absl::StrJoin(options, " "), "' ;;\n");
  }
  absl::StrAppend(&out, "  esac\n", "  words=\"$words ",
                  absl::StrJoin(Names(places.front().options), " "), "\"\n",
                  "  if [[ -n \"$cur\" || -n \"$words\" ]]; then\n"
                  "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\"; [[ \"$cur\" == "
                  "-* ]] || compgen -f -- \"$cur\")\n"
                  "  fi\n}\n",
                  "_entente_places='", known, "'\ncomplete -F _entente entente\n");
  return out;
}

std::string Fish(const std::vector<WordPlace>& places) {
  std::string out = "# fish completion for entente\n";
  for (const WordPlace& place : places) {
    std::string seen = place.path.empty()
                           ? "__fish_use_subcommand"
                           : absl::StrCat("__fish_seen_subcommand_from ",
                                          place.path.substr(place.path.rfind(' ') + 1));
    for (const auto& [name, description] : place.verbs) {
      absl::StrAppend(&out, "complete -c entente -f -n '", seen, "' -a '", name, "' -d '",
                      Quoted(description), "'\n");
    }
    for (const auto& [name, description] : place.options) {
      absl::StrAppend(&out, "complete -c entente",
                      place.path.empty() ? "" : absl::StrCat(" -n '", seen, "'"), " -l ",
                      name.substr(2), " -d '", Quoted(description), "'\n");
    }
  }
  return out;
}

// zsh runs the bash function through its own emulation.
std::string Zsh(const std::vector<WordPlace>& places) {
  return absl::StrCat(
      "#compdef entente\nautoload -U +X bashcompinit && bashcompinit\n",
      absl::StrReplaceAll(Bash(places),
                          {{"mapfile -t COMPREPLY < <(", "COMPREPLY=( $("},
                           {"compgen -f -- \"$cur\")", "compgen -f -- \"$cur\") )"}}));
}

}  // namespace

std::string CompletionScript(const CLI::App& root, absl::string_view shell) {
  std::vector<WordPlace> places;
  Collect(root, "", places);
  if (shell == "bash") return Bash(places);
  if (shell == "zsh") return Zsh(places);
  return shell == "fish" ? Fish(places) : std::string();
}

}  // namespace entente::client
