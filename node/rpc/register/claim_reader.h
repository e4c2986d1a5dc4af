// What entries say to have seen of the register (`seen_size`, `seen_root`), compared with the tree
// held here.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "node/register/head.h"
#include "storage/kv.h"

namespace entente::rpc {

class ClaimReader {
 public:
  using Claims = std::map<base::EntryId, std::pair<uint64_t, base::Digest>>;

  // Both outlive the reader.
  ClaimReader(const storage::Snapshot& snapshot, const reg::Head& head)
      : snapshot_(snapshot), head_(head) {}

  // Compares `claims` and those of up to `max` arrivals after `after`. What is about a larger tree
  // than the one held is put (back) into `claims`.
  absl::Status Read(const base::InstrumentId& instrument, uint64_t after, size_t max,
                    Claims& claims);
  uint64_t through() const { return through_; }
  // Entries that saw another tree, and its size.
  const std::vector<std::pair<base::EntryId, uint64_t>>& bad() const { return bad_; }

 private:
  absl::Status Compare(const base::EntryId& id, uint64_t size, const base::Digest& root);

  bool OfEarlierRegister(uint64_t size, const base::Digest& root) const;

  const storage::Snapshot& snapshot_;
  const reg::Head& head_;
  uint64_t through_ = 0;
  std::vector<std::pair<base::EntryId, uint64_t>> bad_;
  uint64_t known_size_ = 0;  // of the root compared last: entries that come together saw the same
  base::Digest known_root_;
};

}  // namespace entente::rpc
