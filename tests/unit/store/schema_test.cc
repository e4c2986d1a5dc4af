// Rows are read back as they were written, and keys order as their parts do.
#include "node/store/schema.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/ledger_fixture.h"

namespace entente::store {
namespace {

EntryId Id(uint8_t fill) {
  EntryId id;
  id.bytes.fill(fill);
  return id;
}

ledger::Entry SomeEntry() {
  static const crypto::PrivateKey* key = new crypto::PrivateKey(support::KeyFrom("author"));
  support::Pen pen;
  pen.key = key;
  pen.instrument.bytes.fill(7);
  base::NoteId head;
  head.bytes.fill(9);
  return pen.Write(head, head, 1, "payload");
}

TEST(Schema, AnEntryKeyComesApartAgain) {
  const EntryPlace place = ParseEntryKey(EntryKey(3, 1'000'000'007, Id(5)));
  EXPECT_EQ(place.feed, 3u);
  EXPECT_EQ(place.sequence, 1'000'000'007u);
  EXPECT_EQ(place.id, Id(5));
}

TEST(Schema, EntryKeysOrderByFeedThenSequenceThenId) {
  EXPECT_LT(EntryKey(1, 256, Id(9)), EntryKey(2, 1, Id(1)));
  EXPECT_LT(EntryKey(1, 255, Id(9)), EntryKey(1, 256, Id(1)));
  EXPECT_LT(EntryKey(1, 1, Id(1)), EntryKey(1, 1, Id(2)));
}

TEST(Schema, APrefixCoversItsEntriesOnly) {
  const std::string key = EntryKey(7, 12, Id(1));
  EXPECT_EQ(key.compare(0, EntryPrefix(7).size(), EntryPrefix(7)), 0);
  EXPECT_EQ(key.compare(0, EntryPrefix(7, 12).size(), EntryPrefix(7, 12)), 0);
  EXPECT_NE(key.compare(0, EntryPrefix(7, 13).size(), EntryPrefix(7, 13)), 0);
}

TEST(Schema, AnEntryIsReadBackByteForByte) {
  const ledger::Entry entry = SomeEntry();
  auto read = DecodeEntry(EncodeEntry(entry), entry.id);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->header_bytes, entry.header_bytes);
  EXPECT_EQ(read->payload, entry.payload);
  EXPECT_EQ(read->id, entry.id);
}

TEST(Schema, UnhashedAnEntryIsReadTheSame) {
  const ledger::Entry entry = SomeEntry();
  auto read = DecodeUnhashed(EncodeEntry(entry), entry.id);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(read->header == entry.header);
  EXPECT_EQ(read->header_bytes, entry.header_bytes);
  EXPECT_EQ(read->signature, entry.signature);
  EXPECT_TRUE(read->has_payload);
  EXPECT_EQ(read->payload, entry.payload);
  EXPECT_EQ(read->id, entry.id);
}

TEST(Schema, UnhashedARowWithPartsMissingIsStillDataLoss) {
  const ledger::Entry entry = SomeEntry();
  const std::string row = EncodeEntry(entry);
  EXPECT_TRUE(absl::IsDataLoss(DecodeUnhashed(row.substr(0, row.size() - 1), entry.id).status()));
  EXPECT_TRUE(absl::IsDataLoss(DecodeUnhashed(row.substr(0, 40), entry.id).status()));
  EXPECT_TRUE(absl::IsDataLoss(DecodeUnhashed("", entry.id).status()));
}

TEST(Schema, ADamagedEntryRowIsDataLoss) {
  const ledger::Entry entry = SomeEntry();
  std::string row = EncodeEntry(entry);
  row[10] = static_cast<char>(row[10] ^ 1);
  EXPECT_TRUE(absl::IsDataLoss(DecodeEntry(row, entry.id).status()));
  EXPECT_TRUE(absl::IsDataLoss(DecodeEntry("", entry.id).status()));
}

TEST(Schema, ARunOfArrivalsIsReadBack) {
  const ArrivalRun run =
      ParseArrivalRun(ArrivalKey(77), ArrivalValue({77, {4, 9, Id(3)}, "viaviavi", 5}));
  EXPECT_EQ(run.last, 77u);
  EXPECT_EQ(run.first(), 73u);
  EXPECT_EQ(run.place.feed, 4u);
  EXPECT_EQ(run.place.sequence, 9u);
  EXPECT_EQ(run.place.id, Id(3));
  EXPECT_EQ(run.via, "viaviavi");
}

TEST(Schema, EverySlotHasAKeyOfItsOwn) {
  InstrumentId instrument, other;
  other.bytes.fill(1);
  const std::string at_most(kSlotTextMax, 's'), longer = at_most + "s";
  // What a long slot's key looks like, as a slot of its own.
  const std::string posing = SlotKey(instrument, longer).substr(32);
  std::set<std::string> keys;
  for (const std::string& slot :
       {std::string("report/MTR-2017/KG/commitment/DDR/08"), at_most, longer, longer + "s", posing,
        std::string(), std::string("\xff")}) {
    keys.insert(SlotKey(instrument, slot));
    keys.insert(SlotKey(other, slot));
    EXPECT_LE(SlotKey(instrument, slot).size(), 32 + kSlotTextMax);
  }
  EXPECT_EQ(keys.size(), 14u);
  EXPECT_EQ(SlotKey(instrument, "a/b"), instrument.str() + "a/b");
}

TEST(Schema, AVerdictIsReadBack) {
  const ledger::Verdict verdict{ledger::Status::kQuarantined, ledger::StatusReason::kClosingAct};
  EXPECT_EQ(DecodeVerdict(EncodeVerdict(verdict)), verdict);
}

TEST(Schema, NotesOrderByPositionAndSuspendsComeLast) {
  EXPECT_LT(NoteKey(2, NoteId()), NoteKey(10, NoteId()));
  EXPECT_LT(NoteKey(1'000'000, NoteId()), SuspendKey(NoteId()));
}

}  // namespace
}  // namespace entente::store
