// A store of a million reports: how soon it is open, and how soon a question has its first row.
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "entente/v1/entry.pb.h"
#include "node/base/status_macros.h"
#include "node/wire/status_codec.h"
#include "tests/bench/bench_main.h"
#include "tests/bench/generator.h"
#include "tests/bench/node_process.h"
#include "tests/bench/node_store.h"
#include "tests/bench/world.h"

namespace entente::bench {

namespace {

constexpr size_t kEntries = 1'000'000;
constexpr size_t kFeeds = 4;
constexpr size_t kRun = 2000;
constexpr int kQuestions = 50;
constexpr int kWarmUps = 5;

// Nothing here checks a signature, so none is made: a million would take most of the time.
class TakesAll final : public crypto::Verifier {
 public:
  bool Verify(const base::PublicKey&, absl::string_view, absl::string_view) const override {
    return true;
  }
};

absl::Status FillStore(const std::string& data_dir, const World& world) {
  ASSIGN_OR_RETURN(NodeStore node, NodeStore::Open(data_dir));
  RETURN_IF_ERROR(world.FoundIn(*node.replica, false));
  Generator generator(kSeed);
  std::vector<Feed> feeds;
  for (const crypto::PrivateKey& key : world.authors) {
    feeds.emplace_back(world, &key, world.party, 1'600'000'000'000);
  }
  Stopwatch watch;
  for (size_t n = 0; n < kEntries;) {
    Feed& feed = feeds[n / kRun % feeds.size()];
    std::vector<ledger::Entry> run;
    for (size_t i = 0; i < kRun; ++i, ++n) {
      run.push_back(feed.Fill(v1::REPORT, generator.Report(kPartyCode, n)));
    }
    RETURN_IF_ERROR(Store(*node.replica, std::move(run), TakesAll()));
  }
  std::fprintf(stderr, "bench: %zu entries filled in, %.0f a second\n", kEntries,
               kEntries / watch.Seconds());
  return absl::OkStatus();
}

absl::StatusOr<double> MeasureReopen(const std::string& data_dir) {
  std::vector<double> seconds;
  for (int n = 0; n < 3; ++n) {
    Stopwatch watch;
    ASSIGN_OR_RETURN(NodeStore node, NodeStore::Open(data_dir));
    seconds.push_back(watch.Seconds());
    if (node.replica->newest_arrival() != kEntries) return absl::InternalError("entries missing");
  }
  return *std::max_element(seconds.begin(), seconds.end());
}

absl::StatusOr<double> MeasureQuery(const std::string& data_dir) {
  ASSIGN_OR_RETURN(auto node, NodeProcess::Start(data_dir, FreePort()));
  auto stub = node->Connect();
  v1::ListRecordsRequest request;
  request.set_instrument(kInstrumentCode);
  request.set_kind("report");
  request.set_delegation(kPartyCode);
  request.set_implementation("in_progress");
  request.set_page_size(1);
  std::vector<double> milliseconds;
  for (int n = -kWarmUps; n < kQuestions; ++n) {
    grpc::ClientContext context;
    v1::Table table;
    Stopwatch watch;
    RETURN_IF_ERROR(wire::FromGrpc(stub->ListRecords(&context, request, &table)));
    if (n >= 0) milliseconds.push_back(watch.Seconds() * 1000);
    if (table.rows_size() != 1) return absl::InternalError("the question has no row");
  }
  std::nth_element(milliseconds.begin(), milliseconds.begin() + kQuestions / 2, milliseconds.end());
  return milliseconds[kQuestions / 2];
}

absl::StatusOr<Results> MeasureStore() {
  WorkDir dir;
  const std::string data = dir.path() + "/a";
  std::filesystem::create_directory(data);
  const World world(kFeeds);
  RETURN_IF_ERROR(FillStore(data, world));
  ASSIGN_OR_RETURN(const double reopen, MeasureReopen(data));
  ASSIGN_OR_RETURN(const double query, MeasureQuery(data));
  return Results{{"reopen", {reopen, "s", std::nullopt}},
                 {"query_in_progress", {query, "ms", std::nullopt}}};
}

}  // namespace

}  // namespace entente::bench

int main(int argc, char** argv) {
  using entente::bench::MeasureStore;
  return entente::bench::Main(argc, argv, {{{"query_in_progress", "reopen"}, MeasureStore}});
}
