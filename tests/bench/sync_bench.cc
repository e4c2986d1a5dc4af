// Two real nodes on this machine: one holds 100 000 signed reports, the other one nothing. Several
// times over, since what else the machine does moves one pull by a tenth.
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
constexpr int kPulls = 5;

// What the protocol is held to.
constexpr double kShareOfFloorLeast = 0.4, kWireBytesMax = 450, kMemoryMaxMiB = 256, kNoopMax = 400;

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

struct Place {
  std::string data_dir;
  int port = 0;
};

struct Pull {
  double rate = 0, floor = 0;             // of entries, of raw puts, a second
  double source_cpu = 0, puller_cpu = 0;  // seconds of processor time
  double peak_mib = 0;                    // of the one that needed more
  v1::SyncProgress bulk, noop;

  double ratio() const { return rate / floor; }
};

absl::Status PullAll(const Place& full, const Place& empty, Pull& pull) {
  ASSIGN_OR_RETURN(auto puller, NodeProcess::Start(empty.data_dir, empty.port));
  ASSIGN_OR_RETURN(auto source, NodeProcess::Start(full.data_dir, full.port));
  auto stub = puller->Connect();
  RETURN_IF_ERROR(ExpectEntries(*stub, 0));
  const double source_cpu = source->CpuSeconds(), puller_cpu = puller->CpuSeconds();
  Stopwatch watch;
  RETURN_IF_ERROR(TellPeers(*stub, "resume"));
  ASSIGN_OR_RETURN(pull.bulk, SyncOnce(*stub));
  pull.rate = double(kEntries) / watch.Seconds();
  pull.source_cpu = source->CpuSeconds() - source_cpu;
  pull.puller_cpu = puller->CpuSeconds() - puller_cpu;
  RETURN_IF_ERROR(ExpectEntries(*stub, kEntries));
  if (pull.bulk.entries_received() != kEntries) {
    return absl::InternalError(absl::StrCat(pull.bulk.entries_received(), " entries came"));
  }
  pull.peak_mib = std::max(source->PeakMiB(), puller->PeakMiB());
  ASSIGN_OR_RETURN(pull.noop, SyncOnce(*stub));
  if (pull.noop.result() != "nothing_new" || pull.noop.round_trips() != 1) {
    return absl::InternalError(absl::StrCat("equal nodes: ", pull.noop.result(), " after ",
                                            pull.noop.round_trips(), " round trips"));
  }
  return absl::OkStatus();
}

// Half of the floor before and half after, so that a slow drift of the machine evens out.
absl::StatusOr<Pull> PullBetweenFloors(const Place& full, const Place& empty) {
  Pull pull;
  ASSIGN_OR_RETURN(const double before, RawBatchRate(empty.data_dir + ".raw1", kEntries / 2));
  RETURN_IF_ERROR(PullAll(full, empty, pull));
  ASSIGN_OR_RETURN(const double after, RawBatchRate(empty.data_dir + ".raw2", kEntries / 2));
  pull.floor = 2 / (1 / before + 1 / after);
  return pull;
}

// Of several into equal empty nodes the one in the middle, by what it is compared with; but the
// most memory any of them took.
absl::StatusOr<Pull> MiddlePull(const Place& full, const Place& empty) {
  std::vector<Pull> pulls;
  double peak_mib = 0;
  for (int n = 0; n < kPulls; ++n) {
    const WorkDir dir;  // with the floors' stores: what one pull wrote is gone before the next
    const Place fresh{dir.path() + "/b", empty.port};
    std::filesystem::copy(empty.data_dir, fresh.data_dir, std::filesystem::copy_options::recursive);
    ASSIGN_OR_RETURN(Pull pull, PullBetweenFloors(full, fresh));
    std::fprintf(stderr, "bench: %.0f entries/s, %.3f of the floor; at most %.0f MiB\n", pull.rate,
                 pull.ratio(), pull.peak_mib);
    peak_mib = std::max(peak_mib, pull.peak_mib);
    pulls.push_back(std::move(pull));
  }
  const auto middle = pulls.begin() + kPulls / 2;
  std::nth_element(pulls.begin(), middle, pulls.end(),
                   [](const Pull& a, const Pull& b) { return a.ratio() < b.ratio(); });
  middle->peak_mib = peak_mib;
  return *middle;
}

absl::StatusOr<Results> MeasureSync() {
  WorkDir dir;
  const Place full{dir.path() + "/a", FreePort()}, empty{dir.path() + "/b", FreePort()};
  for (const Place& place : {full, empty}) std::filesystem::create_directory(place.data_dir);
  ASSIGN_OR_RETURN(rpc::Identity full_id, rpc::LoadOrMakeIdentity(full.data_dir));
  ASSIGN_OR_RETURN(rpc::Identity empty_id, rpc::LoadOrMakeIdentity(empty.data_dir));
  // Only the empty node can dial.
  const World world(kFeeds, ledger::act::Node{full_id.spki, absl::StrCat("127.0.0.1:", full.port)},
                    ledger::act::Node{empty_id.spki, ""});
  RETURN_IF_ERROR(FillStore(full.data_dir, world));
  RETURN_IF_ERROR(ComeToRest(full.data_dir));
  {
    ASSIGN_OR_RETURN(NodeStore node, NodeStore::Open(empty.data_dir));
    RETURN_IF_ERROR(world.FoundIn(*node.replica, false));
    // It waits until it is told to begin.
    RETURN_IF_ERROR(PausePeer(*node.replica, full_id.spki));
  }
  ASSIGN_OR_RETURN(const Pull pull, MiddlePull(full, empty));
  std::fprintf(stderr, "bench: processor seconds: source %.2f, puller %.2f\n", pull.source_cpu,
               pull.puller_cpu);
  return Results{{"bulk_sync", AtLeast(kShareOfFloorLeast, {pull.rate, "entries/s", pull.floor})},
                 {"wire_bytes_per_entry",
                  {static_cast<double>(pull.bulk.bytes_received()) / double(kEntries), "bytes",
                   std::nullopt, kWireBytesMax}},
                 {"bulk_sync_rss", {pull.peak_mib, "MiB", std::nullopt, kMemoryMaxMiB}},
                 {"noop_bytes",
                  {static_cast<double>(pull.noop.bytes_sent() + pull.noop.bytes_received()),
                   "bytes", std::nullopt, kNoopMax}}};
}

}  // namespace

}  // namespace entente::bench

int main(int argc, char** argv) {
  using entente::bench::MeasureSync;
  return entente::bench::Main(
      argc, argv,
      {{{"bulk_sync", "wire_bytes_per_entry", "noop_bytes", "bulk_sync_rss"}, MeasureSync}});
}
