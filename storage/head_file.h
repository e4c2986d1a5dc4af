// HEAD: the number of the newest acknowledged commit, kept outside the database so that a database
// that lost its newest log, or was replaced by an older copy, is noticed when it opens.
//
// Record, 16 bytes: commit number (8 bytes, big endian), then the checksum of those 8 bytes. It is
// overwritten in place and synced after the database has synced the batch and before the batch is
// acknowledged. 16 bytes at offset 0 lie within one disk sector, and a sector is written whole or
// not at all, so no crash can leave a record with a wrong checksum: a wrong one is damage.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/local_file.h"

namespace entente::storage {

// The first 8 bytes of a cryptographic hash (SHA-256 in the product) of the argument.
using HeadChecksum = std::function<std::array<uint8_t, 8>(absl::string_view)>;

class HeadFile {
 public:
  static constexpr char kName[] = "HEAD";
  static constexpr size_t kRecordBytes = 16;

  // DATA_LOSS: there is no such file. With `create` it is made; Read() is then DATA_LOSS until
  // Write().
  static absl::StatusOr<HeadFile> Open(const std::string& directory, bool create,
                                       HeadChecksum checksum);

  // DATA_LOSS: the record is short, long or has a wrong checksum.
  absl::StatusOr<uint64_t> Read() const;
  // On return the number is on disk.
  absl::Status Write(uint64_t commit);

 private:
  HeadFile(FileDescriptor file, std::string path, HeadChecksum checksum)
      : file_(std::move(file)), path_(std::move(path)), checksum_(std::move(checksum)) {}
  std::string Record(uint64_t commit) const;

  FileDescriptor file_;
  std::string path_;
  HeadChecksum checksum_;
};

// 8 bytes, big endian: the form of a commit number in HEAD and in the database.
std::string EncodeCommit(uint64_t commit);
// nullopt unless `bytes` is exactly 8 long.
std::optional<uint64_t> DecodeCommit(absl::string_view bytes);

}  // namespace entente::storage
