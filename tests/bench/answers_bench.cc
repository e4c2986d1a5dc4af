// The questions people ask, over a million entries: 60 delegations, 15 instruments, 5 000
// commitments. Milliseconds of one answer, warm, without the call to the node; and what keeping the
// views costs the entries that come in.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/brief/compose.h"
#include "client/brief/html.h"
#include "client/language/tongue.h"
#include "entente/v1/entry.pb.h"
#include "node/base/status_macros.h"
#include "node/query/desk/brief.h"
#include "node/query/record/series.h"
#include "node/query/round/round_tables.h"
#include "node/query/search/search.h"
#include "node/store/view_digest.h"
#include "tests/bench/bench_main.h"
#include "tests/bench/generator.h"
#include "tests/bench/large_world.h"
#include "tests/bench/lookup.h"
#include "tests/bench/node_store.h"
#include "tests/bench/view_cost.h"
#include "tests/bench/world.h"

namespace entente::bench {

namespace {

constexpr double kAnswerMs = 50, kSearchMs = 1000, kBriefSeconds = 5, kMemoryMiB = 1024;
// Names a directory in which the world of a million entries is kept and found again: filling it in
// takes minutes.
constexpr char kKeptWorld[] = "ENTENTE_BENCH_WORLD";
constexpr int kWarmUps = 2, kTimes = 9, kBriefs = 3;
constexpr size_t kSearched = 100'000;
constexpr size_t kRun = 2000;
constexpr uint64_t kNowMs = 1'514'764'800'000;  // 2018-01-01

class TakesEverySignature final : public crypto::Verifier {
 public:
  bool Verify(const base::PublicKey&, absl::string_view, absl::string_view) const override {
    return true;
  }
};

// The most memory in use since StartPeak (VmHWM of proc(5)).
double PeakMiB() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (absl::StartsWith(line, "VmHWM:")) return std::atof(line.c_str() + 6) / 1024;
  }
  return 0;
}

// Filling the world took more than any question does.
void StartPeak() { std::ofstream("/proc/self/clear_refs") << 5; }

// Median milliseconds of a question, each over a snapshot of its own, as the node asks.
template <class Question>
absl::StatusOr<double> Time(NodeStore& node, const base::InstrumentId& instrument,
                            const store::Published& published, Question question) {
  std::vector<double> milliseconds;
  for (int n = -kWarmUps; n < kTimes; ++n) {
    Stopwatch watch;
    const auto snapshot = node.kv->NewSnapshot();
    const query::Views views(snapshot.get(), &published, instrument);
    absl::StatusOr<v1::Table> table = question(views);
    if (n >= 0) milliseconds.push_back(watch.Seconds() * 1000);
    RETURN_IF_ERROR(table.status());
    if (table->rows().empty()) return absl::InternalError("the question has no row");
  }
  std::nth_element(milliseconds.begin(), milliseconds.begin() + kTimes / 2, milliseconds.end());
  return milliseconds[kTimes / 2];
}

// In `dir`, unless it is there already.
absl::Status FillWorld(LargeWorld& world, const std::string& dir) {
  const std::string filled = dir + "/filled";
  if (std::filesystem::exists(filled)) return absl::OkStatus();
  std::filesystem::create_directories(dir);
  Stopwatch watch;
  ASSIGN_OR_RETURN(NodeStore node, NodeStore::Open(dir));
  RETURN_IF_ERROR(world.FillInto(*node.replica));
  std::fprintf(stderr, "bench: the world is filled in after %.0f s\n", watch.Seconds());
  const auto published = node.replica->Publish(nullptr);
  RETURN_IF_ERROR(ReadIn(node, *published));
  std::fprintf(stderr, "bench: %llu entries read in after %.0f s\n",
               static_cast<unsigned long long>(node.replica->newest_arrival()), watch.Seconds());
  std::ofstream(filled) << "whole\n";
  return absl::OkStatus();
}

// Median seconds of the document of a round and the one before it: the node's part from a snapshot
// to messages, each encoded and read again as over the socket, and the client's part from these to
// one page.
absl::StatusOr<double> BriefSeconds(NodeStore& node, const base::InstrumentId& instrument,
                                    const store::Published& published) {
  std::vector<double> seconds;
  for (int n = 0; n < kBriefs; ++n) {
    Stopwatch watch;
    const auto snapshot = node.kv->NewSnapshot();
    const query::Views views(snapshot.get(), &published, instrument);
    query::BriefBasis basis;
    ASSIGN_OR_RETURN(basis.view, store::ViewDigest(*snapshot, instrument));
    v1::BriefQuestion question;
    question.set_round(kLargeRounds[2]);
    client::brief::Facts facts;
    RETURN_IF_ERROR(query::Brief(views, question, basis, [&](const v1::BriefPart& sent) {
      v1::BriefPart part;
      const bool read = part.ParseFromString(sent.SerializeAsString());
      facts.Add(std::move(part));
      return read;
    }));
    const double node_part = watch.Seconds();
    const auto phrases = client::PhrasesIn("en");
    const std::string page = client::brief::Html(
        client::brief::Compose(facts, client::brief::Order::kChapters, *phrases), *phrases);
    seconds.push_back(watch.Seconds());
    std::fprintf(stderr, "bench: brief of %zu slots: the node %.2f s, in all %.2f s, %.1f MiB\n",
                 facts.slots.size(), node_part, seconds.back(), double(page.size()) / (1 << 20));
  }
  std::nth_element(seconds.begin(), seconds.begin() + kBriefs / 2, seconds.end());
  return seconds[kBriefs / 2];
}

