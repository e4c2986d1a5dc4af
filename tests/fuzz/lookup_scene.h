// The lookup rows of one instrument as a damaged disk might give them back: for the target lookup
// and its seeds.
#pragma once

#include <iterator>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/crypto/sha256.h"
#include "node/query/lookup/lookup_rows.h"
#include "node/store/published.h"
#include "node/store/schema.h"
#include "storage/memory_kv.h"
#include "tests/fuzz/seeds.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

class LookupScene {
 public:
  static constexpr size_t kRowsMax = 64;
  // What the rows are of, or end with; a row's choice is taken modulo them.
  static constexpr const char* kWords[] = {"a", "ab", "b"};
  static constexpr char kIndicator[] = "I";
  static constexpr char kSlot[] = "report/MTR-2017/KG/commitment/DDR/08";
  enum Row : uint8_t {
    kWordRow,
    kSeriesRow,
    kDocumentsRow,
    kSlotRow,
    kStateRow,
    kRawKey,
    kRowKinds
  };

  // Input: rows, each a kind, a choice of word, an arrival number or part, and a value
  // with its length.
  explicit LookupScene(absl::string_view input) : kv_(store::Families()) {
    storage::WriteBatch batch;
    Choices choices(input);
    for (size_t n = 0; n < kRowsMax && !choices.Rest().empty(); ++n) AddRow(choices, batch);
    (void)kv_.Write(batch, storage::Durability::kSynced);
    published_.nodes = std::make_shared<const store::NodeTable>();
    snapshot_ = kv_.NewSnapshot();
  }
  static std::string RowInput(Row row, uint8_t word, uint16_t arrival, const std::string& value) {
    return std::string{static_cast<char>(row), static_cast<char>(word),
                       static_cast<char>(arrival >> 8), static_cast<char>(arrival)} +
           PieceOf(value);
  }

  static base::InstrumentId Instrument() {
    return crypto::Sha256As<base::InstrumentId>({"instrument"});
  }
  const storage::Snapshot& snapshot() const { return *snapshot_; }
  const store::Published& published() const { return published_; }

 private:
  static void AddRow(Choices& choices, storage::WriteBatch& batch) {
    const base::InstrumentId instrument = Instrument();
    const auto row = static_cast<Row>(choices.Byte() % kRowKinds);
    const char* word = kWords[choices.Byte() % std::size(kWords)];
    const uint64_t arrival = choices.Short();
    const std::string value = base::Str(choices.Piece());
    switch (row) {
      case kWordRow:
        return batch.Put(store::kLookup, query::WordKey(instrument, arrival, word), value);
      case kSeriesRow:
        return batch.Put(store::kLookup, query::SeriesKey(instrument, kIndicator, arrival), value);
      case kDocumentsRow:
        return batch.Put(store::kLookup, query::DocumentsKey(instrument, arrival), value);
      case kSlotRow:
        return batch.Put(store::kSlots, store::SlotKey(instrument, kSlot), value);
      case kStateRow:
        return batch.Put(store::kMeta, store::kMetaLookup, value);
      case kRawKey:
      default:
        return batch.Put(store::kLookup, absl::StrCat(instrument.view(), "w", value), "");
    }
  }

  storage::MemoryKv kv_;
  store::Published published_{ledger::Authority(&crypto::Ed25519Verifier())};
  std::unique_ptr<const storage::Snapshot> snapshot_;
};

}  // namespace entente::fuzz
