// Files and directories only this user may read: the TLS identity and the directory of the local
// socket. Every error names the path, what is wrong with it, and what to do.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace entente::rpc {

// Makes the directory (and missing parents) with mode 0700, or checks one that is there: a
// directory of this user that nobody else may enter. FAILED_PRECONDITION otherwise.
absl::Status MakePrivateDirectory(const std::string& path);

// Nothing when there is no such file. FAILED_PRECONDITION: others may read it, or it is not a
// regular file.
absl::StatusOr<std::optional<std::string>> ReadPrivateFile(const std::string& path);

inline constexpr unsigned kOwnerFile = 0600;
inline constexpr unsigned kReadOnlyFile = 0400;

// Replaces the file in one step: after a crash it is the old one or the new one, whole.
absl::Status WritePrivateFile(const std::string& path, absl::string_view contents,
                              unsigned mode = kOwnerFile);

}  // namespace entente::rpc
