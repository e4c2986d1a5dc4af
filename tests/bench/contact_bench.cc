// What a contact costs when little or nothing is new: two real nodes that hold ten thousand feeds,
// with a relay between them that counts the bytes on the socket.
//
// Real: ten thousand enrolled keys, a signed entry of each, mutual TLS, both nodes' disks. A byte
// count in the messages is the sum of the protobuf messages both ways; on the socket TLS, HTTP/2
// and gRPC's headers come to it, and at a new connection the handshake with both certificates.
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "entente/v1/entry.pb.h"
#include "node/base/status_macros.h"
#include "node/rpc/tls/identity.h"
#include "tests/bench/bench_main.h"
#include "tests/bench/counting_proxy.h"
#include "tests/bench/generator.h"
#include "tests/bench/node_calls.h"
#include "tests/bench/node_process.h"
#include "tests/bench/node_store.h"
#include "tests/bench/offices.h"
#include "tests/bench/world.h"

namespace entente::bench {

namespace {

constexpr size_t kFeeds = 10'000;
constexpr size_t kChanged = 100;                // feeds with an entry the other node has not
constexpr size_t kNews = 100;                   // entries after a reconnect
constexpr int kReconnects = 5;                  // the median of them counts
constexpr uint64_t kBegun = 1'600'000'000'000;  // of the feeds, Unix milliseconds

// What the protocol is held to.
constexpr double kDiscoveryMax = 10'000, kNoopMax = 400, kNoopNextMax = 130;
constexpr double kNewsBytesMax = 45'000, kNewsSecondsMax = 0.1;

// The node that is asked, behind the relay, and the one that asks.
struct Pair {
  Pair() : server_port(FreePort()), relay(server_port) {}

  absl::Status Prepare();
  absl::Status Start();
  absl::Status JoinSecondInstrument();
  absl::Status AddNews(Feed& feed);

  WorkDir dir;
  const int server_port;
  CountingProxy relay;
  std::unique_ptr<World> world;
  std::unique_ptr<Offices> offices;
  Generator generator{kSeed};
  uint64_t reports = 0, entries = 0;
  std::unique_ptr<NodeProcess> server, caller;
  std::unique_ptr<v1::Local::Stub> stub;  // of the caller

