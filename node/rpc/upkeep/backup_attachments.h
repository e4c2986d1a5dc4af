// Contents of attachments in a backup, and back. A complete content never changes, so each is a
// file of its own that all backups of a directory share: attachments/ROOT-SIZE, the bytes alone;
// the tree is made again from them, and proves them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "node/blob/blob_id.h"
#include "node/blob/piece_reader.h"
#include "storage/kv.h"

namespace entente::rpc {

struct BackedUpAttachments {
  std::vector<std::string> names;  // of the files
  uint64_t bytes = 0;
  uint64_t left_out = 0;  // only begun, or damaged on this node's disk
};

// A chunk as it is on the node's disk, checked.
using ReadChunk = std::function<absl::StatusOr<blob::Chunk>(const blob::BlobId&, uint32_t)>;

// What a state says to be complete here, without copying.
absl::StatusOr<BackedUpAttachments> CompleteAttachments(const storage::Snapshot& state);

// Copies what the folder lacks of them; on return it is on disk. `progress`: false stops
// (CANCELLED). RESOURCE_EXHAUSTED (STORE_FULL): there is no room.
absl::StatusOr<BackedUpAttachments> BackUpAttachments(
    const storage::Snapshot& state, const std::string& folder, const ReadChunk& read,
    const std::function<bool(uint64_t bytes)>& progress);

// From files of a backup into the attachments' directory of a node, which is made. DATA_LOSS
// (BACKUP_DAMAGED): a file is not what its name says.
absl::Status RestoreAttachments(const std::string& folder, const std::vector<std::string>& names,
                                const std::string& directory);

}  // namespace entente::rpc
