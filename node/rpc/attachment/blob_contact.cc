#include "node/rpc/attachment/blob_contact.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/rpc/peer/peer_channel.h"
#include "node/runtime/log.h"
#include "node/wire/status_codec.h"

namespace entente::rpc {

using base::MutexLock;
using blob::BlobId;
using blob::Chunk;
using blob::ChunkSet;

namespace {

// Of one slice: at its smallest a chunk, which a link of 550 B/s moves in this time.
constexpr auto kSliceDeadline = std::chrono::seconds(120);
constexpr uint32_t kSliceChunksMax = 16;
constexpr uint32_t kPushAtOnce = 8;
constexpr uint64_t kQuickMs = 2'000, kSlowMs = 6'000;
constexpr size_t kWantsAtOnce = 64;
constexpr int kPagesMax = 1'000;
constexpr size_t kStoreChunks = 8;  // put on disk at once
constexpr absl::Duration kTurnPoll = absl::Milliseconds(200);

absl::Status ContactEnded() { return absl::CancelledError("the contact ended"); }

}  // namespace

// A call that Cancel can end.
class BlobContact::Call {
 public:
  explicit Call(BlobContact* contact) : contact_(*contact) {
    context.set_deadline(std::chrono::system_clock::now() + kSliceDeadline);
    MutexLock lock(contact_.mutex_);
    if (contact_.cancelled_) context.TryCancel();
    contact_.open_ = &context;
  }
  ~Call() {
    MutexLock lock(contact_.mutex_);
    contact_.open_ = nullptr;
  }
  grpc::ClientContext context;

