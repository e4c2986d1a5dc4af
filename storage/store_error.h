// Errors of the store with the stable reason a client can act on. The reason travels as the status
// payload "entente.reason", the form every room of the project reads.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace entente::storage {

inline constexpr char kReasonDamaged[] = "STORE_DAMAGED";
inline constexpr char kReasonFull[] = "STORE_FULL";
inline constexpr char kReasonInUse[] = "STORE_IN_USE";
inline constexpr char kReasonForeign[] = "NOT_A_STORE";
inline constexpr char kReasonNewer[] = "NEWER_VERSION_NEEDED";
inline constexpr char kReasonTooOld[] = "STORE_TOO_OLD";
inline constexpr char kReasonClosed[] = "STORE_CLOSED";
inline constexpr char kReasonIo[] = "STORE_IO";
inline constexpr char kReasonBackupDamaged[] = "BACKUP_DAMAGED";
inline constexpr char kReasonNoBackup[] = "NO_BACKUP";
inline constexpr char kReasonBackupBusy[] = "BACKUP_BUSY";

absl::Status StoreError(absl::StatusCode code, absl::string_view reason, absl::string_view message);

// The answer to every write after one that failed (contract 3 of kv.h).
absl::Status ClosedAfter(const absl::Status& failure);

}  // namespace entente::storage
