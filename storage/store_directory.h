// What a store directory holds and when a directory may become one.
//
//   FORMAT        one line, "entente-store-format N"; written last when a store is created
//   CREATING      there while a store is being created; nothing was acknowledged yet
//   HEAD          newest acknowledged commit (head_file.h)
//   LOCK.entente  who has the store open (store_lock.h)
//   BALLAST       space to give back when the disk is full (ballast.h)
//   db/           the RocksDB database
//
// A directory without FORMAT is made a store only if it is empty (lost+found of a fresh file system
// does not count) or an unfinished creation: a wrong path or an unmounted disk must not silently
// become a new, empty store.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace entente::storage {

enum class DirectoryState { kMissing, kEmpty, kStore };

// FAILED_PRECONDITION: not a directory, foreign content (NOT_A_STORE), or a format other than
// `format_version` (NEWER_VERSION_NEEDED, STORE_TOO_OLD; both versions are named). DATA_LOSS:
// FORMAT is unreadable text.
absl::StatusOr<DirectoryState> InspectDirectory(const std::string& directory,
                                                uint32_t format_version);

// Makes the directory (not its parents) with mode 0700 whatever the umask is.
absl::Status MakePrivateDirectory(const std::string& directory);

// Removes what an interrupted creation left, and marks the directory as being created.
absl::Status BeginCreation(const std::string& directory);
// From here on the directory is a store.
absl::Status FinishCreation(const std::string& directory, uint32_t format_version);

std::string DatabasePath(const std::string& directory);

}  // namespace entente::storage
