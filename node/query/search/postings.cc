#include "node/query/search/postings.h"

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/match.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/query/lookup/lookup_rows.h"
#include "node/query/lookup/part_reader.h"
#include "node/query/lookup/word_rows.h"

namespace entente::query {

namespace {

using Places = std::vector<uint32_t>;

// The word rows of an instrument, part by part.
class WordParts {
 public:
  explicit WordParts(const Views& views)
      : instrument_(views.instrument()),
        it_(views.snapshot().Scan(store::kLookup, WordPrefix(instrument_))) {}

  // Goes on to the next part; false: there is none.
  bool Next() {
    if (begun_) {
      if (part_ == UINT64_MAX) return false;
      it_->Seek(WordPrefix(instrument_, part_ + 1));
    }
    begun_ = true;
    for (; it_->Valid(); it_->Next()) {
      const auto part = PartOfWordKey(it_->key());
      if (!part) continue;
      part_ = *part;
      return true;
    }
    return false;
  }
  uint64_t part() const { return part_; }
  absl::Status status() const { return it_->status(); }

  // Words of the part from this one on, ascending, until `visit` returns false.
  template <class Visit>
  void From(absl::string_view word, Visit visit) {
    for (it_->Seek(WordKey(instrument_, part_, word)); it_->Valid(); it_->Next()) {
      if (PartOfWordKey(it_->key()) != part_) return;
      for (WordRowReader row(it_->value()); row.Next();) {
        if (absl::string_view(row.word()) < word) continue;
        if (!visit(row)) return;
      }
    }
  }

 private:
  const base::InstrumentId instrument_;
  std::unique_ptr<storage::Iterator> it_;
  uint64_t part_ = 0;
  bool begun_ = false;
};

// The last of the words that begin so and are looked for; nothing: all are.
absl::StatusOr<std::optional<std::string>> LastOf(const Views& views, const std::string& front) {
  std::set<std::string> first;
  bool over = false;
  WordParts parts(views);
  while (parts.Next()) {
    parts.From(front, [&](const WordRowReader& row) {
      if (!absl::StartsWith(row.word(), front)) return false;
      const bool fresh = first.insert(row.word()).second;
      if (first.size() <= kPrefixWordsMax) return true;
      over = true;
      const bool is_last = fresh && row.word() == *first.rbegin();
      first.erase(std::prev(first.end()));
      return !is_last;  // further ones of the part come after it
    });
  }
  RETURN_IF_ERROR(parts.status());
  return over ? std::optional<std::string>(*first.rbegin()) : std::nullopt;
}

// One clause against one part after the other.
class ClauseReader {
 public:
  ClauseReader(const Views& views, const Clause& clause) : views_(views), clause_(clause) {}

  absl::StatusOr<std::vector<Hit>> Run(bool& cut) {
    if (clause_.prefix) {
      ASSIGN_OR_RETURN(last_, LastOf(views_, clause_.words.back()));
      cut = cut || last_.has_value();
    }
    WordParts parts(views_);
    while (parts.Next()) {
      const Places starts = StartsIn(parts);
      if (!starts.empty()) RETURN_IF_ERROR(Count(parts.part(), starts));
    }
    RETURN_IF_ERROR(parts.status());
    return InOrder();
  }

 private:
  // Where the clause stands: the place of its first word.
  Places StartsIn(WordParts& parts) const {
    Places starts = PlacesOf(parts, 0);
    for (size_t n = 1; n < clause_.words.size() && !starts.empty(); ++n) {
      const Places next = PlacesOf(parts, n);
      std::erase_if(starts, [&](uint32_t start) {
        return !std::binary_search(next.begin(), next.end(), start + static_cast<uint32_t>(n));
      });
    }
    return starts;
  }

  // Of the clause's word with this number; ascending where more than one word makes the clause.
  Places PlacesOf(WordParts& parts, size_t n) const {
    const std::string& word = clause_.words[n];
    const bool prefix = clause_.prefix && n + 1 == clause_.words.size();
    Places places;
    parts.From(word, [&](const WordRowReader& row) {
      if (prefix ? !absl::StartsWith(row.word(), word) || (last_ && row.word() > *last_)
                 : row.word() != word)
        return false;
      ReadPlaces(row.places(), places);
      return prefix;
    });
    if (prefix && n > 0) std::sort(places.begin(), places.end());
    return places;
  }

  absl::Status Count(uint64_t part, const Places& starts) {
    ASSIGN_OR_RETURN(const auto documents,
                     PartDocumentsReader::Read(views_.snapshot(), views_.instrument(), part));
    std::vector<uint32_t> counts(documents.size());
    const auto further = static_cast<uint32_t>(clause_.words.size() - 1);
    for (uint32_t start : starts) {
      if (start >= documents.places()) continue;
      const size_t document = documents.DocumentAt(start);
      if (further < documents.EndOf(document) - start) ++counts[document];
    }
    for (size_t n = 0; n < counts.size(); ++n) {
      if (counts[n] > 0)
        hits_.push_back({documents.ArrivalOf(n), documents.PlacesOf(n), counts[n]});
    }
    return absl::OkStatus();
  }

  // A part that was joined from small ones may reach around a large one.
  std::vector<Hit> InOrder() {
    auto before = [](const Hit& a, const Hit& b) { return a.document < b.document; };
    if (!std::is_sorted(hits_.begin(), hits_.end(), before))
      std::stable_sort(hits_.begin(), hits_.end(), before);
    auto same = [](const Hit& a, const Hit& b) { return a.document == b.document; };
    hits_.erase(std::unique(hits_.begin(), hits_.end(), same), hits_.end());
    return std::move(hits_);
  }

  const Views& views_;
  const Clause& clause_;
  std::optional<std::string> last_;
  std::vector<Hit> hits_;
};

}  // namespace

absl::StatusOr<std::vector<Hit>> HitsOf(const Views& views, const Clause& clause, bool& cut) {
  return ClauseReader(views, clause).Run(cut);
}

}  // namespace entente::query
