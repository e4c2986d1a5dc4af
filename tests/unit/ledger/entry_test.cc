#include "node/ledger/entry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/crypto/sha256.h"
#include "tests/unit/ledger/golden.h"

namespace entente::ledger {
namespace {

using testing::HasSubstr;

EntryHeader GoldenHeader() {
  EntryHeader h;
  h.instrument = *InstrumentId::FromHex(kCharter1Id);
  h.key = AuthorKey().public_key();
  h.charter_head = *NoteId::FromHex(kCharter2Id);
  h.credentials_head = *NoteId::FromHex(kCredentials1Id);
  h.hlc = 0x01a2032e5da00000ull;
  h.kind = 1;
  h.schema = 1;
  return h;
}

// A header with every optional field: sequence 2, seen size and root.
EntryHeader FullHeader() {
  EntryHeader h = GoldenHeader();
  h.sequence = 2;
  h.previous = *EntryId::FromHex(kEntryId);
  h.payload_size = 4;
  h.payload_hash = crypto::Sha256("four");
  h.seen_size = 300;
  h.seen_root = crypto::Sha256("root");
  return h;
}

void ExpectMalformed(const absl::Status& status, absl::string_view part) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  EXPECT_EQ(base::ReasonOf(status), "ENTRY_MALFORMED") << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(std::string(part)));
}

// Field number, wire bytes.
using Piece = std::pair<int, std::string>;

// The pieces of FullHeader, to be put together wrongly.
std::vector<Piece> Pieces() {
  std::string bytes = EncodeHeader(FullHeader());
  std::vector<Piece> pieces;
  for (size_t at = 0; at < bytes.size();) {
    auto tag = static_cast<unsigned char>(bytes[at]);
    size_t size = 1;
    if ((tag & 7) == 2) size += 33;
    if ((tag & 7) == 1) size += 8;
    if ((tag & 7) == 0) {
      while (bytes[at + size] & 0x80) ++size;
      ++size;
    }
    pieces.push_back({tag >> 3, bytes.substr(at, size)});
    at += size;
  }
  return pieces;
}

std::string Join(const std::vector<Piece>& pieces) {
  std::string out;
  for (const Piece& piece : pieces) out += piece.second;
  return out;
}

TEST(Entry, TheGoldenEntryIsReproducedByteForByte) {
  std::string payload = GoldenHex("entry-payload.hex");
  Entry entry = SignEntry(GoldenHeader(), payload, AuthorKey());
  EXPECT_EQ(base::ToHex(entry.header_bytes), base::ToHex(GoldenHex("entry-header.hex")));
  EXPECT_EQ(base::ToHex(crypto::View(entry.signature)),
            base::ToHex(GoldenHex("entry-signature.hex")));
  EXPECT_EQ(entry.id.ToHex(), kEntryId);
  EXPECT_EQ(entry.header_bytes.size(), 189u);
  EXPECT_EQ(Pae(entry.header_bytes).size(), 245u);
  EXPECT_EQ(entry.Leaf().size(), 309u);
  EXPECT_EQ(entry.feed().Name().ToHex(), kFeedName);
  EXPECT_TRUE(Verify(entry, crypto::Ed25519Verifier()));
}

TEST(Entry, TheIdIsTheLeafHashOfTheLeaf) {
  Entry entry = SignEntry(GoldenHeader(), "four", AuthorKey());
  EXPECT_EQ(entry.id.bytes, crypto::LeafHash(entry.Leaf()).bytes);
}

TEST(Entry, ALeafAndItsPayloadGiveTheSameEntry) {
  Entry entry = SignEntry(FullHeader(), "four", AuthorKey());
  absl::StatusOr<Entry> again = ParseLeaf(entry.Leaf(), "four");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->header, entry.header);
  EXPECT_EQ(again->id, entry.id);
  EXPECT_EQ(again->payload, "four");
  EXPECT_TRUE(again->has_payload);
}

TEST(Entry, WithoutItsPayloadItIsStillAnEntry) {
  Entry entry = SignEntry(FullHeader(), "four", AuthorKey());
  absl::StatusOr<Entry> again = ParseLeaf(entry.Leaf(), std::nullopt);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_FALSE(again->has_payload);
  EXPECT_EQ(again->id, entry.id);
}

TEST(Entry, AnotherPayloadIsRefused) {
  Entry entry = SignEntry(FullHeader(), "four", AuthorKey());
  ExpectMalformed(ParseLeaf(entry.Leaf(), "five").status(), "SHA-256");
  ExpectMalformed(ParseLeaf(entry.Leaf(), "fourth").status(), "6 bytes, the header says 4");
}

