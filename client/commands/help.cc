// entente help TOPIC: what no single command's --help can say.
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/base/help_language.h"
#include "client/base/man_page.h"
#include "client/commands/commands.h"
#include "node/meaning/record/suggest.h"

namespace entente::client {

namespace {

constexpr char kExitStatus[] = R"(Exit statuses, of entente and entented:
  0  done
  1  done, and with --fail-if-any: yes, there are some
  2  the command line is wrong
  3  no node answers
  4  verification failed, or an audit has findings
  5  refused: a validation rule, a missing permission
  6  not found
  7  a conflict that needs a person
  8  interrupted, timed out, or a peer not reached: nothing is lost, run it again
  9  failed on this machine: disk full, damaged or unreadable file, port in use
)";

constexpr char kMetrics[] =
    R"(How a round is counted, over its slots. A slot is one expected delegation and one chapter,
or one commitment in scope that addresses the delegation (--by commitment). In order:
  expected        slots; who is expected is frozen in the round's record
  reported        slots with a report that stands: nil reports and conflicts count, but not what was
                  withdrawn, is not counted by a review, or came after the close
  outstanding     expected - reported
  rate            reported / expected, one decimal; with nothing expected it prints a dash
  complete        of what the reported slots' reports were asked for, how much they say: the
                  sections the round makes mandatory and the indicators of the commitment, each once
                  a report. A value that is missing and says why is an answer, and a nil report
                  answers everything. Of versions in conflict the one that says least counts. Where
                  nothing in particular is asked for it prints a dash. What a report leaves out:
                  entente report show; a draft: entente draft check
  on time         the slot's first report was received (the register's time) before the end of the
                  delegation's deadline day, extended or not, plus grace; in percent of expected
  late            reported, and the first report was received after that; what no final checkpoint
                  known here contains is neither; without a register both print a dash
  signed on time  the first report claims a time before that end: a claim, never the official figure
  nil             reported, and the report says there is nothing to report
  accepted        reported, and a review accepted the report as complete
  open questions  reported, and a question about the report is open
  conflict        reported, and more than one version stands; it counts once
  not counted     a review says why it cannot be: wrong_round, duplicate, empty, outside_scope
  after close     nothing of the slot was there when the round was closed; shown, not counted
In a series:
  total           the sum of the numbers delegations state, where the indicator's aggregation is sum
                  or last; their mean where it is mean; conflicts are left out
  of delegations  how many state a number, how many of those estimate, how many say it is missing
"Not reported" and "not seen here yet" are different: every table ends with
how fresh this node's copy is.
--as-minuted counts what delegations said at the meeting, as minuted, instead of written reports.
)";

constexpr char kUnits[] = R"(Values and periods:
  value     a decimal number with a dot: 430, 1234.5; no commas, spaces or exponents
  unit      the indicator's own; --unit is only compared with it (person, kg, EUR/g, %, school, 1)
  period    2017, 2017-S1 (half-year), 2017-Q3, 2017-06, 2017-10-12, 2014/2020
  --dim     NAME=CODE of the indicator's dimensions: sex=F, age=15-34; T is the total
  --status  A normal, E estimated, P provisional, B break in the series,
            D definition differs, U low reliability
            no value: L not collected, M cannot exist, O missing, Q suppressed; these want --note
  --trend   up, down, stable, unknown, for indicators that are told and not counted
)";

constexpr char kKeys[] = R"(Keys. None of them ever reaches the node.
  author key    signs reports; one per person or office and device
  signer key    signs authority acts (enrol, revoke, admit); keep it off the daily machine
  A.key         private, encrypted, mode 0600;  A.key.pub  public, to hand to a signer
  A.key.mark    the highest place signed in each feed; a restored copy of the node cannot fork it
  A.key.pending signed entries not acknowledged yet; sent again before anything new
Passphrases come from the terminal, or from a descriptor: --passphrase-fd 3 3<secret.txt
)";

constexpr char kFormats[] = R"(Output:
  --format table   for people; aligned, coloured on a terminal only, through the pager when long
  --format json    one object; lists are its field "rows"; errors are an object on stderr
  --format csv     RFC 4180, UTF-8, header row; formula cells begin with an apostrophe
Data goes to stdout, talk to stderr. Scripts: --json, --yes, and the exit status
(entente help exit-status).
)";

constexpr std::pair<const char*, const char*> kTopics[] = {{"exit-status", kExitStatus},
                                                           {"metrics", kMetrics},
                                                           {"units", kUnits},
                                                           {"keys", kKeys},
                                                           {"formats", kFormats}};

absl::StatusOr<Exit> Show(Context& context, CLI::App& root, const std::string& topic) {
  SayHelpIn(root, context.phrases());
  if (topic.empty()) {
    context.out() << root.help();
    return Exit::kDone;
  }
  std::vector<std::string> names;
  for (const auto& [name, text] : kTopics) {
    names.push_back(name);
    if (topic == name) {
      context.out() << context.phrases().Say(text);
      return Exit::kDone;
    }
  }
  for (const CLI::App* command :
       root.get_subcommands([&topic](const CLI::App* c) { return c->get_name() == topic; })) {
    context.out() << command->help();
    return Exit::kDone;
  }
  return UsageError(
      absl::StrCat("no help topic \"", topic, "\"", meaning::Suggestion(topic, names)),
      absl::StrCat("topics: ", absl::StrJoin(names, " "),
                   "; or a command: entente COMMAND --help"));
}

absl::StatusOr<Exit> ShowManPage(Context& context, CLI::App& root) {
  const Phrases& phrases = context.phrases();
  SayHelpIn(root, phrases);
  std::vector<std::pair<std::string, std::string>> topics;
  for (const auto& [name, text] : kTopics) topics.emplace_back(name, phrases.Say(text));
  context.out() << ManPage(root, topics, phrases);
  return Exit::kDone;
}

}  // namespace

void AddHelp(CLI::App& root, Context& context) {
  auto topic = std::make_shared<std::string>();
  auto man = std::make_shared<bool>(false);
  CLI::App* command =
      AddCommand(root, context, "help", "Help topics: exit-status, metrics, units, keys, formats",
                 "entente help exit-status", [&root, &context, topic, man] {
                   return *man ? ShowManPage(context, root) : Show(context, root, *topic);
                 });
  command->add_option("topic", *topic, "Topic or command");
  command->add_flag("--man", *man, "The manual page, to be put where man finds it");
}

}  // namespace entente::client
