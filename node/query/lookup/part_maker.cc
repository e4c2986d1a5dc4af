#include "node/query/lookup/part_maker.h"

#include <algorithm>
#include <utility>

#include "absl/hash/hash.h"
#include "node/ledger/limits.h"
#include "node/meaning/record/search_words.h"
#include "node/query/lookup/lookup_rows.h"

namespace entente::query {

static_assert(kDocumentPlacesMax >= ledger::kPayloadBytesMax);

void WordTable::Add(absl::string_view word, uint32_t place) { Find(word).places.Add(place); }

WordTable::Word& WordTable::Find(absl::string_view word) {
  const uint64_t hash = absl::Hash<absl::string_view>()(word);
  for (size_t at = hash;; ++at) {
    uint32_t& cell = cells_[at & (cells_.size() - 1)];
    if (cell == 0) {
      words_.push_back({hash, texts_.size(), static_cast<uint32_t>(word.size()), {}});
      texts_.append(word.data(), word.size());
      cell = static_cast<uint32_t>(words_.size());
      if (words_.size() * 2 > cells_.size()) Grow();
      return words_.back();
    }
    Word& known = words_[cell - 1];
    if (known.hash == hash && TextOf(known) == word) return known;
  }
}

void WordTable::Grow() {
  cells_.assign(cells_.size() * 2, 0);
  for (size_t n = 0; n < words_.size(); ++n) {
    size_t at = words_[n].hash & (cells_.size() - 1);
    while (cells_[at] != 0) at = (at + 1) & (cells_.size() - 1);
    cells_[at] = static_cast<uint32_t>(n + 1);
  }
}

std::vector<const WordTable::Word*> WordTable::Ascending() const {
  std::vector<const Word*> out;
  out.reserve(words_.size());
  for (const Word& word : words_) out.push_back(&word);
  std::sort(out.begin(), out.end(),
            [&](const Word* a, const Word* b) { return TextOf(*a) < TextOf(*b); });
  return out;
}

uint32_t PartMaker::Add(uint64_t arrival, const std::vector<absl::string_view>& texts) {
  const uint32_t begin = places_;
  bool any = false;
  for (absl::string_view text : texts) {
    for (meaning::WordReader reader(text); reader.Next(); any = true)
      words_.Add(reader.word(), places_++);
    ++places_;  // words of two texts are never neighbours
  }
  if (!any) {
    places_ = begin;
    return 0;
  }
  if (empty()) first_ = last_ = arrival;
  documents_.add_arrivals(arrival - std::exchange(last_, arrival));
  documents_.add_places(places_ - begin);
  return places_ - begin;
}

v1::LookupPart PutDocuments(const base::InstrumentId& instrument, uint64_t first,
                            const v1::PartDocuments& documents, WordRowMaker::Rows& rows) {
  v1::LookupPart part;
  part.set_first(first);
  part.set_documents(static_cast<uint32_t>(documents.arrivals_size()));
  for (uint32_t places : documents.places()) part.set_places(part.places() + places);
  rows.emplace_back(DocumentsKey(instrument, first), documents.SerializeAsString());
  return part;
}

v1::LookupPart PartMaker::Take(WordRowMaker::Rows& rows) {
  const v1::LookupPart part = PutDocuments(instrument_, first_, documents_, rows);
  WordRowMaker maker(instrument_, first_, rows);
  for (const WordTable::Word* word : words_.Ascending())
    maker.Add(words_.TextOf(*word), word->places.bytes());
  maker.Finish();
  documents_.Clear();
  words_ = WordTable();
  places_ = 0;
  return part;
}

}  // namespace entente::query
