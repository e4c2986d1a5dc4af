#include "client/context/context.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "client/base/table_language.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// What the environment wishes, as gettext reads it: LANGUAGE counts only where a locale other than
// C is in force.
std::vector<std::string> WishedLocales() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const std::string locale = Variable(name);
    if (!locale.empty()) return {locale[0] == 'C' ? locale : Variable("LANGUAGE"), locale};
  }
  return {};
}

}  // namespace

absl::StatusOr<base::InstrumentId> InstrumentIdFrom(absl::string_view bytes) {
  const auto id = base::InstrumentId::FromBytes(bytes);
  if (!id) return Failure(absl::StatusCode::kInternal, "", "the node gave no instrument id");
  return *id;
}

Format Context::format() const {
  if (options.json || options.format == "json") return Format::kJson;
  return options.format == "csv" ? Format::kCsv : Format::kTable;
}

bool Context::Color(bool terminal) const {
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  if (options.no_color || (no_color != nullptr && *no_color != '\0')) return false;
  return terminal && (term == nullptr || absl::string_view(term) != "dumb");
}

void Context::Say(absl::string_view line) { SaySaid(phrases().RetellLines(line)); }

void Context::SaySaid(absl::string_view text) {
  if (options.quiet) return;
  while (absl::ConsumeSuffix(&text, "\n")) {
  }
  err() << PrintableLines(text) << "\n";
}

void Context::Warn(absl::string_view line) {
  if (!warned_.insert(base::Str(line)).second) return;
  const std::string mark = phrases().Say("warning:");
  err() << (color_err() ? absl::StrCat("\x1b[33m", mark, "\x1b[0m ") : mark + " ")
        << PrintableLines(phrases().RetellLines(line)) << "\n";
}

const Phrases& Context::phrases() {
  if (!phrases_) phrases_ = PhrasesIn(options.lang, WishedLocales());
  return *phrases_;
}

// CSV has no place for what stands under a table.
void Context::SayBeside(const v1::Table& table) {
  for (const std::string& note : table.notes()) Say(note);
  if (!table.freshness().empty()) Say(table.freshness());
}

void Context::Emit(const v1::Table& table) {
  switch (format()) {
    case Format::kJson:
      out() << JsonText(TableJson(table));
      break;
    case Format::kCsv:
      out() << TableCsv(table);
      SayBeside(table);
      break;
    case Format::kTable: {
      v1::Table shown = TableIn(table, phrases());
      // A table of nothing says so, unless a note says it better.
      if (shown.rows().empty() && shown.notes().empty())
        shown.add_notes(phrases().Say("Nothing to show."));
      Page(TableText(shown, color_out(), streams_.out_terminal ? Width() : 0));
      break;
    }
  }
}

void Context::Emit(const nlohmann::ordered_json& object, absl::string_view text) {
  switch (format()) {
    case Format::kJson:
      out() << JsonText(object);
      break;
    case Format::kCsv:
      out() << ObjectCsv(object);
      break;
    case Format::kTable:
      Page(PrintableLines(phrases().RetellLines(text)));
      break;
  }
}

int Context::Width() const {
  winsize size{};
  constexpr int kUsual = 100;
  const bool known = streams_.out_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
  return known && size.ws_col > 0 ? size.ws_col : kUsual;
}

void Context::EmitSaid(const nlohmann::ordered_json& object, absl::string_view text) {
  if (format() == Format::kTable) {
    Page(PrintableLines(text));
  } else {
    Emit(object, text);
  }
}

// Through the pager only when the text is longer than the terminal.
void Context::Page(const std::string& text) {
  winsize size{};
  auto lines = std::count(text.begin(), text.end(), '\n');
  if (!streams_.out_terminal || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
      lines < size.ws_row) {
    out() << text;
    return;
  }
  const char* pager = std::getenv("ENTENTE_PAGER");
  if (pager == nullptr) pager = std::getenv("PAGER");
  if (pager == nullptr) pager = "less -FRX";
  out().flush();
  FILE* pipe = *pager == '\0' ? nullptr : popen(pager, "w");
  if (pipe == nullptr) {
    out() << text;
    return;
  }
  std::fwrite(text.data(), 1, text.size(), pipe);
  if (pclose(pipe) == 127 << 8) out() << text;  // no such program
}

absl::Status Context::Confirm(bool yes, absl::string_view question) {
  if (yes) return absl::OkStatus();
  if (!streams_.in_terminal) {
    return UsageError("this asks for a yes, and there is no terminal to ask on",
                      "look at it with --dry-run, then pass --yes");
  }
  err() << PrintableLines(phrases().RetellLines(question)) << " [y/N] " << std::flush;
  std::string answer;
  std::getline(*streams_.in, answer);
  if (answer == "y" || answer == "Y" || answer == "yes") return absl::OkStatus();
  return Failure(absl::StatusCode::kCancelled, kNotConfirmed,
                 "not confirmed; nothing was signed or changed",
                 "run the command again and answer y");
}

absl::StatusOr<Channel*> Context::Node() {
  if (channel_ == nullptr) {
    ASSIGN_OR_RETURN(channel_, Connect(options.node.empty() ? DefaultNode() : options.node));
    if (format() == Format::kTable && phrases().language() != "en")
      channel_->SetReaderLanguage(phrases().language());
  }
  return channel_.get();
}

std::chrono::seconds Context::Limit(std::chrono::seconds limit) const {
  return options.timeout_s > 0 ? std::chrono::seconds(options.timeout_s) : limit;
}

absl::Status Context::CallRaw(const char* path, const Channel::Message& request,
                              Channel::Message& response, std::chrono::seconds limit) {
  ASSIGN_OR_RETURN(Channel * node, Node());
  return node->Call(path, request, response, Limit(limit));
}

absl::Status Context::ReadRaw(const char* path, const Channel::Message& request,
                              Channel::Message& message, std::chrono::seconds limit,
                              const std::function<absl::Status()>& each) {
  ASSIGN_OR_RETURN(Channel * node, Node());
  return node->Read(path, request, message, Limit(limit), each);
}

absl::StatusOr<std::string> Context::Instrument(absl::string_view reference) {
  if (!options.instrument.empty()) return options.instrument;
  ASSIGN_OR_RETURN(v1::ListInstrumentsResponse list,
                   Call(local::kListInstruments, v1::ListInstrumentsRequest()));
  absl::ConsumePrefix(&reference, "R:");
  std::vector<std::string> codes;
  for (const auto& instrument : list.instruments()) {
    if (absl::StartsWith(reference, instrument.code() + "/")) return instrument.code();
    codes.push_back(instrument.code());
  }
  if (codes.size() == 1) return codes[0];
  if (codes.empty()) {
    return Failure(absl::StatusCode::kNotFound, "UNKNOWN_INSTRUMENT",
                   "this node has joined no instrument yet",
                   "entente instrument join FILE.invitation, or entente instrument found");
  }
  return UsageError(
      absl::StrCat("several instruments are joined here: ", absl::StrJoin(codes, " ")),
      "name one with --instrument CODE or ENTENTE_INSTRUMENT");
}

}  // namespace entente::client
