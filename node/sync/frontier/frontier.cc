#include "node/sync/frontier/frontier.h"

#include <algorithm>

#include "node/base/bytes.h"
#include "node/base/check.h"
#include "node/crypto/sha256.h"

namespace entente::sync {

namespace {

constexpr absl::string_view kBucketPrefix("\x00", 1);
constexpr absl::string_view kRootPrefix("\x01", 1);
constexpr size_t kBuckets = 256;

}  // namespace

void AppendTip(std::string& out, const FeedRef& feed, const EntryRef& tip) {
  absl::string_view key = feed.key.view();
  out.append(key.data(), key.size());
  base::AppendU32(out, feed.incarnation);
  base::AppendU64(out, tip.sequence);
  absl::string_view id = tip.id.view();
  out.append(id.data(), id.size());
}

void Frontier::Set(const FeedRef& feed, absl::Span<const EntryRef> tips) {
  Tips sorted(tips.begin(), tips.end());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  auto at = feeds_.find(feed);
  if (sorted.empty()) {
    if (at == feeds_.end()) return;
    feeds_.erase(at);
  } else if (at == feeds_.end()) {
    feeds_.emplace(feed, std::move(sorted));
  } else {
    if (at->second == sorted) return;
    at->second = std::move(sorted);
  }
  dirty_.set(feed.key.bytes[0]);
}

const Tips* Frontier::Find(const FeedRef& feed) const {
  auto at = feeds_.find(feed);
  return at == feeds_.end() ? nullptr : &at->second;
}

base::Digest Frontier::BucketDigest(uint8_t first_byte) const {
  FeedRef from;
  from.key.bytes[0] = first_byte;
  from.incarnation = 0;
  std::string tips;
  for (auto at = feeds_.lower_bound(from);
       at != feeds_.end() && at->first.key.bytes[0] == first_byte; ++at) {
    for (const EntryRef& tip : at->second) AppendTip(tips, at->first, tip);
  }
  return crypto::Sha256({kBucketPrefix, tips});
}

base::Digest Frontier::Digest() const {
  if (dirty_.none()) return digest_;
  buckets_.resize(kBuckets * sizeof(digest_.bytes));
  for (size_t n = 0; n < kBuckets; ++n) {
    if (!dirty_.test(n)) continue;
    base::Digest bucket = BucketDigest(static_cast<uint8_t>(n));
    std::copy(bucket.bytes.begin(), bucket.bytes.end(), buckets_.begin() + n * bucket.bytes.size());
  }
  dirty_.reset();
  digest_ = crypto::Sha256({kRootPrefix, buckets_});
  return digest_;
}

}  // namespace entente::sync
