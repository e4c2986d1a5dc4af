// The few POSIX file operations the store's own small files need, with errors for people. All files
// are created with mode 0600 whatever the umask is.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace entente::storage {

// Owns a file descriptor.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~FileDescriptor();
  int get() const { return fd_; }

 private:
  int fd_ = -1;
};

// What failed, on which file, and the operating system's words. ENOSPC and EDQUOT:
// RESOURCE_EXHAUSTED; EACCES, EPERM and EROFS: PERMISSION_DENIED; else UNAVAILABLE.
absl::Status ErrnoStatus(int error, absl::string_view action, const std::string& path);

bool Exists(const std::string& path);
// Opens for reading and writing, creating the file if asked to.
absl::StatusOr<FileDescriptor> OpenFile(const std::string& path, bool create);
// For reading only, so that it works on a medium that cannot be written.
absl::StatusOr<FileDescriptor> OpenToRead(const std::string& path);
// At most `limit` bytes of the file from its start.
absl::StatusOr<std::string> ReadStart(const FileDescriptor& file, size_t limit,
                                      const std::string& path);
// Overwrites from the start and waits until the bytes are on disk. Never makes the file shorter.
absl::Status OverwriteSynced(const FileDescriptor& file, absl::string_view bytes,
                             const std::string& path);
// Makes `path` hold exactly `bytes`: after a crash the old file is there or the new one, whole.
absl::Status ReplaceFile(const std::string& directory, const std::string& name,
                         absl::string_view bytes);
// Makes creations, renames and removals in `directory` survive power loss.
absl::Status SyncDirectory(const std::string& directory);
// Waits until every file and directory below (and including) `directory` is on disk.
absl::Status SyncTree(const std::string& directory);
// Bytes that all regular files below `directory` occupy on disk; files that vanish meanwhile count
// 0.
uint64_t BytesOnDisk(const std::string& directory);

}  // namespace entente::storage
