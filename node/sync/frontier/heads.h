// The tips of every feed, packed for the wire (HeadsChunk), and back.
//
// While both sides hold the same authority and no chain is forked, a feed is named by its ordinal
// (8 * index of its key in authority order + incarnation - 1) and a tip costs about 7 bytes; a key
// without an ordinal, or a caller whose authority differs, gets whole tips of 76 bytes. Ordinals
// live for one answer; nothing stored holds one. Format: docs/protocol.md, "Heads".
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "entente/v1/sync.pb.h"
#include "node/ledger/limits.h"
#include "node/sync/frontier/frontier.h"

namespace entente::sync {

inline constexpr size_t kHeadsChunkBytesMax = 64 << 10;
inline constexpr size_t kShortIdBytes = 4;

// A tip as a peer told it: the id may be known by its first bytes only.
struct PeerTip {
  FeedRef feed;
  uint64_t sequence = 0;
  EntryId id;  // bytes from id_bytes on are zero
  uint8_t id_bytes = 32;

  bool Is(const EntryRef& entry) const { return entry.sequence == sequence && IsId(entry.id); }
  bool IsId(const EntryId& other) const;
  absl::string_view id_prefix() const { return id.view().substr(0, id_bytes); }
};

// `key_order` as in ledger::Authority::KeyOrder; empty: whole tips only.
std::vector<v1::HeadsChunk> PackHeads(const Frontier& frontier,
                                      const std::vector<PublicKey>& key_order);

// Ordinals of this many keys are below it.
inline uint64_t OrdinalCount(const std::vector<PublicKey>& key_order) {
  return key_order.size() * uint64_t{ledger::kIncarnationMax};
}
inline uint64_t OrdinalOf(uint64_t key_index, uint32_t incarnation) {
  return key_index * ledger::kIncarnationMax + incarnation - 1;
}
// REQUIRES: ordinal < OrdinalCount(key_order).
FeedRef FeedAt(uint64_t ordinal, const std::vector<PublicKey>& key_order);

// One whole tip of kTipBytes; a sequence of 0 is for the caller to judge. Nothing: its incarnation
// is out of range.
std::optional<PeerTip> ReadTip(absl::string_view bytes);
// Appends whole tips, however many. INVALID_ARGUMENT as below.
absl::Status UnpackTips(absl::string_view bytes, std::vector<PeerTip>& tips);

// Appends the tips of one chunk. INVALID_ARGUMENT, reason ENTRY_MALFORMED, when the bytes are not
// tips or use ordinals that `key_order` does not have.
absl::Status UnpackHeads(const v1::HeadsChunk& chunk, const std::vector<PublicKey>& key_order,
                         std::vector<PeerTip>& tips);

}  // namespace entente::sync
