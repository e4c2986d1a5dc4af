// The Blobs service: the answering side for contents of attachments. The peer is whoever its TLS
// key says, and its right to the content is asked for again with every chunk.
#pragma once

#include <memory>

#include "entente/v1/blob.grpc.pb.h"
#include "node/rpc/attachment/blob_store.h"
#include "node/rpc/attachment/blob_wants.h"
#include "node/rpc/peer/peer_gate.h"
#include "node/rpc/peer/peers.h"
#include "node/rpc/peer/request_arrival.h"
#include "node/runtime/worker_pool.h"

namespace entente::rpc {

class BlobService final : public v1::Blobs::CallbackService {
 public:
  // All outlive the service.
  BlobService(BlobStore* store, BlobWants* wants, Peers* peers, runtime::WorkerPool* pool);

  using Context = grpc::CallbackServerContext;
  grpc::ServerWriteReactor<v1::BlobPiece>* Read(Context* context,
                                                const v1::ReadBlobRequest* request) override;
  grpc::ServerUnaryReactor* Wants(Context* context, const v1::BlobWantsRequest* request,
                                  v1::BlobWantsReply* reply) override;
  grpc::ServerUnaryReactor* Push(Context* context, const v1::PushBlobRequest* request,
                                 v1::PushBlobReply* reply) override;
  grpc::ServerUnaryReactor* Holds(Context* context, const v1::BlobNames* request,
                                  v1::BlobHoldsReply* reply) override;
  grpc::ServerUnaryReactor* Have(Context* context, const v1::BlobNames* request,
                                 v1::BlobHaveReply* reply) override;

 private:
  class Reading;

  absl::Status AnswerWants(const base::Spki& peer, const v1::BlobWantsRequest& request,
                           v1::BlobWantsReply& reply);
  absl::Status AnswerPush(const base::Spki& peer, const v1::PushBlobRequest& request,
                          v1::PushBlobReply& reply);
  absl::Status AnswerHolds(const base::Spki& peer, const v1::BlobNames& request,
                           v1::BlobHoldsReply& reply);
  absl::Status AnswerHave(const base::Spki& peer, const v1::BlobNames& request);

  BlobStore& store_;
  BlobWants& wants_;
  runtime::WorkerPool& pool_;
  PeerGate gate_;
  RequestArrival arrival_{&gate_};
};

// One answer for all that is not to be had: a hash is no key, and asking tells nothing.
absl::Status NoSuchBlob();

}  // namespace entente::rpc
