// The order in which a batch is best written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "storage/kv.h"

namespace entente::storage {

// An operation, by its place in the batch.
struct Placed {
  // The 8 bytes of its key that follow what all keys of its family begin with in this batch, as a
  // number: comparing those settles nearly every order without touching the keys.
  uint64_t head = 0;
  uint32_t op = 0;
};

// All operations, by family, then by key; those on one key keep their order, so the outcome of the
// batch is the same. REQUIRES: families below `families`.
std::vector<Placed> KeyOrder(const std::vector<WriteBatch::Op>& ops, size_t families);

}  // namespace entente::storage
