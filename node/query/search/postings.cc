#include "node/query/search/postings.h"

#include <algorithm>
#include <set>

#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/query/lookup/lookup_rows.h"

namespace entente::query {

namespace {

struct Place {
  uint64_t document = 0;
  uint32_t position = 0;
  friend auto operator<=>(const Place&, const Place&) = default;
};

// Everything known of one word or prefix; places ascending when `with_places`.
struct WordHits {
  std::vector<Hit> hits;
  std::vector<Place> places;
};

// Do documents, and positions in each, ascend? Both are told as differences.
bool Ascends(const v1::WordPostings& row, uint64_t arrival) {
  uint64_t document = arrival;
  int at = 0;
  for (int i = 0; i < row.documents_size(); ++i) {
    const uint64_t before = document;
    document += row.documents(i);
    if (document < before || (i > 0 && document == before)) return false;
    uint32_t position = 0;
    for (uint32_t n = 0; n < row.counts(i); ++n, ++at) {
      const uint32_t last = position;
      position += row.positions(at);
      if (position < last || (n > 0 && position == last)) return false;
    }
  }
  return true;
}

// A row that does not add up is as good as none: the log can make it again.
bool Consistent(const v1::WordPostings& row, uint64_t arrival) {
  uint64_t positions = 0;
  for (uint32_t count : row.counts()) positions += count;
  return row.documents_size() == row.words_size() && row.documents_size() == row.counts_size() &&
         positions == static_cast<uint64_t>(row.positions_size()) && Ascends(row, arrival);
}

void AddRow(const v1::WordPostings& row, uint64_t arrival, bool with_places, WordHits& out) {
  uint64_t document = arrival;
  int at = 0;
  for (int i = 0; i < row.documents_size(); ++i) {
    document += row.documents(i);
    out.hits.push_back({document, row.words(i), row.counts(i)});
    uint32_t position = 0;
    for (uint32_t n = 0; n < row.counts(i); ++n, ++at) {
      position += row.positions(at);
      if (with_places) out.places.push_back({document, position});
    }
  }
}

// Several words of one prefix in one document are one hit.
void Merge(WordHits& all) {
  std::sort(all.hits.begin(), all.hits.end(),
            [](const Hit& a, const Hit& b) { return a.document < b.document; });
  size_t kept = 0;
  for (size_t i = 0; i < all.hits.size(); ++i) {
    if (kept > 0 && all.hits[kept - 1].document == all.hits[i].document) {
      all.hits[kept - 1].count += all.hits[i].count;
    } else {
      all.hits[kept++] = all.hits[i];
    }
  }
  all.hits.resize(kept);
  std::sort(all.places.begin(), all.places.end());
}

absl::StatusOr<WordHits> Read(const Views& views, const std::string& word, bool prefix,
                              bool with_places, bool& cut) {
  WordHits out;
  std::string last;
  size_t words = 0;
  size_t rows = 0;       // read of the word `last`,
  uint64_t through = 0;  // and the last document of them
  auto it = views.snapshot().Scan(store::kLookup, WordPrefix(views.instrument(), word, !prefix));
  for (; it->Valid(); it->Next()) {
    const auto at = ParseWordKey(it->key());
    if (!at) continue;
    if (words == 0 || at->word != absl::string_view(last)) {
      last = base::Str(at->word);
      rows = 0;
      if (++words > kPrefixWordsMax) {
        cut = true;
        break;
      }
    }
    v1::WordPostings row;
    if (!row.ParseFromArray(it->value().data(), static_cast<int>(it->value().size())) ||
        !Consistent(row, at->arrival))
      continue;
    // Rows of one word follow each other as their documents do.
    if (row.documents().empty() || (rows > 0 && at->arrival <= through)) continue;
    AddRow(row, at->arrival, with_places, out);
    through = out.hits.back().document;
    ++rows;
  }
  RETURN_IF_ERROR(it->status());
  if (prefix) Merge(out);
  return out;
}

// Where the phrase's first word stands so that every further one follows.
std::vector<Place> Following(const std::vector<WordHits>& words) {
  std::vector<Place> starts = words.front().places;
  for (size_t n = 1; n < words.size(); ++n) {
    const std::vector<Place>& next = words[n].places;
    std::erase_if(starts, [&](const Place& start) {
      return !std::binary_search(next.begin(), next.end(),
                                 Place{start.document, start.position + static_cast<uint32_t>(n)});
    });
  }
  return starts;
}

}  // namespace

absl::StatusOr<std::vector<Hit>> HitsOf(const Views& views, const Clause& clause, bool& cut) {
  const bool phrase = clause.words.size() > 1;
  std::vector<WordHits> words;
  for (size_t n = 0; n < clause.words.size(); ++n) {
    const bool prefix = clause.prefix && n + 1 == clause.words.size();
    ASSIGN_OR_RETURN(WordHits read, Read(views, clause.words[n], prefix, phrase, cut));
    words.push_back(std::move(read));
  }
  if (!phrase) return std::move(words.front().hits);
  std::vector<Hit> out;
  auto known = words.front().hits.begin();
  for (const Place& start : Following(words)) {
    while (known->document < start.document) ++known;
    if (out.empty() || out.back().document != start.document)
      out.push_back({start.document, known->words, 0});
    ++out.back().count;
  }
  return out;
}

}  // namespace entente::query
