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
constexpr size_t kOutcomesMax = 4'096;
constexpr char kDamaged[] = "damaged", kNotThere[] = "not_there", kPart[] = "part";

// Upper bounds of what a message takes beside its bytes: tags, lengths, numbers.
constexpr uint64_t kPieceOverhead = 24;
constexpr uint64_t kReplyBytes = 32;

// A chunk on the wire, in pieces or whole.
uint64_t WireBytes(const BlobId& blob, uint32_t chunk) {
  const uint64_t data = blob.chunk_size(chunk);
  return data + 32 * blob::PathPlaces(blob.chunks(), chunk).size() +
         kPieceOverhead * (1 + data / blob::kPieceBytesMax);
}
uint64_t HeldBytes(const BlobId& blob) { return (blob.chunks() + 7) / 8 + kReplyBytes; }

absl::Status ContactEnded() { return absl::CancelledError("the contact ended"); }

}  // namespace

// A call that Cancel can end.
class BlobContact::Call {
 public:
  explicit Call(BlobContact* contact) : contact_(*contact) {
    std::chrono::milliseconds within = kSliceDeadline;
    if (const uint64_t until = contact_.around_.until_ms; until > 0) {
      const uint64_t now = contact_.around_.core->clock().SteadyMs();
      within = std::min(within, std::chrono::milliseconds(until - std::min(until, now)));
    }
    context.set_deadline(std::chrono::system_clock::now() + within);
    ++contact_.tally_.calls;
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

BlobContact::BlobContact(const Around& around, const base::Spki& peer,
                         std::shared_ptr<grpc::Channel> channel)
    : around_(around), peer_(peer), stub_(v1::Blobs::NewStub(std::move(channel))) {}

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

uint64_t BlobContact::Room() const {
  return around_.max_bytes - std::min(around_.max_bytes, tally_.sent + tally_.received);
}

void BlobContact::Note(const BlobId& blob, const char* outcome) {
  MutexLock lock(mutex_);
  if (outcomes_.size() >= kOutcomesMax) outcomes_.clear();
  outcomes_[blob] = outcome;
}

std::string BlobContact::OutcomeOf(const BlobId& blob) const {
  MutexLock lock(mutex_);
  auto at = outcomes_.find(blob);
  return at == outcomes_.end() ? "" : at->second;
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
      RETURN_IF_ERROR(PullOne(wanted, std::nullopt));
    }
    if (wants.size() < kWantsAtOnce) break;
  }
  return TellHave();
}

uint32_t BlobContact::Fitting(const BlobWanted& wanted, uint32_t first, uint32_t last) {
  constexpr uint64_t kNameBytes = 32 + 40;
  uint64_t bytes = kReplyBytes + kNameBytes + HeldBytes(wanted.blob);
  for (uint32_t chunk = first; chunk < last; ++chunk) {
    bytes += WireBytes(wanted.blob, chunk);
    if (bytes <= Room()) continue;
    tally_.no_room = true;
    return chunk;
  }
  return last;
}

absl::Status BlobContact::PullOne(const BlobWanted& wanted, std::optional<ChunkSet> there) {
  if (OutcomeOf(wanted.blob) == kDamaged) return absl::OkStatus();  // not asked again
  uint32_t from = 0;
  while (true) {
    RETURN_IF_ERROR(WaitForTurn());
    ASSIGN_OR_RETURN(const BlobStore::Claim claim,
                     around_.store->ClaimMissing(wanted.blob, from, slice_chunks_, there));
    Slice slice;
    slice.first = claim.first;
    slice.last = Fitting(wanted, claim.first, claim.last);
    if (slice.first == slice.last) break;
    absl::Status read = ReadSlice(wanted, slice);
    if (absl::IsNotFound(read)) Note(wanted.blob, kNotThere);
    if (absl::IsNotFound(read) || absl::IsDataLoss(read)) return absl::OkStatus();
    if (!read.ok()) slice_chunks_ = std::max(slice_chunks_ / 2, 1u);
    RETURN_IF_ERROR(read);
    there = slice.peer_holds;
    if (there) Note(wanted.blob, kPart);
    // What the peer does not give of what it says it holds is left to others.
    if (slice.stored == 0) from = slice.last;
  }
  RETURN_IF_ERROR(around_.store->Finish(wanted.blob));
  ASSIGN_OR_RETURN(const v1::BlobRecord record, around_.store->Record(wanted.blob));
  if (record.complete()) came_whole_.push_back(wanted);
  return absl::OkStatus();
}

