#include "node/sync/frontier/heads.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <string>

#include "node/base/bytes.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/varint.h"
#include "node/ledger/limits.h"

namespace entente::sync {

using base::AppendVarint;
using base::ByteReader;

namespace {

absl::Status MalformedHeads(absl::string_view what) {
  return base::Error(absl::StatusCode::kInvalidArgument, "ENTRY_MALFORMED",
                     base::Str(what) + " in the heads a peer sent; the contact ends here");
}

// Fills chunks of one form, none over the limit.
class ChunkWriter {
 public:
  ChunkWriter(bool ordinals, std::vector<v1::HeadsChunk>& out) : ordinals_(ordinals), out_(out) {}
  ~ChunkWriter() { Flush(); }

  void AddWhole(const FeedRef& feed, const EntryRef& tip) {
    if (tips_.size() + kTipBytes > kHeadsChunkBytesMax) Flush();
    AppendTip(tips_, feed, tip);
  }
  void AddOrdinal(uint64_t ordinal, const EntryRef& tip) {
    constexpr size_t kVarintMax = 10;
    if (tips_.size() + 2 * kVarintMax + kShortIdBytes > kHeadsChunkBytesMax) Flush();
    AppendVarint(tips_, ordinal - last_ordinal_);
    AppendVarint(tips_, tip.sequence);
    tips_.append(tip.id.view().data(), kShortIdBytes);
    last_ordinal_ = ordinal;
  }

 private:
  void Flush() {
    if (tips_.empty()) return;
    v1::HeadsChunk& chunk = out_.emplace_back();
    chunk.set_ordinals(ordinals_);
    chunk.set_tips(std::move(tips_));
    tips_.clear();
    last_ordinal_ = 0;
  }

  bool ordinals_;
  std::vector<v1::HeadsChunk>& out_;
  std::string tips_;
  uint64_t last_ordinal_ = 0;
};

absl::Status UnpackOrdinals(absl::string_view bytes, const std::vector<PublicKey>& key_order,
                            std::vector<PeerTip>& tips) {
  ByteReader in(bytes);
  const uint64_t ordinals = OrdinalCount(key_order);
  uint64_t ordinal = 0;
  while (!in.empty()) {
    PeerTip tip;
    tip.id_bytes = kShortIdBytes;
    uint64_t step = 0;
    absl::string_view id;
    if (!in.Varint(step) || !in.Varint(tip.sequence) || !in.Bytes(kShortIdBytes, id)) {
      return MalformedHeads("a tip is cut off");
    }
    if (step >= ordinals || ordinal + step >= ordinals) {
      return MalformedHeads("a feed ordinal that no key here has");
    }
    if (tip.sequence == 0) return MalformedHeads("a tip at sequence 0");
    ordinal += step;
    tip.feed = FeedAt(ordinal, key_order);
    std::memcpy(tip.id.bytes.data(), id.data(), id.size());
    tips.push_back(tip);
  }
  return absl::OkStatus();
}

}  // namespace

bool PeerTip::IsId(const EntryId& other) const {
  return std::memcmp(id.bytes.data(), other.bytes.data(), id_bytes) == 0;
}

FeedRef FeedAt(uint64_t ordinal, const std::vector<PublicKey>& key_order) {
  return {key_order[ordinal / ledger::kIncarnationMax],
          static_cast<uint32_t>(ordinal % ledger::kIncarnationMax) + 1};
}

std::optional<PeerTip> ReadTip(absl::string_view bytes) {
  PeerTip tip;
  tip.feed.key = *PublicKey::FromBytes(bytes.substr(0, 32));
  tip.feed.incarnation = base::ReadU32(bytes.substr(32, 4));
  tip.sequence = base::ReadU64(bytes.substr(36, 8));
  tip.id = *EntryId::FromBytes(bytes.substr(44, 32));
  if (tip.feed.incarnation < 1 || tip.feed.incarnation > ledger::kIncarnationMax) {
    return std::nullopt;
  }
  return tip;
}

absl::Status UnpackTips(absl::string_view bytes, std::vector<PeerTip>& tips) {
  if (bytes.size() % kTipBytes != 0) return MalformedHeads("a tip is cut off");
  for (; !bytes.empty(); bytes.remove_prefix(kTipBytes)) {
    const std::optional<PeerTip> tip = ReadTip(bytes);
    if (!tip || tip->sequence == 0) {
      return MalformedHeads("a tip with an incarnation or sequence out of range");
    }
    tips.push_back(*tip);
  }
  return absl::OkStatus();
}

std::vector<v1::HeadsChunk> PackHeads(const Frontier& frontier,
                                      const std::vector<PublicKey>& key_order) {
  std::map<PublicKey, uint64_t> index;
  for (size_t i = 0; i < key_order.size(); ++i) index.emplace(key_order[i], i);
  std::vector<v1::HeadsChunk> chunks;
  std::vector<std::pair<uint64_t, const Tips*>> by_ordinal;
  {
    ChunkWriter whole(false, chunks);
    for (const auto& [feed, tips] : frontier.feeds()) {
      auto at = index.find(feed.key);
      if (at != index.end()) {
        by_ordinal.emplace_back(OrdinalOf(at->second, feed.incarnation), &tips);
        continue;
      }
      for (const EntryRef& tip : tips) whole.AddWhole(feed, tip);
    }
  }
  std::sort(by_ordinal.begin(), by_ordinal.end());
  ChunkWriter ordinals(true, chunks);
  for (const auto& [ordinal, tips] : by_ordinal) {
    for (const EntryRef& tip : *tips) ordinals.AddOrdinal(ordinal, tip);
  }
  return chunks;
}

absl::Status UnpackHeads(const v1::HeadsChunk& chunk, const std::vector<PublicKey>& key_order,
                         std::vector<PeerTip>& tips) {
  if (chunk.tips().size() > kHeadsChunkBytesMax) {
    return MalformedHeads("a chunk over 65536 bytes");
  }
  return chunk.ordinals() ? UnpackOrdinals(chunk.tips(), key_order, tips)
                          : UnpackTips(chunk.tips(), tips);
}

}  // namespace entente::sync
