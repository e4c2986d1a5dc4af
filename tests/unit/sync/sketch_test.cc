// The rateless sketch against the plain difference of two sets, and what it costs.
#include "node/sync/frontier/sketch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <random>

#include "node/sync/frontier/sip_hash.h"

namespace entente::sync {
namespace {

using Random = std::mt19937_64;
using Set = std::set<SketchItem>;
using State = SketchDecoder::State;

SipKey KeyOf(Random& random) { return {random(), random()}; }
std::vector<SketchItem> List(const Set& set) { return {set.begin(), set.end()}; }
Set Minus(const Set& a, const Set& b) {
  Set out;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::inserter(out, out.end()));
  return out;
}
void Fill(Set& set, size_t count, Random& random) {
  for (size_t n = 0; n < count; ++n) set.insert({random(), random()});
}

// Reads one symbol after the other; the number read.
size_t Decode(SketchDecoder& decoder, SketchEncoder& theirs, size_t max) {
  while (decoder.state() == State::kMore && decoder.symbols() < max) decoder.Add(theirs.Next(1));
  return decoder.symbols();
}

TEST(SipHashTest, KnownAnswers) {
  // The paper's appendix: key 00..0f, message 00..0e; and of the same authors' table, the empty
  // one.
  std::string key, message;
  for (char c = 0; c < 16; ++c) key.push_back(c);
  for (char c = 0; c < 15; ++c) message.push_back(c);
  EXPECT_EQ(SipHash(SipKey::FromBytes(key), message), 0xa129ca6149be45e5u);
  EXPECT_EQ(SipHash(SipKey::FromBytes(key), ""), 0x726fdb47dd0e0e31u);
}

TEST(SketchTest, FindsTheDifferenceOfTheSets) {
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const SipKey key = KeyOf(random);
    Set own, theirs;
    Fill(own, random() % 400, random);
    theirs = own;
    Fill(own, random() % 40, random);
    Fill(theirs, random() % 40, random);
    SketchDecoder decoder(List(own), key);
    SketchEncoder encoder(List(theirs), key);
    for (size_t chunk = 1; decoder.state() == State::kMore; chunk *= 2) {
      ASSERT_LT(chunk, 4096u);
      decoder.Add(encoder.Next(chunk));
    }
    ASSERT_EQ(decoder.state(), State::kDone);
    EXPECT_EQ(Set(decoder.only_own().begin(), decoder.only_own().end()), Minus(own, theirs));
    EXPECT_EQ(Set(decoder.only_theirs().begin(), decoder.only_theirs().end()), Minus(theirs, own));
  }
}

TEST(SketchTest, EqualSetsNeedOneSymbol) {
  Random random(1);
  Set set;
  Fill(set, 500, random);
  const SipKey key = KeyOf(random);
  SketchDecoder decoder(List(set), key);
  SketchEncoder encoder(List(set), key);
  EXPECT_EQ(Decode(decoder, encoder, 10), 1u);
  EXPECT_EQ(decoder.state(), State::kDone);
}

double SymbolsPerItem(size_t differences, int runs, uint64_t seed) {
  Random random(seed);
  size_t symbols = 0;
  for (int run = 0; run < runs; ++run) {
    Set own, theirs;
    Fill(own, differences / 2, random);
    Fill(theirs, differences - own.size(), random);
    const SipKey key = KeyOf(random);
    SketchDecoder decoder(List(own), key);
    SketchEncoder encoder(List(theirs), key);
    symbols += Decode(decoder, encoder, 4 * differences + 64);
    EXPECT_EQ(decoder.state(), State::kDone);
  }
  return static_cast<double>(symbols) /
         static_cast<double>(differences * static_cast<size_t>(runs));
}

