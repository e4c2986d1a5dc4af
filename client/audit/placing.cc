#include "client/audit/placing.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace entente::client {

namespace {

// From where these bytes would stand on.
auto Find(const std::vector<std::pair<base::Digest, size_t>>& by_hash, const base::Digest& hash) {
  const auto at = std::lower_bound(by_hash.begin(), by_hash.end(), std::pair(hash, size_t{0}));
  return at != by_hash.end() && at->first == hash ? at : by_hash.end();
}

}  // namespace

Placing::Placing(const std::vector<CheckedEntry>& read, const AuditedPlaces* before)
    : read_(read), placed_(read.size(), false) {
  for (size_t i = 0; i < read.size(); ++i) by_hash_.emplace_back(read[i].leaf_hash, i);
  std::sort(by_hash_.begin(), by_hash_.end());
  if (before == nullptr) return;
  for (const WaitingEntry& one : before->waiting) waiting_[base::Digest{one.id.bytes}] = one;
  for (const auto& [index, id] : before->missing) {
    const auto arrived = Find(by_hash_, base::Digest{id.bytes});
    if (arrived == by_hash_.end()) {
      missing_[index] = id;
    } else {
      Place(index, arrived->second);
    }
  }
}

void Placing::Place(uint64_t index, size_t at) {
  placed_[at] = true;
  aside_placed_ = aside_placed_ || read_[at].aside;
  if (read_[at].seen_size > 0) claims_.emplace_back(index, &read_[at]);
}

void Placing::Leaf(uint64_t index, const base::Digest& leaf) {
  const auto held = waiting_.find(leaf);
  if (const auto read = Find(by_hash_, leaf); read != by_hash_.end()) {
    Place(index, read->second);
  } else if (held == waiting_.end()) {
    missing_[index] = base::EntryId{leaf.bytes};
  } else if (held->second.seen_size > 0) {
    const WaitingEntry& w = held->second;
    waited_.push_back(
        {leaf, absl::StrCat("entry ", w.id.Short()), w.seen_size, w.seen_root, false, true});
    claims_.emplace_back(index, &waited_.back());
  }
  if (held != waiting_.end()) waiting_.erase(held);
}

void Placing::Finish() {
  std::sort(claims_.begin(), claims_.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
}

AuditedPlaces Placing::Remember(std::string& why_not) const {
  AuditedPlaces out;
  out.missing = missing_;
  for (const auto& [hash, entry] : waiting_) out.waiting.push_back(entry);
  for (size_t i = 0; i < read_.size(); ++i) {
    const CheckedEntry& entry = read_[i];
    // One that an earlier audit knew stands there, or waits as above.
    if (placed_[i] || entry.aside || entry.read_again) continue;
    out.waiting.push_back({base::EntryId{entry.leaf_hash.bytes}, entry.seen_size, entry.seen_root});
  }
  std::sort(out.waiting.begin(), out.waiting.end(),
            [](const WaitingEntry& a, const WaitingEntry& b) { return a.id < b.id; });
  if (aside_placed_) {
    why_not = "the register holds an entry that waits aside here";
  } else if (std::max(out.waiting.size(), out.missing.size()) > kAuditedLooseMax) {
    why_not = absl::StrCat("more than ", kAuditedLooseMax,
                           " entries stand in the log or in the register only");
  }
  return why_not.empty() ? out : AuditedPlaces{};
}

}  // namespace entente::client
