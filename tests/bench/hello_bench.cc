// What answering Hello costs a node that holds ten million entries in ten thousand feeds.
//
// Real: the keys, their enrolment, the feeds' rows and what the node builds from them at start
// (frontier, digests), mutual TLS, the node. Not real: of each feed's thousand entries only the
// first is there, the others are told by the feed's row alone. So an answer that went through
// entries would be found out by failing, one that went through feeds by its cost.
#include <cstdio>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "entente/v1/entry.pb.h"
#include "entente/v1/sync.grpc.pb.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"
#include "node/rpc/peer/peer_channel.h"
#include "node/rpc/tls/identity.h"
#include "node/sync/frontier/names.h"
#include "node/wire/status_codec.h"
#include "tests/bench/bench_main.h"
#include "tests/bench/generator.h"
#include "tests/bench/node_process.h"
#include "tests/bench/node_store.h"
#include "tests/bench/offices.h"
#include "tests/bench/world.h"

namespace entente::bench {

namespace {

constexpr size_t kFeeds = 10'000;
constexpr uint64_t kEntriesPerFeed = 1000;
constexpr int kHellos = 1000;
constexpr double kMillisecondsMax = 5;

// Every feed's row says that its entries go on to kEntriesPerFeed.
absl::Status Lengthen(NodeStore& node) {
  storage::WriteBatch batch;
  uint64_t arrival = 0;
  for (const auto& [feed, state] : node.replica->feeds()) {
    v1::FeedState longer = state;
    v1::FeedTip* tip = longer.mutable_tips(0);
    tip->set_sequence(kEntriesPerFeed);
    tip->set_id(crypto::Sha256(tip->id()).str());
    longer.set_entries(kEntriesPerFeed);
    longer.set_newest_arrival(arrival += kEntriesPerFeed);
    batch.Put(store::kFeeds, feed.Encode(), longer.SerializeAsString());
  }
  std::string next;
  base::AppendU64(next, arrival + 1);
  batch.Put(store::kMeta, store::kMetaNextArrival, next);
  return node.kv->Write(batch, storage::Durability::kSynced);
}

absl::Status FillStore(const std::string& data_dir, const World& world) {
  Generator generator(kSeed);
  const Offices offices(world, kFeeds);
  std::vector<ledger::Entry> entries;
  for (size_t n = 0; n < kFeeds; ++n) {
    Feed feed(world, &offices.authors[n], offices.head, 1'600'000'000'000);
    entries.push_back(feed.Sign(v1::REPORT, generator.Report(kPartyCode, n)));
  }
  ASSIGN_OR_RETURN(NodeStore node, NodeStore::Open(data_dir));
  RETURN_IF_ERROR(world.FoundIn(*node.replica, true));
  RETURN_IF_ERROR(AddAll(*node.replica, offices.enrolments));
  RETURN_IF_ERROR(Store(*node.replica, std::move(entries), crypto::Ed25519Verifier()));
  return Lengthen(node);
}

// What a node says that holds nothing yet, so that the answer is the long one.
v1::HelloRequest HelloOf(const base::InstrumentId& instrument) {
  v1::HelloRequest hello;
  hello.set_protocol_min(1);
  hello.set_protocol_max(1);
  hello.set_nonce(std::string(16, 'n'));
  v1::InstrumentHello* told = hello.add_instruments();
  told->set_name(sync::InstrumentName(hello.nonce(), instrument));
  told->set_authority_digest(std::string(32, 'a'));
  told->set_frontier_digest(std::string(32, 'f'));
  return hello;
}

absl::StatusOr<Results> MeasureHello() {
  WorkDir dir;
  const std::string data = dir.path() + "/node";
  std::filesystem::create_directory(data);
  ASSIGN_OR_RETURN(rpc::Identity node_id, rpc::LoadOrMakeIdentity(data));
  ASSIGN_OR_RETURN(rpc::Identity peer_id, rpc::MakeIdentity());
  const int port = FreePort();
  const std::string address = absl::StrCat("127.0.0.1:", port);
  const World world(1, ledger::act::Node{node_id.spki, address},
                    ledger::act::Node{peer_id.spki, ""});
  RETURN_IF_ERROR(FillStore(data, world));
  ASSIGN_OR_RETURN(auto node, NodeProcess::Start(data, port));
  auto stub = v1::Sync::NewStub(rpc::MakePeerChannel(peer_id, address, node_id.spki));
  const v1::HelloRequest hello = HelloOf(world.charter.id);
  double begun = 0;
  for (int n = -1; n < kHellos; ++n) {  // the first one opens the connection
    if (n == 0) begun = node->CpuSeconds();
    grpc::ClientContext context;
    v1::HelloReply reply;
    RETURN_IF_ERROR(wire::FromGrpc(stub->Hello(&context, hello, &reply)));
    if (reply.instruments_size() != 1 || reply.instruments(0).feeds() != kFeeds ||
        reply.instruments(0).arrivals() != kFeeds * kEntriesPerFeed) {
      return absl::InternalError(absl::StrCat("another answer: ", reply.ShortDebugString()));
    }
  }
  const double milliseconds = (node->CpuSeconds() - begun) * 1000 / kHellos;
  return Results{{"hello_cpu", {milliseconds, "ms", std::nullopt, kMillisecondsMax}},
                 {"hello_rss", {node->PeakMiB(), "MiB", std::nullopt}}};
}

}  // namespace

}  // namespace entente::bench

int main(int argc, char** argv) {
  using entente::bench::MeasureHello;
  return entente::bench::Main(argc, argv, {{{"hello_cpu", "hello_rss"}, MeasureHello}});
}
