#include "tests/unit/storage/store_fixture.h"

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/cord.h"
#include "gtest/gtest.h"

namespace entente::storage {

namespace fs = std::filesystem;

ScratchDir::ScratchDir() {
  const char* base = getenv("TMPDIR");
  path_ = std::string(base && *base ? base : "/tmp") + "/entente-storage-XXXXXX";
  if (mkdtemp(path_.data()) == nullptr) {
    ADD_FAILURE() << "no scratch directory " << path_;
    abort();
  }
}

ScratchDir::~ScratchDir() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::vector<FamilyOptions> TestFamilies() {
  FamilyOptions largest{"largest", [](const std::string* existing, absl::string_view operand) {
                          std::string value(operand.data(), operand.size());
                          return existing && *existing > value ? *existing : value;
                        }};
  FamilyOptions prefixed{"prefixed", nullptr, 4};
  return {FamilyOptions{"meta", nullptr, 0}, std::move(largest), std::move(prefixed)};
}

std::array<uint8_t, 8> TestChecksum(absl::string_view bytes) {
  uint64_t hash = 14695981039346656037u;  // FNV-1a, 64 bits
  for (char byte : bytes) hash = (hash ^ static_cast<uint8_t>(byte)) * 1099511628211u;
  std::array<uint8_t, 8> sum;
  for (uint8_t& byte : sum) {
    byte = hash & 0xff;
    hash >>= 8;
  }
  return sum;
}

RocksOptions TestOptions(const std::string& dir) {
  RocksOptions options;
  options.dir = dir;
  options.families = TestFamilies();
  options.head_checksum = TestChecksum;
  options.ballast_bytes = 0;
  return options;
}

WriteBatch PutOne(Family family, const std::string& key, const std::string& value) {
  WriteBatch batch;
  batch.Put(family, key, value);
  return batch;
}

namespace {

Rows RowsOf(const std::unique_ptr<Iterator>& it) {
  Rows rows;
  for (; it->Valid(); it->Next()) {
    rows.emplace_back(std::string(it->key().data(), it->key().size()),
                      std::string(it->value().data(), it->value().size()));
  }
  EXPECT_TRUE(it->status().ok()) << it->status();
  return rows;
}

}  // namespace

Rows ScanAll(const Kv& kv, Family family, const std::string& prefix) {
  auto snapshot = kv.NewSnapshot();
  Rows rows = RowsOf(snapshot->Scan(family, prefix));
  EXPECT_EQ(RowsOf(snapshot->ScanOn(family, prefix)), rows);
  return rows;
}

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << bytes;
  EXPECT_TRUE(out.flush()) << path;
}

void CopyTree(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::remove_all(to, error);
  fs::copy(from, to, fs::copy_options::recursive, error);
  EXPECT_FALSE(error) << error.message();
}

std::string ReasonOf(const absl::Status& status) {
  auto payload = status.GetPayload("entente.reason");
  return payload ? std::string(*payload) : "";
}

}  // namespace entente::storage
