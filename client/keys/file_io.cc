#include "client/keys/file_io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace entente::keys {

namespace {

absl::Status Unwritable(const std::string& path, int error) {
  return base::Error(absl::StatusCode::kFailedPrecondition, "FILE_UNWRITABLE",
                     absl::StrCat("cannot write ", path, ": ", strerror(error)));
}

class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

std::string FolderOf(const std::string& path) {
  size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// A name in a folder is on disk only when the folder is.
absl::Status SyncFolder(const std::string& path) {
  Fd folder(open(FolderOf(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || fsync(folder.get()) != 0) return Unwritable(FolderOf(path), errno);
  return absl::OkStatus();
}

bool WriteAll(int fd, absl::string_view content) {
  while (!content.empty()) {
    ssize_t written = write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    content.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

// A whole, synced file of a fresh name in the same folder.
absl::StatusOr<std::string> WriteBeside(const std::string& path, absl::string_view content,
                                        mode_t mode) {
  std::string beside = path + ".new-XXXXXX";
  Fd fd(mkostemp(beside.data(), O_CLOEXEC));  // created with mode 0600
  if (fd.get() < 0) return Unwritable(path, errno);
  if (WriteAll(fd.get(), content) && fchmod(fd.get(), mode) == 0 && fsync(fd.get()) == 0) {
    return beside;
  }
  int error = errno;
  unlink(beside.c_str());
  return Unwritable(path, error);
}

// Renames without replacing; file systems that cannot do that get a second name, then lose the
// first.
bool RenameToNew(const std::string& from, const std::string& to) {
  if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno != EINVAL && errno != ENOSYS) return false;
  return link(from.c_str(), to.c_str()) == 0 && unlink(from.c_str()) == 0;
}

}  // namespace

absl::Status Unreadable(const std::string& path, absl::string_view what) {
  return base::Error(absl::StatusCode::kFailedPrecondition, "FILE_UNREADABLE",
                     absl::StrCat("cannot read ", path, ": ", what));
}

absl::Status Damaged(const std::string& path, absl::string_view what) {
  return base::Error(absl::StatusCode::kDataLoss, "FILE_DAMAGED",
                     absl::StrCat(path, " is damaged: ", what));
}

bool Exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

absl::StatusOr<std::optional<std::string>> ReadIfThere(const std::string& path, size_t bytes_max) {
  Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0 && errno == ENOENT) return std::nullopt;
  if (fd.get() < 0) return Unreadable(path, strerror(errno));
  std::string content;
  char block[16 * 1024];
  while (true) {
    ssize_t got = read(fd.get(), block, sizeof(block));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Unreadable(path, strerror(errno));
    if (got == 0) return content;
    content.append(block, static_cast<size_t>(got));
    if (content.size() > bytes_max) {
      return Damaged(path, absl::StrCat("it has more than ", bytes_max, " bytes"));
    }
  }
}

absl::Status WriteNew(const std::string& path, absl::string_view content, mode_t mode) {
  ASSIGN_OR_RETURN(std::string beside, WriteBeside(path, content, mode));
  if (!RenameToNew(beside, path)) {
    int error = errno;
    unlink(beside.c_str());
    if (error != EEXIST) return Unwritable(path, error);
    return base::Error(absl::StatusCode::kAlreadyExists, "FILE_EXISTS",
                       absl::StrCat(path, " exists and is not overwritten; choose another name"));
  }
  return SyncFolder(path);
}

absl::Status Replace(const std::string& path, absl::string_view content, mode_t mode) {
  ASSIGN_OR_RETURN(std::string beside, WriteBeside(path, content, mode));
  if (rename(beside.c_str(), path.c_str()) != 0) {
    int error = errno;
    unlink(beside.c_str());
    return Unwritable(path, error);
  }
  return SyncFolder(path);
}

absl::Status Remove(const std::string& path) {
  if (unlink(path.c_str()) != 0 && errno != ENOENT) return Unwritable(path, errno);
  return SyncFolder(path);
}

}  // namespace entente::keys
