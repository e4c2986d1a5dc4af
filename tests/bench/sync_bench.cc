// Two real nodes on this machine: one holds 100 000 signed reports, the other one nothing.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "absl/strings/str_cat.h"
#include "entente/v1/entry.pb.h"
#include "node/base/status_macros.h"
#include "node/rpc/tls/identity.h"
#include "tests/bench/bench_main.h"
#include "tests/bench/floors.h"
#include "tests/bench/generator.h"
#include "tests/bench/node_calls.h"
#include "tests/bench/node_process.h"
#include "tests/bench/node_store.h"
#include "tests/bench/world.h"

namespace entente::bench {

namespace {

constexpr size_t kFeeds = 4;
constexpr size_t kRun = 1000;

// Whole runs: 100 000, or what BENCH_ENTRIES says.
size_t EntriesWanted() {
  const char* asked = std::getenv("BENCH_ENTRIES");
  const size_t wanted = asked == nullptr ? 100'000 : std::strtoull(asked, nullptr, 10);
  return std::max<size_t>(1, wanted / kRun) * kRun;
}
const size_t kEntries = EntriesWanted();

absl::Status FillStore(const std::string& data_dir, const World& world) {
  ASSIGN_OR_RETURN(NodeStore node, NodeStore::Open(data_dir));
  RETURN_IF_ERROR(world.FoundIn(*node.replica, true));
  Generator generator(kSeed);
  std::vector<Feed> feeds;
  for (const crypto::PrivateKey& key : world.authors) {
    feeds.emplace_back(world, &key, world.party, 1'700'000'000'000);
  }
  for (size_t n = 0; n < kEntries;) {
    Feed& feed = feeds[n / kRun % feeds.size()];
    std::vector<ledger::Entry> run;
    for (size_t i = 0; i < kRun; ++i, ++n) {
      run.push_back(feed.Sign(v1::REPORT, generator.Report(kPartyCode, n)));
    }
    RETURN_IF_ERROR(Store(*node.replica, std::move(run), crypto::Ed25519Verifier()));
  }
  return absl::OkStatus();
}

// A node that has held its entries for a while has neither compaction left to do nor words to be
// searched by; one just filled has.
absl::Status ComeToRest(const std::string& data_dir) {
  ASSIGN_OR_RETURN(auto node, NodeProcess::Start(data_dir, FreePort()));
  RETURN_IF_ERROR(ReadInWords(*v1::Questions::NewStub(node->Channel())));
  constexpr double kSecondsMax = 30, kBusy = 0.02;
  Stopwatch waited;
  for (double before = -1, now = node->CpuSeconds();
       now - before > kBusy && waited.Seconds() < kSecondsMax; now = node->CpuSeconds()) {
    before = now;
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
  return absl::OkStatus();
}

absl::StatusOr<Results> MeasureSync() {
  WorkDir dir;
  const std::string full = dir.path() + "/a", empty = dir.path() + "/b";
  for (const std::string& data : {full, empty}) std::filesystem::create_directory(data);
  ASSIGN_OR_RETURN(rpc::Identity full_id, rpc::LoadOrMakeIdentity(full));
  ASSIGN_OR_RETURN(rpc::Identity empty_id, rpc::LoadOrMakeIdentity(empty));
  const int full_port = FreePort(), empty_port = FreePort();
  // Only the empty node can dial.
  const World world(kFeeds, ledger::act::Node{full_id.spki, absl::StrCat("127.0.0.1:", full_port)},
                    ledger::act::Node{empty_id.spki, ""});
  RETURN_IF_ERROR(FillStore(full, world));
  RETURN_IF_ERROR(ComeToRest(full));
  {
    ASSIGN_OR_RETURN(NodeStore node, NodeStore::Open(empty));
    RETURN_IF_ERROR(world.FoundIn(*node.replica, false));
    // It waits until it is told to begin.
    RETURN_IF_ERROR(PausePeer(*node.replica, full_id.spki));
  }
  // Half of the floor before and half after, so that a slow drift of the machine evens out.
  ASSIGN_OR_RETURN(const double floor_before, RawBatchRate(dir.path() + "/raw1", kEntries / 2));

  ASSIGN_OR_RETURN(auto puller, NodeProcess::Start(empty, empty_port));
  ASSIGN_OR_RETURN(auto source, NodeProcess::Start(full, full_port));
  auto stub = puller->Connect();
  RETURN_IF_ERROR(ExpectEntries(*stub, 0));
  const double source_cpu = source->CpuSeconds(), puller_cpu = puller->CpuSeconds();
  Stopwatch watch;
  RETURN_IF_ERROR(TellPeers(*stub, "resume"));
  ASSIGN_OR_RETURN(v1::SyncProgress bulk, SyncOnce(*stub));
  const double seconds = watch.Seconds();
  std::fprintf(stderr, "bench: sync took %.2f s; processor seconds: source %.2f, puller %.2f\n",
               seconds, source->CpuSeconds() - source_cpu, puller->CpuSeconds() - puller_cpu);
  RETURN_IF_ERROR(ExpectEntries(*stub, kEntries));
  if (bulk.entries_received() != kEntries) {
    return absl::InternalError(absl::StrCat(bulk.entries_received(), " entries came"));
  }
  const double peak = std::max(source->PeakMiB(), puller->PeakMiB());
  std::fprintf(stderr, "bench: peak MiB: source %.0f, puller %.0f\n", source->PeakMiB(),
               puller->PeakMiB());
  ASSIGN_OR_RETURN(v1::SyncProgress noop, SyncOnce(*stub));
  if (noop.result() != "nothing_new" || noop.round_trips() != 1) {
    return absl::InternalError(absl::StrCat("equal nodes: ", noop.result(), " after ",
                                            noop.round_trips(), " round trips"));
  }
  ASSIGN_OR_RETURN(const double floor_after, RawBatchRate(dir.path() + "/raw2", kEntries / 2));
  const double floor = 2 / (1 / floor_before + 1 / floor_after);
  return Results{
      {"bulk_sync", {double(kEntries) / seconds, "entries/s", floor}},
      {"wire_bytes_per_entry",
       {static_cast<double>(bulk.bytes_received()) / double(kEntries), "bytes", std::nullopt}},
      {"bulk_sync_rss", {peak, "MiB", std::nullopt}},
      {"noop_bytes",
       {static_cast<double>(noop.bytes_sent() + noop.bytes_received()), "bytes", std::nullopt}}};
}

}  // namespace

}  // namespace entente::bench

int main(int argc, char** argv) {
  using entente::bench::MeasureSync;
  return entente::bench::Main(
      argc, argv,
      {{{"bulk_sync", "wire_bytes_per_entry", "noop_bytes", "bulk_sync_rss"}, MeasureSync}});
}
