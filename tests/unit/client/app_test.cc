// The command line as a script sees it: no node is needed for any of this.
#include "client/app.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "client/base/completion.h"
#include "client/context/connect.h"

namespace entente::client {
namespace {

struct Result {
  int exit = 0;
  std::string out, err;
};

Result Entente(std::vector<const char*> words) {
  std::istringstream in;
  std::ostringstream out, err;
  words.insert(words.begin(), "entente");
  Result result;
  result.exit = RunApp(static_cast<int>(words.size()), words.data(), Streams{&in, &out, &err});
  result.out = out.str();
  result.err = err.str();
  return result;
}

TEST(App, HelpAndVersionGoToStdout) {
  Result help = Entente({"--help"});
  EXPECT_EQ(help.exit, 0);
  EXPECT_NE(help.out.find("entente status"), std::string::npos);
  EXPECT_EQ(Entente({"--version"}).out.substr(0, 8), "entente ");
}

TEST(App, AnUnknownCommandNamesTheNearest) {
  Result result = Entente({"delegatoin", "show"});
  EXPECT_EQ(result.exit, 2);
  EXPECT_NE(result.err.find("did you mean \"delegation\"?"), std::string::npos) << result.err;
  EXPECT_TRUE(result.out.empty());
}

TEST(App, AskingForHelpDoesNotHideAnUnknownWord) {
  for (const std::vector<const char*>& words :
       std::vector<std::vector<const char*>>{{"mising", "--help"},
                                             {"--help", "mising"},
                                             {"draft", "chek", "--help"},
                                             {"mising", "--version"}}) {
    Result result = Entente(words);
    EXPECT_EQ(result.exit, 2) << words[0];
    EXPECT_NE(result.err.find("did you mean"), std::string::npos) << result.err;
    EXPECT_EQ(result.out, "");
  }
  EXPECT_EQ(Entente({"missing", "--help"}).exit, 0);
  EXPECT_EQ(Entente({"where", "R:EUCA-2014/MTR-2017/KG/DDR/08", "--help"}).exit, 0);
}

TEST(App, AnUnknownVerbAndAnUnknownOptionToo) {
  EXPECT_NE(Entente({"draft", "chek", "d-1"}).err.find("did you mean \"check\"?"),
            std::string::npos);
  Result result = Entente({"missing", "--roud", "X"});
  EXPECT_EQ(result.exit, 2);
  EXPECT_NE(result.err.find("did you mean \"--round\"?"), std::string::npos) << result.err;
}

// No node is asked: the socket is nowhere, which would be status 3.
TEST(App, WhatIsTypedIsUtf8BeforeAnythingIsSent) {
  for (const std::vector<const char*>& words :
       std::vector<std::vector<const char*>>{{"missing", "--round", "MTR\xff"},
                                             {"todo", "--delegation", "\xff"},
                                             {"where", "R:\xd0"},
                                             {"draft", "set", "d-1", "narrative=\xff"},
                                             {"receipt", "show", "\xff"},
                                             {"--instrument", "\xff", "status"}}) {
    std::vector<const char*> line = {"--node", "unix:/nowhere/node.sock"};
    line.insert(line.end(), words.begin(), words.end());
    const Result result = Entente(line);
    EXPECT_EQ(result.exit, 2) << words[0];
    EXPECT_NE(result.err.find("is not UTF-8 text"), std::string::npos) << result.err;
    EXPECT_EQ(result.err.find_first_of("\xff\xd0"), std::string::npos) << result.err;
  }
  EXPECT_NE(Entente({"missing", "--round", "ab\xff"}).err.find("--round: \"ab\\xff\""),
            std::string::npos);
  const Result json = Entente({"missing", "--round", "\xff", "--json"});
  EXPECT_EQ(nlohmann::json::parse(json.err)["field"], "round");
}

TEST(App, NamesOfFilesAreAnyBytes) {
  for (const std::vector<const char*>& words : std::vector<std::vector<const char*>>{
           {"key", "show", "/nowhere/\xff"},
           {"draft", "import", "/nowhere/\xff.csv", "--node", "unix:/nowhere/node.sock"},
           {"draft", "set", "d-1", "narrative=@/nowhere/\xff", "--node",
            "unix:/nowhere/node.sock"}}) {
    const Result result = Entente(words);
    EXPECT_NE(result.exit, 2) << result.err;
    EXPECT_EQ(result.err.find("UTF-8"), std::string::npos) << result.err;
  }
}

TEST(App, ALanguageThatIsNotSpokenIsRefusedOnlyWhereItIsTyped) {
  const Result result = Entente({"--lang", "xx", "todo"});
  EXPECT_EQ(result.exit, 2);
  EXPECT_NE(result.err.find("known: en fr ru"), std::string::npos) << result.err;
  EXPECT_NE(Entente({"--lang", "fr-CH", "todo", "--node", "unix:/nowhere/node.sock"}).exit, 2);
}

TEST(App, ErrorsAreAnObjectUnderJson) {
  Result result = Entente({"submit", "d-1", "--json"});  // --key is missing
  EXPECT_EQ(result.exit, 2);
  auto json = nlohmann::json::parse(result.err);
  EXPECT_EQ(json["code"], "USAGE");
}

TEST(App, AnAddressOfANetworkIsRefused) {
  Result result = Entente({"--node", "127.0.0.1:7441", "status"});
  EXPECT_EQ(result.exit, 2);
  EXPECT_NE(result.err.find("unix:"), std::string::npos);
}

TEST(App, AMissingNodeIsExitThreeAndSaysWhatToDo) {
  Result result = Entente({"status", "--node", "unix:/nonexistent/node.sock", "--json"});
  EXPECT_EQ(result.exit, 3);
  auto json = nlohmann::json::parse(result.err);
  EXPECT_EQ(json["code"], "NODE_UNREACHABLE");
  EXPECT_NE(json["hint"].get<std::string>().find("entented --data"), std::string::npos);
}

TEST(App, AFileThatCannotBeReadIsExitNine) {
  EXPECT_EQ(Entente({"delegation", "join", "/nonexistent.credentials"}).exit, 9);
  EXPECT_EQ(Entente({"instrument", "join", "/nonexistent.invitation"}).exit, 9);
  EXPECT_EQ(Entente({"key", "show", "/nonexistent.key"}).exit, 9);
}

TEST(App, ADamagedInvitationIsExitNineAndNamesTheFile) {
  std::string path = testing::TempDir() + "/damaged.invitation";
  std::ofstream(path) << "entente/invitation/v1\ninstrument zz\n";
  Result result = Entente({"instrument", "join", path.c_str()});
  EXPECT_EQ(result.exit, 9);
  EXPECT_NE(result.err.find(path), std::string::npos);
}

TEST(App, HelpTopicsAndASuggestion) {
  EXPECT_NE(Entente({"help", "exit-status"}).out.find("  8  interrupted"), std::string::npos);
  EXPECT_NE(Entente({"help", "metrics"}).out.find("on time"), std::string::npos);
  EXPECT_EQ(Entente({"help", "metric"}).exit, 2);
  EXPECT_NE(Entente({"help", "metric"}).err.find("metrics"), std::string::npos);
}

TEST(App, EveryCommandHasAnExample) {
  std::ostringstream sink;
  std::istringstream in;
  Context context(Streams{&in, &sink, &sink});
  CLI::App root;
  BuildApp(root, context);
  auto all = [](const CLI::App*) { return true; };
  std::function<void(const CLI::App&)> look = [&](const CLI::App& app) {
    auto subs = app.get_subcommands(all);
    if (subs.empty()) {
      EXPECT_NE(app.get_footer().find("entente "), std::string::npos) << app.get_name();
    }
    for (const CLI::App* sub : subs) look(*sub);
  };
  look(root);
}

TEST(App, TheManualPageNamesEveryCommandAndHidesNoRequest) {
  const Result page = Entente({"help", "--man"});
  EXPECT_EQ(page.exit, 0);
  for (const char* part :
       {".SS draft new\n", ".SS delegation node add\n", "\\-\\-accept\\-warnings",
        ".SH EXIT STATUS\n", ".TP\n.B \\-\\-lang TEXT\n"})
    EXPECT_NE(page.out.find(part), std::string::npos) << part;
  std::istringstream lines(page.out);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] != '.') continue;
    const std::string request = line.substr(0, line.find(' '));
    EXPECT_TRUE(std::set<std::string>({".TH", ".SH", ".SS", ".TP", ".PP", ".B", ".nf", ".fi"})
                    .contains(request))
        << line;
  }
}

