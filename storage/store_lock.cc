#include "storage/store_lock.h"

#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "storage/store_error.h"

namespace entente::storage {

namespace {

constexpr size_t kMaxHolderBytes = 200;

std::string DescribeThisProcess() {
  return absl::StrCat("process ", getpid(), " (since ",
                      absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", absl::Now(), absl::UTCTimeZone()),
                      ")\n");
}

std::string HolderIn(const FileDescriptor& file, const std::string& path) {
  absl::StatusOr<std::string> text = ReadStart(file, kMaxHolderBytes, path);
  const std::string holder = text.ok() ? text->substr(0, text->find('\n')) : "";
  return holder.empty() ? "another process" : holder;
}

absl::Status InUse(const FileDescriptor& file, const std::string& directory,
                   const std::string& path) {
  return StoreError(absl::StatusCode::kFailedPrecondition, kReasonInUse,
                    absl::StrCat("store ", directory, " is in use by ", HolderIn(file, path),
                                 "; stop that process or give another data directory"));
}

}  // namespace

absl::StatusOr<StoreLock> StoreLock::Acquire(const std::string& directory) {
  const std::string path = directory + "/" + kName;
  absl::StatusOr<FileDescriptor> file = OpenFile(path, /*create=*/true);
  if (!file.ok()) return file.status();
  if (flock(file->get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return InUse(*file, directory, path);
    return ErrnoStatus(errno, "lock", path);
  }
  // Not being able to leave the text (a full disk) does not weaken the lock. The new text is
  // written over the old one before the rest is cut off, so a reader finds a whole line at any
  // time.
  const std::string holder = DescribeThisProcess();
  if (OverwriteSynced(*file, holder, path).ok()) {
    if (ftruncate(file->get(), static_cast<off_t>(holder.size())) != 0) {
      return ErrnoStatus(errno, "shorten", path);
    }
  }
  return StoreLock(*std::move(file));
}

std::string StoreLock::Holder(const std::string& directory) {
  const std::string path = directory + "/" + kName;
  absl::StatusOr<FileDescriptor> file = OpenToRead(path);
  if (!file.ok()) return "";
  // A shared lock is enough to ask, and goes with the descriptor.
  if (flock(file->get(), LOCK_SH | LOCK_NB) == 0) return "";
  return HolderIn(*file, path);
}

}  // namespace entente::storage
