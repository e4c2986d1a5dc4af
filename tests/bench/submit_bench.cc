// Writing through the local socket: sixteen people at once, and one person's bulk run.
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <mutex>
#include <thread>

#include "absl/strings/str_cat.h"
#include "entente/v1/entry.pb.h"
#include "node/base/status_macros.h"
#include "node/wire/status_codec.h"
#include "tests/bench/bench_main.h"
#include "tests/bench/floors.h"
#include "tests/bench/generator.h"
#include "tests/bench/node_process.h"
#include "tests/bench/node_store.h"
#include "tests/bench/world.h"

namespace entente::bench {

namespace {

constexpr size_t kClients = 16;
constexpr size_t kBulkFeeds = 2;  // so many calls are in flight, one for each feed
constexpr double kSubmitSeconds = 3;
constexpr double kWarmSecondsMax = 20;  // a client that fails must not keep the others waiting
constexpr double kFloorSeconds = 1.5;   // before and after
constexpr size_t kRun = 256;
constexpr size_t kRuns = 160;
constexpr size_t kRunsAhead = 4;                  // signed and not sent yet, at most
constexpr uint64_t kFirstMs = 1'500'000'000'000;  // claimed times; well in the past
constexpr uint64_t kReportsPerClient = 100'000;   // each has slots of its own

void AddTo(v1::SubmitEntriesRequest& request, const ledger::Entry& entry) {
  v1::SignedEntry* out = request.add_entries();
  out->set_leaf(entry.Leaf());
  out->set_payload(entry.payload);
}

absl::Status Submit(v1::Local::Stub& stub, const v1::SubmitEntriesRequest& request) {
  grpc::ClientContext context;
  v1::SubmitEntriesResponse response;
  RETURN_IF_ERROR(wire::FromGrpc(stub.SubmitEntries(&context, request, &response)));
  for (const v1::SubmittedEntry& entry : response.entries()) {
    if (entry.status() != "admitted") return absl::InternalError("an entry is not admitted");
  }
  return absl::OkStatus();
}

// What the node hands out must be where the feed begins.
absl::Status Prepare(v1::Local::Stub& stub, const World& world, const crypto::PrivateKey& key) {
  grpc::ClientContext context;
  v1::PrepareEntriesRequest request;
  request.set_instrument(kInstrumentCode);
  request.set_key(key.public_key().str());
  v1::PrepareEntriesResponse head;
  RETURN_IF_ERROR(wire::FromGrpc(stub.PrepareEntries(&context, request, &head)));
  if (head.next_sequence() != 1 || head.charter_head() != world.charter.id.view() ||
      head.credentials_head() != world.party.id.view()) {
    return absl::InternalError("the node prepared another head than expected");
  }
  return absl::OkStatus();
}

// A node that serves the party and holds the catalogue.
absl::StatusOr<std::unique_ptr<NodeProcess>> StartNode(const World& world,
                                                       const std::string& data) {
  std::filesystem::create_directory(data);
  {
    ASSIGN_OR_RETURN(NodeStore node, NodeStore::Open(data));
    RETURN_IF_ERROR(world.FoundIn(*node.replica, false));
    RETURN_IF_ERROR(WriteCatalogue(world, *node.replica));
  }
  return NodeProcess::Start(data, FreePort());
}

// One person: signs an entry, submits it, waits for the answer, again and again.
absl::Status WriteAlone(const NodeProcess& node, const World& world, size_t client,
                        const std::atomic<bool>& stop, std::atomic<uint64_t>& done) {
  const crypto::PrivateKey& key = world.authors[client];
  auto stub = node.Connect();
  RETURN_IF_ERROR(Prepare(*stub, world, key));
  Generator generator(kSeed + client);
  Feed feed(world, &key, world.party, kFirstMs);
  for (uint64_t n = client * kReportsPerClient; !stop; ++n) {
    v1::SubmitEntriesRequest request;
    AddTo(request, feed.Sign(v1::REPORT, generator.Report(kPartyCode, n)));
    RETURN_IF_ERROR(Submit(*stub, request));
    ++done;
  }
  return absl::OkStatus();
}

absl::StatusOr<Results> MeasureSubmit() {
  WorkDir dir;
  const World world(kClients);
  ASSIGN_OR_RETURN(auto node, StartNode(world, dir.path() + "/a"));
  ASSIGN_OR_RETURN(const double before, SignAndWriteRate(dir.path() + "/raw1", kFloorSeconds));
  std::atomic<bool> stop = false;
  std::atomic<uint64_t> done = 0;
  std::vector<absl::Status> outcomes(kClients);
  std::vector<std::thread> clients;
  for (size_t n = 0; n < kClients; ++n) {
    clients.emplace_back([&, n] { outcomes[n] = WriteAlone(*node, world, n, stop, done); });
  }
  Stopwatch warming;
  while (done < kClients * 4 && warming.Seconds() < kWarmSecondsMax)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const uint64_t warm = done;
  const double cpu = node->CpuSeconds();
  Stopwatch watch;
  std::this_thread::sleep_for(std::chrono::duration<double>(kSubmitSeconds));
  const double rate = static_cast<double>(done - warm) / watch.Seconds();
  std::fprintf(stderr, "bench: the node's processor seconds in %.1f s: %.2f\n", watch.Seconds(),
               node->CpuSeconds() - cpu);
  stop = true;
  for (std::thread& client : clients) client.join();
  for (const absl::Status& outcome : outcomes) RETURN_IF_ERROR(outcome);
  ASSIGN_OR_RETURN(const double after, SignAndWriteRate(dir.path() + "/raw2", kFloorSeconds));
  return Results{{"submit_durable", {rate, "entries/s", (before + after) / 2}}};
}

// Runs between the thread that signs and those that send. An empty optional ends it.
class RunQueue {
 public:
  void Put(std::optional<v1::SubmitEntriesRequest> run) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return runs_.size() < kRunsAhead; });
    runs_.push_back(std::move(run));
    changed_.notify_all();
  }
  std::optional<v1::SubmitEntriesRequest> Take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !runs_.empty(); });
    auto run = std::move(runs_.front());
    runs_.pop_front();
    changed_.notify_all();
    return run;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::optional<v1::SubmitEntriesRequest>> runs_;
};