TEST(App, HelpIsInTheReadersLanguage) {
  const Result russian = Entente({"--lang", "ru", "draft", "new", "--help"});
  EXPECT_EQ(russian.exit, 0);
  EXPECT_NE(russian.out.find("Начать отчёт; до подачи он остаётся на узле"), std::string::npos)
      << russian.out;
  EXPECT_NE(russian.out.find("Пример:\n  entente draft new"), std::string::npos) << russian.out;
  EXPECT_NE(Entente({"help", "missing", "--lang", "fr"}).out.find("Qui n’a pas fait rapport"),
            std::string::npos);
  EXPECT_NE(Entente({"--help"}).out.find("What we owe, by when"), std::string::npos);
  const Result topic = Entente({"help", "keys", "--lang", "fr"});
  EXPECT_NE(topic.out.find("signe les actes d’autorité"), std::string::npos) << topic.out;
  const Result page = Entente({"help", "--man", "--lang", "ru"});
  for (const char* part :
       {".SH КОМАНДЫ\n", "Подать, несмотря на предупреждения", "Коды завершения"})
    EXPECT_NE(page.out.find(part), std::string::npos) << part;
}

TEST(App, WhoAsksForNoTopicIsToldTheTopicsInHisLanguage) {
  const std::pair<const char*, const char*> hints[] = {
      {"en", "topics: exit-status metrics units keys formats; or a command: "},
      {"fr", "sujets : exit-status metrics units keys formats ; ou une commande : "},
      {"ru", "темы: exit-status metrics units keys formats; или команда: "}};
  for (const auto& [language, hint] : hints) {
    const Result result = Entente({"help", "nonsense", "--lang", language});
    EXPECT_EQ(result.exit, 2);
    EXPECT_NE(result.err.find(hint), std::string::npos) << result.err;
  }
}

