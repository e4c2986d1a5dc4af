// What changed since a bookmark, as a peer tells it. Input: whether ordinals are known, and the two
// forms of tips.
#include <map>

#include "node/sync/frontier/delta.h"
#include "tests/fuzz/known_feeds.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

namespace {

// Whole tips come back as they were; those by ordinal were told by a part of their id only.
void CheckDeltaPacking(const std::vector<sync::PeerTip>& tips,
                       const std::vector<base::PublicKey>& keys) {
  std::map<sync::FeedRef, std::vector<sync::EntryRef>> by_feed;
  for (const sync::PeerTip& tip : tips) {
    auto& held = by_feed[tip.feed];
    if (tip.sequence > 0) held.push_back({tip.sequence, tip.id});
  }
  std::vector<sync::FeedTips> feeds;
  size_t count = 0;
  for (const auto& [feed, held] : by_feed) {
    sync::Frontier one;
    one.Set(feed, held);
    const sync::Tips* distinct = one.Find(feed);
    feeds.emplace_back(feed, distinct ? *distinct : sync::Tips());
    count += distinct ? distinct->size() : 1;
  }
  const v1::Delta delta = sync::PackDelta(feeds, keys);
  const auto again = sync::UnpackDelta(delta, keys);
  // Unless one feed has more tips than a delta takes.
  if (count <= 4 * feeds.size()) {
    FUZZ_CHECK(again.ok());
    FUZZ_CHECK(again->size() == count);
    for (const sync::PeerTip& tip : *again) FUZZ_CHECK(by_feed.contains(tip.feed));
  }
}

}  // namespace

FUZZ_TARGET(delta, input) {
  Choices choices(input);
  const bool ordinals = choices.Byte() % 2 == 1;
  const auto keys = ordinals ? KnownKeys() : std::vector<base::PublicKey>();
  v1::Delta delta;
  const absl::string_view by_ordinal = choices.Piece();
  delta.set_by_ordinal(by_ordinal.data(), by_ordinal.size());
  delta.set_whole(choices.Rest().data(), choices.Rest().size());
  const auto tips = sync::UnpackDelta(delta, keys);
  if (!tips.ok()) return;
  FUZZ_CHECK(tips->size() <= by_ordinal.size() / 2 + delta.whole().size() / sync::kTipBytes);
  for (const sync::PeerTip& tip : *tips) {
    FUZZ_CHECK(tip.feed.incarnation >= 1 && tip.feed.incarnation <= ledger::kIncarnationMax);
    FUZZ_CHECK(tip.sequence > 0 || tip.id == base::EntryId());
  }
  CheckDeltaPacking(*tips, keys);
}

}  // namespace entente::fuzz
