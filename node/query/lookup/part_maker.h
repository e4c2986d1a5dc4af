// Making one part of an instrument's lookup rows: documents are added as they arrived, then the
// rows are taken.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "entente/v1/store.pb.h"
#include "node/base/id.h"
#include "node/query/lookup/word_rows.h"

namespace entente::query {

// Of a part; its row of documents is then a value the store takes.
inline constexpr uint32_t kPartDocumentsMax = 50'000;
// A payload's bytes at the most (node/ledger/limits.h): no word and no text is shorter than one.
inline constexpr uint32_t kDocumentPlacesMax = 60'000;

// Words with their places. Found by a hash that may differ from run to run; taken in their order.
class WordTable {
 public:
  struct Word {
    uint64_t hash = 0;
    size_t begin = 0;  // in the texts
    uint32_t size = 0;
    PlaceList places;
  };

  WordTable() : cells_(kFirstCells) {}

  // REQUIRES: a word's places ascend.
  void Add(absl::string_view word, uint32_t place);
  absl::string_view TextOf(const Word& word) const {
    return absl::string_view(texts_).substr(word.begin, word.size);
  }
  std::vector<const Word*> Ascending() const;

 private:
  static constexpr size_t kFirstCells = 1024;  // a power of two, as ever after

  Word& Find(absl::string_view word);
  void Grow();

  std::vector<uint32_t> cells_;  // 0: free; else one more than the word's place in `words_`
  std::vector<Word> words_;
  std::string texts_;
};

// The documents' row; what part it begins. REQUIRES: some document.
v1::LookupPart PutDocuments(const base::InstrumentId& instrument, uint64_t first,
                            const v1::PartDocuments& documents, WordRowMaker::Rows& rows);

class PartMaker {
 public:
  explicit PartMaker(const base::InstrumentId& instrument) : instrument_(instrument) {}

  bool empty() const { return documents_.arrivals().empty(); }
  // Must the rows be taken before another document is added?
  bool full() const {
    return places_ + kDocumentPlacesMax > kPartPlacesMax ||
           documents_.arrivals_size() >= static_cast<int>(kPartDocumentsMax);
  }

  // A document without any word is none. Its texts; how many places it takes up.
  // REQUIRES: not full; arrivals ascend.
  uint32_t Add(uint64_t arrival, const std::vector<absl::string_view>& texts);

  // Appends the rows; what was made. Empty after it. REQUIRES: not empty.
  v1::LookupPart Take(WordRowMaker::Rows& rows);

 private:
  const base::InstrumentId instrument_;
  v1::PartDocuments documents_;
  WordTable words_;
  uint64_t first_ = 0, last_ = 0;
  uint32_t places_ = 0;
};

}  // namespace entente::query
