// Heads of a peer, and what is planned from them. Input: form, bytes of the tips.
#include <set>
#include <string>

#include "node/crypto/sha256.h"
#include "node/sync/frontier/heads.h"
#include "node/sync/frontier/plan.h"
#include "tests/fuzz/known_feeds.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

namespace {

using TipName = std::tuple<sync::FeedRef, uint64_t, std::string>;

TipName NameOf(const sync::PeerTip& tip) {
  return {tip.feed, tip.sequence, std::string(tip.id_prefix().data(), sync::kShortIdBytes)};
}

// Packed again and unpacked, they name the same tips.
void CheckPacking(const std::vector<sync::PeerTip>& tips,
                  const std::vector<base::PublicKey>& keys) {
  std::map<sync::FeedRef, std::vector<sync::EntryRef>> by_feed;
  for (const sync::PeerTip& tip : tips) by_feed[tip.feed].push_back({tip.sequence, tip.id});
  sync::Frontier frontier;
  for (const auto& [feed, entries] : by_feed) frontier.Set(feed, entries);
  std::vector<sync::PeerTip> again;
  for (const v1::HeadsChunk& chunk : sync::PackHeads(frontier, keys)) {
    FUZZ_CHECK(chunk.tips().size() <= sync::kHeadsChunkBytesMax);
    FUZZ_CHECK(sync::UnpackHeads(chunk, keys, again).ok());
  }
  std::set<TipName> before, after;
  for (const sync::PeerTip& tip : tips) before.insert(NameOf(tip));
  for (const sync::PeerTip& tip : again) after.insert(NameOf(tip));
  FUZZ_CHECK(before == after);
}

void CheckPlan(const std::vector<sync::PeerTip>& tips) {
  uint64_t asked = 0;
  const auto plan = sync::MakePlan(KnownFrontier(), tips, false, KnownIds(&asked));
  FUZZ_CHECK(plan.ok());
  FUZZ_CHECK(plan->wants.size() <= tips.size() && plan->wants.size() == plan->wants_feeds.size());
  FUZZ_CHECK(plan->unsettled.size() <= tips.size());
  FUZZ_CHECK(plan->lacks.size() <= kKnownTips);
  // One look a tip, and a locator's few dozen where branches part.
  FUZZ_CHECK(asked <= 128 * (tips.size() + 1));
  for (const v1::Want& want : plan->wants) FUZZ_CHECK(want.have_size() <= 4 * 128);
}

}  // namespace

FUZZ_TARGET(heads, input) {
  Choices choices(input);
  v1::HeadsChunk chunk;
  chunk.set_ordinals(choices.Byte() % 2 == 1);
  chunk.set_tips(choices.Rest().data(), choices.Rest().size());
  const std::vector<base::PublicKey> keys = KnownKeys();
  std::vector<sync::PeerTip> tips;
  const bool ok = sync::UnpackHeads(chunk, keys, tips).ok();
  const size_t least = chunk.ordinals() ? 2 + sync::kShortIdBytes : sync::kTipBytes;
  FUZZ_CHECK(tips.size() <= chunk.tips().size() / least);
  if (!ok) return;
  for (const sync::PeerTip& tip : tips) {
    FUZZ_CHECK(tip.sequence >= 1 && tip.feed.incarnation >= 1);
    FUZZ_CHECK(tip.feed.incarnation <= ledger::kIncarnationMax);
  }
  CheckPacking(tips, keys);
  CheckPlan(tips);
}

}  // namespace entente::fuzz
