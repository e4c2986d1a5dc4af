#include "node/sync/frontier/sketch.h"

#include <algorithm>
#include <cmath>

#include "node/base/bytes.h"
#include "node/sync/frontier/names.h"

namespace entente::sync {

namespace {

// No row is ever this long; an item whose next place lies beyond stands in no further symbol.
constexpr double kRowMax = 1e15;

std::string BytesOf(const SketchItem& item) {
  std::string bytes;
  base::AppendU64(bytes, item.place);
  base::AppendU64(bytes, item.id);
  return bytes;
}

void AddTo(CodedSymbol& symbol, const SketchItem& item, uint64_t hash, int by) {
  symbol.sum.place ^= item.place;
  symbol.sum.id ^= item.id;
  symbol.hash ^= hash;
  symbol.count = static_cast<uint16_t>(symbol.count + by);
}

}  // namespace

void AppendSymbol(std::string& out, const CodedSymbol& symbol) {
  base::AppendU64(out, symbol.sum.place);
  base::AppendU64(out, symbol.sum.id);
  base::AppendU64(out, symbol.hash);
  out.push_back(static_cast<char>(symbol.count >> 8));
  out.push_back(static_cast<char>(symbol.count));
}

absl::StatusOr<std::vector<CodedSymbol>> ReadSymbols(absl::string_view bytes) {
  if (bytes.size() % kSymbolBytes != 0) return MalformedMessage("a sketch with a symbol cut off");
  std::vector<CodedSymbol> symbols;
  for (; !bytes.empty(); bytes.remove_prefix(kSymbolBytes)) {
    CodedSymbol& symbol = symbols.emplace_back();
    symbol.sum = {base::ReadU64(bytes), base::ReadU64(bytes.substr(8))};
    symbol.hash = base::ReadU64(bytes.substr(16));
    symbol.count = static_cast<uint16_t>(static_cast<unsigned char>(bytes[24]) << 8 |
                                         static_cast<unsigned char>(bytes[25]));
  }
  return symbols;
}

SketchWalker::SketchWalker(const SketchItem& item, const SipKey& key)
    : item_(item), hash_(SipHash(key, BytesOf(item))), draw_(hash_) {}

// From place i, the next is beyond j with probability (i+1)(i+2) / (j+1)(j+2): solved for j with a
// uniform draw (section 4.2 of the paper). Division and square root are exact to the last bit in
// IEEE 754, so both ends step alike.
void SketchWalker::Advance() {
  draw_ *= 0xda942042e4dd58b5;
  constexpr double kTwo32 = 4294967296.0;
  const double from = static_cast<double>(index_) + 1.5;
  const double stretch = kTwo32 / std::sqrt(static_cast<double>(draw_) + 1.0) - 1.0;
  const double step = std::ceil(from * stretch);
  index_ = step > kRowMax || from > kRowMax ? UINT64_MAX : index_ + static_cast<uint64_t>(step);
}

void SketchWalker::Apply(std::vector<CodedSymbol>& row, uint64_t first, int by) {
  for (; index_ < first + row.size(); Advance()) AddTo(row[index_ - first], item_, hash_, by);
}

SketchEncoder::SketchEncoder(absl::Span<const SketchItem> items, const SipKey& key) {
  walkers_.reserve(items.size());
  for (const SketchItem& item : items) walkers_.emplace_back(item, key);
}

std::vector<CodedSymbol> SketchEncoder::Next(size_t count) {
  std::vector<CodedSymbol> row(count);
  for (SketchWalker& walker : walkers_) walker.Apply(row, made_, +1);
  made_ += count;
  return row;
}

SketchDecoder::SketchDecoder(std::vector<SketchItem> own, const SipKey& key)
    : key_(key), own_(std::move(own)), encoder_(own_, key) {}

SketchDecoder::State SketchDecoder::Add(absl::Span<const CodedSymbol> theirs) {
  if (state_ != State::kMore || theirs.empty()) return state_;
  const size_t first = row_.size();
  std::vector<CodedSymbol> row = encoder_.Next(theirs.size());
  for (size_t i = 0; i < row.size(); ++i) {
    AddTo(row[i], theirs[i].sum, theirs[i].hash, -static_cast<int>(theirs[i].count));
    counts_.push_back(row[i].count);
  }
  for (auto& [walker, by] : recovered_) walker.Apply(row, first, -by);
  row_.insert(row_.end(), row.begin(), row.end());
  Peel(first);
  // Symbol 0 has every item: once it is empty, nothing is left to find.
  if (state_ == State::kMore && row_[0].empty()) {
    auto empty = [](const CodedSymbol& symbol) { return symbol.empty(); };
    state_ = std::all_of(row_.begin(), row_.end(), empty) ? State::kDone : State::kBroken;
  }
  return state_;
}

void SketchDecoder::Peel(size_t from) {
  std::vector<size_t> look;
  for (size_t i = row_.size(); i-- > from;) look.push_back(i);
  while (!look.empty() && state_ == State::kMore) {
    const size_t index = look.back();
    look.pop_back();
    if (!Recover(index)) continue;
    // Every symbol the item stood in may show another one now.
    SketchWalker places(recovered_.back().first.item(), key_);
    for (; places.index() < row_.size(); places.Advance()) look.push_back(places.index());
  }
}

// Takes the one item of this symbol out of all; false where there is not exactly one.
bool SketchDecoder::Recover(size_t index) {
  const CodedSymbol symbol = row_[index];
  const bool one_own = symbol.count == 1, one_theirs = symbol.count == UINT16_MAX;
  if (!one_own && !one_theirs) return false;
  SketchWalker walker(symbol.sum, key_);
  if (walker.hash() != symbol.hash) return false;
  const bool held = std::binary_search(own_.begin(), own_.end(), symbol.sum);
  if (held != one_own || !seen_.insert(symbol.sum).second || seen_.size() > row_.size()) {
    state_ = State::kBroken;
    return false;
  }
  const int by = one_own ? 1 : -1;
  walker.Apply(row_, 0, -by);
  (one_own ? only_own_ : only_theirs_).push_back(symbol.sum);
  recovered_.emplace_back(walker, by);
  return true;
}

// Among d differing items, each own (+1) or theirs (-1), the count of symbol i has the mean
// p_i x count of symbol 0 and the variance d p_i (1 - p_i).
double SketchDecoder::Estimate() const {
  double spread = 0, weight = 0;
  const double balance = counts_.empty() ? 0 : static_cast<int16_t>(counts_[0]);
  for (size_t i = 1; i < counts_.size(); ++i) {
    const double p = 1.0 / (1.0 + static_cast<double>(i) / 2.0);
    const double off = static_cast<int16_t>(counts_[i]) - p * balance;
    spread += off * off;
    weight += p * (1.0 - p);
  }
  return std::max(std::abs(balance), weight > 0 ? spread / weight : 0.0);
}

}  // namespace entente::sync
