// The register of an instrument as the node exports it, for whoever checks it or packs it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/context/context.h"
#include "node/base/id.h"
#include "node/tlog/checkpoint.h"
#include "node/tlog/tree.h"

namespace entente::client {

struct ExportedRegister {
  uint64_t from = 0;                                // index of the first leaf
  std::vector<base::EntryId> leaves;                // in the register's order
  std::vector<tlog::SignedCheckpoint> checkpoints;  // ascending by size, each once; none is checked
  std::vector<std::string> evidence;                // equivocation files the node keeps
};
// Leaves from that index and checkpoints from that size on. Empty when the node knows no register
// of the instrument.
absl::StatusOr<ExportedRegister> ReadRegister(Context& context, const std::string& instrument,
                                              uint64_t from = 0);

// What tlog::ProvenRoot needs to know the register's roots at smaller sizes than `to`.
absl::StatusOr<std::vector<tlog::Proof>> ReadRootProofs(Context& context,
                                                        const std::string& instrument,
                                                        const std::vector<uint64_t>& sizes,
                                                        uint64_t to);

}  // namespace entente::client
