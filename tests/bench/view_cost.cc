#include "tests/bench/view_cost.h"

#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "entente/v1/entry.pb.h"
#include "node/base/status_macros.h"
#include "node/driver/replica.h"
#include "node/store/schema.h"
#include "node/sync/frame/frame.h"
#include "tests/bench/generator.h"
#include "tests/bench/lookup.h"
#include "tests/bench/node_store.h"
#include "tests/bench/world.h"
#include "tests/support/forwarding_kv.h"

namespace entente::bench {

namespace {

constexpr size_t kEntries = 100'000;
constexpr int kRuns = 15;
constexpr double kViewCost = 0.3;
constexpr uint32_t kUnknownKind = 2999;  // whoever is admitted may write it; no view knows it

double Seconds(const timeval& t) { return double(t.tv_sec) + double(t.tv_usec) / 1e6; }

// Seconds of processor time of this process.
double ProcessorSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return Seconds(usage.ru_utime) + Seconds(usage.ru_stime);
}

double ThreadSeconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return double(t.tv_sec) + double(t.tv_nsec) / 1e9;
}

// A store in which no row of a view is ever written. Entries of a kind that no view knows are
// listed as such, one row each: this leaves it out.
class WithoutViews final : public support::ForwardingKv {
 public:
  using ForwardingKv::ForwardingKv;

  absl::Status Write(const storage::WriteBatch& batch, storage::Durability durability) override {
    const double begun = ThreadSeconds();
    storage::WriteBatch kept;
    for (const storage::WriteBatch::Op& op : batch.ops()) {
      if (op.family == store::kSlots || op.family == store::kIndex || op.family == store::kSetAside)
        continue;
      switch (op.kind) {
        case storage::WriteBatch::Op::Kind::kPut:
          kept.Put(op.family, op.key, op.value);
          break;
        case storage::WriteBatch::Op::Kind::kMerge:
          kept.Merge(op.family, op.key, op.value);
          break;
        case storage::WriteBatch::Op::Kind::kDelete:
          kept.Delete(op.family, op.key);
      }
    }
    copying_ += ThreadSeconds() - begun;
    return ForwardingKv::Write(kept, durability);
  }

  // What leaving rows out took: no node does that.
  double copying_seconds() const { return copying_; }

 private:
  double copying_ = 0;
};

enum class Kept { kNothing, kTables, kTablesAndSearch };

std::vector<v1::Frame> FramesOf(const World& world, uint32_t kind) {
  Generator generator(kSeed);
  Feed feed(world, &world.authors[0], world.party, 1'600'000'000'000);
  std::vector<v1::Frame> frames;
  sync::FrameBuilder builder(world.charter.id, sync::kFrameBytesMax);
  for (size_t n = 0; n < kEntries; ++n) {
    const ledger::Entry entry = feed.Sign(kind, generator.Report(kPartyCode, n));
    if (builder.Add(entry)) continue;
    frames.push_back(builder.Finish());
    builder.Add(entry);
  }
  frames.push_back(builder.Finish());
  return frames;
}

// Seconds of processor time of one run.
struct Cost {
  std::vector<double> frames;  // each on this thread, from the wire to the log of the store
  double rest = 0;             // other threads, closing the store, and the search index

  double Sum() const { return std::accumulate(frames.begin(), frames.end(), rest); }
};

double Median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + kRuns / 2, values.end());
  return values[kRuns / 2];
}

// Part by part, since what else the machine does falls now here, now there.
Cost Median(const std::vector<Cost>& runs) {
  auto of = [&runs](auto part) {
    std::vector<double> values;
    for (const Cost& run : runs) values.push_back(part(run));
    return Median(std::move(values));
  };
  Cost median;
  for (size_t n = 0; n < runs[0].frames.size(); ++n)
    median.frames.push_back(of([n](const Cost& run) { return run.frames[n]; }));
  median.rest = of([](const Cost& run) { return run.rest; });
  return median;
}

absl::Status Ingest(driver::Replica& replica, const std::vector<v1::Frame>& frames,
                    const WithoutViews& without, Cost& cost) {
  for (const v1::Frame& frame : frames) {
    const double begun = ThreadSeconds() - without.copying_seconds();
    ASSIGN_OR_RETURN(std::vector<ledger::Entry> entries, sync::DecodeFrame(frame));
    auto checked = driver::VerifyEntries(
        std::move(entries), crypto::Ed25519Verifier(),
        [](const base::InstrumentId&, const base::NoteId&) { return std::string(kPartyCode); });
    RETURN_IF_ERROR(replica.Ingest(std::move(checked), store::LocalVia()).status());
    RETURN_IF_ERROR(replica.Commit());
    cost.frames.push_back(ThreadSeconds() - without.copying_seconds() - begun);
  }
  if (replica.newest_arrival() != kEntries) return absl::InternalError("entries missing");
  return absl::OkStatus();
}

// From frames as they come off the wire to rows on disk, and the store closed.
absl::StatusOr<Cost> Measure(const World& world, const std::vector<v1::Frame>& frames, Kept kept) {
  WorkDir dir;
  std::filesystem::create_directory(dir.path() + "/a");
  ASSIGN_OR_RETURN(NodeStore node, NodeStore::Open(dir.path() + "/a"));
  RETURN_IF_ERROR(world.FoundIn(*node.replica, false));
  node.replica.reset();
  WithoutViews without(node.kv.get());
  storage::Kv* kv = kept == Kept::kNothing ? static_cast<storage::Kv*>(&without) : node.kv.get();
  ASSIGN_OR_RETURN(
      node.replica,
      driver::Replica::Open(kv, {.store_id = "bench/id", .verifier = &crypto::Ed25519Verifier()}));
  Cost cost;
  const double begun = ProcessorSeconds();
  RETURN_IF_ERROR(Ingest(*node.replica, frames, without, cost));
  if (kept == Kept::kTablesAndSearch)
    RETURN_IF_ERROR(ReadIn(node, *node.replica->Publish(nullptr)));
  node.replica.reset();
  node.kv.reset();
  cost.rest = ProcessorSeconds() - begun - without.copying_seconds() - cost.Sum();
  return cost;
}

}  // namespace

absl::StatusOr<Results> MeasureViewCost() {
  const World world(1);
  const std::vector<v1::Frame> unknown = FramesOf(world, kUnknownKind);
  const std::vector<v1::Frame> reports = FramesOf(world, v1::REPORT);
  std::vector<Cost> runs[3];
  for (int n = 0; n < kRuns; ++n) {
    for (Kept kept : {Kept::kNothing, Kept::kTables, Kept::kTablesAndSearch}) {
      ASSIGN_OR_RETURN(const Cost cost,
                       Measure(world, kept == Kept::kNothing ? unknown : reports, kept));
      runs[static_cast<int>(kept)].push_back(cost);
    }
  }
  double took[3];
  for (int kept = 0; kept < 3; ++kept) took[kept] = Median(runs[kept]).Sum();
  std::fprintf(stderr,
               "bench: an entry without views %.2f us, with tables %.2f, with search %.2f\n",
               took[0] / kEntries * 1e6, took[1] / kEntries * 1e6, took[2] / kEntries * 1e6);
  auto share = [&](double more, std::optional<double> bound) {
    return Result{more / took[0], "of ingest", std::nullopt, bound};
  };
  return Results{{"view_cost", share(took[1] - took[0], kViewCost)},
                 {"search_index_cost", share(took[2] - took[1], std::nullopt)}};
}

}  // namespace entente::bench
