// The store's part of entente doctor: does what is kept still prove itself?
#pragma once

#include "entente/v1/operator.pb.h"
#include "node/crypto/ed25519.h"
#include "storage/kv.h"

namespace entente::rpc {

// Newest commit in the database against HEAD.
v1::Check ExamineHead(uint64_t commit, const absl::StatusOr<uint64_t>& head);
// Of RocksDB's checksums over every table.
v1::Check ExamineChecksums(const absl::Status& verified);
// Authority notes prove themselves, entries have the ids and predecessors they are kept under, and
// signatures hold: of every entry, or of every feed's head and a sample.
v1::Check ExamineLog(const storage::Snapshot& snapshot, const crypto::Verifier& verifier, bool all);

}  // namespace entente::rpc
