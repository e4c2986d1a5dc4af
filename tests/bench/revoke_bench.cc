// Ten thousand feeds revoked at once: from the notes given to every status and view on disk.
#include <cstdio>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "entente/v1/entry.pb.h"
#include "node/base/status_macros.h"
#include "tests/bench/bench_main.h"
#include "tests/bench/generator.h"
#include "tests/bench/node_store.h"
#include "tests/bench/offices.h"
#include "tests/bench/world.h"

namespace entente::bench {

namespace act = ledger::act;

namespace {

constexpr size_t kKeys = 10'000;
constexpr size_t kRevokesPerNote = 300;  // a note has at most 60 000 bytes; tips for every second
constexpr size_t kFloorBatch = 1024;     // records of a write, as many as the node judges in one

// The notes that revoke every office's key. Every second one keeps what it wrote.
std::vector<std::string> Revocations(Offices& offices, const std::vector<ledger::Entry>& entries) {
  std::vector<std::string> files;
  std::vector<ledger::Act> acts;
  for (size_t n = 0; n < kKeys; ++n) {
    act::Revoke revoke{offices.authors[n].public_key(), ledger::RevokeReason::kOfficeClosed, {}};
    if (n % 2 == 0) {
      revoke.tips = {{entries[n].feed().Name(), entries[n].header.sequence, entries[n].id}};
    }
    acts.push_back(std::move(revoke));
    if (acts.size() == kRevokesPerNote || n + 1 == kKeys) offices.Append(files, acts);
  }
  return files;
}

// Plain writes of as many records through the same engine, in writes of the same size.
absl::StatusOr<double> PlainWrites(storage::Kv& kv, const std::vector<ledger::Entry>& entries) {
  Stopwatch watch;
  for (size_t n = 0; n < entries.size();) {
    storage::WriteBatch batch;
    for (size_t i = 0; i < kFloorBatch && n < entries.size(); ++i, ++n) {
      batch.Put(store::kDrafts, absl::StrCat("plain ", n), store::EncodeEntry(entries[n]));
    }
    RETURN_IF_ERROR(kv.Write(batch, storage::Durability::kSynced));
  }
  return watch.Seconds();
}

absl::StatusOr<Results> MeasureRevocation() {
  WorkDir dir;
  const std::string data = dir.path() + "/a";
  std::filesystem::create_directory(data);
  const World world(1);
  Offices offices(world, kKeys);
  ASSIGN_OR_RETURN(NodeStore node, NodeStore::Open(data));
  driver::Replica& replica = *node.replica;
  RETURN_IF_ERROR(world.FoundIn(replica, false));
  RETURN_IF_ERROR(AddAll(replica, offices.enrolments));
  Generator generator(kSeed);
  std::vector<ledger::Entry> entries;
  for (size_t n = 0; n < kKeys; ++n) {
    Feed feed(world, &offices.authors[n], offices.head, 1'600'000'000'000);
    entries.push_back(feed.Sign(v1::REPORT, generator.Report(kPartyCode, n)));
  }
  RETURN_IF_ERROR(Store(replica, entries, crypto::Ed25519Verifier()));
  const std::vector<std::string> revocations = Revocations(offices, entries);

  Stopwatch watch;
  RETURN_IF_ERROR(AddAll(replica, revocations));
  const double seconds = watch.Seconds();

  uint64_t quarantined = 0;
  for (const auto& [feed, state] : replica.feeds()) quarantined += state.quarantined();
  if (quarantined != kKeys / 2) {
    return absl::InternalError(absl::StrCat(quarantined, " of ", kKeys, " entries quarantined"));
  }
  ASSIGN_OR_RETURN(const double plain, PlainWrites(*node.kv, entries));
  std::fprintf(stderr, "bench: %.3f s per thousand affected records\n", seconds * 1000 / kKeys);
  return Results{{"revoke_10k_feeds", {seconds, "s", plain}}};
}

}  // namespace

}  // namespace entente::bench

int main(int argc, char** argv) {
  using entente::bench::MeasureRevocation;
  return entente::bench::Main(argc, argv, {{{"revoke_10k_feeds"}, MeasureRevocation}});
}
