#include "storage/store_directory.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "storage/head_file.h"
#include "storage/local_file.h"
#include "storage/store_error.h"
#include "storage/store_lock.h"

namespace entente::storage {

namespace {

namespace fs = std::filesystem;

constexpr char kFormat[] = "FORMAT";
constexpr char kCreating[] = "CREATING";
constexpr char kFormatWord[] = "entente-store-format ";
constexpr size_t kMaxFormatBytes = 64;

absl::StatusOr<uint32_t> ReadFormat(const std::string& directory) {
  const std::string path = directory + "/" + kFormat;
  absl::StatusOr<FileDescriptor> file = OpenFile(path, /*create=*/false);
  if (!file.ok()) return file.status();
  absl::StatusOr<std::string> text = ReadStart(*file, kMaxFormatBytes, path);
  if (!text.ok()) return text.status();
  absl::string_view line = *text;
  uint32_t version = 0;
  if (!absl::ConsumePrefix(&line, kFormatWord) || !absl::ConsumeSuffix(&line, "\n") ||
      !absl::SimpleAtoi(line, &version)) {
    return StoreError(absl::StatusCode::kDataLoss, kReasonDamaged,
                      absl::StrCat(path, " is not the line '", kFormatWord,
                                   "N'; restore it from a backup of this store"));
  }
  return version;
}

absl::Status CheckFormat(const std::string& directory, uint32_t found, uint32_t own) {
  if (found == own) return absl::OkStatus();
  const bool newer = found > own;
  return StoreError(absl::StatusCode::kFailedPrecondition, newer ? kReasonNewer : kReasonTooOld,
                    absl::StrCat("store ", directory, " has format version ", found,
                                 "; this program reads version ", own, ". ",
                                 newer ? "Use the newer program that wrote it"
                                       : "Convert the store with the last program that reads it"));
}

// A name in the directory that an empty or half-created store would not have.
absl::StatusOr<std::string> ForeignName(const std::string& directory) {
  std::error_code error;
  fs::directory_iterator it(directory, error), end;
  for (; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name != "lost+found" && name != StoreLock::kName) return name;
  }
  if (error) return ErrnoStatus(error.value(), "list", directory);
  return std::string();
}

}  // namespace

std::string DatabasePath(const std::string& directory) { return directory + "/db"; }

absl::StatusOr<DirectoryState> InspectDirectory(const std::string& directory,
                                                uint32_t format_version) {
  struct stat info;
  if (stat(directory.c_str(), &info) != 0) {
    if (errno == ENOENT) return DirectoryState::kMissing;
    return ErrnoStatus(errno, "look into", directory);
  }
  if (!S_ISDIR(info.st_mode)) {
    return StoreError(absl::StatusCode::kFailedPrecondition, kReasonForeign,
                      absl::StrCat(directory, " is not a directory; give one for the store"));
  }
  if (Exists(directory + "/" + kFormat)) {
    absl::StatusOr<uint32_t> found = ReadFormat(directory);
    if (!found.ok()) return found.status();
    if (absl::Status status = CheckFormat(directory, *found, format_version); !status.ok()) {
      return status;
    }
    return DirectoryState::kStore;
  }
  if (Exists(directory + "/" + kCreating)) return DirectoryState::kEmpty;
  absl::StatusOr<std::string> foreign = ForeignName(directory);
  if (!foreign.ok()) return foreign.status();
  if (foreign->empty()) return DirectoryState::kEmpty;
  return StoreError(
      absl::StatusCode::kFailedPrecondition, kReasonForeign,
      absl::StrCat(directory, " holds '", *foreign,
                   "' but no store (no FORMAT file); check the path and that its disk "
                   "is mounted, or give an empty directory"));
}

absl::Status MakePrivateDirectory(const std::string& directory) {
  if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return ErrnoStatus(errno, "create directory", directory);
  }
  if (chmod(directory.c_str(), 0700) != 0) return ErrnoStatus(errno, "set the mode of", directory);
  return absl::OkStatus();
}

absl::Status BeginCreation(const std::string& directory) {
  if (absl::Status status = ReplaceFile(directory, kCreating, ""); !status.ok()) return status;
  std::error_code error;
  fs::remove_all(DatabasePath(directory), error);
  if (!error) fs::remove(directory + "/" + HeadFile::kName, error);
  if (error) return ErrnoStatus(error.value(), "remove the unfinished store in", directory);
  return MakePrivateDirectory(DatabasePath(directory));
}

absl::Status FinishCreation(const std::string& directory, uint32_t format_version) {
  absl::Status status =
      ReplaceFile(directory, kFormat, absl::StrCat(kFormatWord, format_version, "\n"));
  if (!status.ok()) return status;
  const std::string creating = directory + "/" + kCreating;
  if (unlink(creating.c_str()) != 0) return ErrnoStatus(errno, "remove", creating);
  return SyncDirectory(directory);
}

}  // namespace entente::storage