TEST(Entry, ALeafWithAnotherFrameIsRefused) {
  std::string leaf = SignEntry(FullHeader(), "four", AuthorKey()).Leaf();
  size_t digits = leaf.find("protobuf ") + 9;
  std::string with_zero = leaf;
  with_zero.insert(digits, "0");
  // 2^64 - 64: with the signature's 64 bytes it wraps round to the nothing that follows.
  std::string huge = leaf.substr(0, digits) + "18446744073709551552 ";
  for (const std::string& bad :
       {std::string(), leaf.substr(1), leaf.substr(0, leaf.size() - 1), leaf + "x", with_zero, huge,
        leaf.substr(0, digits), std::string(1000, 'D')}) {
    ExpectMalformed(ParseLeaf(bad, std::nullopt).status(), "leaf");
  }
}

TEST(Entry, ASignatureOfAnotherLengthIsRefused) {
  ExpectMalformed(MakeEntry(EncodeHeader(FullHeader()), std::string(63, 's'), {}).status(),
                  "63 bytes");
}

TEST(Entry, AChangedHeaderBitNeverVerifies) {
  Entry entry = SignEntry(FullHeader(), "four", AuthorKey());
  for (size_t i = 0; i < entry.header_bytes.size(); ++i) {
    std::string changed = entry.header_bytes;
    changed[i] ^= 1;
    absl::StatusOr<Entry> again = MakeEntry(changed, crypto::View(entry.signature), {});
    EXPECT_FALSE(again.ok() && Verify(*again, crypto::Ed25519Verifier())) << "byte " << i;
  }
}

TEST(ParseHeader, WhatIsEncodedParsesBack) {
  absl::StatusOr<EntryHeader> full = ParseHeader(EncodeHeader(FullHeader()));
  ASSERT_TRUE(full.ok()) << full.status();
  EXPECT_EQ(*full, FullHeader());
}

TEST(ParseHeader, TheLongestHeaderFitsItsBound) {
  EntryHeader h = FullHeader();
  h.incarnation = kIncarnationMax;
  h.sequence = h.hlc = h.seen_size = UINT64_MAX;
  h.kind = h.schema = UINT32_MAX;
  h.payload_size = kPayloadBytesMax;
  std::string bytes = EncodeHeader(h);
  EXPECT_LE(bytes.size(), 331u);
  EXPECT_EQ(*ParseHeader(bytes), h);
}

TEST(ParseHeader, EachMissingFieldIsNamed) {
  for (size_t i = 0; i < Pieces().size(); ++i) {
    std::vector<Piece> pieces = Pieces();
    pieces.erase(pieces.begin() + static_cast<long>(i));
    ExpectMalformed(ParseHeader(Join(pieces)).status(), "is missing");
  }
}

TEST(ParseHeader, ARepeatedOrSwappedFieldIsRefused) {
  for (size_t i = 0; i + 1 < Pieces().size(); ++i) {
    std::vector<Piece> pieces = Pieces();
    std::swap(pieces[i], pieces[i + 1]);
    ExpectMalformed(ParseHeader(Join(pieces)).status(), "out of ascending order");
    pieces = Pieces();
    pieces.insert(pieces.begin() + static_cast<long>(i), pieces[i]);
    ExpectMalformed(ParseHeader(Join(pieces)).status(), "given twice");
  }
}

TEST(ParseHeader, ALongerVarintIsRefused) {
  for (size_t i = 0; i < Pieces().size(); ++i) {
    std::vector<Piece> pieces = Pieces();
    if ((pieces[i].second[0] & 7) != 0) continue;
    pieces[i].second.back() |= static_cast<char>(0x80);
    pieces[i].second.push_back('\0');
    ExpectMalformed(ParseHeader(Join(pieces)).status(), "not a minimal varint");
  }
}

TEST(ParseHeader, AnOverlongTagIsRefused) {
  std::vector<Piece> pieces = Pieces();
  pieces[0].second[0] |= static_cast<char>(0x80);
  pieces[0].second.insert(1, 1, '\0');
  ExpectMalformed(ParseHeader(Join(pieces)).status(), "unknown field tag");
}

TEST(ParseHeader, AVarintOver64BitsIsRefused) {
  std::vector<Piece> pieces = Pieces();
  pieces[3].second = std::string("\x20") + std::string(9, '\xff') + "\x02";
  ExpectMalformed(ParseHeader(Join(pieces)).status(), "not a minimal varint");
}

