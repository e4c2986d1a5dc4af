// Small files beside a key. A file is whole or as it was: written beside, synced, renamed, folder
// synced. Reasons: FILE_UNREADABLE, FILE_UNWRITABLE; every message names the path and what the
// system said.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace entente::keys {

inline constexpr mode_t kPrivateMode = 0600;
inline constexpr mode_t kPublicMode = 0644;

// Nothing if there is no such file.
absl::StatusOr<std::optional<std::string>> ReadIfThere(const std::string& path, size_t bytes_max);

// A new file; ALREADY_EXISTS if the path is taken, and then it is untouched.
absl::Status WriteNew(const std::string& path, absl::string_view content, mode_t mode);
// In place of what stands there, if anything does.
absl::Status Replace(const std::string& path, absl::string_view content, mode_t mode);
// No error if it is gone already.
absl::Status Remove(const std::string& path);

bool Exists(const std::string& path);

absl::Status Unreadable(const std::string& path, absl::string_view what);
absl::Status Damaged(const std::string& path, absl::string_view what);

}  // namespace entente::keys