absl::Status BlobContact::ReadSlice(const BlobWanted& wanted, Slice& slice) {
  v1::ReadBlobRequest request;
  request.set_instrument(wanted.instrument.str());
  request.set_blob(wanted.blob.Encode());
  request.set_offset(slice.first * blob::kChunkBytes);
  request.set_length((slice.last - slice.first) * blob::kChunkBytes);
  const uint64_t begun = around_.core->clock().SteadyMs();
  Call call(this);
  tally_.sent += request.ByteSizeLong();
  auto reader = stub_->Read(&call.context, request);
  absl::Status taken = TakePieces(wanted, *reader, slice);
  if (!taken.ok()) call.context.TryCancel();
  const absl::Status ended = wire::FromGrpc(reader->Finish());
  if (absl::IsInvalidArgument(taken)) {
    Note(wanted.blob, kDamaged);
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
    for (const Chunk& chunk : chunks) tally_.content_received += chunk.data.size();
    chunks.clear();
    return absl::OkStatus();
  };
  const auto read = [&] {
    if (!reader.Read(&piece)) return false;
    tally_.received += piece.ByteSizeLong();
    return true;
  };
  if (read()) {  // what the peer holds
    slice.peer_holds = ChunkSet::Decode(wanted.blob.chunks(), piece.held());
    if (piece.held().empty()) slice.peer_holds.reset();
    while (status.ok() && read()) {
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

absl::StatusOr<v1::BlobWantsReply> BlobContact::AskWants(const std::string& after) {
  v1::BlobWantsRequest request;
  request.set_after(after);
  if (around_.max_bytes != std::numeric_limits<uint64_t>::max()) {
    const uint64_t asking = after.size() + kReplyBytes;
    const uint64_t left = Room() - std::min(Room(), asking);
    if (left < kReplyBytes) {
      v1::BlobWantsReply unasked;
      unasked.set_more(true);
      return unasked;
    }
    request.set_max_bytes(
        static_cast<uint32_t>(std::min<uint64_t>(left, std::numeric_limits<uint32_t>::max())));
  }
  v1::BlobWantsReply reply;
  Call call(this);
  tally_.sent += request.ByteSizeLong();
  RETURN_IF_ERROR(wire::FromGrpc(stub_->Wants(&call.context, request, &reply)));
  tally_.received += reply.ByteSizeLong();
  return reply;
}

absl::StatusOr<std::optional<std::vector<ChunkSet>>> BlobContact::AskHolds(
    const std::vector<BlobWanted>& wanted) {
  v1::BlobNames request;
  uint64_t answer = kReplyBytes;
  for (const BlobWanted& one : wanted) {
    v1::BlobName* name = request.add_contents();
    name->set_instrument(one.instrument.str());
    name->set_blob(one.blob.Encode());
    answer += HeldBytes(one.blob);
  }
  if (request.ByteSizeLong() + answer > Room()) return std::optional<std::vector<ChunkSet>>();
  v1::BlobHoldsReply reply;
  absl::Status asked;
  {
    Call call(this);
    tally_.sent += request.ByteSizeLong();
    asked = wire::FromGrpc(stub_->Holds(&call.context, request, &reply));
  }
  std::vector<ChunkSet> out;
  if (absl::IsUnimplemented(asked)) {  // an older node: Read will tell
    for (const BlobWanted& one : wanted) out.push_back(ChunkSet::All(one.blob.chunks()));
    return std::optional<std::vector<ChunkSet>>(std::move(out));
  }
  RETURN_IF_ERROR(asked);
  tally_.received += reply.ByteSizeLong();
  if (static_cast<size_t>(reply.held_size()) != wanted.size()) {
    return Fault(absl::InvalidArgumentError("does not answer for each content it was asked about"),
                 "Blobs.Holds");
  }
  for (size_t i = 0; i < wanted.size(); ++i) {
    const v1::BlobHeld& held = reply.held(static_cast<int>(i));
    const uint32_t chunks = wanted[i].blob.chunks();
    out.push_back(held.complete() ? ChunkSet::All(chunks) : ChunkSet::Decode(chunks, held.held()));
    if (out.back().held() == 0) Note(wanted[i].blob, kNotThere);
  }
  return std::optional<std::vector<ChunkSet>>(std::move(out));
}

absl::Status BlobContact::TellHave() {
  while (!came_whole_.empty()) {
    v1::BlobNames request;
    const size_t count = std::min(came_whole_.size(), kNamesMax);
    for (size_t i = 0; i < count; ++i) {
      v1::BlobName* name = request.add_contents();
      name->set_instrument(came_whole_[i].instrument.str());
      name->set_blob(came_whole_[i].blob.Encode());
    }
    came_whole_.erase(came_whole_.begin(), came_whole_.begin() + static_cast<ptrdiff_t>(count));
    if (request.ByteSizeLong() + kReplyBytes > Room()) continue;
    v1::BlobHaveReply reply;
    Call call(this);
    tally_.sent += request.ByteSizeLong();
    const absl::Status told = wire::FromGrpc(stub_->Have(&call.context, request, &reply));
    tally_.received += reply.ByteSizeLong();
    if (!absl::IsUnimplemented(told)) RETURN_IF_ERROR(told);
  }
  return absl::OkStatus();
}

absl::Status BlobContact::PushAll() {
  std::string after;
  for (int page = 0; page < kPagesMax; ++page) {
    ASSIGN_OR_RETURN(const v1::BlobWantsReply reply, AskWants(after));
    for (const v1::BlobWant& wanted : reply.wants()) RETURN_IF_ERROR(PushOne(wanted));
    if (!reply.more() || reply.wants().empty()) break;
    const v1::BlobWant& last = reply.wants(reply.wants_size() - 1);
    after = last.instrument() + last.blob();
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
    if (request.ByteSizeLong() + WireBytes(*blob, i) + kReplyBytes > Room()) {
      tally_.no_room = true;
      break;
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
    absl::Status pushed = PushSlice(*blob, request);
    if (absl::IsNotFound(pushed)) return absl::OkStatus();  // not wanted any more
    RETURN_IF_ERROR(pushed);
  }
  if (request.chunks().empty()) return absl::OkStatus();
  absl::Status pushed = PushSlice(*blob, request);
  return absl::IsNotFound(pushed) ? absl::OkStatus() : pushed;
}

absl::Status BlobContact::PushSlice(const BlobId& blob, v1::PushBlobRequest& request) {
  RETURN_IF_ERROR(WaitForTurn());
  const uint64_t begun = around_.core->clock().SteadyMs();
  v1::PushBlobReply reply;
  {
    Call call(this);
    tally_.sent += request.ByteSizeLong();
    RETURN_IF_ERROR(wire::FromGrpc(stub_->Push(&call.context, request, &reply)));
  }
  tally_.received += reply.ByteSizeLong();
  for (const v1::BlobChunk& chunk : request.chunks()) tally_.content_sent += chunk.data().size();
  request.clear_chunks();
  Paced(begun);
  return reply.complete() ? around_.store->NoteElsewhere(blob) : absl::OkStatus();
}

}  // namespace entente::rpc
