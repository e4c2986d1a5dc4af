#include "storage/key_order.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "absl/strings/match.h"
#include "absl/types/span.h"

namespace entente::storage {

namespace {

uint64_t HeadOf(absl::string_view rest) {
  unsigned char bytes[8] = {};
  if (rest.size() >= sizeof bytes) {
    std::memcpy(bytes, rest.data(), sizeof bytes);  // of a known size: one load
  } else {
    std::copy(rest.begin(), rest.end(), bytes);
  }
  uint64_t head = 0;
  for (const unsigned char byte : bytes) head = head << 8 | byte;
  return head;
}

// How many bytes both begin with.
size_t Common(absl::string_view a, absl::string_view b) {
  const auto ends = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return static_cast<size_t>(ends.first - a.begin());
}

void SortByKey(const std::vector<WriteBatch::Op>& ops, absl::Span<Placed> family) {
  if (family.empty()) return;
  absl::string_view common = ops[family[0].op].key;
  for (const Placed& one : family) {
    const absl::string_view key = ops[one.op].key;
    if (!absl::StartsWith(key, common)) common = common.substr(0, Common(common, key));
  }
  for (Placed& one : family) one.head = HeadOf(ops[one.op].key.substr(common.size()));
  const auto before = [&ops](const Placed& a, const Placed& b) {
    if (a.head != b.head) return a.head < b.head;
    const int compared = ops[a.op].key.compare(ops[b.op].key);
    return compared != 0 ? compared < 0 : a.op < b.op;
  };
  // Entries of a feed come as they follow each other.
  if (!std::is_sorted(family.begin(), family.end(), before)) {
    std::sort(family.begin(), family.end(), before);
  }
}

}  // namespace

std::vector<Placed> KeyOrder(const std::vector<WriteBatch::Op>& ops, size_t families) {
  std::vector<uint32_t> ends(families + 1);
  for (const WriteBatch::Op& op : ops) ++ends[op.family + 1];
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  std::vector<Placed> order(ops.size());
  std::vector<uint32_t> next(ends.begin(), ends.end() - 1);
  for (uint32_t n = 0; n < ops.size(); ++n) order[next[ops[n].family]++] = {0, n};
  for (size_t family = 0; family < families; ++family) {
    SortByKey(ops, absl::MakeSpan(order).subspan(ends[family], ends[family + 1] - ends[family]));
  }
  return order;
}

}  // namespace entente::storage