  std::string Data(const char* who) const { return absl::StrCat(dir.path(), "/", who); }
  ledger::Entry Report(Feed& feed) {
    return feed.Sign(v1::REPORT, generator.Report(kPartyCode, reports++));
  }
};

absl::Status Pair::Prepare() {
  for (const char* who : {"server", "caller"}) std::filesystem::create_directory(Data(who));
  ASSIGN_OR_RETURN(rpc::Identity server_id, rpc::LoadOrMakeIdentity(Data("server")));
  ASSIGN_OR_RETURN(rpc::Identity caller_id, rpc::LoadOrMakeIdentity(Data("caller")));
  world = std::make_unique<World>(
      1, ledger::act::Node{server_id.spki, absl::StrCat("127.0.0.1:", relay.port())},
      ledger::act::Node{caller_id.spki, ""});
  offices = std::make_unique<Offices>(*world, kFeeds);
  std::vector<ledger::Entry> both, news;
  for (size_t n = 0; n < kFeeds; ++n) {
    Feed feed(*world, &offices->authors[n], offices->head, kBegun);
    both.push_back(Report(feed));
    if (n % (kFeeds / kChanged) == 0) news.push_back(Report(feed));
  }
  entries = both.size() + news.size();
  for (const bool serving : {true, false}) {
    ASSIGN_OR_RETURN(NodeStore node, NodeStore::Open(Data(serving ? "server" : "caller")));
    RETURN_IF_ERROR(world->FoundIn(*node.replica, serving));
    RETURN_IF_ERROR(AddAll(*node.replica, offices->enrolments));
    RETURN_IF_ERROR(Store(*node.replica, both, crypto::Ed25519Verifier()));
    if (serving) RETURN_IF_ERROR(Store(*node.replica, news, crypto::Ed25519Verifier()));
    if (!serving) RETURN_IF_ERROR(PausePeer(*node.replica, server_id.spki));
  }
  return absl::OkStatus();
}

absl::Status Pair::Start() {
  ASSIGN_OR_RETURN(server, NodeProcess::Start(Data("server"), server_port));
  ASSIGN_OR_RETURN(caller, NodeProcess::Start(Data("caller"), FreePort()));
  stub = caller->Connect();
  return absl::OkStatus();
}

absl::Status Pair::JoinSecondInstrument() {
  server = nullptr;
  caller = nullptr;
  const ledger::Note charter = world->AnotherCharter("PARIS-PACT");
  for (const char* who : {"server", "caller"}) {
    ASSIGN_OR_RETURN(NodeStore node, NodeStore::Open(Data(who)));
    RETURN_IF_ERROR(AddAll(*node.replica, {charter.File()}));
    RETURN_IF_ERROR(node.replica->JoinInstrument(charter.id));
    RETURN_IF_ERROR(node.replica->Commit());
  }
  return Start();
}

// While the two are apart.
absl::Status Pair::AddNews(Feed& feed) {
  RETURN_IF_ERROR(TellPeers(*stub, "pause"));
  server = nullptr;
  std::vector<ledger::Entry> news;
  for (size_t n = 0; n < kNews; ++n) news.push_back(Report(feed));
  {
    ASSIGN_OR_RETURN(NodeStore node, NodeStore::Open(Data("server")));
    RETURN_IF_ERROR(Store(*node.replica, std::move(news), crypto::Ed25519Verifier()));
  }
  entries += kNews;
  ASSIGN_OR_RETURN(server, NodeProcess::Start(Data("server"), server_port));
  return absl::OkStatus();
}

double InMessages(const v1::SyncProgress& sync) {
  return static_cast<double>(sync.bytes_sent() + sync.bytes_received());
}

absl::StatusOr<double> NoopBytes(v1::Local::Stub& stub) {
  ASSIGN_OR_RETURN(const v1::SyncProgress noop, SyncOnce(stub));
  if (noop.result() == "nothing_new" && noop.round_trips() == 1) return InMessages(noop);
  return absl::InternalError(
      absl::StrCat("equal nodes: ", noop.result(), ", ", noop.round_trips(), " round trips"));
}

struct News {
  double seconds, messages, socket;
};

absl::StatusOr<News> Reconnect(Pair& pair, Feed& feed) {
  RETURN_IF_ERROR(pair.AddNews(feed));
  const uint64_t before = pair.relay.bytes();
  Stopwatch watch;
  RETURN_IF_ERROR(TellPeers(*pair.stub, "resume"));
  ASSIGN_OR_RETURN(const v1::SyncProgress sync, SyncOnce(*pair.stub));
  News news{watch.Seconds(), InMessages(sync), double(pair.relay.bytes() - before)};
  RETURN_IF_ERROR(ExpectEntries(*pair.stub, pair.entries));
  std::fprintf(stderr,
               "bench: reconnect: %s, %.0f ms, %.0f bytes of messages, %.0f on the socket\n",
               sync.mode().c_str(), news.seconds * 1000, news.messages, news.socket);
  return news;
}

absl::StatusOr<Results> MeasureContacts() {
  Pair pair;
  RETURN_IF_ERROR(pair.Prepare());
  RETURN_IF_ERROR(pair.Start());
  Results results;

  // Cold: no bookmark is known, as after a lost database.
  const uint64_t before = pair.relay.bytes();
  RETURN_IF_ERROR(TellPeers(*pair.stub, "resume"));
  ASSIGN_OR_RETURN(const v1::SyncProgress cold, SyncOnce(*pair.stub));
  const double cold_socket = double(pair.relay.bytes() - before);
  RETURN_IF_ERROR(ExpectEntries(*pair.stub, pair.entries));
  const double entries_bytes = InMessages(cold) - double(cold.bytes_discovery());
  std::fprintf(stderr, "bench: cold: %s, %u round trips\n", cold.mode().c_str(),
               cold.round_trips());
  results["discovery_10k_feeds"] = {double(cold.bytes_discovery()), "bytes", std::nullopt,
                                    kDiscoveryMax};
  results["discovery_10k_feeds_socket"] = {cold_socket - entries_bytes, "bytes", std::nullopt};

  const uint64_t before_noop = pair.relay.bytes(), connections = pair.relay.connections();
  ASSIGN_OR_RETURN(const double noop, NoopBytes(*pair.stub));
  results["noop_10k_feeds"] = {noop, "bytes", std::nullopt, kNoopMax};
  results["noop_10k_feeds_socket"] = {double(pair.relay.bytes() - before_noop), "bytes",
                                      std::nullopt};
  std::fprintf(stderr, "bench: nothing new: %llu new connections\n",
               static_cast<unsigned long long>(pair.relay.connections() - connections));

  Feed feed(*pair.world, &pair.world->authors[0], pair.world->party, kBegun);
  std::vector<News> news;
  for (int n = 0; n < kReconnects; ++n) {
    ASSIGN_OR_RETURN(News one, Reconnect(pair, feed));
    news.push_back(one);
  }
  auto median = [&news](double News::*of) {
    std::vector<double> all;
    for (const News& one : news) all.push_back(one.*of);
    std::sort(all.begin(), all.end());
    return all[all.size() / 2];
  };
  results["incremental_100"] = {median(&News::messages), "bytes", std::nullopt, kNewsBytesMax};
  results["incremental_100_socket"] = {median(&News::socket), "bytes", std::nullopt};
  results["incremental_100_time"] = {median(&News::seconds), "s", std::nullopt, kNewsSecondsMax};

  RETURN_IF_ERROR(pair.JoinSecondInstrument());
  RETURN_IF_ERROR(SyncOnce(*pair.stub).status());  // the first one agrees on a bookmark
  ASSIGN_OR_RETURN(const double two, NoopBytes(*pair.stub));
  results["noop_next_instrument"] = {two - noop, "bytes", std::nullopt, kNoopNextMax};
  return results;
}

}  // namespace

}  // namespace entente::bench

int main(int argc, char** argv) {
  using entente::bench::MeasureContacts;
  return entente::bench::Main(
      argc, argv,
      {{{"discovery_10k_feeds", "discovery_10k_feeds_socket", "noop_10k_feeds",
         "noop_10k_feeds_socket", "noop_next_instrument", "incremental_100",
         "incremental_100_socket", "incremental_100_time"},
        MeasureContacts}});
}