TEST(Completion, KnowsNounsVerbsAndOptions) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    Result result = Entente({"completion", shell});
    EXPECT_EQ(result.exit, 0);
    for (const char* word : {"delegation", "finalise", "accept-warnings", "as-minuted"}) {
      EXPECT_NE(result.out.find(word), std::string::npos) << shell << " lacks " << word;
    }
  }
  EXPECT_EQ(Entente({"completion", "tcsh"}).exit, 2);
}

TEST(Completion, BashScriptCompletesAVerb) {
  std::string path = testing::TempDir() + "/entente-completion.bash";
  std::ofstream(path) << Entente({"completion", "bash"}).out;
  std::string script = "source " + path +
                       "; COMP_WORDS=(entente draft fin); COMP_CWORD=2; _entente; "
                       "[ \"${COMPREPLY[0]}\" = finalise ]";
  EXPECT_EQ(std::system(("bash -c '" + script + "'").c_str()), 0);
}

TEST(Connect, SocketPathsAreReadAndBounded) {
  EXPECT_EQ(SocketPath("unix:/run/x.sock").value(), "/run/x.sock");
  EXPECT_EQ(SocketPath("unix:///run/x.sock").value(), "/run/x.sock");
  EXPECT_EQ(ExitOf(SocketPath("unix:").status()), Exit::kUsage);
  EXPECT_EQ(ExitOf(SocketPath("unix:/" + std::string(200, 'a')).status()), Exit::kUsage);
}

}  // namespace
}  // namespace entente::client
