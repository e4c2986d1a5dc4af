// The Attachments service, on the local socket only: files of drafts in, contents of reports out.
#pragma once

#include "entente/v1/attachment.grpc.pb.h"
#include "node/rpc/attachment/blob_exchange.h"
#include "node/rpc/attachment/blob_store.h"
#include "node/rpc/peer/peers.h"
#include "node/runtime/worker_pool.h"

namespace entente::rpc {

class AttachmentService final : public v1::Attachments::CallbackService {
 public:
  // All outlive the service.
  AttachmentService(NodeCore* core, Peers* peers, BlobStore* store, BlobExchange* exchange,
                    const blob::LimitsByInstrument* limits, runtime::WorkerPool* pool)
      : core_(*core),
        peers_(*peers),
        store_(*store),
        exchange_(*exchange),
        limits_(*limits),
        pool_(*pool) {}

  using Context = grpc::CallbackServerContext;
  grpc::ServerUnaryReactor* PutAttachment(Context* context, const v1::PutAttachmentRequest* request,
                                          v1::PutAttachmentResponse* response) override;
  grpc::ServerUnaryReactor* ListAttachments(Context* context,
                                            const v1::ListAttachmentsRequest* request,
                                            v1::Table* response) override;
  grpc::ServerUnaryReactor* FetchAttachment(Context* context,
                                            const v1::FetchAttachmentRequest* request,
                                            v1::AttachmentState* response) override;
  grpc::ServerWriteReactor<v1::AttachmentPiece>* ReadAttachment(
      Context* context, const v1::FetchAttachmentRequest* request) override;

 private:
  absl::Status Put(const v1::PutAttachmentRequest& request, v1::PutAttachmentResponse& response);
  absl::Status List(const v1::ListAttachmentsRequest& request, v1::Table& response);
  absl::Status Fetch(const v1::FetchAttachmentRequest& request, v1::AttachmentState& response);

  NodeCore& core_;
  Peers& peers_;
  BlobStore& store_;
  BlobExchange& exchange_;
  const blob::LimitsByInstrument& limits_;
  runtime::WorkerPool& pool_;
};

}  // namespace entente::rpc
