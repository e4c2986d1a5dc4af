// The disk of a simulated node: a MemoryKv whose writes are the effects between which a node can
// die. A planted bug may spoil what is written.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/memory_kv.h"
#include "tests/simulation/options.h"

namespace entente::simulation {

class SimKv final : public storage::Kv {
 public:
  explicit SimKv(Bug bug);

  absl::Status Write(const storage::WriteBatch& batch, storage::Durability durability) override;
  absl::StatusOr<std::optional<std::string>> Get(storage::Family family,
                                                 absl::string_view key) const override {
    return disk_->Get(family, key);
  }
  std::unique_ptr<const storage::Snapshot> NewSnapshot() const override {
    return disk_->NewSnapshot();
  }
  uint64_t last_commit() const override { return disk_->last_commit(); }
  uint64_t size_bytes() const override { return disk_->size_bytes(); }

  // The machine dies at its `writes`-th write from now (from 1), just before or just after it
  // reached the disk.
  void DieAtWrite(uint64_t writes, bool after) {
    die_in_ = writes;
    die_after_ = after;
  }
  void Die() { dead_ = true; }
  bool dead() const { return dead_; }
  // The next write finds no space; the store stays open.
  void FailNextForSpace() { no_space_ = true; }
  // Power loss and restart. No snapshot may be alive.
  void Restart();

  // Everything on disk now, as a backup holds it; and that disk in place of this one.
  using Image = std::vector<std::vector<std::pair<std::string, std::string>>>;
  Image Copy() const;
  void RestoreFrom(const Image& image);

 private:
  storage::WriteBatch Spoil(const storage::WriteBatch& batch) const;

  const Bug bug_;
  std::unique_ptr<storage::MemoryKv> disk_;
  uint64_t die_in_ = 0;
  bool die_after_ = false;
  bool dead_ = false;
  bool no_space_ = false;
};

}  // namespace entente::simulation
