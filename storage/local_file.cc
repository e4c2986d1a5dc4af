#include "storage/local_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "storage/store_error.h"

namespace entente::storage {

namespace {

constexpr mode_t kPrivateFile = 0600;

absl::Status WriteAt(int fd, absl::string_view bytes, const std::string& path) {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = pwrite(fd, bytes.data() + done, bytes.size() - done, done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ErrnoStatus(errno, "write", path);
    done += static_cast<size_t>(n);
  }
  return absl::OkStatus();
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) close(fd_);
}

absl::Status ErrnoStatus(int error, absl::string_view action, const std::string& path) {
  const std::string message = absl::StrCat("cannot ", action, " ", path, ": ", strerror(error));
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return StoreError(absl::StatusCode::kResourceExhausted, kReasonFull,
                        absl::StrCat(message, "; free some space and try again"));
    case EACCES:
    case EPERM:
    case EROFS:
      return StoreError(
          absl::StatusCode::kPermissionDenied, kReasonIo,
          absl::StrCat(message, "; check the owner and mode of the directory and its mount"));
    default:
      return StoreError(absl::StatusCode::kUnavailable, kReasonIo, message);
  }
}

bool Exists(const std::string& path) {
  struct stat info;
  return lstat(path.c_str(), &info) == 0;
}

absl::StatusOr<FileDescriptor> OpenFile(const std::string& path, bool create) {
  const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC | (create ? O_CREAT : 0), kPrivateFile);
  if (fd < 0) return ErrnoStatus(errno, create ? "create" : "open", path);
  FileDescriptor file(fd);
  if (create && fchmod(fd, kPrivateFile) != 0) return ErrnoStatus(errno, "set the mode of", path);
  return file;
}

absl::StatusOr<FileDescriptor> OpenToRead(const std::string& path) {
  FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return ErrnoStatus(errno, "open", path);
  return file;
}

absl::StatusOr<std::string> ReadStart(const FileDescriptor& file, size_t limit,
                                      const std::string& path) {
  constexpr size_t kFirstStep = 64 << 10;
  std::string bytes;
  while (bytes.size() < limit) {
    // Memory grows with what is there, not with what may be.
    const size_t done = bytes.size();
    bytes.resize(done + std::min(limit - done, std::max(done, kFirstStep)));
    const ssize_t n = pread(file.get(), bytes.data() + done, bytes.size() - done, done);
    const int error = errno;
    bytes.resize(done + static_cast<size_t>(std::max<ssize_t>(n, 0)));
    if (n < 0 && error == EINTR) continue;
    if (n < 0) return ErrnoStatus(error, "read", path);
    if (n == 0) break;
  }
  return bytes;
}

absl::Status OverwriteSynced(const FileDescriptor& file, absl::string_view bytes,
                             const std::string& path) {
  if (absl::Status status = WriteAt(file.get(), bytes, path); !status.ok()) return status;
  if (fdatasync(file.get()) != 0) return ErrnoStatus(errno, "sync", path);
  return absl::OkStatus();
}

absl::Status ReplaceFile(const std::string& directory, const std::string& name,
                         absl::string_view bytes) {
  const std::string path = directory + "/" + name;
  const std::string partial = path + ".new";
  if (unlink(partial.c_str()) != 0 && errno != ENOENT) return ErrnoStatus(errno, "remove", partial);
  absl::StatusOr<FileDescriptor> file = OpenFile(partial, /*create=*/true);
  if (!file.ok()) return file.status();
  if (absl::Status status = OverwriteSynced(*file, bytes, partial); !status.ok()) return status;
  if (rename(partial.c_str(), path.c_str()) != 0) return ErrnoStatus(errno, "rename", partial);
  return SyncDirectory(directory);
}

absl::Status SyncDirectory(const std::string& directory) {
  FileDescriptor fd(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0) return ErrnoStatus(errno, "open directory", directory);
  if (fsync(fd.get()) != 0) return ErrnoStatus(errno, "sync directory", directory);
  return absl::OkStatus();
}

absl::Status SyncTree(const std::string& directory) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::recursive_directory_iterator it(directory, error), end;
  while (!error && it != end) {
    const std::string path = it->path().string();
    struct stat info;
    if (lstat(path.c_str(), &info) != 0) return ErrnoStatus(errno, "look at", path);
    if (S_ISDIR(info.st_mode)) {
      if (absl::Status status = SyncDirectory(path); !status.ok()) return status;
    } else if (S_ISREG(info.st_mode)) {
      absl::StatusOr<FileDescriptor> file = OpenToRead(path);
      if (!file.ok()) return file.status();
      if (fsync(file->get()) != 0) return ErrnoStatus(errno, "sync", path);
    }
    it.increment(error);
  }
  if (error) return ErrnoStatus(error.value(), "list", directory);
  return SyncDirectory(directory);
}

uint64_t BytesOnDisk(const std::string& directory) {
  namespace fs = std::filesystem;
  uint64_t bytes = 0;
  std::error_code error;
  fs::recursive_directory_iterator it(directory, error), end;
  while (!error && it != end) {
    struct stat info;
    if (lstat(it->path().c_str(), &info) == 0 && S_ISREG(info.st_mode)) {
      bytes += static_cast<uint64_t>(info.st_blocks) * 512;  // st_blocks counts 512-byte units
    }
    it.increment(error);
  }
  return bytes;
}

}  // namespace entente::storage
