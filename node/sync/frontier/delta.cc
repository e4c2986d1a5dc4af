#include "node/sync/frontier/delta.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <string>

#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/base/varint.h"
#include "node/ledger/limits.h"
#include "node/sync/frontier/names.h"

namespace entente::sync {

using base::AppendVarint;
using base::ByteReader;

namespace {

constexpr size_t kDeltaTipsMax = 4 * kDeltaFeedsMax;

// Only the keys the delta speaks of: an order may have many thousands.
std::map<PublicKey, uint64_t> PlacesOf(const std::vector<FeedTips>& feeds,
                                       const std::vector<PublicKey>& key_order) {
  std::set<PublicKey> wanted;
  for (const auto& [feed, tips] : feeds) wanted.insert(feed.key);
  std::map<PublicKey, uint64_t> places;
  for (size_t i = 0; i < key_order.size() && places.size() < wanted.size(); ++i) {
    if (wanted.contains(key_order[i])) places.emplace(key_order[i], i);
  }
  return places;
}

bool ReadOrdinalTip(ByteReader& in, const std::vector<PublicKey>& key_order, uint64_t& ordinal,
                    PeerTip& tip) {
  const uint64_t ordinals = OrdinalCount(key_order);
  uint64_t step = 0;
  absl::string_view id;
  if (!in.Varint(step) || !in.Varint(tip.sequence)) return false;
  if (step >= ordinals || ordinal + step >= ordinals) return false;
  ordinal += step;
  if (tip.sequence > 0 && !in.Bytes(kDeltaIdBytes, id)) return false;
  tip.feed = FeedAt(ordinal, key_order);
  tip.id_bytes = kDeltaIdBytes;
  std::copy(id.begin(), id.end(), tip.id.bytes.begin());
  return true;
}

bool SameTips(const Tips& own, absl::Span<const PeerTip> told) {
  size_t held = 0;
  for (const PeerTip& tip : told) {
    if (tip.sequence == 0) continue;
    ++held;
    auto is = [&](const EntryRef& entry) { return tip.Is(entry); };
    if (std::none_of(own.begin(), own.end(), is)) return false;
  }
  return held == own.size();
}

}  // namespace

v1::Delta PackDelta(const std::vector<FeedTips>& feeds, const std::vector<PublicKey>& key_order) {
  const std::map<PublicKey, uint64_t> places = PlacesOf(feeds, key_order);
  std::vector<std::pair<uint64_t, const Tips*>> by_ordinal;
  v1::Delta delta;
  for (const auto& [feed, tips] : feeds) {
    auto at = places.find(feed.key);
    if (at != places.end()) {
      by_ordinal.emplace_back(OrdinalOf(at->second, feed.incarnation), &tips);
      continue;
    }
    if (tips.empty()) AppendTip(*delta.mutable_whole(), feed, EntryRef{});
    for (const EntryRef& tip : tips) AppendTip(*delta.mutable_whole(), feed, tip);
  }
  std::sort(by_ordinal.begin(), by_ordinal.end());
  std::string& out = *delta.mutable_by_ordinal();
  uint64_t last = 0;
  for (const auto& [ordinal, tips] : by_ordinal) {
    if (tips->empty()) {
      AppendVarint(out, ordinal - std::exchange(last, ordinal));
      AppendVarint(out, 0);
    }
    for (const EntryRef& tip : *tips) {
      AppendVarint(out, ordinal - std::exchange(last, ordinal));
      AppendVarint(out, tip.sequence);
      out.append(tip.id.view().data(), kDeltaIdBytes);
    }
  }
  return delta;
}

absl::StatusOr<std::vector<PeerTip>> UnpackDelta(const v1::Delta& delta,
                                                 const std::vector<PublicKey>& key_order) {
  std::vector<PeerTip> tips;
  ByteReader in(delta.by_ordinal());
  for (uint64_t ordinal = 0; !in.empty();) {
    if (!ReadOrdinalTip(in, key_order, ordinal, tips.emplace_back())) {
      return MalformedMessage("a delta with a tip that is cut off or of no known key");
    }
    if (tips.size() > kDeltaTipsMax) return MalformedMessage("a delta of over 4096 tips");
  }
  absl::string_view whole = delta.whole();
  if (whole.size() % kTipBytes != 0 || whole.size() / kTipBytes + tips.size() > kDeltaTipsMax) {
    return MalformedMessage("a delta with a tip that is cut off, or of over 4096 tips");
  }
  for (; !whole.empty(); whole.remove_prefix(kTipBytes)) {
    const std::optional<PeerTip> tip = ReadTip(whole);
    if (!tip) return MalformedMessage("a delta with an incarnation out of range");
    if (tip->sequence == 0 && tip->id != EntryId()) {
      return MalformedMessage("a delta that names an entry of a feed it does not hold");
    }
    tips.push_back(*tip);
  }
  return tips;
}

std::optional<v1::Delta> AnswerDelta(Host& host, const Spki& peer, const InstrumentId& instrument,
                                     const v1::InstrumentHello& hello,
                                     base::Digest& frontier_digest) {
  // Without one, what the caller holds now may be a bookmark here.
  const bool present = hello.bookmark().empty();
  const std::string name =
      present ? hello.frontier_digest().substr(0, kBookmarkBytes) : hello.bookmark();
  if (name.size() != kBookmarkBytes || (!present && !hello.has_delta())) return std::nullopt;
  std::optional<uint64_t> since;
  for (const Bookmark& bookmark : host.BookmarksWith(peer, instrument)) {
    if (!since && bookmark.frontier.str().compare(0, kBookmarkBytes, name) == 0)
      since = bookmark.arrival;
  }
  if (!since) return std::nullopt;
  std::vector<PublicKey> order;
  if (hello.authority_digest() == host.AuthorityDigest(instrument).str())
    order = host.KeyOrder(instrument);
  auto unpacked = UnpackDelta(present ? v1::Delta() : hello.delta(), order);
  if (!unpacked.ok()) return std::nullopt;
  std::map<FeedRef, std::vector<PeerTip>> told;
  std::vector<FeedRef> named;
  for (const PeerTip& tip : *unpacked) told[tip.feed].push_back(tip);
  for (const auto& [feed, tips] : told) named.push_back(feed);
  auto changes = host.ChangesSince(instrument, *since, named, kDeltaFeedsMax);
  if (!changes) return std::nullopt;
  std::vector<FeedTips> differ;
  for (FeedTips& feed : changes->feeds) {
    auto at = told.find(feed.first);
    if (at == told.end() || !SameTips(feed.second, at->second)) differ.push_back(std::move(feed));
  }
  frontier_digest = changes->frontier;
  return PackDelta(differ, order);
}

}  // namespace entente::sync
