// Small files the client reads and writes: notes, credentials, invitations, texts. Errors name the
// path, what happened and what to do.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace entente::client {

// At most `bytes_max`; "-" reads standard input. FILE_UNREADABLE otherwise.
absl::StatusOr<std::string> ReadFile(absl::string_view path, size_t bytes_max = 16 << 20);

// The same of a text: without the byte order mark that some editors begin one with.
absl::StatusOr<std::string> ReadTextFile(absl::string_view path);

// Written beside, synced, renamed: the file is whole or as it was. Mode 0644. FILE_UNWRITABLE
// otherwise.
absl::Status WriteFile(absl::string_view path, absl::string_view content);

bool FileExists(absl::string_view path);

// What the functions above are made of, for files that come piece by piece (piecewise_file.h).
absl::Status FileUnreadable(absl::string_view path, absl::string_view why);
absl::Status FileUnwritable(absl::string_view path, int error);
bool WriteAll(int fd, absl::string_view content);
// The folder holds the name: without this a power loss may forget that the file was renamed.
void SyncFolderOf(const std::string& path);

}  // namespace entente::client