// The figures of the paper, its figure 5.
TEST(SketchTest, CostsWhatThePaperSays) {
  constexpr double kTolerance = 0.08;
  const double ten = SymbolsPerItem(10, 1000, 5), hundred = SymbolsPerItem(100, 200, 6),
               thousands = SymbolsPerItem(3000, 6, 7);
  std::printf("symbols per differing item: %.3f at 10, %.3f at 100, %.3f at 3000 (seeds 5 6 7)\n",
              ten, hundred, thousands);
  EXPECT_NEAR(ten, 1.68, kTolerance);
  EXPECT_NEAR(hundred, 1.44, kTolerance);
  EXPECT_NEAR(thousands, 1.36, kTolerance);
}

TEST(SketchTest, TheEstimateIsNearTheTruth) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    Set own, theirs;
    Fill(own, 2000, random);
    theirs = own;
    const size_t differ = 200 + random() % 2000;
    Fill(own, differ / 2, random);
    Fill(theirs, differ / 2, random);
    const SipKey key = KeyOf(random);
    SketchDecoder decoder(List(own), key);
    SketchEncoder encoder(List(theirs), key);
    ASSERT_EQ(decoder.Add(encoder.Next(128)), State::kMore);
    EXPECT_GT(decoder.Estimate(), 0.55 * static_cast<double>(differ));
    EXPECT_LT(decoder.Estimate(), 1.6 * static_cast<double>(differ));
  }
}

TEST(SketchTest, TheRowIsTheSameHoweverItIsCut) {
  Random random(3);
  Set set;
  Fill(set, 100, random);
  const SipKey key = KeyOf(random);
  SketchEncoder whole(List(set), key), cut(List(set), key);
  std::vector<CodedSymbol> expected = whole.Next(300), got;
  for (size_t n : {1, 2, 97, 200}) {
    for (const CodedSymbol& symbol : cut.Next(n)) got.push_back(symbol);
  }
  EXPECT_EQ(got, expected);
}

TEST(SketchTest, SymbolsComeBackFromTheirBytes) {
  Random random(4);
  std::vector<CodedSymbol> symbols;
  std::string bytes;
  for (int n = 0; n < 50; ++n) {
    symbols.push_back({{random(), random()}, random(), static_cast<uint16_t>(random())});
    AppendSymbol(bytes, symbols.back());
  }
  EXPECT_EQ(bytes.size(), 50 * kSymbolBytes);
  auto read = ReadSymbols(bytes);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, symbols);
  bytes.pop_back();
  EXPECT_FALSE(ReadSymbols(bytes).ok());
}

TEST(SketchTest, AnotherKeyOrNoiseNeverDecodes) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    Set set;
    Fill(set, 60, random);
    SketchDecoder decoder(List(set), KeyOf(random)), noise(List(set), KeyOf(random));
    Set other;
    Fill(other, 60, random);
    SketchEncoder encoder(List(other), KeyOf(random));
    Decode(decoder, encoder, 2000);
    EXPECT_NE(decoder.state(), State::kDone);
    std::vector<CodedSymbol> symbols(2000);
    for (CodedSymbol& symbol : symbols) symbol = {{random(), random()}, random(), 1};
    noise.Add(symbols);
    EXPECT_NE(noise.state(), State::kDone);
  }
}

// Who knows the key can make a symbol look like a single item where there is none: taking it out
// and putting it back must not go on for ever.
TEST(SketchTest, AnItemThatComesBackIsALie) {
  Random random(9);
  const SipKey key = KeyOf(random);
  const SketchItem item{1, 2};
  std::vector<CodedSymbol> lie(64);
  lie[5] = {item, SketchWalker(item, key).hash(), 1};
  SketchDecoder decoder({}, key);
  EXPECT_EQ(decoder.Add(lie), State::kBroken);
}

TEST(SketchTest, AnItemClaimedOnTheWrongSideIsALie) {
  Random random(9);
  const SipKey key = KeyOf(random);
  const SketchItem item{1, 2};
  // As if the other lacked an item that is not here either.
  CodedSymbol symbol{item, SketchWalker(item, key).hash(), UINT16_MAX};
  SketchDecoder decoder({}, key);
  EXPECT_EQ(decoder.Add({&symbol, 1}), State::kBroken);
}

}  // namespace
}  // namespace entente::sync
