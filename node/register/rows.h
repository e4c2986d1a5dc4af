// Rows of the family kRegister: what a node keeps of each register it knows. The register's own
// node and every other one keep the same rows; the one makes checkpoints over them, the others
// check that the checkpoints hold (docs/storage-format.md, "Registers").
//
//   's' log[32]                     -> RegisterState
//   't' log[32] level[1] number[8]  -> hashes[32 each], up to 256: a tile as of now
//   'a', 'e'                        -> where entries stand: index_rows.h
//   'c' log[32] size[8]             -> signed checkpoint, its lines merged; kept for ever
//   'q' log[32] size[8]             -> POSIX seconds[8]: when the checkpoint became final
//   'v' log[32] SHA-256(file)[32]   -> an equivocation file that proves something
//   'w' log[32] id[32]              -> size[8]: the entry says it saw another tree of this size
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "node/base/id.h"
#include "node/ledger/note.h"
#include "node/tlog/tree.h"
#include "storage/kv.h"

namespace entente::reg {

using base::Digest;
using base::EntryId;
using base::InstrumentId;
using ledger::VerifierKey;

// SHA-256 of the text of the register's key: a register is its key.
using LogId = Digest;
LogId LogOf(const VerifierKey& key);

// DATA_LOSS, STORE_DAMAGED: a row of the family is not as it was written.
absl::Status RowDamaged(absl::string_view what);

std::string StateKey(const LogId& log);
inline constexpr char kStatePrefix[] = "s";
std::string TileKey(const LogId& log, uint32_t level, uint64_t number);
std::string CheckpointKey(const LogId& log, uint64_t size);
std::string CheckpointPrefix(const LogId& log);
std::string FinalKey(const LogId& log, uint64_t size);
std::string FinalPrefix(const LogId& log);
std::string EvidenceKey(const LogId& log, const Digest& file);
std::string EvidencePrefix(const LogId& log);
std::string ClaimKey(const LogId& log, const EntryId& id);
std::string ClaimPrefix(const LogId& log);
// REQUIRES: a key that ends in size[8].
uint64_t SizeOfKey(absl::string_view key);

// One point read of the family: from the Kv on the writer's thread, from a Snapshot elsewhere.
using Get = std::function<absl::StatusOr<std::optional<std::string>>(const std::string& key)>;
Get GetFrom(const storage::Kv* kv);
Get GetFrom(const storage::Snapshot* snapshot);

// Hashes of a tree of `size` leaves out of its tile rows. Reads each tile once; for one proof.
tlog::NodeSource NodesOf(const Get& get, const LogId& log, uint64_t size);

// Leaves [from, to), as ids. REQUIRES: to is not over the number of leaves held.
absl::StatusOr<std::vector<EntryId>> LeavesOf(const Get& get, const LogId& log, uint64_t from,
                                              uint64_t to);

}  // namespace entente::reg
