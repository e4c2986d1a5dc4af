// What was signed and not yet acknowledged: sent again unchanged after a crash, so that one act
// never gets two signed forms. Written before the mark: a mark without its entries would stop the
// key for nothing.
//
// KEYFILE.pending: "entente/pending/v1" LF, then per entry "LEAFBYTES PAYLOADBYTES BASE64(leaf ||
// payload)" LF.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/keys/mark.h"

namespace entente::keys {

struct PendingEntry {
  std::string leaf;
  std::string payload;

  friend bool operator==(const PendingEntry&, const PendingEntry&) = default;
};

// Empty if nothing is pending. DATA_LOSS if the file does not parse.
absl::StatusOr<std::vector<PendingEntry>> ReadPending(const std::string& key_path);
// In place of what was pending; synced when it returns.
absl::Status WritePending(const std::string& key_path, const std::vector<PendingEntry>& entries);
// After the acknowledgement.
absl::Status ClearPending(const std::string& key_path);

// Pending, then the mark: both on disk when it returns.
absl::Status RememberRun(const std::string& key_path, const Mark& mark,
                         const std::vector<PendingEntry>& entries);

}  // namespace entente::keys
