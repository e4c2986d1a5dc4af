// Moving contents of attachments to and from one peer, on the connection this node dials: what this
// node wants is read from it, what it wants is pushed to it. Class 5 of the sync: before every
// slice of a content the peer must be owed no entry. A slice is a few seconds of the link and
// never over 1 MiB; each chunk of it is on disk, or the slice is asked for again from there. A
// slice that does not fit what a person left of the line is not begun.
//
// One thread runs Pass; Cancel is for any.
#pragma once

#include <grpcpp/client_context.h>

#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

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
    uint64_t max_bytes = std::numeric_limits<uint64_t>::max();  // of messages, both ways
    uint64_t until_ms = 0;  // steady clock: no call goes on after; 0: none
  };
  BlobContact(const Around& around, const base::Spki& peer, const std::string& address);
  BlobContact(const Around& around, const base::Spki& peer, std::shared_ptr<grpc::Channel> channel);

  // One look at both lists of wants. Not OK: the peer could not be reached, or broke the rules; the
  // next pass may do better.
  absl::Status Pass();
  // Ends the call under way and every one to come.
  void Cancel();
  const std::string& address() const { return address_; }

  // What Pass is made of, for a pass within limits (blob_pass.h).
  struct Tally {
    uint64_t sent = 0, received = 0;                  // bytes of messages
    uint64_t content_sent = 0, content_received = 0;  // and of contents, on disk at their new place
    uint32_t calls = 0;
    bool no_room = false;  // something was not begun for that
  };
  const Tally& tally() const { return tally_; }
  // How much of each the peer holds; at most kNamesMax of them. Nothing when there is no room.
  static constexpr size_t kNamesMax = 64;
  absl::StatusOr<std::optional<std::vector<blob::ChunkSet>>> AskHolds(
      const std::vector<BlobWanted>& wanted);
  absl::StatusOr<v1::BlobWantsReply> AskWants(const std::string& after);
  // `there`: what the peer holds; not given: it will say.
  absl::Status PullOne(const BlobWanted& wanted, std::optional<blob::ChunkSet> there);
  absl::Status PushOne(const v1::BlobWant& wanted);
  // Tells the peer what was read from it and is whole here.
  absl::Status TellHave();

  // What came of asking this peer for the content, last: empty, or a word of AttachmentSource.
  std::string OutcomeOf(const blob::BlobId& blob) const;

 private:
  class Call;

  absl::Status PullAll();
  struct Slice {
    uint32_t first = 0, last = 0;
    std::optional<blob::ChunkSet> peer_holds;  // said at the start of the reply
    uint32_t stored = 0;
  };
  absl::Status ReadSlice(const BlobWanted& wanted, Slice& slice);
  absl::Status TakePieces(const BlobWanted& wanted, grpc::ClientReader<v1::BlobPiece>& reader,
                          Slice& slice);
  absl::Status PushAll();
  absl::Status PushSlice(const blob::BlobId& blob, v1::PushBlobRequest& request);
  uint64_t Room() const;
  // The end of the slice that fits; `first`: not even a chunk does.
  uint32_t Fitting(const BlobWanted& wanted, uint32_t first, uint32_t last);
  // Waits while the peer is owed entries. CANCELLED: not connected any more.
  absl::Status WaitForTurn();
  void Paced(uint64_t begun_ms);
  void Note(const blob::BlobId& blob, const char* outcome);
  absl::Status Fault(absl::Status status, absl::string_view call);

  const Around around_;
  const base::Spki peer_;
  const std::string address_;
  const std::unique_ptr<v1::Blobs::Stub> stub_;
  uint32_t slice_chunks_ = 2;
  Tally tally_;
  std::vector<BlobWanted> came_whole_;  // not told to the peer yet

  mutable base::Mutex mutex_;
  base::CondVar changed_;
  std::map<blob::BlobId, const char*> outcomes_ ABSL_GUARDED_BY(mutex_);  // at most kOutcomesMax
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  grpc::ClientContext* open_ ABSL_GUARDED_BY(mutex_) = nullptr;
};

}  // namespace entente::rpc
