// Lookup rows of a damaged disk: what a question makes of them is a subset of what could be there,
// in order, and nothing breaks.
#include <algorithm>

#include "node/query/lookup/lookup_maker.h"
#include "node/query/lookup/part_join.h"
#include "node/query/lookup/part_reader.h"
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

// Parts that are said to be there are joined into one that adds up, whatever they are.
void CheckJoin(const LookupScene& scene) {
  const auto state = query::LookupStateOf(scene.snapshot());
  FUZZ_CHECK(state.ok());
  v1::LookupFigures figures;
  figures.set_instrument(LookupScene::Instrument().str());
  for (const v1::LookupFigures& held : state->figures()) {
    if (held.growing_size() <= query::kPartsJoined) *figures.mutable_growing() = held.growing();
  }
  query::WordRowMaker::Rows rows;
  std::vector<std::string> old;
  const query::JoinRange all{0, figures.growing_size()};
  FUZZ_CHECK(query::JoinParts(scene.snapshot(), all, figures, rows, old).ok());
  storage::MemoryKv kv(store::Families());
  storage::WriteBatch batch;
  for (const auto& [key, value] : rows) batch.Put(store::kLookup, key, value);
  FUZZ_CHECK(kv.Write(batch, storage::Durability::kSynced).ok());
  for (const v1::LookupPart& part : figures.growing()) {
    const auto read = query::PartDocumentsReader::Read(*kv.NewSnapshot(), LookupScene::Instrument(),
                                                       part.first());
    FUZZ_CHECK(read.ok() && read->size() == part.documents() && read->places() == part.places());
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
  CheckJoin(scene);
  const auto series = query::SeriesValues(views, LookupScene::kIndicator, query::SeriesFilter());
  FUZZ_CHECK(series.ok());
}

}  // namespace entente::fuzz
