#include "node/rpc/tls/private_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "node/base/status_macros.h"

namespace entente::rpc {

namespace {

constexpr size_t kFileBytesMax = 64 * 1024;

class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() {
    if (fd_ >= 0) close(fd_);
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  const int fd_;
};

absl::Status SystemError(absl::string_view what, const std::string& path) {
  const int error = errno;
  const std::string message = absl::StrCat("cannot ", what, " ", path, ": ", strerror(error));
  if (error == ENOSPC || error == EDQUOT) return absl::ResourceExhaustedError(message);
  return absl::FailedPreconditionError(message);
}

std::string ParentOf(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

absl::Status CheckPrivate(const std::string& path, const struct stat& info, const char* wanted) {
  if (info.st_uid != geteuid()) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "%s belongs to user %d, this process runs as user %d; run as its owner, or give "
        "another path",
        path, info.st_uid, geteuid()));
  }
  if ((info.st_mode & 077) != 0) {
    return absl::FailedPreconditionError(
        absl::StrFormat("%s is open to other users (mode %04o); run: chmod %s %s", path,
                        info.st_mode & 07777, wanted, path));
  }
  return absl::OkStatus();
}

absl::Status SyncDirectory(const std::string& path) {
  Fd dir(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!dir.ok() || fsync(dir.get()) != 0) return SystemError("sync the directory", path);
  return absl::OkStatus();
}

absl::Status WriteAll(int fd, absl::string_view contents, const std::string& path) {
  while (!contents.empty()) {
    const ssize_t written = write(fd, contents.data(), contents.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return SystemError("write", path);
    contents.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status MakePrivateDirectory(const std::string& path) {
  if (mkdir(path.c_str(), 0700) == 0) return SyncDirectory(ParentOf(path));
  if (errno == ENOENT) {
    const std::string parent = ParentOf(path);
    if (parent == path) return SystemError("make the directory", path);
    RETURN_IF_ERROR(MakePrivateDirectory(parent));
    if (mkdir(path.c_str(), 0700) == 0) return SyncDirectory(parent);
  }
  if (errno != EEXIST) return SystemError("make the directory", path);
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return SystemError("look at", path);
  if (!S_ISDIR(info.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is not a directory; move it away or give another path"));
  }
  return CheckPrivate(path, info, "700");
}

absl::StatusOr<std::optional<std::string>> ReadPrivateFile(const std::string& path) {
  Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.ok() && errno == ENOENT) return std::optional<std::string>();
  struct stat info {};
  if (!file.ok() || fstat(file.get(), &info) != 0) return SystemError("read", path);
  if (!S_ISREG(info.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is not a regular file; move it away"));
  }
  RETURN_IF_ERROR(CheckPrivate(path, info, "600"));
  std::string contents(kFileBytesMax + 1, '\0');
  size_t filled = 0;
  while (filled < contents.size()) {
    const ssize_t got = read(file.get(), contents.data() + filled, contents.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError("read", path);
    if (got == 0) break;
    filled += static_cast<size_t>(got);
  }
  if (filled > kFileBytesMax) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is over ", kFileBytesMax, " bytes; that is no key or certificate"));
  }
  contents.resize(filled);
  return std::optional<std::string>(std::move(contents));
}

absl::Status WritePrivateFile(const std::string& path, absl::string_view contents, unsigned mode) {
  const std::string unfinished = absl::StrCat(path, ".new");
  if (unlink(unfinished.c_str()) != 0 && errno != ENOENT) return SystemError("replace", unfinished);
  {
    Fd file(open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (!file.ok()) return SystemError("make", unfinished);
    RETURN_IF_ERROR(WriteAll(file.get(), contents, unfinished));
    if (fsync(file.get()) != 0) return SystemError("sync", unfinished);
  }
  if (rename(unfinished.c_str(), path.c_str()) != 0) return SystemError("replace", path);
  return SyncDirectory(ParentOf(path));
}

}  // namespace entente::rpc
