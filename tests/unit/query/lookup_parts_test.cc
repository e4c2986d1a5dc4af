// Parts of the search index: their rows byte for byte, how they are joined, and what a reader makes
// of rows that a disk gave back wrong.
#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "node/base/bytes.h"
#include "node/base/id.h"
#include "node/query/lookup/lookup_rows.h"
#include "node/query/lookup/part_join.h"
#include "node/query/lookup/part_maker.h"
#include "node/query/lookup/part_reader.h"
#include "node/store/schema.h"
#include "storage/memory_kv.h"
#include "tests/bench/random.h"

namespace entente::query {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Rows = WordRowMaker::Rows;

base::InstrumentId Instrument() {
  base::InstrumentId id;
  id.bytes.fill(7);
  return id;
}

std::vector<uint32_t> Places(absl::string_view list) {
  std::vector<uint32_t> out;
  ReadPlaces(list, out);
  return out;
}

// Bytes that every later version of the program has to read, or make anew under another version.
TEST(LookupParts, RowsAreTheseBytes) {
  PartMaker maker(Instrument());
  maker.Add(300, {"Terapia, terapist", "TERAPIA"});
  maker.Add(305, {"teal"});
  Rows rows;
  const v1::LookupPart part = maker.Take(rows);
  EXPECT_TRUE(maker.empty());
  EXPECT_EQ(part.first(), 300u);
  EXPECT_EQ(part.documents(), 2u);
  EXPECT_EQ(part.places(), 7u);
  ASSERT_EQ(rows.size(), 2u);
  const std::string id(32, '\x07');
  const std::string number("\0\0\0\0\0\0\x01\x2c", 8);
  EXPECT_EQ(rows[0].first, id + "d" + number);
  EXPECT_EQ(base::ToHex(rows[0].second),
            "0a020005"
            "12020502");
  EXPECT_EQ(rows[1].first, id + "w" + number + "terapist");
  EXPECT_EQ(base::ToHex(rows[1].second),
            "00"
            "04"
            "7465616c"
            "01"
            "05"  // teal: 5
            "02"
            "05"
            "7261706961"
            "02"
            "0003"  // te|rapia: 0, 3
            "06"
            "02"
            "7374"
            "01"
            "01");  // terapi|st: 1
}

TEST(LookupParts, ADocumentWithoutAWordIsNone) {
  PartMaker maker(Instrument());
  EXPECT_EQ(maker.Add(1, {"", " .,"}), 0u);
  EXPECT_TRUE(maker.empty());
}

TEST(LookupParts, ALongListOfWordsIsCutIntoRowsThatAreFoundByAnyOfTheirWords) {
  PartMaker maker(Instrument());
  std::string text;
  for (int n = 0; n < 3000; ++n) absl::StrAppend(&text, "w", n, " ");
  maker.Add(9, {text});
  Rows rows;
  maker.Take(rows);
  ASSERT_GT(rows.size(), 3u);
  std::map<std::string, std::string> sorted(rows.begin(), rows.end());
  for (int n = 0; n < 3000; n += 7) {
    const std::string word = absl::StrCat("w", n);
    auto at = sorted.lower_bound(WordKey(Instrument(), 9, word));
    ASSERT_NE(at, sorted.end());
    WordRowReader row(at->second);
    while (row.Next() && row.word() != word) {
    }
    ASSERT_EQ(row.word(), word);
    EXPECT_THAT(Places(row.places()), ElementsAre(static_cast<uint32_t>(n)));
  }
}

TEST(LookupParts, PlacesThatDoNotAscendAreNoList) {
  PlaceList list;
  for (uint32_t place : {0u, 1u, 200u, 799'999u}) list.Add(place);
  EXPECT_THAT(Places(list.bytes()), ElementsAre(0u, 1u, 200u, 799'999u));
  EXPECT_THAT(Places(std::string("\x05\x00", 2)), IsEmpty());
  EXPECT_THAT(Places("\x05\x80"), IsEmpty());
  EXPECT_THAT(Places("\xff\xff\xff\xff\x0f\x01"), IsEmpty());
}

class JoinTest : public testing::Test {
 protected:
  void Put(const Rows& rows) {
    storage::WriteBatch batch;
    for (const auto& [key, value] : rows) batch.Put(store::kLookup, key, value);
    ASSERT_TRUE(kv_.Write(batch, storage::Durability::kSynced).ok());
  }
  void Delete(const std::vector<std::string>& keys) {
    storage::WriteBatch batch;
    for (const std::string& key : keys) batch.Delete(store::kLookup, key);
    ASSERT_TRUE(kv_.Write(batch, storage::Durability::kSynced).ok());
  }
  // Everything that is stored.
  Rows Stored() {
    Rows out;
    const auto snapshot = kv_.NewSnapshot();
    for (auto it = snapshot->Scan(store::kLookup, ""); it->Valid(); it->Next())
      out.emplace_back(base::Str(it->key()), base::Str(it->value()));
    return out;
  }
  // A part of these texts, one document each from this arrival number on.
  void Part(uint64_t first, const std::vector<std::string>& texts) {
    PartMaker maker(Instrument());
    for (size_t n = 0; n < texts.size(); ++n) maker.Add(first + n, {texts[n]});
    Rows rows;
    KeepGrowing(maker.Take(rows), figures_);
    Put(rows);
  }
  void Join(JoinRange range) {
    Rows rows;
    std::vector<std::string> old;
    const auto snapshot = kv_.NewSnapshot();
    ASSERT_TRUE(JoinParts(*snapshot, range, figures_, rows, old).ok());
    Delete(old);
    Put(rows);
  }

  void SetUp() override { figures_.set_instrument(Instrument().str()); }

  storage::MemoryKv kv_{store::Families()};
  v1::LookupFigures figures_;
};

TEST_F(JoinTest, JoinedPartsAreWhatOnePartOfAllWouldBe) {
  const uint64_t seed = testing::UnitTest::GetInstance()->random_seed() + 1;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  bench::Random random(seed);
  std::vector<std::string> all;
  uint64_t arrival = 1;
  for (int part = 0; part < 11; ++part) {
    std::vector<std::string> texts;
    for (uint64_t documents = 1 + random.Below(4); documents > 0; --documents) {
      std::string text = "word";
      for (uint64_t words = random.Below(30); words > 0; --words)
        absl::StrAppend(&text, " ", base::ToHex(random.Bytes(1)), random.Below(3));
      texts.push_back(text);
    }
    Part(arrival, texts);
    arrival += texts.size();
    all.insert(all.end(), texts.begin(), texts.end());
  }
  Join({0, 11});
  ASSERT_EQ(figures_.growing_size(), 1);
  EXPECT_EQ(figures_.growing(0).documents(), all.size());
  const Rows joined = Stored();
  std::vector<std::string> keys;
  for (const auto& row : joined) keys.push_back(row.first);
  Delete(keys);
  Part(1, all);
  EXPECT_EQ(joined, Stored());
}

TEST_F(JoinTest, EightOfOneSizeAreJoinedAndTheirLikesLater) {
  EXPECT_TRUE(PartsToJoin(figures_).empty());
  int joins = 0;
  for (uint64_t n = 0; n < 600; ++n) {
    Part(1 + n, {"three words here"});
    while (!PartsToJoin(figures_).empty()) {
      ++joins;
      Join(PartsToJoin(figures_));
    }
    ASSERT_LE(figures_.growing_size(), 4 * kPartsJoined) << n;
  }
  EXPECT_GT(joins, 600 / kPartsJoined);
  uint32_t documents = 0;
  for (const v1::LookupPart& part : figures_.growing()) documents += part.documents();
  EXPECT_EQ(documents, 600u);
}

TEST_F(JoinTest, NoMoreAreJoinedThanFitAndAHalfFullPartGrowsNoMore) {
  v1::LookupPart part;
  part.set_documents(1);
  part.set_places(kPartPlacesMax / 2 + 1);
  KeepGrowing(part, figures_);
  EXPECT_EQ(figures_.growing_size(), 0);
  part.set_places(kPartPlacesMax / 3);
  for (int n = 0; n < kPartsJoined; ++n) KeepGrowing(part, figures_);
  const JoinRange range = PartsToJoin(figures_);
  EXPECT_EQ(range.begin, kPartsJoined - 3);
  EXPECT_EQ(range.end, kPartsJoined);
}

TEST_F(JoinTest, APartThatDoesNotAddUpIsLeftOut) {
  Part(1, {"one"});
  Part(2, {"two"});
  Put({{DocumentsKey(Instrument(), 1), "\xff"}});
  Join({0, 2});
  ASSERT_EQ(figures_.growing_size(), 1);
  EXPECT_EQ(figures_.growing(0).first(), 2u);
  const Rows stored = Stored();
  ASSERT_EQ(stored.size(), 2u);
  EXPECT_EQ(stored[1].first, WordKey(Instrument(), 2, "two"));
}

TEST(PartDocuments, APlaceIsInOneDocument) {
  bench::Random random(1);
  PartMaker maker(Instrument());
  std::vector<size_t> owner;
  for (size_t n = 0; n < 300; ++n) {
    const std::string text = [&] {
      std::string out = "x";
      for (uint64_t words = random.Below(200); words > 0; --words) out += " x";
      return out;
    }();
    owner.resize(owner.size() + maker.Add(10 + 2 * n, {text}), n);
  }
  Rows rows;
  maker.Take(rows);
  storage::MemoryKv kv(store::Families());
  storage::WriteBatch batch;
  for (const auto& [key, value] : rows) batch.Put(store::kLookup, key, value);
  ASSERT_TRUE(kv.Write(batch, storage::Durability::kSynced).ok());
  const auto documents = PartDocumentsReader::Read(*kv.NewSnapshot(), Instrument(), 10);
  ASSERT_TRUE(documents.ok());
  ASSERT_EQ(documents->places(), owner.size());
  for (uint32_t place = 0; place < owner.size(); ++place)
    ASSERT_EQ(documents->DocumentAt(place), owner[place]) << place;
  EXPECT_EQ(documents->ArrivalOf(299), 10u + 2 * 299);
}

}  // namespace
}  // namespace entente::query
