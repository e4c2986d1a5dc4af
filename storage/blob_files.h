// Files beside the store for bytes that are large, checked by hash and replaceable: the contents of
// attachments. Not in the database, because there a damaged block stops compaction and with it the
// register, every byte is written twice (log and table) by the one thread that also takes entries,
// and a full disk has to be survived; here a damaged piece is one pread that does not match, and is
// fetched again over itself.
//
// Contract
//  1. Write returns OK only after the bytes, and a new file's name, are on disk.
//  2. Whoever reads checks what it reads: nothing here notices damage.
//  3. What is in a file counts only when a row of the database says so, and that row is written
//  after Write returned: a crash between the two costs the bytes, never a promise.
// Names: lower-case hex, digits, '-' and '.'; at most 200. Errors: RESOURCE_EXHAUSTED (STORE_FULL),
// PERMISSION_DENIED, UNAVAILABLE. Any thread; writes to one file must not overlap in time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace entente::storage {

class BlobFiles {
 public:
  struct Part {
    uint64_t offset = 0;
    absl::string_view bytes;
  };

  // Makes the directory (not its parents), mode 0700.
  static absl::StatusOr<std::unique_ptr<BlobFiles>> Open(const std::string& directory);

  // Creates the file where it is missing. Parts may leave holes.
  absl::Status Write(const std::string& name, absl::Span<const Part> parts);
  // Less than `length` where the file ends before; empty when there is no file.
  absl::StatusOr<std::string> Read(const std::string& name, uint64_t offset, size_t length) const;
  // OK when there is none.
  absl::Status Remove(const std::string& name);
  absl::StatusOr<std::vector<std::string>> Names() const;  // ascending
  // What this user may still write on the disk; 0 when it cannot be told.
  uint64_t FreeBytes() const;

 private:
  explicit BlobFiles(std::string directory) : directory_(std::move(directory)) {}
  std::string PathOf(const std::string& name) const { return directory_ + "/" + name; }

  const std::string directory_;
};

}  // namespace entente::storage
