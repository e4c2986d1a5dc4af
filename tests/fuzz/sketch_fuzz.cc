// A sketch as a peer sends it. Input: in which pieces, the symbols.
#include <algorithm>

#include "node/sync/frontier/sketch_tips.h"
#include "tests/fuzz/known_feeds.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

namespace {

using sync::SketchItem;

const std::vector<SketchItem>& OwnItems() {
  static const auto* items =
      new std::vector<SketchItem>(sync::SketchItems(KnownFrontier(), KnownKeys()).value());
  return *items;
}

bool Has(const std::vector<SketchItem>& items, const SketchItem& item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

// The set the decoder arrived at makes exactly the symbols it was given.
void CheckDone(const sync::SketchDecoder& decoder, const std::vector<sync::CodedSymbol>& symbols) {
  std::vector<SketchItem> theirs;
  for (const SketchItem& item : OwnItems()) {
    if (!Has(decoder.only_own(), item)) theirs.push_back(item);
  }
  for (const SketchItem& item : decoder.only_own()) FUZZ_CHECK(Has(OwnItems(), item));
  for (const SketchItem& item : decoder.only_theirs()) {
    FUZZ_CHECK(!Has(OwnItems(), item));
    theirs.push_back(item);
  }
  sync::SketchEncoder encoder(theirs, KnownSketchKey());
  FUZZ_CHECK(encoder.Next(symbols.size()) == symbols);
}

void CheckSketchTips(const sync::SketchDecoder& decoder) {
  const auto tips = sync::TipsOfSketch(KnownFrontier(), decoder, KnownKeys());
  if (!tips.ok()) return;
  FUZZ_CHECK(tips->size() <= kKnownTips + 2 * decoder.symbols());
}

}  // namespace

FUZZ_TARGET(sketch, input) {
  Choices choices(input);
  const size_t step = 1 + choices.Byte();
  const auto symbols = sync::ReadSymbols(choices.Rest());
  if (!symbols.ok()) return;
  std::string again;
  for (const sync::CodedSymbol& symbol : *symbols) sync::AppendSymbol(again, symbol);
  FUZZ_CHECK(again == choices.Rest());

  sync::SketchDecoder decoder(OwnItems(), KnownSketchKey());
  size_t given = 0;
  while (given < symbols->size() && decoder.state() == sync::SketchDecoder::State::kMore) {
    const size_t count = std::min(step, symbols->size() - given);
    decoder.Add(absl::MakeConstSpan(*symbols).subspan(given, count));
    given += count;
    FUZZ_CHECK(decoder.Estimate() >= 0);
    FUZZ_CHECK(decoder.only_own().size() + decoder.only_theirs().size() <= given);
  }
  if (decoder.state() != sync::SketchDecoder::State::kDone) return;
  FUZZ_CHECK(decoder.symbols() <= given);
  CheckDone(decoder, {symbols->begin(), symbols->begin() + static_cast<std::ptrdiff_t>(given)});
  CheckSketchTips(decoder);
}

}  // namespace entente::fuzz
