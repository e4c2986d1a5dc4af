// The register of an instrument as the node exports it, for whoever checks it or packs it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/context/context.h"
#include "node/base/id.h"
#include "node/tlog/checkpoint.h"

namespace entente::client {

struct ExportedRegister {
  std::vector<base::EntryId> leaves;                // in the register's order
  std::vector<tlog::SignedCheckpoint> checkpoints;  // ascending by size, each once; none is checked
  std::vector<std::string> evidence;                // equivocation files the node keeps
};
// Empty when the node knows no register of the instrument.
absl::StatusOr<ExportedRegister> ReadRegister(Context& context, const std::string& instrument);

}  // namespace entente::client
