// Finding text in any script. A question is words (all of them must stand in a record), word* for
// words that begin so, and "words in quotes" for words that follow each other. The best first, by
// BM25 (Robertson, Zaragoza, "The Probabilistic Relevance Framework", 2009) over the words of all
// records; only what stands in its slot now is found, so nothing withdrawn or superseded.
#pragma once

#include <string>
#include <vector>

#include "entente/v1/question.pb.h"
#include "node/query/view/views.h"

namespace entente::query {

// Words that follow each other; of the last one, with `prefix`, only the beginning is given.
struct Clause {
  std::vector<std::string> words;
  bool prefix = false;
  friend bool operator==(const Clause&, const Clause&) = default;
};
inline constexpr size_t kSearchBytesMax = 1000;
inline constexpr size_t kClausesMax = 32;
// Words that one word* may stand for; over it the first in alphabetical order, and the answer says
// so.
inline constexpr size_t kPrefixWordsMax = 500;
// Matches that are looked at for standing in their slot; over it the answer says that there may be
// more.
inline constexpr size_t kCandidatesMax = 5000;

// INVALID_ARGUMENT: no word in it, or over a bound.
absl::StatusOr<std::vector<Clause>> ParseSearch(absl::string_view text);

// Over the lookup rows of the views' snapshot; what is not read in yet is said in a note.
absl::StatusOr<v1::Table> Search(const Views& views, const v1::SearchRequest& request);

}  // namespace entente::query
