// Moving contents of attachments to and from one peer, on the connection this node dials: what this
// node wants is read from it, what it wants is pushed to it. Class 5 of the sync: before every
// slice of a content the peer must be owed no entry. A slice is a few seconds of the link and
// never over 1 MiB; each chunk of it is on disk, or the slice is asked for again from there.
//
// One thread runs Pass; Cancel is for any.
#pragma once

#include <grpcpp/client_context.h>

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "entente/v1/blob.grpc.pb.h"
#include "node/rpc/attachment/blob_store.h"
#include "node/rpc/attachment/blob_wants.h"
#include "node/rpc/tls/identity.h"

namespace entente::rpc {

class BlobContact {
 public:
  struct Around {  // all outlive the contact
    NodeCore* core;
    const Identity* identity;
    BlobStore* store;
    BlobWants* wants;
    // Is the contact with the peer kept here, and is the peer owed no entry? As of Peers.
    std::function<bool(const base::Spki&)> kept;
    std::function<bool(const base::Spki&)> nothing_owed;
  };
  BlobContact(const Around& around, const base::Spki& peer, const std::string& address);

  // One look at both lists of wants. Not OK: the peer could not be reached, or broke the rules; the
  // next pass may do better.
  absl::Status Pass();
  // Ends the call under way and every one to come.
  void Cancel();
  const std::string& address() const { return address_; }

 private:
  class Call;

  absl::Status PullAll();
  absl::Status PullOne(const BlobWanted& wanted);
  struct Slice {
    uint32_t first = 0, last = 0;
    std::optional<blob::ChunkSet> peer_holds;  // said at the start of the reply
    uint32_t stored = 0;
  };
  absl::Status ReadSlice(const BlobWanted& wanted, Slice& slice);
  absl::Status TakePieces(const BlobWanted& wanted, grpc::ClientReader<v1::BlobPiece>& reader,
                          Slice& slice);
  absl::Status PushAll();
  absl::Status PushOne(const v1::BlobWant& wanted);
  absl::Status PushSlice(v1::PushBlobRequest& request);
  // Waits while the peer is owed entries. CANCELLED: not connected any more.
  absl::Status WaitForTurn();
  void Paced(uint64_t begun_ms);
  absl::Status Fault(absl::Status status, absl::string_view call);

  const Around around_;
  const base::Spki peer_;
  const std::string address_;
  const std::unique_ptr<v1::Blobs::Stub> stub_;
  uint32_t slice_chunks_ = 2;
  std::set<blob::BlobId> refused_;  // of which the peer sent what is wrong

  base::Mutex mutex_;
  base::CondVar changed_;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  grpc::ClientContext* open_ ABSL_GUARDED_BY(mutex_) = nullptr;
};

}  // namespace entente::rpc
