// A bundle as it comes off a stick. Input: what it is, in which pieces, the bytes.
//
// A changed byte of a whole file is found by a hash before anything reads on, so the parts behind
// the hashes are given alone as well, as a maker would who signs whatever he likes.
#include "node/base/bytes.h"
#include "node/sync/frontier/heads.h"
#include "tests/fuzz/target.h"
#include "tests/unit/bundle/bundle_fixture.h"

namespace entente::fuzz {

namespace {

using bundle::testing::AHeader;

absl::Status LookAt(const v1::BundleHeader& header, const bundle::IndexRow& row,
                    absl::string_view frame) {
  if (header.kind() == v1::BUNDLE_KIND_RECEIPT)
    return bundle::CheckHoldings(header, frame).status();
  if (row.notes + row.entries == 0) return bundle::CheckBeside(header, frame).status();
  const auto checked = bundle::CheckFrame(header, row, frame);
  if (checked.ok()) FUZZ_CHECK(bundle::ParseFrame(header, row, frame).ok());
  return checked.status();
}

// True: whole, and every frame of it good.
bool ReadWhole(absl::string_view file, size_t step) {
  uint64_t entries = 0, notes = 0, frames = 0;
  bundle::Reader::Calls calls;
  calls.head = [](const v1::BundleHeader& header, const base::Digest&) {
    FUZZ_CHECK(header.part() >= 1 && header.part() <= header.parts());
    return absl::OkStatus();
  };
  calls.frame = [&](const v1::BundleHeader& header, const bundle::IndexRow& row,
                    absl::string_view bytes) {
    FUZZ_CHECK(bytes.size() == row.size && row.size <= bundle::kFrameBytesMax);
    ++frames;
    entries += row.entries;
    notes += row.notes;
    return LookAt(header, row, bytes);
  };
  calls.signed_by = [](const std::string& key, const std::string& text,
                       absl::string_view signature) {
    return bundle::testing::FakeSignature(key, text) == signature;
  };
  bundle::Reader reader(calls);
  while (!file.empty()) {
    const absl::string_view piece = file.substr(0, step);
    file.remove_prefix(piece.size());
    if (!reader.Add(piece).ok()) break;
  }
  if (!reader.Finish().ok()) {
    FUZZ_CHECK(!reader.Finish().ok());  // and it stays so
    return false;
  }
  FUZZ_CHECK(entries == reader.header().entries() && notes == reader.header().notes());
  return true;
}

// What a maker makes of good parts is read as a good file.
void CheckMade(const v1::BundleHeader& header, const bundle::IndexRow& row,
               absl::string_view frame) {
  const bundle::Head head = bundle::MakeHead(header, {row});
  const std::string signature =
      bundle::testing::FakeSignature(header.maker_key(), bundle::SignedText(head.root));
  const std::string file = head.bytes + base::Str(frame) + bundle::MakeTail(head.root, signature);
  FUZZ_CHECK(file.size() <= bundle::FileBytes(header, {row}));
  FUZZ_CHECK(ReadWhole(file, file.size()));
}

void CheckFrameAlone(absl::string_view bytes) {
  v1::Frame frame;
  v1::BundleHeader header = AHeader();
  if (bytes.empty() || !frame.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  const auto notes = static_cast<uint32_t>(frame.notes_size());
  const bundle::IndexRow row = bundle::RowOf(bytes, notes, frame.entries());
  header.set_instrument(frame.instrument());
  header.set_entries(frame.entries());
  header.set_notes(notes);
  if (!LookAt(header, row, bytes).ok() || !bundle::CheckIndex(header, {row}).ok()) return;
  FUZZ_CHECK(header.instrument().size() == 32 || frame.entries() == 0);
  if (header.instrument().size() == 32) CheckMade(header, row, bytes);
}

void CheckHoldingsAlone(absl::string_view bytes) {
  const auto holdings = bundle::CheckHoldings(AHeader(), bytes);
  if (!holdings.ok()) return;
  FUZZ_CHECK(holdings->tips().size() <= bytes.size());
  std::vector<sync::PeerTip> tips;
  if (sync::UnpackTips(holdings->tips(), tips).ok()) {
    FUZZ_CHECK(tips.size() == holdings->tips().size() / sync::kTipBytes);
  }
}

void CheckBesideAlone(absl::string_view bytes) {
  v1::BundleHeader header = AHeader();
  const auto beside = bundle::CheckBeside(header, bytes);
  if (!beside.ok()) return;
  FUZZ_CHECK(beside->has_news() == beside->chunks().empty());
  FUZZ_CHECK(beside->chunks_size() <= bundle::kBesideChunksMax);
  const bundle::IndexRow row = bundle::RowOf(bytes, 0, 0);
  header.set_entries(0);
  header.set_notes(0);
  if (bundle::CheckIndex(header, {row}).ok()) CheckMade(header, row, bytes);
}

void CheckIndexAlone(absl::string_view bytes) {
  const auto rows =
      bundle::DecodeIndex(bytes.substr(0, bytes.size() - bytes.size() % bundle::kIndexRowBytes));
  v1::BundleHeader header = AHeader();
  uint64_t entries = 0, notes = 0, size = 0;
  for (const bundle::IndexRow& row : rows) {
    entries += row.entries;
    notes += row.notes;
    size += row.size;
  }
  header.set_entries(entries);
  header.set_notes(notes);
  if (bundle::CheckIndex(header, rows).ok()) FUZZ_CHECK(size <= bundle::kFileBytesMax);
  FUZZ_CHECK(bundle::DecodeIndex(bundle::EncodeIndex(rows)).size() == rows.size());
}

}  // namespace

FUZZ_TARGET(bundle, input) {
  Choices choices(input);
  const uint8_t what = choices.Byte();
  const size_t step = 1 + choices.Byte();
  switch (what % 6) {
    case 0:
      FUZZ_CHECK(ReadWhole(choices.Rest(), step) == ReadWhole(choices.Rest(), input.size()));
      return;
    case 1:
      if (const auto header = bundle::ParseBundleHeader(choices.Rest()); header.ok()) {
        FUZZ_CHECK(bundle::ParseBundleHeader(header->SerializeAsString()).ok());
      }
      return;
    case 2:
      return CheckIndexAlone(choices.Rest());
    case 3:
      return CheckFrameAlone(choices.Rest());
    case 4:
      return CheckHoldingsAlone(choices.Rest());
    default:
      return CheckBesideAlone(choices.Rest());
  }
}

}  // namespace entente::fuzz
