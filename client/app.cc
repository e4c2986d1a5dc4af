#include "client/app.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "client/base/arguments.h"
#include "client/base/help_language.h"
#include "client/commands/commands.h"
#include "client/language/tongue.h"
#include "node/meaning/record/suggest.h"

#ifndef ENTENTE_VERSION
#define ENTENTE_VERSION "0.1.0"
#endif

namespace entente::client {

namespace {

constexpr char kDescription[] =
    "What delegations promised, and what they report: signed, replicated, checked by everybody.\n"
    "A person's or a script's way to the local node (entented).";

constexpr char kFooter[] =
    "A first look:\n"
    "  entente status                       the node, its peers, what is not sent yet\n"
    "  entente todo                         what we owe, by when\n"
    "  entente missing --round MTR-2017     who has not reported\n"
    "  entente help exit-status             help topics: exit-status, metrics, units, keys, "
    "formats";

void AddGlobalOptions(CLI::App& app, Context& context) {
  GlobalOptions& o = context.options;
  app.add_option("--node", o.node, "The node's socket, unix:PATH (or ENTENTE_NODE)")
      ->type_name("unix:PATH");
  app.add_option("--instrument", o.instrument, "Instrument code; default: the only one joined")
      ->envname("ENTENTE_INSTRUMENT");
  app.add_option("--format", o.format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}));
  app.add_flag("--json", o.json, "The same as --format json");
  app.add_option("--lang", o.lang,
                 "Language of what people read: en, fr or ru; default: the locale's");
  app.add_option("--timeout", o.timeout_s, "Seconds to wait for the node")
      ->check(CLI::Range(1, 86'400));
  app.add_flag("--quiet,-q", o.quiet, "No talk on stderr, only data, warnings and errors");
  app.add_flag("--verbose,-v", o.verbose, "More talk on stderr");
  app.add_flag("--no-color", o.no_color, "No colour (NO_COLOR does the same)");
}

// The deepest command the line reached.
const CLI::App* Reached(const CLI::App& app) {
  const CLI::App* at = &app;
  for (auto chosen = at->get_subcommands(); !chosen.empty(); chosen = at->get_subcommands())
    at = chosen[0];
  return at;
}

std::string PathOf(const CLI::App* at) {
  std::string path = at->get_name();
  for (const CLI::App* up = at->get_parent(); up != nullptr; up = up->get_parent()) {
    path = absl::StrCat(up->get_name(), " ", path);
  }
  return path;
}

// "draft new: " before what is wrong there; the program's own name stands before every error.
std::string Within(const CLI::App* at) {
  if (at->get_parent() == nullptr) return "";
  const std::string path = PathOf(at);
  return absl::StrCat(path.substr(path.find(' ') + 1), ": ");
}

std::vector<std::string> VerbsOf(const CLI::App* at) {
  std::vector<std::string> names;
  for (const CLI::App* sub : at->get_subcommands([](const CLI::App*) { return true; })) {
    if (!sub->get_name().empty()) names.push_back(sub->get_name());
  }
  return names;
}

std::vector<std::string> OptionsOf(const CLI::App* at) {
  std::vector<std::string> names;
  for (; at != nullptr; at = at->get_parent()) {
    for (const CLI::Option* option : at->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  return names;
}

absl::Status UnknownWord(const CLI::App* at, const std::string& word) {
  const bool is_option = absl::StartsWith(word, "-");
  std::vector<std::string> known = is_option ? OptionsOf(at) : VerbsOf(at);
  std::string hint;
  if (std::string near = meaning::NearestWord(word, known); !near.empty()) {
    hint = absl::StrCat("did you mean \"", near, "\"?");
  } else if (!is_option && !known.empty()) {
    hint = absl::StrCat("known here: ", absl::StrJoin(known, " "));
  } else {
    hint = absl::StrCat(PathOf(at), " --help shows what it takes");
  }
  return UsageError(
      absl::StrCat(Within(at), is_option ? "unknown option" : "unexpected word", " \"", word, "\""),
      hint);
}

// The first word of the line that nothing took; empty: none.
std::string Untaken(const CLI::App& app) {
  for (const std::string& word : app.remaining(true)) {
    if (word != "--") return word;
  }
  return "";
}

// CLI11's complaint, with the nearest word where one is unknown.
absl::Status Explain(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* at = Reached(app);
  if (const std::string word = Untaken(app); !word.empty()) return UnknownWord(at, word);
  std::vector<std::string> verbs = VerbsOf(at);
  std::string hint = absl::StrCat(PathOf(at), " --help shows what it takes, with examples");
  if (!verbs.empty() && error.get_name() == "RequiredError") {
    return UsageError(absl::StrCat(Within(at), "a command is missing"),
                      absl::StrCat("one of: ", absl::StrJoin(verbs, " ")));
  }
  return UsageError(absl::StrCat(Within(at), error.what()), hint);
}

int Report(Context& context, const absl::Status& status) {
  context.out().flush();
  if (context.format() == Format::kJson) {
    context.err() << ErrorJson(status);
  } else {
    context.err() << ErrorText(status, context.color_err(), context.phrases());
  }
  return static_cast<int>(ExitOf(status));
}

// The environment may wish for any language and gets English; --lang is asked for by name.
absl::Status CheckLanguage(std::string& lang) {
  if (lang.empty() || Spoken(lang)) return absl::OkStatus();
  const std::string given = std::exchange(lang, "");  // the complaint itself is said in another
  return UsageError(absl::StrCat("--lang: no phrases in \"", given, "\""),
                    absl::StrCat("known: ", absl::StrJoin(SpokenLanguages(), " ")));
}

absl::Status CheckTyped(const CLI::App& app, GlobalOptions& options) {
  if (absl::Status text = CheckArguments(*Reached(app)); !text.ok()) return text;
  return CheckLanguage(options.lang);
}

constexpr char kInterrupted[] = "\nentente: interrupted; nothing is lost, run the command again\n";
std::atomic<const char*> interrupt_text{kInterrupted};

// The text is never freed: a signal may come at any time.
void SayInterruptIn(const Phrases& phrases) {
  if (phrases.language() == "en") return;
  const std::string said = phrases.Say("interrupted; nothing is lost, run the command again");
  interrupt_text = (new std::string(absl::StrCat("\nentente: ", said, "\n")))->c_str();
}

// Errors of the command line are JSON, or in the reader's language, when the line asks for it,
// though it was not understood.
void GuessReader(int argc, const char* const* argv, Context& context) {
  for (int i = 1; i < argc; ++i) {
    absl::string_view word = argv[i];
    if (word == "--json" || word == "--format=json") context.options.json = true;
    if (word == "--format" && i + 1 < argc && absl::string_view(argv[i + 1]) == "json")
      context.options.json = true;
    if (word == "--lang" && i + 1 < argc) context.options.lang = argv[i + 1];
    if (absl::ConsumePrefix(&word, "--lang=")) context.options.lang = std::string(word);
  }
}

}  // namespace

void BuildApp(CLI::App& app, Context& context) {
  app.name("entente");
  app.description(kDescription);
  app.footer(kFooter);
  app.fallthrough();
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("entente ") + ENTENTE_VERSION + " (protocol 1)");
  app.formatter(HelpLayout());
  app.get_formatter()->column_width(34);
  AddGlobalOptions(app, context);
  AddKey(app, context);
  AddDelegation(app, context);
  AddInstrument(app, context);
  AddDraft(app, context);
  AddSubmit(app, context);
  AddWithdraw(app, context);
  AddReview(app, context);
  AddSync(app, context);
  AddStatus(app, context);
  AddPeer(app, context);
  AddQuestions(app, context);
  AddRecords(app, context);
  AddChanges(app, context);
  AddSearch(app, context);
  AddSeries(app, context);
  AddExport(app, context);
  AddConflicts(app, context);
  AddInbox(app, context);
  AddBrief(app, context);
  AddRegister(app, context);
  AddReceipt(app, context);
  AddAudit(app, context);
  AddBundle(app, context);
  AddAttachment(app, context);
  AddBackup(app, context);
  AddConfig(app, context);
  AddDoctor(app, context);
  AddCompletion(app, context);
  AddHelp(app, context);
}

const char* InterruptText() { return interrupt_text; }

int RunApp(int argc, const char* const* argv, Streams streams) {
  Context context(streams);
  CLI::App app;
  BuildApp(app, context);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help, --version
    GuessReader(argc, argv, context);
    if (const std::string word = Untaken(app); !word.empty())
      return Report(context, UnknownWord(Reached(app), word));
    SayHelpIn(app, context.phrases());
    return app.exit(success, context.out(), context.err());
  } catch (const CLI::ParseError& error) {
    GuessReader(argc, argv, context);
    return Report(context, Explain(app, error));
  }
  if (absl::Status typed = CheckTyped(app, context.options); !typed.ok())
    return Report(context, typed);
  if (!context.action) return Report(context, UsageError("nothing to do", "entente --help"));
  SayInterruptIn(context.phrases());
  absl::StatusOr<Exit> done = context.action();
  if (!done.ok()) return Report(context, done.status());
  context.out().flush();
  if (!context.out()) {
    return Report(context, Failure(absl::StatusCode::kDataLoss, kFileUnwritable,
                                   "stdout: the output could not be written",
                                   "is the disk full? the command itself was done"));
  }
  return static_cast<int>(*done);
}

}  // namespace entente::client
