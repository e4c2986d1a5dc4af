// What the storage tests share: scratch directories, a store on disk with fixed options, and
// shorthand for reading rows.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "storage/kv.h"
#include "storage/rocksdb_kv.h"

namespace entente::storage {

// A new directory under TMPDIR (else /tmp), removed with all it holds at the end.
class ScratchDir {
 public:
  ScratchDir();
  ~ScratchDir();
  ScratchDir(const ScratchDir&) = delete;
  const std::string& path() const { return path_; }
  std::string Sub(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// Families of every test: 0 "meta", 1 "largest" (merge keeps the larger value), 2 "prefixed" (bloom
// prefix of 4 bytes).
std::vector<FamilyOptions> TestFamilies();

// A checksum good enough to notice a changed byte; the product gives SHA-256.
std::array<uint8_t, 8> TestChecksum(absl::string_view bytes);

// Options for `dir`: the families above, no ballast.
RocksOptions TestOptions(const std::string& dir);

WriteBatch PutOne(Family family, const std::string& key, const std::string& value);

// All rows of a scan; fails the test if the iterator ends with an error.
using Rows = std::vector<std::pair<std::string, std::string>>;
Rows ScanAll(const Kv& kv, Family family, const std::string& prefix);

std::string ReadFile(const std::string& path);
void WriteFile(const std::string& path, const std::string& bytes);
void CopyTree(const std::string& from, const std::string& to);

// The payload "entente.reason".
std::string ReasonOf(const absl::Status& status);

}  // namespace entente::storage
