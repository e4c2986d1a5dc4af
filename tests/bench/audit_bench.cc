// A whole audit of a pack on disk beside what the cores can verify at all; an audit of a node
// (played in this process) that goes on from an earlier one; the size of a receipt in a register of
// a million entries.
#include <atomic>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/audit/node_audit.h"
#include "client/audit/pack_audit.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"
#include "node/tlog/memory_tree.h"
#include "node/tlog/receipt.h"
#include "tests/bench/bench_main.h"
#include "tests/support/played_log.h"
#include "tests/support/register_world.h"

namespace entente::bench {

namespace {

constexpr uint64_t kAudited = 40'000;
constexpr uint64_t kCheckpointEvery = 4'000;
constexpr uint64_t kMillion = 1'000'000;
constexpr double kVerifySeconds = 3;
constexpr double kReceiptBytesMost = 2048;
constexpr uint64_t kHeldFirst = 100'000, kHeldLater = 101'000;
// Of the time of an audit of everything: with nothing new, and with a hundredth new.
constexpr double kNothingNewMost = 2, kGrownMost = 4;

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
  return Results{{"audit_rate",
                  {kAudited / seconds, "entries/s",
                   VerifyRate(world.written().front().leaf, options.workers)}}};
}

void Hold(support::PlayedLog& node, const support::RegisterWorld& world, uint64_t from,
          uint64_t upto) {
  for (uint64_t i = from; i < upto; ++i) {
    const support::Written& one = world.written()[i];
    const ledger::Entry entry = *ledger::ParseLeaf(one.leaf, one.payload);
    node.Add(entry);
    node.AddLeaf(entry.id);
  }
  for (const tlog::SignedCheckpoint& c : world.checkpoints()) {
    if (c.checkpoint.size > from && c.checkpoint.size <= upto) node.AddCheckpoint(c);
  }
  node.Tell(upto, 0, 0, 0);
}

// From the file that the audit before left, to the text of the next one.
absl::StatusOr<double> TimeOf(client::FakeNode& node, std::string& file, uint64_t checked) {
  std::istringstream in;
  std::ostringstream out, err;
  client::Context context({&in, &out, &err});
  context.UseChannel(node.NewChannel());
  client::NodeAuditOptions options;
  options.code = "EUCA-2014";
  options.audited =
      [&](const base::InstrumentId&) -> absl::StatusOr<std::optional<client::Audited>> {
    if (file.empty()) return std::nullopt;
    ASSIGN_OR_RETURN(client::Audited audited, client::ParseAudited(file));
    return std::optional<client::Audited>(std::move(audited));
  };
  Stopwatch watch;
  ASSIGN_OR_RETURN(const client::NodeAudit audit, client::AuditNode(context, options));
  file = client::AuditedText(audit.next);
  const double seconds = watch.Seconds();
  if (!audit.report.ok() || audit.report.signatures_checked != checked) {
    return absl::InternalError("the audit is not clean, or did not verify just what was new");
  }
  return seconds;
}

absl::StatusOr<Results> MeasureGoingOn() {
  setenv("ENTENTE_NODE_PROGRAM", "/nowhere/entented", 1);  // no views are made in any of them
  const support::RegisterWorld world(kHeldLater, kHeldFirst / 5);
  support::PlayedLog played(world.instrument());
  std::vector<std::string> notes;
  for (const auto& [path, text] : support::RegisterWorld(1).Pack()) {
    if (path.starts_with("charter/") || path.starts_with("credentials/")) notes.push_back(text);
  }
  played.SetNotes(notes);
  client::FakeNode node;
  played.PlayOn(node);
  Hold(played, world, 0, kHeldFirst);
  std::string file;
  ASSIGN_OR_RETURN(const double whole, TimeOf(node, file, kHeldFirst));
  ASSIGN_OR_RETURN(const double nothing, TimeOf(node, file, 0));
  Hold(played, world, kHeldFirst, kHeldLater);
  ASSIGN_OR_RETURN(const double grown, TimeOf(node, file, kHeldLater - kHeldFirst));
  return Results{
      {"audit_again", {100 * nothing / whole, "% of the first", std::nullopt, kNothingNewMost}},
      {"audit_grown", {100 * grown / whole, "% of the first", std::nullopt, kGrownMost}},
      {"audit_file", {static_cast<double>(file.size()), "bytes"}}};
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
  return Results{{"receipt_bytes",
                  {static_cast<double>(tlog::ReceiptText(receipt).size()), "bytes", std::nullopt,
                   kReceiptBytesMost}}};
}

}  // namespace

}  // namespace entente::bench

int main(int argc, char** argv) {
  using namespace entente::bench;
  return Main(argc, argv,
              {{{"audit_rate"}, MeasureAudit},
               {{"audit_again", "audit_grown", "audit_file"}, MeasureGoingOn},
               {{"receipt_bytes"}, MeasureReceipt}});
}
