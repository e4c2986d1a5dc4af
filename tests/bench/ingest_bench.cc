// What taking in entries, and giving them to another node, costs beside network and TLS: frames as
// they come off the wire are decoded, verified, judged and committed, then made again from what is
// stored, on one thread. Processor seconds, which other load on
// the machine disturbs far less than time: the figure to steer changes by.
#include <sys/resource.h>

#include <cstdio>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "entente/v1/entry.pb.h"
#include "node/base/status_macros.h"
#include "node/driver/sync_host.h"
#include "node/sync/frame/frame_source.h"
#include "tests/bench/bench_main.h"
#include "tests/bench/generator.h"
#include "tests/bench/node_store.h"
#include "tests/bench/world.h"

namespace entente::bench {

namespace {

constexpr size_t kEntries = 100'000;
constexpr size_t kFeeds = 4;
constexpr size_t kRun = 25'000;  // feed after feed, as a Pull brings them
constexpr size_t kFramesPerCommit = 2;

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](const timeval& t) { return double(t.tv_sec) + double(t.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::vector<v1::Frame> MakeFrames(const World& world) {
  Generator generator(kSeed);
  std::vector<v1::Frame> frames;
  sync::FrameBuilder builder(world.charter.id, sync::kFrameBytesMax);
  for (size_t f = 0; f < kFeeds; ++f) {
    Feed feed(world, &world.authors[f], world.party, 1'700'000'000'000);
    for (size_t n = 0; n < kRun; ++n) {
      const ledger::Entry entry = feed.Sign(v1::REPORT, generator.Report(kPartyCode, f * kRun + n));
      if (builder.Add(entry)) continue;
      frames.push_back(builder.Finish());
      builder.Add(entry);
    }
  }
  frames.push_back(builder.Finish());
  return frames;
}

absl::StatusOr<driver::VerifiedEntries> Checked(const v1::Frame& frame) {
  ASSIGN_OR_RETURN(std::vector<ledger::Entry> entries, sync::DecodeFrame(frame));
  return driver::VerifyEntries(
      std::move(entries), crypto::Ed25519Verifier(),
      [](const base::InstrumentId&, const base::NoteId&) { return std::string(kPartyCode); });
}

// Every feed from its beginning, as a Pull of everything is answered.
absl::StatusOr<size_t> SendAll(NodeStore& node, const World& world) {
  driver::SyncHost host({.snapshot = [&node] { return node.kv->NewSnapshot(); }});
  auto feed = node.replica->feeds().begin();
  sync::PathFrames frames(&host, world.charter.id, [&]() -> std::optional<sync::Run> {
    if (feed == node.replica->feeds().end()) return std::nullopt;
    const auto& [key, state] = *feed++;
    const v1::FeedTip& tip = state.tips(0);
    sync::Run run;
    run.path.feed = sync::FeedRef::Of(key);
    run.path.tip = {tip.sequence(), *base::EntryId::FromBytes(tip.id())};
    return run;
  });
  size_t entries = 0;
  for (;;) {
    ASSIGN_OR_RETURN(std::optional<v1::Frame> frame,
                     frames.Next(sync::kFrameBytesMax, sync::EffortFor(sync::kFrameBytesMax)));
    if (!frame) return entries;
    entries += frame->entries();
  }
}

absl::StatusOr<Results> MeasureIngest() {
  WorkDir dir;
  const World world(kFeeds);
  const std::vector<v1::Frame> frames = MakeFrames(world);
  Results results;
  const double decode_begun = CpuSeconds();
  std::vector<driver::VerifiedEntries> checked;
  for (const v1::Frame& frame : frames) {
    ASSIGN_OR_RETURN(driver::VerifiedEntries entries, Checked(frame));
    checked.push_back(std::move(entries));
  }
  const double decoded = CpuSeconds() - decode_begun;

  std::filesystem::create_directory(dir.path() + "/node");
  ASSIGN_OR_RETURN(NodeStore node, NodeStore::Open(dir.path() + "/node"));
  RETURN_IF_ERROR(world.FoundIn(*node.replica, false));
  const double begun = CpuSeconds();
  Stopwatch watch;
  for (size_t n = 0; n < checked.size(); ++n) {
    RETURN_IF_ERROR(node.replica->Ingest(std::move(checked[n]), store::LocalVia()).status());
    if (n % kFramesPerCommit == 0) RETURN_IF_ERROR(node.replica->Commit());
  }
  RETURN_IF_ERROR(node.replica->Commit());
  const double stored = CpuSeconds() - begun;
  const uint64_t bytes = node.kv->size_bytes();
  if (node.replica->newest_arrival() != kEntries) return absl::InternalError("entries are missing");
  std::fprintf(stderr, "bench: %zu frames, stored in %.2f s\n", frames.size(), watch.Seconds());
  const double sending = CpuSeconds();
  ASSIGN_OR_RETURN(const size_t entries, SendAll(node, world));
  if (entries != kEntries) return absl::InternalError(absl::StrCat(entries, " entries were sent"));
  const double sent = CpuSeconds() - sending;
  // Tables written in the background count when they are written, not when they are waited for.
  const double closing = CpuSeconds();
  node.replica.reset();
  node.kv.reset();
  const double closed = CpuSeconds() - closing;
  constexpr double kPerEntry = 1e6 / kEntries;
  return Results{{"ingest_check_cpu", {decoded * kPerEntry, "us", std::nullopt}},
                 {"ingest_store_cpu", {stored * kPerEntry, "us", std::nullopt}},
                 {"ingest_close_cpu", {closed * kPerEntry, "us", std::nullopt}},
                 {"send_cpu", {sent * kPerEntry, "us", std::nullopt}},
                 {"ingest_disk_bytes", {double(bytes) / kEntries, "bytes", std::nullopt}}};
}

}  // namespace

}  // namespace entente::bench

int main(int argc, char** argv) {
  using entente::bench::MeasureIngest;
  return entente::bench::Main(argc, argv,
                              {{{"ingest_check_cpu", "ingest_store_cpu", "ingest_close_cpu",
                                 "send_cpu", "ingest_disk_bytes"},
                                MeasureIngest}});
}
