// A whole audit of a pack on disk beside what the cores can verify at all, and the size of a
// receipt in a register of a million entries.
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/audit/pack_audit.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"
#include "node/tlog/memory_tree.h"
#include "node/tlog/receipt.h"
#include "tests/bench/bench_main.h"
#include "tests/support/register_world.h"

namespace entente::bench {

namespace {

constexpr uint64_t kAudited = 40'000;
constexpr uint64_t kCheckpointEvery = 4'000;
constexpr uint64_t kMillion = 1'000'000;
constexpr double kVerifySeconds = 3;
constexpr double kReceiptBytesMost = 2048;
constexpr double kAgainMost = 50;

// Signatures a second that all cores verify, over messages of an entry's size.
double VerifyRate(const std::string& leaf, size_t cores) {
  const ledger::Entry entry = *ledger::ParseLeaf(leaf, std::nullopt);
  std::atomic<uint64_t> count{0};
  std::vector<std::thread> threads;
  Stopwatch watch;
  for (size_t i = 0; i < cores; ++i) {
    threads.emplace_back([&] {
      uint64_t own = 0;
      for (; watch.Seconds() < kVerifySeconds; ++own) {
        if (!ledger::Verify(entry, crypto::Ed25519Verifier())) return;
      }
      count += own;
    });
  }
  for (std::thread& thread : threads) thread.join();
  return static_cast<double>(count) / watch.Seconds();
}

absl::StatusOr<Results> MeasureAudit() {
  const support::RegisterWorld world(kAudited, kCheckpointEvery);
  WorkDir dir;
  const std::string path = dir.path() + "/pack";
  ASSIGN_OR_RETURN(std::unique_ptr<client::PackSink> sink, client::NewPack(path));
  RETURN_IF_ERROR(world.Write(*sink));
  client::PackAuditOptions options;
  options.policy = world.policy();
  options.workers = std::max(1u, std::thread::hardware_concurrency());
  Stopwatch watch;
  ASSIGN_OR_RETURN(std::unique_ptr<client::PackFiles> pack, client::OpenPack(path));
  ASSIGN_OR_RETURN(client::PackAudit audit, client::AuditPack(*pack, options));
  const double seconds = watch.Seconds();
  if (!audit.report.ok() || audit.report.signatures_checked != kAudited) {
    return absl::InternalError("the audit of an honest pack is not clean");
  }
  // Once more, when a tenth is new.
  const tlog::Checkpoint before = world.checkpoints()[world.checkpoints().size() - 2].checkpoint;
  options.audited = [&](const base::InstrumentId& id) {
    return std::optional<client::Audited>(client::Audited{id, before.size, before.root});
  };
  Stopwatch again;
  ASSIGN_OR_RETURN(client::PackAudit next, client::AuditPack(*pack, options));
  const double share = 100 * again.Seconds() / seconds;
  if (!next.report.ok() || next.report.signatures_checked != kAudited - before.size) {
    return absl::InternalError("the second audit did not verify just what was new");
  }
  return Results{{"audit_again", {share, "% of the first", std::nullopt, kAgainMost}},
                 {"audit_rate",
                  {kAudited / seconds, "entries/s",
                   VerifyRate(world.written().front().leaf, options.workers)}}};
}

absl::StatusOr<Results> MeasureReceipt() {
  const support::RegisterWorld world(2, 1);
  const support::LogKey log("eu-gsc.example/euca-2014", tlog::kTypeLog);
  const support::LogKey kg("entente/witness/KG/0123456789abcdef", tlog::kTypeCosigner);
  const support::LogKey kz("entente/witness/KZ/0123456789abcdef", tlog::kTypeCosigner);
  tlog::Receipt receipt;
  receipt.leaf = world.written().back().leaf;
  receipt.index = kMillion / 2;
  tlog::MemoryTree tree;
  for (uint64_t i = 0; i < kMillion; ++i) {
    tree.Append(i == receipt.index ? receipt.LeafHash() : crypto::Sha256(absl::StrCat(i)));
  }
  ASSIGN_OR_RETURN(receipt.proof, tlog::InclusionProof(receipt.index, kMillion, tree.Source()));
  tlog::SignedCheckpoint& c = receipt.checkpoint;
  c.checkpoint = {log.name.name, kMillion, tree.RootAt(kMillion)};
  c.text = tlog::CheckpointText(c.checkpoint);
  c.lines = {tlog::SignCheckpoint(c.text, log.name, log.key)};
  for (const support::LogKey* witness : {&kg, &kz}) {
    c.AddLines(
        {tlog::Cosign(c.text, support::RegisterWorld::kFirstTime, witness->name, witness->key)});
  }
  if (!tlog::ProofHolds(receipt)) return absl::InternalError("the receipt does not hold");
  return Results{
      {"receipt_bytes",
       {static_cast<double>(tlog::ReceiptText(receipt).size()), "bytes", kReceiptBytesMost}}};
}

}  // namespace

}  // namespace entente::bench

int main(int argc, char** argv) {
  using namespace entente::bench;
  return Main(argc, argv,
              {{{"audit_again", "audit_rate"}, MeasureAudit}, {{"receipt_bytes"}, MeasureReceipt}});
}
