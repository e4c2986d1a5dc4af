#include "node/rpc/courier/bundle_beside.h"

#include <algorithm>
#include <map>
#include <utility>

#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/bundle/check.h"
#include "node/register/news.h"
#include "node/rpc/register/news_intake.h"
#include "node/store/log_reader.h"

namespace entente::rpc {

using base::EntryId;
using base::InstrumentId;
using blob::BlobId;

namespace {

constexpr int kBesideRefusalsTold = 8;
// A part has room for a message of this share of it beside authority notes.
constexpr uint64_t kShareOfPart = 4;
constexpr uint64_t kLeafBytes = 32;
// With as many final checkpoints as there may be, well under bundle::kFrameBytesMax.
constexpr uint64_t kBundledLeavesMax = 4096;
static_assert(kBundledLeavesMax <= reg::kNewsLeavesMax);
constexpr uint64_t kFinalBytes = 4096;  // with the lines of some thirty witnesses
// A chunk with its path and the message around it.
constexpr uint64_t kChunkFrameBytes = blob::kChunkBytes + 1024;

void TellRefusal(const absl::Status& status, v1::ImportBundleResponse& response) {
  if (response.refused_size() < kBesideRefusalsTold) {
    response.add_refused(std::string(status.message()));
  }
}

uint64_t BytesIn(const BundledBlob& one) {
  uint64_t bytes = 0;
  for (uint32_t chunk = one.held.NextHeld(0); chunk < one.held.chunks();
       chunk = one.held.NextHeld(chunk + 1)) {
    bytes += one.blob.chunk_size(chunk);
  }
  return bytes;
}

// Does one of the entries lie beyond what the recipient holds?
absl::StatusOr<bool> AnyBeyond(const store::LogReader& log, const std::vector<EntryId>& entries,
                               const reg::HeldUpTo& held) {
  for (const EntryId& id : entries) {
    ASSIGN_OR_RETURN(const auto place, log.Find(id));
    if (!place) continue;
    ASSIGN_OR_RETURN(const ledger::EntryHeader header, log.Header(*place));
    if (header.sequence > held({header.instrument, header.key, header.incarnation})) return true;
  }
  return false;
}

}  // namespace

reg::HeldUpTo HeldByBasis(const Basis& basis) {
  std::map<sync::FeedRef, uint64_t> highest;
  std::set<sync::FeedRef> forked;
  for (const sync::PeerTip& tip : basis.tips) {
    if (!highest.emplace(tip.feed, tip.sequence).second) forked.insert(tip.feed);
  }
  for (const sync::FeedRef& feed : forked) highest.erase(feed);
  return [highest = std::move(highest)](const ledger::FeedKey& feed) -> uint64_t {
    auto at = highest.find(sync::FeedRef::Of(feed));
    return at == highest.end() ? 0 : at->second;
  };
}

// Entries of the bundle itself are not named by their places, so that its parts can be taken in any
// order.
absl::StatusOr<std::vector<v1::RegisterNews>> RegisterNewsFor(NodeCore& core,
                                                              const InstrumentId& instrument,
                                                              const Basis& basis,
                                                              uint64_t part_bytes,
                                                              v1::BundlePlan& plan) {
  std::vector<v1::RegisterNews> out;
  const store::PublishedPtr published = core.published();
  auto it = published->registers.find(instrument);
  if (it == published->registers.end() || it->second->newest.checkpoint.size == 0) return out;
  const reg::Head& head = *it->second;
  if (basis.register_state == head.state) return out;
  const uint64_t share = part_bytes / kShareOfPart;
  reg::NewsFor receiver{basis.register_leaves, basis.register_final};
  receiver.held = HeldByBasis(basis);
  receiver.leaves_max = std::min(kBundledLeavesMax, share / kLeafBytes);
  receiver.finals_max =
      static_cast<int>(std::clamp<uint64_t>(share / kFinalBytes, 1, uint64_t{reg::kNewsFinalMax}));
  auto snapshot = core.NewSnapshot();
  for (bool whole = false; !whole;) {
    ASSIGN_OR_RETURN(v1::RegisterNews news, reg::MakeNews(*snapshot, instrument, head, receiver));
    plan.set_register_leaves(plan.register_leaves() + reg::LeavesIn(news));
    ASSIGN_OR_RETURN(whole, reg::Advance(head, news, receiver));
    out.push_back(std::move(news));
  }
  plan.set_register_news(true);
  return out;
}

absl::StatusOr<std::vector<BundledBlob>> BlobsFor(const BesideSources& sources,
                                                  const InstrumentId& instrument,
                                                  const reg::HeldUpTo& held, v1::BundlePlan& plan) {
  std::vector<BundledBlob> out;
  auto snapshot = sources.core->NewSnapshot();
  const store::LogReader log(snapshot.get());
  RETURN_IF_ERROR(sources.wants->ForEachNamed(
      *snapshot, instrument,
      [&](const BlobId& blob, const std::vector<EntryId>& by) -> absl::StatusOr<bool> {
        ASSIGN_OR_RETURN(const bool beyond, AnyBeyond(log, by, held));
        if (!beyond) return true;
        ASSIGN_OR_RETURN(blob::ChunkSet chunks, sources.blobs->Held(blob));
        if (!chunks.complete()) plan.set_attachments_missing(plan.attachments_missing() + 1);
        if (chunks.held() == 0) return true;
        out.push_back({blob, std::move(chunks)});
        plan.set_attachments(plan.attachments() + 1);
        plan.set_attachment_bytes(plan.attachment_bytes() + BytesIn(out.back()));
        return true;
      }));
  return out;
}

absl::Status EachBlobFrame(BlobStore& store, const std::vector<BundledBlob>& blobs,
                           uint64_t part_bytes,
                           const std::function<absl::Status(const std::string& frame)>& visit) {
  const auto most = static_cast<int>(std::clamp<uint64_t>(
      part_bytes / kShareOfPart / kChunkFrameBytes, 1, uint64_t{bundle::kBesideChunksMax}));
  for (const BundledBlob& one : blobs) {
    v1::BundleBeside frame;
    auto flush = [&]() -> absl::Status {
      if (frame.chunks().empty()) return absl::OkStatus();
      frame.set_blob(one.blob.Encode());
      RETURN_IF_ERROR(visit(frame.SerializeAsString()));
      frame.Clear();
      return absl::OkStatus();
    };
    for (uint32_t at = one.held.NextHeld(0); at < one.held.chunks();
         at = one.held.NextHeld(at + 1)) {
      ASSIGN_OR_RETURN(const blob::Chunk chunk, store.Get(one.blob, at));
      v1::BlobChunk* out = frame.add_chunks();
      out->set_chunk(chunk.number);
      out->set_data(chunk.data);
      for (const blob::Digest& hash : chunk.path) out->mutable_path()->append(hash.str());
      if (frame.chunks_size() == most) RETURN_IF_ERROR(flush());
    }
    RETURN_IF_ERROR(flush());
  }
  return absl::OkStatus();
}

absl::Status BesideIntake::News(const v1::RegisterNews& news, v1::ImportBundleResponse& response) {
  const absl::StatusOr<NewsIntake> in = TakeNews(*sources_.core, news);
  if (!in.ok()) {
    if (!absl::IsInvalidArgument(in.status())) return in.status();
    TellRefusal(in.status(), response);
    return absl::OkStatus();
  }
  if (in->taken.contradicts) {
    response.set_register_evidence(in->taken.evidence);
    TellRefusal(absl::DataLossError("what it tells of the register does not go with what is held "
                                    "here: the register, or the maker, contradicts itself"),
                response);
    return absl::OkStatus();
  }
  response.set_register_leaves_new(response.register_leaves_new() + in->taken.leaves_new);
  response.set_register_new(response.register_new() || in->taken.changed);
  const store::PublishedPtr published = sources_.core->published();
  auto head = published->registers.find(instrument_);
  const bool gap = head != published->registers.end() && head->second->leaves < news.from();
  if (gap || in->intake != Intake::kTaken) response.set_register_waits(true);
  return absl::OkStatus();
}

absl::Status BesideIntake::Chunks(const v1::BundleBeside& beside,
                                  v1::ImportBundleResponse& response) {
  const auto blob = BlobId::Parse(beside.blob());
  if (!blob) return bundle::Refused("a content is not named by a root and a size");
  if (!touched_.contains(*blob) && sources_.wants->NamedBy(instrument_, *blob).empty()) {
    unnamed_.insert(*blob);
    response.set_attachments_unnamed(unnamed_.size());
    return absl::OkStatus();
  }
  std::vector<blob::Chunk> chunks;
  for (const v1::BlobChunk& given : beside.chunks()) {
    auto path = blob::ParsePath(given.path());
    if (!path) return bundle::Refused("the proof of a chunk is cut off");
    chunks.push_back({given.chunk(), given.data(), *std::move(path)});
  }
  ASSIGN_OR_RETURN(const blob::ChunkSet before, sources_.blobs->Held(*blob));
  const absl::StatusOr<uint32_t> added = sources_.blobs->Put(*blob, chunks, "");
  if (absl::IsInvalidArgument(added.status())) {
    TellRefusal(added.status(), response);
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(added.status());
  if (*added == 0) return absl::OkStatus();
  touched_.insert(*blob);
  uint64_t bytes = 0;
  for (const blob::Chunk& chunk : chunks) {
    if (!before.Has(chunk.number)) bytes += chunk.data.size();
  }
  response.set_attachment_bytes_new(response.attachment_bytes_new() + bytes);
  return absl::OkStatus();
}

absl::Status BesideIntake::Finish(v1::ImportBundleResponse& response) {
  for (const BlobId& blob : touched_) {
    ASSIGN_OR_RETURN(const v1::BlobRecord record, sources_.blobs->Record(blob));
    if (record.complete()) response.set_attachments_done(response.attachments_done() + 1);
  }
  return absl::OkStatus();
}

}  // namespace entente::rpc
