#include "node/rpc/attachment/blob_service.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/rpc/refused.h"
#include "node/rpc/step_stream.h"
#include "node/rpc/unary.h"

namespace entente::rpc {

using absl::StatusCode;
using base::Error;
using base::InstrumentId;
using base::Spki;
using blob::BlobId;

namespace {

constexpr size_t kBlobCallsMax = 8;
constexpr size_t kBlobCallBytesMax = 16 << 20;
constexpr uint64_t kReplyBytesMax = 4 << 20;  // then the peer asks again, and is checked again
constexpr size_t kToldWantsMax = 64;
constexpr int kPushedChunksMax = 8;
constexpr int kNamesMax = 64;
// Of a reply, beside its wants: `more`; and of each of them: tag and length.
constexpr uint64_t kWantsOverhead = 8, kWantOverhead = 4;
constexpr size_t kCursorBytes = 72;

absl::Status MalformedBlobCall(absl::string_view what) {
  return Error(StatusCode::kInvalidArgument, "VALIDATION_FAILED", what);
}

struct AskedBlob {
  InstrumentId instrument;
  BlobId blob;
};
absl::StatusOr<AskedBlob> ParseBlobNames(const std::string& instrument, const std::string& blob) {
  auto id = InstrumentId::FromBytes(instrument);
  auto content = BlobId::Parse(blob);
  if (!id || !content) {
    return MalformedBlobCall(
        "the instrument is not 32 bytes, or the content not a root and a size of 1 byte to 1 GiB");
  }
  return AskedBlob{*id, *content};
}

}  // namespace

absl::Status NoSuchBlob() {
  return Error(StatusCode::kNotFound, "NOT_FOUND_RECORD",
               "no report of that instrument names such a content, or it is not here");
}

BlobService::BlobService(BlobStore* store, BlobWants* wants, Peers* peers,
                         runtime::WorkerPool* pool)
    : store_(*store),
      wants_(*wants),
      pool_(*pool),
      gate_("Blobs", peers, {kBlobCallsMax, kBlobCallBytesMax}) {
  // In the order of the proto file, as gRPC numbers them.
  MarkMethodStreamed(0, arrival_.Of(this, &BlobService::Read));
  MarkMethodStreamed(1, arrival_.Of(this, &BlobService::Wants));
  MarkMethodStreamed(2, arrival_.Of(this, &BlobService::Push));
  MarkMethodStreamed(3, arrival_.Of(this, &BlobService::Holds));
  MarkMethodStreamed(4, arrival_.Of(this, &BlobService::Have));
}

// One Read under way.
class BlobService::Reading {
 public:
  Reading(BlobService* service, const Spki& peer, const v1::ReadBlobRequest& request)
      : service_(*service), peer_(peer), request_(request) {}

  absl::StatusOr<std::optional<v1::BlobPiece>> Next() {
    if (!held_) return Begin();
    if (at_ == chunk_.data.size()) {
      ASSIGN_OR_RETURN(const bool more, NextChunk());
      if (!more) return std::optional<v1::BlobPiece>();
    }
    v1::BlobPiece piece;
    piece.set_chunk(chunk_.number);
    const size_t size = std::min(blob::kPieceBytesMax, chunk_.data.size() - at_);
    piece.set_data(chunk_.data.substr(at_, size));
    at_ += size;
    sent_ += size;
    if (at_ == chunk_.data.size()) {
      for (const blob::Digest& hash : chunk_.path) piece.mutable_path()->append(hash.str());
    }
    return std::optional<v1::BlobPiece>(std::move(piece));
  }

 private:
  absl::StatusOr<std::optional<v1::BlobPiece>> Begin() {
    ASSIGN_OR_RETURN(asked_, ParseBlobNames(request_.instrument(), request_.blob()));
    const uint64_t size = asked_.blob.size, offset = request_.offset();
    if (offset % blob::kChunkBytes != 0 || offset >= size || request_.length() == 0) {
      return MalformedBlobCall(absl::StrCat("offset ", offset, " and length ", request_.length(),
                                            ": the offset is a multiple of ", blob::kChunkBytes,
                                            " below the size ", size, ", the length at least 1"));
    }
    const uint64_t end = offset + std::min(request_.length(), size - offset);
    next_ = static_cast<uint32_t>(offset / blob::kChunkBytes);
    last_ = static_cast<uint32_t>((end + blob::kChunkBytes - 1) / blob::kChunkBytes);
    if (!service_.wants_.MayHave(peer_, asked_.instrument, asked_.blob)) return NoSuchBlob();
    ASSIGN_OR_RETURN(held_, service_.store_.Held(asked_.blob));
    if (held_->held() == 0) return NoSuchBlob();
    v1::BlobPiece first;
    if (!held_->complete()) first.set_held(held_->Encode());
    return std::optional<v1::BlobPiece>(std::move(first));
  }