absl::StatusOr<Results> MeasureAnswers() {
  WorkDir own;
  const char* kept = std::getenv(kKeptWorld);
  const std::string dir = kept != nullptr ? kept : own.path() + "/a";
  LargeWorld world({});
  RETURN_IF_ERROR(FillWorld(world, dir));
  ASSIGN_OR_RETURN(NodeStore node, NodeStore::Open(dir));
  const auto published = node.replica->Publish(nullptr);
  const base::InstrumentId instrument = world.Instrument(kRegistered);

  v1::RoundQuestion by_chapter, by_commitment;
  by_chapter.set_round(kLargeRounds[2]);
  by_commitment = by_chapter;
  by_commitment.set_by("commitment");
  v1::SeriesRequest series;
  series.set_indicator(kLargeIndicator);
  StartPeak();
  auto time = [&](auto question) { return Time(node, instrument, *published, question); };
  using query::Views;
  ASSIGN_OR_RETURN(
      const double matrix, time([&](const Views& views) {
        return query::Matrix(views, by_commitment, *query::Freshness(views, {kNowMs, {}}), kNowMs);
      }));
  ASSIGN_OR_RETURN(const double rate,
                   time([&](const Views& views) { return query::Rate(views, by_chapter); }));
  ASSIGN_OR_RETURN(
      const double missing, time([&](const Views& views) {
        return query::Missing(views, by_commitment, *query::Freshness(views, {kNowMs, {}}), kNowMs);
      }));
  ASSIGN_OR_RETURN(const double todo, time([&](const Views& views) {
                     return query::Todo(views, world.DelegationCode(0), kNowMs);
                   }));
  ASSIGN_OR_RETURN(const double over_time,
                   time([&](const Views& views) { return query::Series(views, series); }));
  const double answers_memory = PeakMiB();
  StartPeak();
  ASSIGN_OR_RETURN(const double brief, BriefSeconds(node, instrument, *published));
  auto ms = [](double value) { return Result{value, "ms", std::nullopt, kAnswerMs}; };
  return Results{{"matrix", ms(matrix)},
                 {"rate", ms(rate)},
                 {"missing", ms(missing)},
                 {"todo", ms(todo)},
                 {"series", ms(over_time)},
                 {"brief", {brief, "s", std::nullopt, kBriefSeconds}},
                 {"brief_memory", {PeakMiB(), "MiB", std::nullopt, kMemoryMiB}},
                 {"answers_memory", {answers_memory, "MiB", std::nullopt, kMemoryMiB}}};
}

absl::Status FillSearched(NodeStore& node, const World& world) {
  RETURN_IF_ERROR(world.FoundIn(*node.replica, false));
  Generator generator(kSeed);
  Feed feed(world, &world.authors[0], world.party, 1'600'000'000'000);
  for (size_t n = 0; n < kSearched;) {
    std::vector<ledger::Entry> run;
    for (size_t i = 0; i < kRun; ++i, ++n)
      run.push_back(feed.Fill(v1::REPORT, generator.Report(kPartyCode, n)));
    RETURN_IF_ERROR(Store(*node.replica, std::move(run), TakesEverySignature()));
  }
  return absl::OkStatus();
}

// As written, before the store packs them.
double LookupBytes(const storage::Snapshot& snapshot) {
  size_t bytes = 0;
  for (auto rows = snapshot.Scan(store::kLookup, ""); rows->Valid(); rows->Next())
    bytes += rows->key().size() + rows->value().size();
  return static_cast<double>(bytes);
}

// Words are drawn evenly from 2 000, some hundred a report: each stands in one report of twenty,
// far more than a word people look for.
absl::StatusOr<Results> MeasureSearch() {
  WorkDir dir;
  std::filesystem::create_directory(dir.path() + "/a");
  const World world(1);
  ASSIGN_OR_RETURN(NodeStore node, NodeStore::Open(dir.path() + "/a"));
  RETURN_IF_ERROR(FillSearched(node, world));
  const auto published = node.replica->Publish(nullptr);
  Stopwatch watch;
  RETURN_IF_ERROR(ReadIn(node, *published));
  const double read_in = kSearched / watch.Seconds();
  const double row_bytes = LookupBytes(*node.kv->NewSnapshot()) / kSearched;
  Generator generator(kSeed);
  v1::Report report;
  report.ParseFromString(generator.Report(kPartyCode, 0));
  const std::vector<std::string> words = absl::StrSplit(report.narratives(0).text(), ' ');
  double slowest = 0;
  for (const std::string& text : {words[1], absl::StrCat(words[1], " ", words[2]),
                                  absl::StrCat("\"", words[1], " ", words[2], "\""),
                                  absl::StrCat(words[1].substr(0, 2), "*")}) {
    v1::SearchRequest request;
    request.set_text(text);
    ASSIGN_OR_RETURN(const double took,
                     Time(node, world.charter.id, *published, [&](const query::Views& views) {
                       return query::Search(views, request);
                     }));
    std::fprintf(stderr, "bench: search %s: %.1f ms\n", text.c_str(), took);
    slowest = std::max(slowest, took);
  }
  return Results{{"search", {slowest, "ms", std::nullopt, kSearchMs}},
                 {"search_read_in", {read_in, "entries/s", std::nullopt}},
                 {"search_bytes", {row_bytes, "bytes", std::nullopt}}};
}

}  // namespace

}  // namespace entente::bench

int main(int argc, char** argv) {
  using entente::bench::MeasureAnswers;
  using entente::bench::MeasureSearch;
  using entente::bench::MeasureViewCost;
  return entente::bench::Main(
      argc, argv,
      {{{"answers_memory", "brief", "brief_memory", "matrix", "missing", "rate", "series", "todo"},
        MeasureAnswers},
       {{"search", "search_bytes", "search_read_in"}, MeasureSearch},
       {{"view_cost", "search_index_cost"}, MeasureViewCost}});
}
