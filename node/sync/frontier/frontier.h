// How far a node holds one instrument: the tips of every feed, and one digest over all of them.
//
// A tip is an authentic held entry, linked without gap to sequence 1, that no such entry names as
// previous. A forked feed has several. Whether an entry counts (its status) does not matter here.
//
// Invariants
//  1. No feed has an empty set of tips; tips of a feed are ascending and distinct.
//  2. Digest() depends on the set of tips alone, never on the order of the calls.
// Format: docs/protocol.md, "Digests".
// Memory: about 100 bytes per feed; a forked feed some more. Copyable. Thread-compatible, with one
// exception: Digest() is const and recomputes what changed, so call it once before sharing a
// Frontier between threads.
#pragma once

#include <array>
#include <bitset>
#include <compare>
#include <cstdint>
#include <string>

#include "absl/container/btree_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "node/base/id.h"
#include "node/ledger/entry.h"

namespace entente::sync {

using base::EntryId;
using base::InstrumentId;
using base::PublicKey;
using ledger::FeedKey;

// A feed within one known instrument; orders like FeedKey.
struct FeedRef {
  PublicKey key;
  uint32_t incarnation = 1;

  friend auto operator<=>(const FeedRef&, const FeedRef&) = default;
  FeedKey In(const InstrumentId& instrument) const { return {instrument, key, incarnation}; }
  static FeedRef Of(const FeedKey& feed) { return {feed.key, feed.incarnation}; }
};

// An entry named by its place in a known feed.
struct EntryRef {
  uint64_t sequence = 0;
  EntryId id;
  friend auto operator<=>(const EntryRef&, const EntryRef&) = default;
};

using Tips = absl::InlinedVector<EntryRef, 1>;

// key[32] incarnation[u32 be] sequence[u64 be] id[32]: 76 bytes.
inline constexpr size_t kTipBytes = 76;
void AppendTip(std::string& out, const FeedRef& feed, const EntryRef& tip);

class Frontier {
 public:
  using Feeds = absl::btree_map<FeedRef, Tips>;

  // Replaces the tips of a feed; in any order, repeats are dropped. An empty set removes the feed.
  // The instrument of `feed` is not looked at: one Frontier is for one instrument.
  void Set(const FeedKey& feed, absl::Span<const EntryRef> tips) { Set(FeedRef::Of(feed), tips); }
  void Set(const FeedRef& feed, absl::Span<const EntryRef> tips);

  // Null when the feed is not held.
  const Tips* Find(const FeedRef& feed) const;
  const Feeds& feeds() const { return feeds_; }
  uint64_t feed_count() const { return feeds_.size(); }

  // SHA-256(0x01 || b0..b255), bN = SHA-256(0x00 || tips whose key begins with byte N, ascending).
  base::Digest Digest() const;

 private:
  base::Digest BucketDigest(uint8_t first_byte) const;

  Feeds feeds_;
  // Caches; a set bit means the bucket changed since its digest was taken.
  mutable std::bitset<256> dirty_ = std::bitset<256>().set();
  mutable std::string buckets_;  // 256 x 32 bytes once computed
  mutable base::Digest digest_;
};

}  // namespace entente::sync
