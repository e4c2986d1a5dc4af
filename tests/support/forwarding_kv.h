// A store that hands every call on to another: what derives from it changes one of them.
#pragma once

#include "storage/kv.h"

namespace entente::support {

class ForwardingKv : public storage::Kv {
 public:
  explicit ForwardingKv(storage::Kv* kv) : kv_(*kv) {}

  absl::Status Write(const storage::WriteBatch& batch, storage::Durability durability) override {
    return kv_.Write(batch, durability);
  }
  absl::StatusOr<std::optional<std::string>> Get(storage::Family family,
                                                 absl::string_view key) const override {
    return kv_.Get(family, key);
  }
  std::unique_ptr<const storage::Snapshot> NewSnapshot() const override {
    return kv_.NewSnapshot();
  }
  uint64_t last_commit() const override { return kv_.last_commit(); }
  uint64_t size_bytes() const override { return kv_.size_bytes(); }

 private:
  storage::Kv& kv_;  // outlives this
};

}  // namespace entente::support
