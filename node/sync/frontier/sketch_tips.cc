#include "node/sync/frontier/sketch_tips.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "node/base/bytes.h"
#include "node/crypto/sha256.h"
#include "node/ledger/limits.h"
#include "node/sync/frontier/names.h"

namespace entente::sync {

namespace {

constexpr int kSequenceBits = 40;
constexpr uint64_t kOrdinalsMax = uint64_t{1} << 24;
constexpr uint8_t kItemIdBytes = 8;
// Symbols per differing item: of a large sketch, and with room for a small one's bad luck.
constexpr double kPerItem = 1.35, kPerItemSafe = 1.45;

PeerTip TipOf(const SketchItem& item, const std::vector<PublicKey>& key_order) {
  PeerTip tip;
  tip.feed = FeedAt(item.place >> kSequenceBits, key_order);
  tip.sequence = item.place & ((uint64_t{1} << kSequenceBits) - 1);
  tip.id_bytes = kItemIdBytes;
  std::string id;
  base::AppendU64(id, item.id);
  std::copy(id.begin(), id.end(), tip.id.bytes.begin());
  return tip;
}

}  // namespace

std::string SketchKey(absl::string_view nonce, const InstrumentId& instrument) {
  return crypto::HmacSha256(nonce, "entente/sketch/v1" + instrument.str())
      .str()
      .substr(0, kSketchKeyBytes);
}

std::optional<std::vector<SketchItem>> SketchItems(const Frontier& frontier,
                                                   const std::vector<PublicKey>& key_order) {
  if (OrdinalCount(key_order) > kOrdinalsMax) return std::nullopt;
  std::map<PublicKey, uint64_t> index;
  for (size_t i = 0; i < key_order.size(); ++i) index.emplace(key_order[i], i);
  std::vector<SketchItem> items;
  for (const auto& [feed, tips] : frontier.feeds()) {
    auto at = index.find(feed.key);
    if (at == index.end()) return std::nullopt;
    const uint64_t ordinal = OrdinalOf(at->second, feed.incarnation);
    for (const EntryRef& tip : tips) {
      if (tip.sequence >> kSequenceBits != 0) return std::nullopt;
      items.push_back({ordinal << kSequenceBits | tip.sequence, base::ReadU64(tip.id.view())});
    }
  }
  std::sort(items.begin(), items.end());
  if (std::adjacent_find(items.begin(), items.end()) != items.end()) return std::nullopt;
  return items;
}

absl::StatusOr<std::optional<std::vector<v1::HeadsChunk>>> PackSketch(
    const Frontier& frontier, const std::vector<PublicKey>& key_order,
    const v1::HeadsRequest& request) {
  const bool bounded = request.symbols() >= 1 && request.symbols() <= kSymbolsAskedMax &&
                       request.from() <= kSymbolsMax;
  if (request.sketch_key().size() != kSketchKeyBytes || !bounded) {
    return MalformedMessage("a request for a sketch without its key or of over 65536 symbols");
  }
  auto items = SketchItems(frontier, key_order);
  if (!items || key_order.empty()) return std::optional<std::vector<v1::HeadsChunk>>();
  SketchEncoder encoder(*items, SipKey::FromBytes(request.sketch_key()));
  encoder.Next(request.from());
  const std::vector<CodedSymbol> symbols = encoder.Next(request.symbols());
  std::vector<v1::HeadsChunk> chunks;
  for (size_t at = 0; at < symbols.size();) {
    const size_t part = (request.from() + at) / kSketchParts;
    const size_t end =
        std::min(symbols.size(), at + std::clamp<size_t>(part, kSketchMin, kSymbolsPerChunk));
    v1::HeadsChunk& chunk = chunks.emplace_back();
    if (at == 0) chunk.set_frontier_digest(frontier.Digest().str());
    for (; at < end; ++at) AppendSymbol(*chunk.mutable_symbols(), symbols[at]);
  }
  return std::optional(std::move(chunks));
}

absl::StatusOr<std::vector<PeerTip>> TipsOfSketch(const Frontier& own, const SketchDecoder& decoder,
                                                  const std::vector<PublicKey>& key_order) {
  const uint64_t ordinals = OrdinalCount(key_order);
  std::map<FeedRef, std::vector<PeerTip>> lacks, theirs;
  for (const SketchItem& item : decoder.only_own()) {
    const PeerTip tip = TipOf(item, key_order);
    lacks[tip.feed].push_back(tip);
    theirs[tip.feed];
  }
  for (const SketchItem& item : decoder.only_theirs()) {
    if (item.place >> kSequenceBits >= ordinals) {
      return MalformedMessage("a sketch with a feed ordinal that no key here has");
    }
    const PeerTip tip = TipOf(item, key_order);
    if (tip.sequence == 0) return MalformedMessage("a sketch with a tip at sequence 0");
    theirs[tip.feed].push_back(tip);
  }
  std::vector<PeerTip> out;
  for (auto& [feed, tips] : theirs) {
    // Of a forked feed, branches both have cancelled out of the sketch.
    const Tips* held = own.Find(feed);
    for (const EntryRef& entry : held == nullptr ? Tips() : *held) {
      auto is = [&](const PeerTip& tip) { return tip.Is(entry); };
      const std::vector<PeerTip>& gone = lacks[feed];
      if (std::none_of(gone.begin(), gone.end(), is))
        tips.push_back({feed, entry.sequence, entry.id});
    }
    if (tips.empty()) tips.push_back({feed, 0, {}});
    out.insert(out.end(), tips.begin(), tips.end());
  }
  return out;
}

uint32_t SketchCap(uint64_t peer_feeds, uint64_t least) {
  const uint64_t cap = std::min<uint64_t>(peer_feeds, kSymbolsMax) * kArrayTipBytes / kSymbolBytes;
  if (cap < kSketchMin || static_cast<double>(least) * kPerItem > static_cast<double>(cap))
    return 0;
  return static_cast<uint32_t>(cap);
}

uint32_t SketchNext(uint32_t have, double estimate, uint32_t cap) {
  if (have >= cap || estimate * kPerItem > cap) return 0;
  const double safe = estimate * kPerItemSafe + kSketchMin;
  // Never more than double, for an estimate may be wrong; double where it was.
  const double next =
      safe > have ? std::clamp<double>(safe, have + kSketchMin, 2.0 * have) : 2.0 * have;
  return std::min(cap, static_cast<uint32_t>(next));
}

}  // namespace entente::sync