 private:
  BlobContact& contact_;
};

BlobContact::BlobContact(const Around& around, const base::Spki& peer, const std::string& address)
    : around_(around),
      peer_(peer),
      address_(address),
      stub_(v1::Blobs::NewStub(MakePeerChannel(*around.identity, address, peer))) {}

void BlobContact::Cancel() {
  MutexLock lock(mutex_);
  cancelled_ = true;
  if (open_ != nullptr) open_->TryCancel();
  changed_.SignalAll();
}

absl::Status BlobContact::WaitForTurn() {
  while (true) {
    if (around_.nothing_owed(peer_)) return absl::OkStatus();
    if (!around_.kept(peer_)) return ContactEnded();
    MutexLock lock(mutex_);
    if (cancelled_) return ContactEnded();
    changed_.WaitFor(mutex_, kTurnPoll);
  }
}

// The next slice takes a few seconds at the pace of this one.
void BlobContact::Paced(uint64_t begun_ms) {
  const uint64_t took = around_.core->clock().SteadyMs() - begun_ms;
  if (took < kQuickMs) slice_chunks_ = std::min(2 * slice_chunks_, kSliceChunksMax);
  if (took > kSlowMs) slice_chunks_ = std::max(slice_chunks_ / 2, 1u);
}

absl::Status BlobContact::Fault(absl::Status status, absl::string_view call) {
  runtime::LogEvery(
      absl::StrCat("peer_fault/", peer_.Short(), "/", call), absl::Seconds(10),
      runtime::LogLevel::kWarning, "peer_fault",
      {{"peer", peer_.ToHex()}, {"call", call}, {"why", status.message().substr(0, 300)}});
  return status;
}

absl::Status BlobContact::Pass() {
  RETURN_IF_ERROR(PullAll());
  return PushAll();
}

absl::Status BlobContact::PullAll() {
  std::string after;
  for (int page = 0; page < kPagesMax; ++page) {
    ASSIGN_OR_RETURN(const std::vector<BlobWanted> wants,
                     around_.wants->From(peer_, after, kWantsAtOnce));
    for (const BlobWanted& wanted : wants) {
      after = wanted.instrument.str() + wanted.blob.Encode();
      if (!refused_.contains(wanted.blob)) RETURN_IF_ERROR(PullOne(wanted));
    }
    if (wants.size() < kWantsAtOnce) break;
  }
  return absl::OkStatus();
}

absl::Status BlobContact::PullOne(const BlobWanted& wanted) {
  uint32_t from = 0;
  std::optional<ChunkSet> peer_holds;
  while (true) {
    RETURN_IF_ERROR(WaitForTurn());
    ASSIGN_OR_RETURN(const BlobStore::Claim claim,
                     around_.store->ClaimMissing(wanted.blob, from, slice_chunks_, peer_holds));
    if (claim.first == claim.last) break;
    Slice slice;
    slice.first = claim.first;
    slice.last = claim.last;
    absl::Status read = ReadSlice(wanted, slice);
    if (absl::IsNotFound(read) || absl::IsDataLoss(read)) return absl::OkStatus();
    if (!read.ok()) slice_chunks_ = std::max(slice_chunks_ / 2, 1u);
    RETURN_IF_ERROR(read);
    peer_holds = slice.peer_holds;
    // What the peer does not give of what it says it holds is left to others.
    if (slice.stored == 0) from = slice.last;
  }
  return around_.store->Finish(wanted.blob);
}

absl::Status BlobContact::ReadSlice(const BlobWanted& wanted, Slice& slice) {
  v1::ReadBlobRequest request;
  request.set_instrument(wanted.instrument.str());
  request.set_blob(wanted.blob.Encode());
  request.set_offset(slice.first * blob::kChunkBytes);
  request.set_length((slice.last - slice.first) * blob::kChunkBytes);
  const uint64_t begun = around_.core->clock().SteadyMs();
  Call call(this);
  auto reader = stub_->Read(&call.context, request);
  absl::Status taken = TakePieces(wanted, *reader, slice);
  if (!taken.ok()) call.context.TryCancel();
  const absl::Status ended = wire::FromGrpc(reader->Finish());
  if (absl::IsInvalidArgument(taken)) {
    refused_.insert(wanted.blob);
    return Fault(taken, "Blobs.Read");
  }
  RETURN_IF_ERROR(taken);
  RETURN_IF_ERROR(ended);
  Paced(begun);
  return absl::OkStatus();
}

// Whole chunks are kept whatever comes after them, also when the line is cut.
absl::Status BlobContact::TakePieces(const BlobWanted& wanted,
                                     grpc::ClientReader<v1::BlobPiece>& reader, Slice& slice) {
  blob::PieceReader pieces(wanted.blob, slice.first, slice.last);
  std::vector<Chunk> chunks;
  absl::Status status;
  v1::BlobPiece piece;
  auto store = [&]() -> absl::Status {
    if (chunks.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const uint32_t added, around_.store->Put(wanted.blob, chunks, ""));
    slice.stored += added;
    chunks.clear();
    return absl::OkStatus();
  };
  if (reader.Read(&piece)) {  // what the peer holds
    slice.peer_holds = ChunkSet::Decode(wanted.blob.chunks(), piece.held());
    if (piece.held().empty()) slice.peer_holds.reset();
    while (status.ok() && reader.Read(&piece)) {
      auto chunk = pieces.Add(piece.chunk(), piece.data(), piece.path());
      status = chunk.status();
      if (!chunk.ok() || !*chunk) continue;
      chunks.push_back(**std::move(chunk));
      if (chunks.size() == kStoreChunks) status = store();
    }
  }
  const absl::Status stored = store();
  return status.ok() ? stored : status;
}

absl::Status BlobContact::PushAll() {
  v1::BlobWantsRequest request;
  for (int page = 0; page < kPagesMax; ++page) {
    v1::BlobWantsReply reply;
    {
      Call call(this);
      RETURN_IF_ERROR(wire::FromGrpc(stub_->Wants(&call.context, request, &reply)));
    }
    for (const v1::BlobWant& wanted : reply.wants()) RETURN_IF_ERROR(PushOne(wanted));
    if (!reply.more() || reply.wants().empty()) break;
    const v1::BlobWant& last = reply.wants(reply.wants_size() - 1);
    request.set_after(last.instrument() + last.blob());
  }
  return absl::OkStatus();
}

absl::Status BlobContact::PushOne(const v1::BlobWant& wanted) {
  auto instrument = base::InstrumentId::FromBytes(wanted.instrument());
  auto blob = BlobId::Parse(wanted.blob());
  if (!instrument || !blob) {
    return Fault(absl::InvalidArgumentError("wants what is no name of a content"), "Blobs.Wants");
  }
  const ChunkSet there = ChunkSet::Decode(blob->chunks(), wanted.held());
  ASSIGN_OR_RETURN(const ChunkSet here, around_.store->Held(*blob));
  v1::PushBlobRequest request;
  request.set_instrument(wanted.instrument());
  request.set_blob(wanted.blob());
  for (uint32_t i = here.NextHeld(0); i < here.chunks(); i = here.NextHeld(i + 1)) {
    if (there.Has(i)) continue;
    // With every slice: who lost its access gets no more.
    if (request.chunks().empty() && !around_.wants->MayHave(peer_, *instrument, *blob)) {
      return absl::OkStatus();
    }
    absl::StatusOr<Chunk> chunk = around_.store->Get(*blob, i);
    if (!chunk.ok()) return absl::OkStatus();  // damaged here; it is in the log
    v1::BlobChunk* out = request.add_chunks();
    out->set_chunk(i);
    out->set_data(std::move(chunk->data));
    for (const blob::Digest& hash : chunk->path) out->mutable_path()->append(hash.str());
    if (static_cast<uint32_t>(request.chunks_size()) < std::min(slice_chunks_, kPushAtOnce)) {
      continue;
    }
    absl::Status pushed = PushSlice(request);
    if (absl::IsNotFound(pushed)) return absl::OkStatus();  // not wanted any more
    RETURN_IF_ERROR(pushed);
  }
  if (request.chunks().empty()) return absl::OkStatus();
  absl::Status pushed = PushSlice(request);
  return absl::IsNotFound(pushed) ? absl::OkStatus() : pushed;
}

absl::Status BlobContact::PushSlice(v1::PushBlobRequest& request) {
  RETURN_IF_ERROR(WaitForTurn());
  const uint64_t begun = around_.core->clock().SteadyMs();
  v1::PushBlobReply reply;
  Call call(this);
  RETURN_IF_ERROR(wire::FromGrpc(stub_->Push(&call.context, request, &reply)));
  request.clear_chunks();
  Paced(begun);
  return absl::OkStatus();
}

}  // namespace entente::rpc
