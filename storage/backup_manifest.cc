#include "storage/backup_manifest.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "storage/local_file.h"
#include "storage/store_error.h"

namespace entente::storage {

namespace {

constexpr size_t kManifestBytesMax = 64 << 20;  // some 500 000 files
constexpr size_t kPieceBytes = 1 << 20;
constexpr size_t kHexDigits = 64;
constexpr char kOwnLine[] = "# sha256 of the lines above: ";

std::string DigestOf(absl::string_view bytes, const NewDigester& digester) {
  std::unique_ptr<Digester> sum = digester();
  sum->Add(bytes);
  return sum->FinishHex();
}

absl::Status Damaged(const std::string& path, absl::string_view what) {
  return StoreError(absl::StatusCode::kDataLoss, kReasonBackupDamaged,
                    absl::StrCat(path, " ", what,
                                 "; this backup cannot be relied on, use another one (entente "
                                 "backup list)"));
}

// Nothing when the name is not that of a manifest.
std::optional<uint32_t> NumberOf(absl::string_view name) {
  uint32_t number = 0;
  if (!absl::ConsumePrefix(&name, "backup-") || !absl::ConsumeSuffix(&name, ".sha256") ||
      !absl::SimpleAtoi(name, &number) || number == 0) {
    return std::nullopt;
  }
  return number;
}

bool IsDigest(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string LinesOf(const Manifest& manifest) {
  std::string text;
  for (const auto& [path, digest] : manifest) absl::StrAppend(&text, digest, "  ", path, "\n");
  return text;
}

// A path that leaves the directory, or is none, is no path of a backup.
bool IsBelow(absl::string_view path) {
  if (path.empty() || path.front() == '/') return false;
  for (absl::string_view part : absl::StrSplit(path, '/')) {
    if (part.empty() || part == "." || part == "..") return false;
  }
  return true;
}

absl::Status NoSuchBackup(const std::string& directory, uint32_t number) {
  const std::vector<uint32_t> there = ManifestNumbers(directory);
  return StoreError(absl::StatusCode::kNotFound, kReasonNoBackup,
                    there.empty() ? absl::StrCat("there is no finished backup in ", directory,
                                                 "; check the path and that its disk is mounted")
                                  : absl::StrCat("there is no backup ", number, " in ", directory,
                                                 "; finished are: ", absl::StrJoin(there, " ")));
}

}  // namespace

std::string ManifestName(uint32_t number) { return absl::StrCat("backup-", number, ".sha256"); }

std::vector<uint32_t> ManifestNumbers(const std::string& directory) {
  std::vector<uint32_t> numbers;
  std::error_code error;
  std::filesystem::directory_iterator it(directory, error), end;
  for (; !error && it != end; it.increment(error)) {
    if (auto number = NumberOf(it->path().filename().string())) numbers.push_back(*number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

absl::Status WriteManifest(const std::string& directory, uint32_t number, const Manifest& manifest,
                           const NewDigester& digester) {
  std::string text = LinesOf(manifest);
  absl::StrAppend(&text, kOwnLine, DigestOf(text, digester), "\n");
  return ReplaceFile(directory, ManifestName(number), text);
}

absl::StatusOr<Manifest> ReadManifest(const std::string& directory, uint32_t number,
                                      const NewDigester& digester) {
  const std::string path = absl::StrCat(directory, "/", ManifestName(number));
  if (!Exists(path)) return NoSuchBackup(directory, number);
  absl::StatusOr<FileDescriptor> file = OpenToRead(path);
  if (!file.ok()) return file.status();
  absl::StatusOr<std::string> text = ReadStart(*file, kManifestBytesMax + 1, path);
  if (!text.ok()) return text.status();
  const size_t own = text->rfind(kOwnLine);
  if (own == std::string::npos || text->size() > kManifestBytesMax ||
      text->substr(own) != absl::StrCat(kOwnLine,
                                        DigestOf(absl::string_view(*text).substr(0, own), digester),
                                        "\n")) {
    return Damaged(path, "does not match its own checksum");
  }
  Manifest manifest;
  for (absl::string_view line :
       absl::StrSplit(absl::string_view(*text).substr(0, own), '\n', absl::SkipEmpty())) {
    if (line.size() < kHexDigits + 3 || line.substr(kHexDigits, 2) != "  " ||
        !IsDigest(line.substr(0, kHexDigits)) || !IsBelow(line.substr(kHexDigits + 2))) {
      return Damaged(path, "has a line that is not 'DIGEST  PATH'");
    }
    const absl::string_view name = line.substr(kHexDigits + 2);
    manifest.emplace(std::string(name.data(), name.size()), std::string(line.data(), kHexDigits));
  }
  if (LinesOf(manifest) != text->substr(0, own)) {
    return Damaged(path, "does not name each file once, ascending, on a line of its own");
  }
  return manifest;
}

absl::StatusOr<std::string> DigestOfFile(const std::string& path, const NewDigester& digester) {
  absl::StatusOr<FileDescriptor> file = OpenToRead(path);
  if (!file.ok()) return file.status();
  std::unique_ptr<Digester> sum = digester();
  std::string piece(kPieceBytes, '\0');
  while (true) {
    const ssize_t n = read(file->get(), piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ErrnoStatus(errno, "read", path);
    if (n == 0) return sum->FinishHex();
    sum->Add(absl::string_view(piece.data(), static_cast<size_t>(n)));
  }
}

std::vector<BackupProblem> CheckFiles(const std::string& directory, const Manifest& manifest,
                                      const NewDigester& digester) {
  std::vector<BackupProblem> problems;
  for (const auto& [name, digest] : manifest) {
    const std::string path = absl::StrCat(directory, "/", name);
    if (!Exists(path)) {
      problems.push_back({name, "is missing"});
      continue;
    }
    absl::StatusOr<std::string> found = DigestOfFile(path, digester);
    if (!found.ok()) {
      const absl::string_view why = found.status().message();
      problems.push_back({name, std::string(why.data(), why.size())});
    } else if (*found != digest) {
      problems.push_back({name, "was altered: its bytes do not match their SHA-256"});
    }
  }
  return problems;
}

}  // namespace entente::storage