// One thread signs runs for two feeds in turn; each feed has one call in flight.
absl::StatusOr<Results> MeasureAppend() {
  WorkDir dir;
  const World world(kBulkFeeds);
  ASSIGN_OR_RETURN(auto node, StartNode(world, dir.path() + "/a"));
  Generator generator(kSeed);
  std::vector<std::string> payloads;
  for (size_t n = 0; n < kRuns * kRun; ++n) payloads.push_back(generator.Report(kPartyCode, n));
  std::vector<RunQueue> queues(kBulkFeeds);
  std::vector<absl::Status> outcomes(kBulkFeeds);
  std::vector<std::thread> senders;
  const double before = SignRate(kFloorSeconds);
  const double cpu = node->CpuSeconds();
  Stopwatch watch;
  for (size_t n = 0; n < kBulkFeeds; ++n) {
    senders.emplace_back([&, n] {
      auto stub = node->Connect();
      outcomes[n] = Prepare(*stub, world, world.authors[n]);
      while (auto run = queues[n].Take()) {
        if (outcomes[n].ok()) outcomes[n] = Submit(*stub, *run);
      }
    });
  }
  std::vector<Feed> feeds;
  for (const auto& key : world.authors) feeds.emplace_back(world, &key, world.party, kFirstMs);
  double signing = 0;
  for (size_t run = 0; run < kRuns; ++run) {
    Stopwatch own;
    v1::SubmitEntriesRequest request;
    for (size_t i = 0; i < kRun; ++i) {
      AddTo(request, feeds[run % kBulkFeeds].Sign(v1::REPORT, std::move(payloads[run * kRun + i])));
    }
    signing += own.Seconds();
    queues[run % kBulkFeeds].Put(std::move(request));
  }
  for (RunQueue& queue : queues) queue.Put(std::nullopt);
  for (std::thread& sender : senders) sender.join();
  const double seconds = watch.Seconds();
  for (const absl::Status& outcome : outcomes) RETURN_IF_ERROR(outcome);
  std::fprintf(stderr,
               "bench: %.2f s, %.2f of them making and signing entries; node's processor "
               "seconds: %.2f\n",
               seconds, signing, node->CpuSeconds() - cpu);
  const double floor = (before + SignRate(kFloorSeconds)) / 2;
  return Results{{"append_bulk", {kRuns * kRun / seconds, "entries/s", floor}}};
}

}  // namespace

}  // namespace entente::bench

int main(int argc, char** argv) {
  using namespace entente::bench;
  return Main(argc, argv, {{{"submit_durable"}, MeasureSubmit}, {{"append_bulk"}, MeasureAppend}});
}
