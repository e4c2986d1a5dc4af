// Lookup rows of a damaged disk: what a question makes of them is a subset of what could be there,
// in order, and nothing breaks.
#include <algorithm>

#include "node/query/record/series_values.h"
#include "node/query/search/postings.h"
#include "node/query/search/search.h"
#include "tests/fuzz/lookup_scene.h"

namespace entente::fuzz {

namespace {

using query::Clause;
using query::Hit;

std::vector<Hit> HitsOf(const query::Views& views, const Clause& clause) {
  bool cut = false;
  const auto hits = query::HitsOf(views, clause, cut);
  FUZZ_CHECK(hits.ok());
  for (size_t n = 1; n < hits->size(); ++n)
    FUZZ_CHECK((*hits)[n - 1].document < (*hits)[n].document);
  return *hits;
}

// A phrase stands only where each of its words does, and not more often than any of them.
void CheckPhrase(const query::Views& views, const Clause& phrase) {
  const std::vector<Hit> together = HitsOf(views, phrase);
  for (size_t n = 0; n < phrase.words.size(); ++n) {
    const bool prefix = phrase.prefix && n + 1 == phrase.words.size();
    const std::vector<Hit> alone = HitsOf(views, {{phrase.words[n]}, prefix});
    for (const Hit& hit : together) {
      const auto at = std::find_if(alone.begin(), alone.end(), [&](const Hit& other) {
        return other.document == hit.document;
      });
      FUZZ_CHECK(at != alone.end() && hit.count > 0 && hit.count <= at->count);
    }
  }
}

}  // namespace

FUZZ_TARGET(lookup, input) {
  const LookupScene scene(input);
  const query::Views views(&scene.snapshot(), &scene.published(), LookupScene::Instrument());
  for (const char* word : LookupScene::kWords) HitsOf(views, {{word}, false});
  CheckPhrase(views, {{"a", "b"}, false});
  CheckPhrase(views, {{"b", "a"}, true});
  CheckPhrase(views, {{"a", "a"}, false});
  for (const char* text : {"a", "a* b", "\"a b\""}) {
    v1::SearchRequest request;
    request.set_text(text);
    // An entry that a row names and the log does not hold is an error that says so.
    (void)query::Search(views, request);
  }
  const auto series = query::SeriesValues(views, LookupScene::kIndicator, query::SeriesFilter());
  FUZZ_CHECK(series.ok());
}

}  // namespace entente::fuzz
