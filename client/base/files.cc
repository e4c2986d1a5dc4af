#include "client/base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/base/errors.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/meaning/catalogue/csv_table.h"

namespace entente::client {

absl::Status FileUnreadable(absl::string_view path, absl::string_view why) {
  return Failure(absl::StatusCode::kNotFound, kFileUnreadable,
                 absl::StrCat(path, ": cannot be read (", why, ")"),
                 "check the path and its permissions");
}

absl::Status FileUnwritable(absl::string_view path, int error) {
  return Failure(absl::StatusCode::kDataLoss, kFileUnwritable,
                 absl::StrCat(path, ": cannot be written (", std::strerror(error), ")"),
                 "check the folder, its permissions and the free space");
}

void SyncFolderOf(const std::string& path) {
  size_t slash = path.rfind('/');
  std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  fsync(fd);
  close(fd);
}

bool WriteAll(int fd, absl::string_view content) {
  while (!content.empty()) {
    ssize_t n = write(fd, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    content.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

absl::StatusOr<std::string> ReadFile(absl::string_view path, size_t bytes_max) {
  int fd = path == "-" ? dup(STDIN_FILENO) : open(base::Str(path).c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return FileUnreadable(path, std::strerror(errno));
  std::string content;
  char buffer[65536];
  for (;;) {
    ssize_t n = read(fd, buffer, sizeof(buffer));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      int error = errno;
      close(fd);
      return FileUnreadable(path, std::strerror(error));
    }
    if (n == 0) break;
    content.append(buffer, n);
    if (content.size() > bytes_max) {
      close(fd);
      return FileUnreadable(path, absl::StrCat("larger than ", bytes_max, " bytes"));
    }
  }
  close(fd);
  return content;
}

absl::StatusOr<std::string> ReadTextFile(absl::string_view path) {
  ASSIGN_OR_RETURN(std::string text, ReadFile(path));
  return base::Str(absl::StripPrefix(text, meaning::kByteOrderMark));
}

absl::Status WriteFile(absl::string_view path, absl::string_view content) {
  const std::string target = base::Str(path);
  const std::string beside = target + ".tmp";
  int fd = open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return FileUnwritable(path, errno);
  bool written = WriteAll(fd, content) && fsync(fd) == 0;
  int error = errno;
  close(fd);
  if (!written || rename(beside.c_str(), target.c_str()) != 0) {
    if (written) error = errno;
    unlink(beside.c_str());
    return FileUnwritable(path, error);
  }
  SyncFolderOf(target);
  return absl::OkStatus();
}

bool FileExists(absl::string_view path) { return access(base::Str(path).c_str(), F_OK) == 0; }

}  // namespace entente::client
