#include "node/query/lookup/word_rows.h"

#include <algorithm>

#include "node/base/bytes.h"
#include "node/meaning/record/search_words.h"
#include "node/query/lookup/lookup_rows.h"

namespace entente::query {

bool ReadPlaces(absl::string_view list, std::vector<uint32_t>& places) {
  const size_t before = places.size();
  base::ByteReader reader(list);
  uint64_t place = 0;
  for (uint64_t step = 0; !reader.empty(); places.push_back(static_cast<uint32_t>(place))) {
    const bool first = places.size() == before;
    if (!reader.Varint(step) || step > UINT32_MAX || (step == 0 && !first) ||
        (place += step) > UINT32_MAX) {
      places.resize(before);
      return false;
    }
  }
  return true;
}

void WordRowMaker::Add(absl::string_view word, absl::string_view places) {
  size_t shared = 0;
  if (!row_.empty()) {
    const size_t most = std::min(last_.size(), word.size());
    while (shared < most && last_[shared] == word[shared]) ++shared;
  }
  base::AppendVarint(row_, shared);
  base::AppendVarint(row_, word.size() - shared);
  row_.append(word.data() + shared, word.size() - shared);
  base::AppendVarint(row_, places.size());
  row_.append(places.data(), places.size());
  last_.assign(word.data(), word.size());
  if (row_.size() >= kWordRowBytes) Finish();
}

void WordRowMaker::Finish() {
  if (row_.empty()) return;
  rows_.emplace_back(WordKey(instrument_, part_, last_), std::move(row_));
  row_.clear();
}

bool WordRowReader::Next() {
  uint64_t shared = 0, further = 0, size = 0;
  absl::string_view end;
  if (!rest_.Varint(shared) || shared > word_.size() || !rest_.Varint(further) ||
      shared + further > meaning::kSearchWordBytesMax || !rest_.Bytes(further, end) ||
      !rest_.Varint(size) || !rest_.Bytes(size, places_)) {
    rest_ = base::ByteReader();
    return false;
  }
  word_.resize(shared);
  word_.append(end.data(), end.size());
  return true;
}

}  // namespace entente::query
