#include "storage/ballast.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "storage/local_file.h"
#include "storage/store_error.h"

namespace entente::storage {

namespace {

uint64_t FreeBytes(const FileDescriptor& file) {
  struct statvfs info;
  if (fstatvfs(file.get(), &info) != 0) return 0;
  return static_cast<uint64_t>(info.f_bavail) * info.f_frsize;
}

uint64_t AllocatedBytes(const FileDescriptor& file) {
  struct stat info;
  if (fstat(file.get(), &info) != 0) return 0;
  return static_cast<uint64_t>(info.st_blocks) * 512;
}

}  // namespace

Ballast::Ballast(const std::string& directory, uint64_t bytes)
    : path_(directory + "/BALLAST"), bytes_(bytes) {
  if (bytes_ == 0) unlink(path_.c_str());
}

absl::Status Ballast::Fill(uint64_t spare) {
  if (bytes_ == 0) return absl::OkStatus();
  absl::StatusOr<FileDescriptor> file = OpenFile(path_, /*create=*/true);
  if (!file.ok()) return file.status();
  const uint64_t allocated = AllocatedBytes(*file);
  if (allocated < bytes_) {
    const uint64_t wanted = bytes_ - allocated;
    const uint64_t free = FreeBytes(*file);
    const int error = free < wanted + spare
                          ? ENOSPC
                          : posix_fallocate(file->get(), 0, static_cast<off_t>(bytes_));
    if (error != 0) {
      unlink(path_.c_str());
      return StoreError(absl::StatusCode::kResourceExhausted, kReasonFull,
                        absl::StrCat("no reserve of ", bytes_, " bytes was set aside in ", path_,
                                     ": only ", free, " bytes are free on that file system"));
    }
  }
  held_ = true;
  return absl::OkStatus();
}

bool Ballast::Release() {
  if (!held_.exchange(false)) return false;
  return unlink(path_.c_str()) == 0;
}

}  // namespace entente::storage
