#include "tests/attacks/hostile_scene.h"

#include <sys/stat.h>
#include <zstd.h>

#include "tests/bench/generator.h"
#include "tests/bench/node_store.h"

namespace entente::bench {

absl::Status Scene::Fill(bool victims) {
  auto node = NodeStore::Open(Data(victims ? "victim" : "honest"));
  if (!node.ok()) return node.status();
  if (auto founded = world->FoundIn(*node->replica, victims); !founded.ok()) return founded;
  std::vector<ledger::Act> nodes = {ledger::act::Node{honest_id.spki, ""}};
  nodes.insert(nodes.end(), further.begin(), further.end());
  const ledger::Note second = NextNote(world->party, std::move(nodes));
  if (auto added = node->replica->AddNotes({second.File()}); !added.ok()) return added.status();
  if (!victims) return node->replica->Commit();
  Generator generator(1);
  Feed feed(*world, &world->authors[0], world->party, 1'700'000'000'000);
  std::vector<ledger::Entry> run;
  for (size_t n = 0; n < kReports; ++n) {
    run.push_back(feed.Sign(v1::REPORT, generator.Report(kPartyCode, n)));
  }
  return Store(*node->replica, std::move(run), crypto::Ed25519Verifier());
}

absl::Status Scene::Begin() {
  for (const char* who : {"victim", "honest", "hostile"}) {
    if (mkdir(Data(who).c_str(), 0700) != 0) return absl::ErrnoToStatus(errno, Data(who));
  }
  victim_id = rpc::LoadOrMakeIdentity(Data("victim")).value();
  honest_id = rpc::LoadOrMakeIdentity(Data("honest")).value();
  hostile_id = rpc::MakeIdentity().value();
  const int port = FreePort();
  address = absl::StrCat("127.0.0.1:", port);
  world = std::make_unique<World>(2, ledger::act::Node{victim_id.spki, address},
                                  ledger::act::Node{hostile_id.spki, ""});
  desk = std::make_unique<Feed>(*world, &world->desk, world->secretariat, 1'700'000'000'000);
  for (bool victims : {true, false}) {
    if (auto filled = Fill(victims); !filled.ok()) return filled;
  }
  auto started = NodeProcess::Start(Data("victim"), port);
  if (!started.ok()) return started.status();
  victim = *std::move(started);
  auto other = NodeProcess::Start(Data("honest"), FreePort());
  if (!other.ok()) return other.status();
  honest = *std::move(other);
  return absl::OkStatus();
}

std::string CompressedZeros(size_t bytes) {
  const std::string zeros(bytes, '\0');
  std::string out(ZSTD_compressBound(bytes), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), zeros.data(), zeros.size(), 3));
  return out;
}

uint64_t EntriesOf(NodeProcess& node) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + seconds(20));
  v1::NodeStatus status;
  const auto answer = node.Connect()->GetStatus(&context, v1::GetStatusRequest(), &status);
  EXPECT_TRUE(answer.ok()) << answer.error_message();
  return status.instruments_size() == 1 ? status.instruments(0).entries() : 0;
}

}  // namespace entente::bench
