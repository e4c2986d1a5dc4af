// A rateless sketch of a set: from any prefix of an endless row of coded symbols, some 1.35 to 1.7
// per differing item, the receiver works out what differs from its own set, whatever the sets'
// size. Source: Yang, Gilad, Alizadeh, "Practical Rateless Set Reconciliation", SIGCOMM 2024.
//
// An item stands in symbol i with probability 1 / (1 + i/2): in symbol 0 always, later ever more
// rarely. Which symbols, follows from its hash. A symbol is the xor of its items, the xor of their
// hashes, and their number. What both sets have cancels out; a symbol left with a single item shows
// it, and taking that item out of the others shows the next.
//
// Why nobody can prepare items that collide: hash and places come from SipHash-2-4 under a key that
// is drawn afresh for every contact and known to its two ends only. An author who grinds entry ids
// does so before the key exists. The two ends themselves gain nothing by it: a sketch that lies
// costs its reader the bytes of its cap, and what it claims is believed only where entries come of
// it.
//
// Bounds: memory is that of the own set (48 bytes an item) and of the symbols read (34 bytes each),
// which the reader caps; no item is taken out twice and no more items than symbols.
#pragma once

#include <compare>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "node/sync/frontier/sip_hash.h"

namespace entente::sync {

struct SketchItem {
  uint64_t place = 0;  // ordinal[3] sequence[5]
  uint64_t id = 0;     // first 8 bytes of the entry id
  friend auto operator<=>(const SketchItem&, const SketchItem&) = default;
};

inline constexpr size_t kSymbolBytes = 26;

struct CodedSymbol {
  SketchItem sum;
  uint64_t hash = 0;
  uint16_t count = 0;  // modulo 2^16, so is the difference

  bool empty() const { return count == 0 && hash == 0 && sum == SketchItem{}; }
  friend bool operator==(const CodedSymbol&, const CodedSymbol&) = default;
};
void AppendSymbol(std::string& out, const CodedSymbol& symbol);
// INVALID_ARGUMENT, reason ENTRY_MALFORMED: not a whole number of symbols.
absl::StatusOr<std::vector<CodedSymbol>> ReadSymbols(absl::string_view bytes);

// An item on its way through the row.
class SketchWalker {
 public:
  SketchWalker(const SketchItem& item, const SipKey& key);

  const SketchItem& item() const { return item_; }
  uint64_t hash() const { return hash_; }
  // The next symbol it stands in; the first is 0.
  uint64_t index() const { return index_; }
  void Advance();

  // Puts the item into every symbol of `row` it stands in from here on; takes it out with `by` -1.
  // `row` begins at symbol `first`.
  void Apply(std::vector<CodedSymbol>& row, uint64_t first, int by);

 private:
  SketchItem item_;
  uint64_t hash_, draw_;
  uint64_t index_ = 0;
};

class SketchEncoder {
 public:
  // Distinct items.
  SketchEncoder(absl::Span<const SketchItem> items, const SipKey& key);
  // The next `count` symbols.
  std::vector<CodedSymbol> Next(size_t count);

 private:
  std::vector<SketchWalker> walkers_;
  uint64_t made_ = 0;
};

class SketchDecoder {
 public:
  enum class State : uint8_t {
    kMore,    // not enough symbols yet
    kDone,    // the differences are known
    kBroken,  // no set makes such symbols
  };
  // `own` ascending and distinct.
  SketchDecoder(std::vector<SketchItem> own, const SipKey& key);

  // The next symbols of the other side's row.
  State Add(absl::Span<const CodedSymbol> theirs);
  State state() const { return state_; }
  size_t symbols() const { return row_.size(); }
  // How many items differ, judging by what came so far; within some 15 % after 100 symbols.
  double Estimate() const;

  // Once done.
  const std::vector<SketchItem>& only_own() const { return only_own_; }
  const std::vector<SketchItem>& only_theirs() const { return only_theirs_; }

 private:
  bool Recover(size_t index);
  void Peel(size_t from);

  const SipKey key_;
  std::vector<SketchItem> own_;
  SketchEncoder encoder_;
  std::vector<CodedSymbol> row_;  // own minus theirs, minus what is recovered
  std::vector<uint16_t> counts_;  // own minus theirs
  std::vector<std::pair<SketchWalker, int>> recovered_;
  std::set<SketchItem> seen_;
  std::vector<SketchItem> only_own_, only_theirs_;
  State state_ = State::kMore;
};

}  // namespace entente::sync
