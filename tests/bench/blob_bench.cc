// Two real nodes on this machine: a report names a file, one node holds it, a person at the other
// asks for it. ENTENTE_BLOB_MIB sets the size, 128 if it is not set, at most 1024: memory does not
// grow with it.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "entente/v1/attachment.grpc.pb.h"
#include "entente/v1/entry.pb.h"
#include "node/base/check.h"
#include "node/base/status_macros.h"
#include "node/blob/chunk_tree.h"
#include "node/crypto/sha256.h"
#include "node/crypto/sha256_stream.h"
#include "node/meaning/record/reference.h"
#include "node/meaning/record/slot.h"
#include "node/rpc/attachment/blob_store.h"
#include "node/rpc/tls/identity.h"
#include "node/runtime/system_clock.h"
#include "node/wire/status_codec.h"
#include "tests/bench/bench_main.h"
#include "tests/bench/generator.h"
#include "tests/bench/node_process.h"
#include "tests/bench/node_store.h"
#include "tests/bench/random.h"
#include "tests/bench/world.h"

namespace entente::bench {

namespace {

constexpr size_t kAtOnce = 8;  // chunks, as the nodes write them
constexpr double kMiB = 1 << 20;
constexpr double kSecondsMax = 110;  // for each 128 MiB
constexpr uint64_t kUsualMiB = 128;

uint64_t ContentBytes() {
  static const uint64_t mib = [] {
    const char* text = std::getenv("ENTENTE_BLOB_MIB");
    uint64_t given = 0;
    if (text == nullptr) return kUsualMiB;
    ENTENTE_CHECK(absl::SimpleAtoi(text, &given) && given >= 1 && given <= 1024);
    return given;
  }();
  return mib << 20;
}

std::string ChunkBytes(const std::string& noise, uint32_t chunk) {
  return noise.substr(chunk * 4099 % (noise.size() - blob::kChunkBytes), blob::kChunkBytes);
}

// MiB a second of one thread that writes the same bytes to one file, synced as often.
absl::StatusOr<double> SyncedWriteRate(const std::string& path, const std::string& noise) {
  const int file = open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) return absl::InternalError("no file");
  Stopwatch watch;
  absl::Status status;
  for (uint64_t at = 0; at < ContentBytes() && status.ok(); at += kAtOnce * blob::kChunkBytes) {
    for (size_t i = 0; i < kAtOnce; ++i) {
      const std::string bytes =
          ChunkBytes(noise, static_cast<uint32_t>(at / blob::kChunkBytes + i));
      if (write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
        status = absl::InternalError("short write");
      }
    }
    if (fdatasync(file) != 0) status = absl::InternalError("no sync");
  }
  const double seconds = watch.Seconds();
  close(file);
  unlink(path.c_str());
  RETURN_IF_ERROR(status);
  return static_cast<double>(ContentBytes()) / kMiB / seconds;
}

// The tree and the name of the content in a report.
v1::Attachment Describe(const std::string& noise, std::vector<base::Digest>& tree) {
  std::vector<base::Digest> leaves;
  crypto::Sha256Stream whole;
  for (uint32_t i = 0; i < ContentBytes() / blob::kChunkBytes; ++i) {
    const std::string bytes = ChunkBytes(noise, i);
    leaves.push_back(crypto::LeafHash(bytes));
    whole.Add(bytes);
  }
  tree = blob::BuildTree(std::move(leaves));
  v1::Attachment attachment;
  attachment.set_name("content.bin");
  attachment.set_media_type("application/octet-stream");
  attachment.set_size(ContentBytes());
  attachment.set_sha256(whole.Finish().str());
  attachment.set_root(tree.back().str());
  return attachment;
}

absl::Status PutContent(driver::Replica& replica, const std::string& data_dir,
                        const std::string& noise, const std::vector<base::Digest>& tree) {
  runtime::SystemClock clock;
  rpc::NodeCore core(&replica, &clock, {});
  ASSIGN_OR_RETURN(auto files, storage::BlobFiles::Open(data_dir + "/blobs"));
  rpc::BlobStore store(&core, std::move(files));
  const blob::BlobId id{tree.back(), ContentBytes()};
  for (uint32_t i = 0; i < id.chunks();) {
    std::vector<blob::Chunk> chunks;
    for (; chunks.size() < kAtOnce && i < id.chunks(); ++i) {
      chunks.push_back({i, ChunkBytes(noise, i), {}});
      for (uint32_t place : blob::PathPlaces(id.chunks(), i)) {
        chunks.back().path.push_back(tree[place]);
      }
    }
    RETURN_IF_ERROR(store.Put(id, chunks, "").status());
  }
  return absl::OkStatus();
}

absl::Status FillHolder(const std::string& data_dir, const World& world, const std::string& noise,
                        std::string& reference) {
  ASSIGN_OR_RETURN(NodeStore node, NodeStore::Open(data_dir));
  RETURN_IF_ERROR(world.FoundIn(*node.replica, true));
  std::vector<base::Digest> tree;
  v1::Report report;
  report.ParseFromString(Generator(kSeed).Report(kPartyCode, 0));
  *report.add_attachments() = Describe(noise, tree);
  reference =
      meaning::ReferenceOfSlot(kInstrumentCode, meaning::ReportSlotText(report, kPartyCode));
  Feed feed(world, &world.authors[0], world.party, 1'700'000'000'000);
  RETURN_IF_ERROR(Store(*node.replica, {feed.Sign(v1::REPORT, report.SerializeAsString(), 2)},
                        crypto::Ed25519Verifier()));
  return PutContent(*node.replica, data_dir, noise, tree);
}

absl::Status AwaitContent(v1::Attachments::Stub& stub, const std::string& reference) {
  v1::FetchAttachmentRequest request;
  request.set_reference(reference);
  request.set_name("content.bin");
  const double seconds_max =
      kSecondsMax * std::max(1.0, static_cast<double>(ContentBytes()) / kMiB / kUsualMiB);
  Stopwatch watch;
  std::string last;
  while (watch.Seconds() < seconds_max) {
    grpc::ClientContext context;
    v1::AttachmentState state;
    const absl::Status asked = wire::FromGrpc(stub.FetchAttachment(&context, request, &state));
    if (asked.ok() && state.complete()) return absl::OkStatus();
    last = asked.ok() ? absl::StrCat(state.bytes_held(), " bytes held; ", state.problem())
                      : std::string(asked.message());  // the report itself is on its way
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return absl::DeadlineExceededError(last);
}

absl::StatusOr<Results> MeasureBlobSync() {
  WorkDir dir;
  const std::string full = dir.path() + "/a", empty = dir.path() + "/b";
  for (const std::string& data : {full, empty}) std::filesystem::create_directory(data);
  ASSIGN_OR_RETURN(rpc::Identity full_id, rpc::LoadOrMakeIdentity(full));
  ASSIGN_OR_RETURN(rpc::Identity empty_id, rpc::LoadOrMakeIdentity(empty));
  const int full_port = FreePort(), empty_port = FreePort();
  const World world(1, ledger::act::Node{full_id.spki, absl::StrCat("127.0.0.1:", full_port)},
                    ledger::act::Node{empty_id.spki, ""});
  const std::string noise = Random(kSeed).Bytes(8 << 20);
  std::string reference;
  RETURN_IF_ERROR(FillHolder(full, world, noise, reference));
  {
    ASSIGN_OR_RETURN(NodeStore node, NodeStore::Open(empty));
    RETURN_IF_ERROR(world.FoundIn(*node.replica, false));
  }
  ASSIGN_OR_RETURN(const double floor_before, SyncedWriteRate(dir.path() + "/raw1", noise));
  ASSIGN_OR_RETURN(auto source, NodeProcess::Start(full, full_port));
  ASSIGN_OR_RETURN(auto puller, NodeProcess::Start(empty, empty_port));
  auto stub = v1::Attachments::NewStub(puller->Channel());
  Stopwatch watch;
  RETURN_IF_ERROR(AwaitContent(*stub, reference));
  const double seconds = watch.Seconds();
  ASSIGN_OR_RETURN(const double floor_after, SyncedWriteRate(dir.path() + "/raw2", noise));
  const double peak = std::max(source->PeakMiB(), puller->PeakMiB());
  std::fprintf(stderr, "bench: processor seconds: source %.2f, puller %.2f; peak MiB %.0f %.0f\n",
               source->CpuSeconds(), puller->CpuSeconds(), source->PeakMiB(), puller->PeakMiB());
  return Results{{"blob_sync",
                  {static_cast<double>(ContentBytes()) / kMiB / seconds, "MiB/s",
                   2 / (1 / floor_before + 1 / floor_after)}},
                 {"blob_sync_rss", {peak, "MiB", std::nullopt}}};
}

}  // namespace

}  // namespace entente::bench

int main(int argc, char** argv) {
  using entente::bench::MeasureBlobSync;
  return entente::bench::Main(argc, argv, {{{"blob_sync", "blob_sync_rss"}, MeasureBlobSync}});
}
