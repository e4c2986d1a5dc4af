// What the tests of backups share: SHA-256 as the product gives it, and what a backup holds.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "node/base/bytes.h"
#include "node/crypto/sha256_stream.h"
#include "storage/rocksdb_backup.h"
#include "tests/unit/storage/store_fixture.h"

namespace entente::storage {

class TestSha256 final : public Digester {
 public:
  void Add(absl::string_view piece) override { stream_.Add(piece); }
  std::string FinishHex() override { return base::ToHex(stream_.Finish().view()); }

 private:
  crypto::Sha256Stream stream_;
};

inline NewDigester TestDigester() {
  return [] { return std::make_unique<TestSha256>(); };
}

}  // namespace entente::storage