TEST(ParseHeader, AZeroNumberIsRefused) {
  for (size_t i = 0; i < Pieces().size(); ++i) {
    std::vector<Piece> pieces = Pieces();
    if ((pieces[i].second[0] & 7) == 2) continue;
    size_t size = (pieces[i].second[0] & 7) == 1 ? 8 : 1;
    pieces[i].second = pieces[i].second.substr(0, 1) + std::string(size, '\0');
    ExpectMalformed(ParseHeader(Join(pieces)).status(), "is zero");
  }
}

TEST(ParseHeader, AnIdOfAnotherLengthIsRefused) {
  for (char size : {0, 31, 33}) {
    std::vector<Piece> pieces = Pieces();
    pieces[0].second = std::string("\x0a") + size + std::string(static_cast<size_t>(size), 'i');
    ExpectMalformed(ParseHeader(Join(pieces)).status(), "instrument is not 32 bytes long");
  }
}

TEST(ParseHeader, AnotherWireTypeIsRefused) {
  std::vector<Piece> pieces = Pieces();
  pieces[2].second = std::string("\x1d\1\0\0\0", 5);  // incarnation as fixed32
  ExpectMalformed(ParseHeader(Join(pieces)).status(), "incarnation has wire type 5");
}

TEST(ParseHeader, AnythingAfterTheLastFieldIsRefused) {
  ExpectMalformed(ParseHeader(EncodeHeader(FullHeader()) + "\x78\x01").status(),
                  "unknown field tag");
  ExpectMalformed(ParseHeader(EncodeHeader(FullHeader()) + '\0').status(), "unknown field tag");
  ExpectMalformed(ParseHeader(std::string(401, '\x0a')).status(), "401 bytes");
}

TEST(ParseHeader, EveryCutIsRefused) {
  std::string bytes = EncodeHeader(FullHeader());
  size_t without_seen = bytes.size() - 34 - 3;  // a header too: the seen fields are optional
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(ParseHeader(bytes.substr(0, size)).ok(), size == without_seen) << size;
  }
}

TEST(ParseHeader, PreviousStandsExactlyAfterSequenceOne) {
  std::vector<Piece> pieces = Pieces();
  pieces[3].second = "\x20\x01";
  ExpectMalformed(ParseHeader(Join(pieces)).status(), "previous stands at sequence 1");
}

TEST(ParseHeader, NumbersOverTheirBoundAreRefused) {
  std::vector<Piece> pieces = Pieces();
  pieces[2].second = "\x18\x09";
  ExpectMalformed(ParseHeader(Join(pieces)).status(), "incarnation is 9, the most is 8");
  pieces = Pieces();
  pieces[10].second = "\x58\xe1\xd4\x03";
  ExpectMalformed(ParseHeader(Join(pieces)).status(), "payload_size is 60001, the most is 60000");
  pieces = Pieces();
  pieces[8].second = "\x48\x80\x80\x80\x80\x10";
  ExpectMalformed(ParseHeader(Join(pieces)).status(), "kind is 4294967296");
}

// Whatever the scan accepts has exactly the bytes it was read from.
TEST(ParseHeader, AnAcceptedMutationIsItsOwnEncoding) {
  constexpr uint32_t kSeed = 20261122;
  SCOPED_TRACE(absl::StrCat("seed ", kSeed));
  std::mt19937 random(kSeed);
  std::string good = EncodeHeader(FullHeader());
  int accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = good;
    for (uint32_t n = random() % 3 + 1; n > 0; --n) {
      size_t at = random() % bytes.size();
      switch (random() % 3) {
        case 0:
          bytes[at] = static_cast<char>(random());
          break;
        case 1:
          bytes.erase(at, 1);
          break;
        default:
          bytes.insert(at, 1, static_cast<char>(random()));
      }
    }
    absl::StatusOr<EntryHeader> header = ParseHeader(bytes);
    if (!header.ok()) continue;
    ++accepted;
    ASSERT_EQ(EncodeHeader(*header), bytes);
  }
  EXPECT_GT(accepted, 1000);
}

TEST(FeedKey, DecodesWhatItEncodes) {
  FeedKey feed = SignEntry(FullHeader(), "four", AuthorKey()).feed();
  EXPECT_EQ(feed.Encode().size(), 68u);
  EXPECT_EQ(FeedKey::Decode(feed.Encode()), feed);
  EXPECT_EQ(FeedKey::Decode(feed.Encode() + "x"), std::nullopt);
}

}  // namespace
}  // namespace entente::ledger
