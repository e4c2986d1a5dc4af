#include "storage/key_order.h"

#include <algorithm>
#include <numeric>

#include "absl/types/span.h"

namespace entente::storage {

namespace {

uint64_t HeadOf(absl::string_view key, size_t from) {
  uint64_t head = 0;
  for (size_t i = 0; i < sizeof head; ++i) {
    head = head << 8 | (from + i < key.size() ? static_cast<unsigned char>(key[from + i]) : 0);
  }
  return head;
}

void SortByKey(const std::vector<WriteBatch::Op>& ops, absl::Span<Placed> family) {
  if (family.empty()) return;
  const absl::string_view first = ops[family[0].op].key;
  size_t common = first.size();
  for (const Placed& one : family) {
    const absl::string_view key = ops[one.op].key;
    const size_t most = std::min(common, key.size());
    common = static_cast<size_t>(
        std::mismatch(key.begin(), key.begin() + static_cast<ptrdiff_t>(most), first.begin())
            .first -
        key.begin());
  }
  for (Placed& one : family) one.head = HeadOf(ops[one.op].key, common);
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
