// The contents of attachments that this node holds: files beside the store (chunks, and the tree's
// nodes as far as they are known), and one row each that says which chunks count.
//
// Invariants
//  1. A chunk's bit is set only after its bytes and its path are on disk: the row is committed
//  after the files are synced, and callers are answered after the row is.
//  2. Nothing leaves here unchecked: Get proves what it read against the root. What does not match
//  is named in the log, its bit is taken back, and it is fetched again like any missing chunk.
//  3. Memory is a few chunks, whatever the content's size.
// Any thread.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "entente/v1/blob.pb.h"
#include "node/base/mutex.h"
#include "node/blob/chunk_set.h"
#include "node/blob/piece_reader.h"
#include "node/rpc/node_core.h"
#include "storage/blob_files.h"

namespace entente::rpc {

class BlobStore {
 public:
  // The core outlives the store.
  BlobStore(NodeCore* core, std::unique_ptr<storage::BlobFiles> files);

  // Once, before anything else: rows whose files are not there (a restored store, a folder that was
  // not copied along) claim nothing any more, and are fetched again.
  absl::Status Start();

  // Nothing known of it: an empty record.
  absl::StatusOr<v1::BlobRecord> Record(const blob::BlobId& id) const;
  absl::StatusOr<blob::ChunkSet> Held(const blob::BlobId& id) const;

  // Checks the chunks, stores those that are missing. How many were new; INVALID_ARGUMENT
  // (ATTACHMENT_DAMAGED) names the chunk that is wrong and nothing is stored; RESOURCE_EXHAUSTED
  // (STORE_FULL) before the disk is. `draft`: what a new content comes for; empty: it is a peer's.
  absl::StatusOr<uint32_t> Put(const blob::BlobId& id, absl::Span<const blob::Chunk> chunks,
                               const std::string& draft);
  // With its path. NOT_FOUND: not held; DATA_LOSS: was, and is damaged now.
  absl::StatusOr<blob::Chunk> Get(const blob::BlobId& id, uint32_t chunk);
  // Hashes the whole, once every chunk is held. Nothing to do: OK.
  absl::Status Finish(const blob::BlobId& id);

  // Missing chunks that one peer is being asked for, so that no other is asked meanwhile. Given
  // back when it is let go of; must not outlive the store.
  struct Claim {
    uint32_t first = 0, last = 0;  // last is not part of it; first == last: nothing to ask for
    std::shared_ptr<const void> held;
  };
  // The next run of at most `max` from `from` on that nobody asks for and that is `there`.
  absl::StatusOr<Claim> ClaimMissing(const blob::BlobId& id, uint32_t from, uint32_t max,
                                     const std::optional<blob::ChunkSet>& there);

  // RESOURCE_EXHAUSTED (STORE_FULL): what is missing of it does not fit on the disk as it is.
  absl::Status Room(const blob::BlobId& id) const;
  absl::Status Want(const blob::BlobId& id, bool wanted);
  // Contents that came for a draft and stood in no report yet.
  std::vector<blob::BlobId> DraftOnly();
  // Another node holds all of it: what was attached here is not here alone any more.
  absl::Status NoteElsewhere(const blob::BlobId& id);
  // It stands in a report now, and stays.
  absl::Status Keep(const blob::BlobId& id);
  // The bytes and the row, if it was never in a report and still is there for this draft: another
  // may have come to name it since it was found unused.
  absl::Status Forget(const blob::BlobId& id, const std::string& draft);

 private:
  struct Held_ {
    v1::BlobRecord record;
    blob::ChunkSet set;
  };
  absl::StatusOr<Held_> Load(const blob::BlobId& id) const;
  absl::Status Save(const blob::BlobId& id, v1::BlobRecord record);
  absl::Status CheckRoom(const blob::BlobId& id, const blob::ChunkSet& held) const;
  absl::Status WriteChunks(const blob::BlobId& id, absl::Span<const blob::Chunk> chunks,
                           absl::Span<const std::vector<blob::TreeNode>> learned);
  absl::StatusOr<blob::Chunk> ReadChunk(const blob::BlobId& id, uint32_t chunk) const;
  void Damaged(const blob::BlobId& id, uint32_t chunk);

  NodeCore& core_;
  const std::unique_ptr<storage::BlobFiles> files_;
  // Held while a row is read, changed and committed, and while the files it speaks of are written:
  // two writers of one content would each undo the other's bits.
  base::Mutex mutex_;
  std::set<blob::BlobId> draft_only_ ABSL_GUARDED_BY(mutex_);
  base::Mutex claims_mutex_;
  std::set<std::pair<blob::BlobId, uint32_t>> claimed_ ABSL_GUARDED_BY(claims_mutex_);
};

}  // namespace entente::rpc
