// What is written at once: all of it or nothing (kv.h). Keys and values are copied in, into few
// large pieces of memory that the next batch uses again: a bulk transfer writes hundreds of
// thousands of small rows, and a string for each key and value costs more than the copy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/strings/string_view.h"

namespace entente::storage {

// Index into the list of column families given at open.
using Family = uint32_t;

// Not copied, so that nobody copies megabytes unawares. What was moved from is empty.
class WriteBatch {
 public:
  struct Op {
    enum class Kind : uint8_t { kPut, kMerge, kDelete } kind;
    Family family;
    absl::string_view key;  // both live as long as the batch holds the operation
    absl::string_view value;
  };

  WriteBatch() = default;
  WriteBatch(WriteBatch&& other) noexcept { *this = std::move(other); }
  WriteBatch& operator=(WriteBatch&& other) noexcept;

  void Put(Family family, absl::string_view key, absl::string_view value) {
    Add(Op::Kind::kPut, family, key, value);
  }
  // The room for the value, uninitialised, to be filled before the batch is used.
  char* PutRoom(Family family, absl::string_view key, size_t value_bytes);
  void Merge(Family family, absl::string_view key, absl::string_view operand) {
    Add(Op::Kind::kMerge, family, key, operand);
  }
  void Delete(Family family, absl::string_view key) { Add(Op::Kind::kDelete, family, key, {}); }
  void Clear();

  bool empty() const { return ops_.empty(); }
  // Of keys and values.
  size_t bytes() const { return bytes_; }
  const std::vector<Op>& ops() const { return ops_; }

 private:
  struct Block {
    std::unique_ptr<char[]> memory;
    size_t size = 0;
  };

  void Add(Op::Kind kind, Family family, absl::string_view key, absl::string_view value);
  char* Room(size_t size);

  std::vector<Op> ops_;
  size_t bytes_ = 0;
  std::vector<Block> blocks_;
  size_t block_ = 0;  // the one being filled
  size_t used_ = 0;   // of it
};

}  // namespace entente::storage
