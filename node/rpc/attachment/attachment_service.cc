#include "node/rpc/attachment/attachment_service.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/attachment.h"
#include "node/query/record/attachment_list.h"
#include "node/query/view/attachments.h"
#include "node/query/view/freshness.h"
#include "node/rpc/local/authority_calls.h"
#include "node/rpc/step_stream.h"
#include "node/rpc/unary.h"

namespace entente::rpc {

using absl::StatusCode;
using base::Error;
using blob::BlobId;

namespace {

constexpr int kPutChunksMax = 8;

// Finds the attachment a request names, in one moment's views.
absl::StatusOr<query::FoundAttachment> FindNamed(NodeCore& core,
                                                 const v1::FetchAttachmentRequest& request) {
  const store::PublishedPtr published = core.published();
  ASSIGN_OR_RETURN(base::InstrumentId instrument, InstrumentOf(*published, request.instrument()));
  auto snapshot = core.NewSnapshot();
  const query::Views views(snapshot.get(), published.get(), instrument);
  return query::FindAttachment(views, request.reference(), request.name());
}

// A content by its own name: whoever asks has read the reports that give it others.
absl::StatusOr<query::FoundAttachment> Unnamed(NodeCore& core,
                                               const v1::FetchAttachmentRequest& request,
                                               const BlobStore& store) {
  RETURN_IF_ERROR(InstrumentOf(*core.published(), request.instrument()).status());
  const auto blob = BlobId::Parse(request.blob());
  if (!blob) {
    return Error(StatusCode::kInvalidArgument, "VALIDATION_FAILED",
                 "blob: 32 bytes of root and 8 of size are expected");
  }
  query::FoundAttachment found;
  found.blob = *blob;
  found.attachment.set_name(blob->Name());
  found.attachment.set_size(blob->size);
  found.attachment.set_root(blob->root.str());
  ASSIGN_OR_RETURN(const v1::BlobRecord record, store.Record(*blob));
  found.attachment.set_sha256(record.sha256());
  return found;
}

absl::Status ContentDiffers(const std::string& name) {
  return Error(StatusCode::kDataLoss, "ATTACHMENT_DAMAGED",
               absl::StrCat("E-ATT-HASH ", name,
                            ": its content is not what the report's SHA-256 says; ask its author "
                            "for a correction"));
}

}  // namespace

absl::Status AttachmentService::Put(const v1::PutAttachmentRequest& request,
                                    v1::PutAttachmentResponse& response) {
  const store::PublishedPtr published = core_.published();
  ASSIGN_OR_RETURN(const base::InstrumentId instrument,
                   InstrumentOf(*published, request.instrument()));
  auto blob = BlobId::Parse(request.blob());
  if (!blob) {
    return Error(StatusCode::kInvalidArgument, "VALIDATION_FAILED",
                 "E-ATT-SIZE: an attachment has 1 byte to 1 GiB; split the file or give a link");
  }
  const std::string code = published->InstrumentCode(instrument);
  if (const uint64_t limit = limits_.For(code).attach_max; blob->size > limit) {
    return base::WithMetadata(
        Error(StatusCode::kInvalidArgument, "LIMIT_EXCEEDED",
              absl::StrCat("E-ATT-SIZE: ", meaning::BinarySize(blob->size), ", limit ",
                           meaning::BinarySize(limit), " in ", code,
                           "; split it or give a link, or have this node's attachments.attach_max "
                           "raised")),
        "limit", absl::StrCat(limit));
  }
  if (request.chunks_size() > kPutChunksMax) {
    return Error(
        StatusCode::kInvalidArgument, "LIMIT_EXCEEDED",
        absl::StrCat(request.chunks_size(), " chunks in one call, at most ", kPutChunksMax));
  }
  ASSIGN_OR_RETURN(const auto draft, core_.kv().Get(store::kDrafts, request.draft()));
  if (!draft) {
    return Error(StatusCode::kNotFound, "NOT_FOUND_RECORD",
                 absl::StrCat("there is no draft \"", request.draft(),
                              "\" on this node; entente draft list shows the drafts"));
  }
  std::vector<blob::Chunk> chunks;
  for (const v1::BlobChunk& given : request.chunks()) {
    auto path = blob::ParsePath(given.path());
    if (!path) {
      return Error(StatusCode::kInvalidArgument, "VALIDATION_FAILED", "a path is malformed");
    }
    chunks.push_back({given.chunk(), given.data(), *std::move(path)});
  }
  RETURN_IF_ERROR(store_.Put(*blob, chunks, request.draft()).status());
  ASSIGN_OR_RETURN(const v1::BlobRecord record, store_.Record(*blob));
  response.set_held(record.held());
  response.set_complete(record.complete());
  response.set_sha256(record.sha256());
  return absl::OkStatus();
}

absl::Status AttachmentService::List(const v1::ListAttachmentsRequest& request,
                                     v1::Table& response) {
  const store::PublishedPtr published = core_.published();
  ASSIGN_OR_RETURN(const base::InstrumentId instrument,
                   InstrumentOf(*published, request.instrument()));
  auto snapshot = core_.NewSnapshot();
  const query::Views views(snapshot.get(), published.get(), instrument);
  ASSIGN_OR_RETURN(response, query::ListAttachments(views, request.reference(), request.missing()));
  response.set_frontier_digest(published->figures.at(instrument).frontier_digest.str());
  return query::AddFreshness(views, {core_.clock().WallMs(), peers_.Live()}, response);
}

absl::Status AttachmentService::Fetch(const v1::FetchAttachmentRequest& request,
                                      v1::AttachmentState& response) {
  ASSIGN_OR_RETURN(const query::FoundAttachment found, FindNamed(core_, request));
  RETURN_IF_ERROR(store_.Want(found.blob, !request.forget()));
  exchange_.Wake();
  ASSIGN_OR_RETURN(const v1::BlobRecord record, store_.Record(found.blob));
  *response.mutable_attachment() = found.attachment;
  response.set_bytes_held(query::BytesHeld(found.blob, record));
  response.set_complete(record.complete());
  response.set_wanted(record.wanted());
  if (record.complete() && record.sha256() != found.attachment.sha256()) {
    return ContentDiffers(found.attachment.name());
  }
  if (record.complete()) return absl::OkStatus();
  // A peer that keeps the contact pushes, and what stops it is not seen by the exchange here.
  response.set_problem(std::string(store_.Room(found.blob).message()));
  for (v1::AttachmentSource& source : exchange_.SourcesOf(found.blob)) {
    *response.add_sources() = std::move(source);
  }
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* AttachmentService::PutAttachment(Context* context,
                                                           const v1::PutAttachmentRequest* request,
                                                           v1::PutAttachmentResponse* response) {
  return OnPool(context, pool_, [this, request, response] { return Put(*request, *response); });
}

grpc::ServerUnaryReactor* AttachmentService::ListAttachments(
    Context* context, const v1::ListAttachmentsRequest* request, v1::Table* response) {
  return OnPool(context, pool_, [this, request, response] { return List(*request, *response); });
}

grpc::ServerUnaryReactor* AttachmentService::FetchAttachment(
    Context* context, const v1::FetchAttachmentRequest* request, v1::AttachmentState* response) {
  return OnPool(context, pool_, [this, request, response] { return Fetch(*request, *response); });
}

grpc::ServerWriteReactor<v1::AttachmentPiece>* AttachmentService::ReadAttachment(
    Context*, const v1::FetchAttachmentRequest* request) {
  struct Reading {
    std::optional<query::FoundAttachment> found;
    uint32_t next = 0;
  };
  auto reading = std::make_shared<Reading>();
  return StepStream<v1::AttachmentPiece>::Start(
      pool_, nullptr,
      [this, reading, request = *request]() -> absl::StatusOr<std::optional<v1::AttachmentPiece>> {
        v1::AttachmentPiece piece;
        if (!reading->found) {
          ASSIGN_OR_RETURN(reading->found, request.blob().empty()
                                               ? FindNamed(core_, request)
                                               : Unnamed(core_, request, store_));
          ASSIGN_OR_RETURN(const v1::BlobRecord record, store_.Record(reading->found->blob));
          if (!record.complete()) {
            return Error(
                StatusCode::kFailedPrecondition, "ATTACHMENT_INCOMPLETE",
                absl::StrCat(reading->found->attachment.name(), " is not complete on this node"));
          }
          if (record.sha256() != reading->found->attachment.sha256()) {
            return ContentDiffers(request.name());
          }
          *piece.mutable_attachment() = reading->found->attachment;
          return std::optional<v1::AttachmentPiece>(std::move(piece));
        }
        if (reading->next == reading->found->blob.chunks()) {
          return std::optional<v1::AttachmentPiece>();
        }
        ASSIGN_OR_RETURN(blob::Chunk chunk, store_.Get(reading->found->blob, reading->next++));
        piece.set_data(std::move(chunk.data));
        return std::optional<v1::AttachmentPiece>(std::move(piece));
      });
}

}  // namespace entente::rpc
