#include "storage/head_file.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "storage/store_error.h"

namespace entente::storage {

std::string EncodeCommit(uint64_t commit) {
  std::string bytes(8, '\0');
  for (int i = 7; i >= 0; --i, commit >>= 8) bytes[i] = static_cast<char>(commit & 0xff);
  return bytes;
}

std::optional<uint64_t> DecodeCommit(absl::string_view bytes) {
  if (bytes.size() != 8) return std::nullopt;
  uint64_t commit = 0;
  for (char byte : bytes) commit = commit << 8 | static_cast<uint8_t>(byte);
  return commit;
}

absl::StatusOr<HeadFile> HeadFile::Open(const std::string& directory, bool create,
                                        HeadChecksum checksum) {
  std::string path = directory + "/" + kName;
  if (!create && !Exists(path)) {
    return StoreError(absl::StatusCode::kDataLoss, kReasonDamaged,
                      absl::StrCat(path, " is missing"));
  }
  absl::StatusOr<FileDescriptor> file = OpenFile(path, create);
  if (!file.ok()) return file.status();
  return HeadFile(*std::move(file), std::move(path), std::move(checksum));
}

std::string HeadFile::Record(uint64_t commit) const {
  std::string record = EncodeCommit(commit);
  const std::array<uint8_t, 8> sum = checksum_(record);
  record.append(sum.begin(), sum.end());
  return record;
}

absl::StatusOr<uint64_t> HeadFile::Read() const {
  absl::StatusOr<std::string> record = ReadStart(file_, kRecordBytes + 1, path_);
  if (!record.ok()) return record.status();
  if (record->size() != kRecordBytes) {
    return StoreError(
        absl::StatusCode::kDataLoss, kReasonDamaged,
        absl::StrCat(path_, " has ", record->size() > kRecordBytes ? "more than " : "",
                     std::min(record->size(), kRecordBytes), " bytes instead of ", kRecordBytes));
  }
  const std::optional<uint64_t> commit = DecodeCommit(absl::string_view(*record).substr(0, 8));
  if (!commit || Record(*commit) != *record) {
    return StoreError(absl::StatusCode::kDataLoss, kReasonDamaged,
                      absl::StrCat(path_, " does not match its own checksum"));
  }
  return *commit;
}

absl::Status HeadFile::Write(uint64_t commit) {
  return OverwriteSynced(file_, Record(commit), path_);
}

}  // namespace entente::storage
