#include "storage/blob_files.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "storage/local_file.h"
#include "storage/store_directory.h"

namespace entente::storage {

absl::StatusOr<std::unique_ptr<BlobFiles>> BlobFiles::Open(const std::string& directory) {
  if (!Exists(directory)) {
    if (absl::Status made = MakePrivateDirectory(directory); !made.ok()) return made;
  }
  return std::unique_ptr<BlobFiles>(new BlobFiles(directory));
}

absl::Status BlobFiles::Write(const std::string& name, absl::Span<const Part> parts) {
  const std::string path = PathOf(name);
  const bool is_new = !Exists(path);
  absl::StatusOr<FileDescriptor> file = OpenFile(path, /*create=*/true);
  if (!file.ok()) return file.status();
  for (const Part& part : parts) {
    size_t done = 0;
    while (done < part.bytes.size()) {
      const ssize_t n = pwrite(file->get(), part.bytes.data() + done, part.bytes.size() - done,
                               static_cast<off_t>(part.offset + done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return ErrnoStatus(errno, "write", path);
      done += static_cast<size_t>(n);
    }
  }
  if (fdatasync(file->get()) != 0) return ErrnoStatus(errno, "sync", path);
  return is_new ? SyncDirectory(directory_) : absl::OkStatus();
}

absl::StatusOr<std::string> BlobFiles::Read(const std::string& name, uint64_t offset,
                                            size_t length) const {
  const std::string path = PathOf(name);
  if (!Exists(path)) return std::string();
  absl::StatusOr<FileDescriptor> file = OpenToRead(path);
  if (!file.ok()) return file.status();
  std::string bytes(length, '\0');
  size_t done = 0;
  while (done < length) {
    const ssize_t n =
        pread(file->get(), bytes.data() + done, length - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ErrnoStatus(errno, "read", path);
    if (n == 0) break;
    done += static_cast<size_t>(n);
  }
  bytes.resize(done);
  return bytes;
}

absl::Status BlobFiles::Remove(const std::string& name) {
  const std::string path = PathOf(name);
  if (unlink(path.c_str()) != 0 && errno != ENOENT) return ErrnoStatus(errno, "remove", path);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> BlobFiles::Names() const {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator it(directory_, error), end;
  for (; !error && it != end; it.increment(error)) names.push_back(it->path().filename().string());
  if (error) return ErrnoStatus(error.value(), "list", directory_);
  std::sort(names.begin(), names.end());
  return names;
}

uint64_t BlobFiles::FreeBytes() const {
  struct statvfs info;
  if (statvfs(directory_.c_str(), &info) != 0) return 0;
  return static_cast<uint64_t>(info.f_bavail) * info.f_frsize;
}

}  // namespace entente::storage
