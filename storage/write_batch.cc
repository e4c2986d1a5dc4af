#include "storage/write_batch.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace entente::storage {

namespace {

constexpr size_t kBlockBytes = 256 << 10;
// Memory a batch keeps for the next one: of the size of frames, which come one after the other.
constexpr size_t kBlocksKept = 8;

absl::string_view CopyTo(char* room, absl::string_view bytes) {
  if (!bytes.empty()) std::memcpy(room, bytes.data(), bytes.size());
  return {room, bytes.size()};
}

}  // namespace

WriteBatch& WriteBatch::operator=(WriteBatch&& other) noexcept {
  ops_ = std::exchange(other.ops_, {});
  bytes_ = std::exchange(other.bytes_, 0);
  blocks_ = std::exchange(other.blocks_, {});
  block_ = std::exchange(other.block_, 0);
  used_ = std::exchange(other.used_, 0);
  return *this;
}

char* WriteBatch::Room(size_t size) {
  while (block_ < blocks_.size() && blocks_[block_].size - used_ < size) {
    ++block_;
    used_ = 0;
  }
  if (block_ == blocks_.size()) {
    const size_t bytes = std::max(size, kBlockBytes);
    blocks_.push_back({std::make_unique_for_overwrite<char[]>(bytes), bytes});
  }
  char* room = blocks_[block_].memory.get() + used_;
  used_ += size;
  return room;
}

void WriteBatch::Add(Op::Kind kind, Family family, absl::string_view key, absl::string_view value) {
  CopyTo(PutRoom(family, key, value.size()), value);
  ops_.back().kind = kind;
}

char* WriteBatch::PutRoom(Family family, absl::string_view key, size_t value_bytes) {
  char* const room = Room(key.size() + value_bytes);
  bytes_ += key.size() + value_bytes;
  char* const value = room + key.size();
  ops_.push_back({Op::Kind::kPut, family, CopyTo(room, key), {value, value_bytes}});
  return value;
}

void WriteBatch::Clear() {
  ops_.clear();
  bytes_ = block_ = used_ = 0;
  if (blocks_.size() > kBlocksKept) blocks_.resize(kBlocksKept);
  std::erase_if(blocks_, [](const Block& block) { return block.size > kBlockBytes; });
}

}  // namespace entente::storage