  absl::StatusOr<bool> NextChunk() {
    next_ = held_->NextHeld(next_);
    if (next_ >= last_ || sent_ >= kReplyBytesMax) return false;
    if (!service_.gate_.StillWelcome(peer_).ok() ||
        !service_.wants_.MayHave(peer_, asked_.instrument, asked_.blob)) {
      return NoSuchBlob();
    }
    ASSIGN_OR_RETURN(chunk_, service_.store_.Get(asked_.blob, next_));
    at_ = 0;
    ++next_;
    return true;
  }

  BlobService& service_;
  const Spki peer_;
  const v1::ReadBlobRequest request_;
  AskedBlob asked_;
  std::optional<blob::ChunkSet> held_;  // when it began
  uint32_t next_ = 0, last_ = 0;
  blob::Chunk chunk_;  // the one being sent
  size_t at_ = 0;      // of its bytes
  uint64_t sent_ = 0;
};

grpc::ServerWriteReactor<v1::BlobPiece>* BlobService::Read(Context* context,
                                                           const v1::ReadBlobRequest* request) {
  // A chunk with its path, and the message of one piece.
  absl::StatusOr<PeerGate::Admitted> caller = gate_.Admit(*context, 2 * blob::kChunkBytes);
  if (!caller.ok()) return new RefusedStream<v1::BlobPiece>(caller.status());
  auto reading = std::make_shared<Reading>(this, caller->peer, *request);
  return StepStream<v1::BlobPiece>::Start(
      pool_, caller->place,
      [this, reading, peer = caller->peer]() -> absl::StatusOr<std::optional<v1::BlobPiece>> {
        auto piece = reading->Next();
        if (!piece.ok()) return gate_.Told(peer, "Read", piece.status());
        return piece;
      });
}

absl::Status BlobService::AnswerWants(const Spki& peer, const v1::BlobWantsRequest& request,
                                      v1::BlobWantsReply& reply) {
  if (!request.after().empty() && request.after().size() != kCursorBytes) {
    return MalformedBlobCall("`after` is an instrument and a content, 72 bytes, or empty");
  }
  ASSIGN_OR_RETURN(std::vector<BlobWanted> wants,
                   wants_.From(peer, request.after(), kToldWantsMax + 1));
  reply.set_more(wants.size() > kToldWantsMax);
  if (wants.size() > kToldWantsMax) wants.resize(kToldWantsMax, wants.front());
  uint64_t bytes = kWantsOverhead;
  for (const BlobWanted& wanted : wants) {
    v1::BlobWant* out = reply.add_wants();
    out->set_instrument(wanted.instrument.str());
    out->set_blob(wanted.blob.Encode());
    if (wanted.held.held() > 0) out->set_held(wanted.held.Encode());
    bytes += out->ByteSizeLong() + kWantOverhead;
    if (request.max_bytes() == 0 || bytes <= request.max_bytes()) continue;
    reply.mutable_wants()->RemoveLast();
    reply.set_more(true);
    break;
  }
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* BlobService::Wants(Context* context, const v1::BlobWantsRequest* request,
                                             v1::BlobWantsReply* reply) {
  absl::StatusOr<PeerGate::Admitted> caller = gate_.Admit(*context, request->SpaceUsedLong());
  if (!caller.ok()) return RefusedCall(context, caller.status());
  return OnPool(context, pool_, caller->place, [this, peer = caller->peer, request, reply] {
    return gate_.Told(peer, "Wants", AnswerWants(peer, *request, *reply));
  });
}

absl::Status BlobService::AnswerPush(const Spki& peer, const v1::PushBlobRequest& request,
                                     v1::PushBlobReply& reply) {
  ASSIGN_OR_RETURN(const AskedBlob asked, ParseBlobNames(request.instrument(), request.blob()));
  if (request.chunks_size() > kPushedChunksMax) {
    return MalformedBlobCall(
        absl::StrCat(request.chunks_size(), " chunks in one call, at most ", kPushedChunksMax));
  }
  if (!wants_.MayHave(peer, asked.instrument, asked.blob)) return NoSuchBlob();
  ASSIGN_OR_RETURN(const bool wanted, wants_.Wanted(asked.instrument, asked.blob));
  if (!wanted) return NoSuchBlob();
  std::vector<blob::Chunk> chunks;
  for (const v1::BlobChunk& given : request.chunks()) {
    auto path = blob::ParsePath(given.path());
    if (!path) return MalformedBlobCall(absl::StrCat("a path of ", given.path().size(), " bytes"));
    chunks.push_back({given.chunk(), given.data(), *std::move(path)});
  }
  ASSIGN_OR_RETURN(const uint32_t added, store_.Put(asked.blob, chunks, ""));
  reply.set_chunks_new(added);
  ASSIGN_OR_RETURN(const v1::BlobRecord record, store_.Record(asked.blob));
  reply.set_complete(record.complete());
  return absl::OkStatus();
}

namespace {

absl::Status CheckNames(const v1::BlobNames& request) {
  if (request.contents_size() <= kNamesMax) return absl::OkStatus();
  return MalformedBlobCall(
      absl::StrCat(request.contents_size(), " contents in one call, at most ", kNamesMax));
}

}  // namespace

absl::Status BlobService::AnswerHolds(const Spki& peer, const v1::BlobNames& request,
                                      v1::BlobHoldsReply& reply) {
  RETURN_IF_ERROR(CheckNames(request));
  for (const v1::BlobName& name : request.contents()) {
    ASSIGN_OR_RETURN(const AskedBlob asked, ParseBlobNames(name.instrument(), name.blob()));
    v1::BlobHeld* out = reply.add_held();
    if (!wants_.MayHave(peer, asked.instrument, asked.blob)) continue;
    ASSIGN_OR_RETURN(const blob::ChunkSet held, store_.Held(asked.blob));
    out->set_complete(held.complete());
    if (!held.complete() && held.held() > 0) out->set_held(held.Encode());
  }
  return absl::OkStatus();
}

absl::Status BlobService::AnswerHave(const Spki& peer, const v1::BlobNames& request) {
  RETURN_IF_ERROR(CheckNames(request));
  for (const v1::BlobName& name : request.contents()) {
    ASSIGN_OR_RETURN(const AskedBlob asked, ParseBlobNames(name.instrument(), name.blob()));
    if (!wants_.MayHave(peer, asked.instrument, asked.blob)) continue;
    RETURN_IF_ERROR(store_.NoteElsewhere(asked.blob));
  }
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* BlobService::Holds(Context* context, const v1::BlobNames* request,
                                             v1::BlobHoldsReply* reply) {
  absl::StatusOr<PeerGate::Admitted> caller = gate_.Admit(*context, request->SpaceUsedLong());
  if (!caller.ok()) return RefusedCall(context, caller.status());
  return OnPool(context, pool_, caller->place, [this, peer = caller->peer, request, reply] {
    return gate_.Told(peer, "Holds", AnswerHolds(peer, *request, *reply));
  });
}

grpc::ServerUnaryReactor* BlobService::Have(Context* context, const v1::BlobNames* request,
                                            v1::BlobHaveReply*) {
  absl::StatusOr<PeerGate::Admitted> caller = gate_.Admit(*context, request->SpaceUsedLong());
  if (!caller.ok()) return RefusedCall(context, caller.status());
  return OnPool(context, pool_, caller->place, [this, peer = caller->peer, request] {
    return gate_.Told(peer, "Have", AnswerHave(peer, *request));
  });
}

grpc::ServerUnaryReactor* BlobService::Push(Context* context, const v1::PushBlobRequest* request,
                                            v1::PushBlobReply* reply) {
  absl::StatusOr<PeerGate::Admitted> caller = gate_.Admit(*context, 2 * request->SpaceUsedLong());
  if (!caller.ok()) return RefusedCall(context, caller.status());
  return OnPool(context, pool_, caller->place, [this, peer = caller->peer, request, reply] {
    return gate_.Told(peer, "Push", AnswerPush(peer, *request, *reply));
  });
}

}  // namespace entente::rpc
