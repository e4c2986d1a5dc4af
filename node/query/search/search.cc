#include "node/query/search/search.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "node/base/bytes.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/record.h"
#include "node/meaning/record/search_texts.h"
#include "node/meaning/record/search_words.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/text/unicode.h"
#include "node/meaning/text/words.h"
#include "node/merge/slot_value.h"
#include "node/query/lookup/lookup_maker.h"
#include "node/query/record/records.h"
#include "node/query/search/postings.h"
#include "node/query/view/directory.h"
#include "node/query/view/table.h"

namespace entente::query {

using absl::StatusCode;
using base::Error;

namespace {

constexpr int kShownUsual = 20, kShownMax = 200;
constexpr double kK1 = 1.2, kB = 0.75;  // BM25's usual values
constexpr size_t kSnippetBytes = 160;

absl::Status BadSearch(absl::string_view why) {
  return Error(
      StatusCode::kInvalidArgument, "USAGE",
      absl::StrCat("search: ", why, "; words, beginnings such as терап*, or \"words in quotes\""));
}

// Words of one word or of one pair of quotes. What is written as one and stands as several
// ("DDR/08") is a phrase.
void AddClause(absl::string_view text, std::vector<Clause>& out) {
  text = absl::StripAsciiWhitespace(text);
  Clause clause;
  clause.prefix = !text.empty() && text.back() == '*';
  for (meaning::SearchWord& word : meaning::SearchWords(text))
    clause.words.push_back(std::move(word.text));
  if (!clause.words.empty()) out.push_back(std::move(clause));
}

struct Match {
  uint64_t document = 0;
  double score = 0;
};

// Documents that hold every clause, with their scores, the best first.
class Ranking {
 public:
  Ranking(const v1::LookupFigures& figures)
      : documents_(static_cast<double>(std::max<uint64_t>(1, figures.documents()))),
        mean_places_(std::max(1.0, static_cast<double>(figures.places()) / documents_)) {}

  void Add(const std::vector<Hit>& hits) {
    const auto found = static_cast<double>(hits.size());
    const double weight = std::log(1 + (documents_ - found + 0.5) / (found + 0.5));
    std::vector<Match> kept;
    auto old = matches_.begin();
    for (const Hit& hit : hits) {
      Match match{hit.document, weight * Frequency(hit)};
      if (begun_) {
        while (old != matches_.end() && old->document < hit.document) ++old;
        if (old == matches_.end()) break;
        if (old->document != hit.document) continue;
        match.score += old->score;
      }
      kept.push_back(match);
    }
    matches_ = std::move(kept);
    begun_ = true;
  }

  std::vector<Match> Best() {
    std::sort(matches_.begin(), matches_.end(), [](const Match& a, const Match& b) {
      return std::make_tuple(-a.score, a.document) < std::make_tuple(-b.score, b.document);
    });
    return std::move(matches_);
  }

 private:
  double Frequency(const Hit& hit) const {
    const double count = hit.count;
    return count * (kK1 + 1) / (count + kK1 * (1 - kB + kB * hit.places / mean_places_));
  }

  const double documents_, mean_places_;
  bool begun_ = false;
  std::vector<Match> matches_;  // ascending by document
};

struct Found {
  double score = 0;
  base::EntryId entry;
  uint32_t kind = 0;
  std::string delegation, slot;
  uint64_t hlc = 0;
};

// Asked of the log and not kept beside the words: by which code a delegation goes, and with it the
// slot, is a matter of the charter in force.
absl::StatusOr<std::optional<Found>> FoundAt(const Views& views, const v1::SearchRequest& request,
                                             const Match& match) {
  const store::LogReader log(&views.snapshot());
  ASSIGN_OR_RETURN(const auto place, log.AtArrival(match.document));
  if (!place) return std::optional<Found>();
  ASSIGN_OR_RETURN(const ledger::Entry entry, log.Get(*place));
  Found found{match.score, entry.id, entry.header.kind, "", "", 0};
  if (!request.kind().empty() && meaning::KindWord(found.kind) != request.kind())
    return std::optional<Found>();
  const ledger::Note* head = views.published().authority.Find(entry.header.credentials_head);
  if (head == nullptr) return std::optional<Found>();
  found.delegation = views.published().DelegationCode(views.instrument(), head->chain_id());
  if (!request.delegation().empty() && found.delegation != request.delegation())
    return std::optional<Found>();
  const meaning::ReadRecord read =
      meaning::ReadPayload(entry.header.kind, entry.header.schema, entry.payload);
  found.slot = meaning::SlotOfRecord(read.record, found.delegation, entry.id);
  return std::optional<Found>(std::move(found));
}

// Nothing: it does not stand in its slot, or was not asked for.
absl::StatusOr<std::optional<Found>> Standing(const Views& views, const v1::SearchRequest& request,
                                              const Match& match) {
  ASSIGN_OR_RETURN(std::optional<Found> found, FoundAt(views, request, match));
  if (!found) return found;
  ASSIGN_OR_RETURN(const v1::SlotValue slot, views.Slot(found->slot));
  for (const v1::Contribution* head : merge::Heads(slot)) {
    if (head->entry() != found->entry.view()) continue;
    found->hlc = head->hlc();
    return found;
  }
  return std::optional<Found>();
}

bool Stands(const meaning::SearchWord& word, const Clause& clause) {
  for (size_t n = 0; n < clause.words.size(); ++n) {
    const bool prefix = clause.prefix && n + 1 == clause.words.size();
    if (prefix ? word.text.rfind(clause.words[n], 0) == 0 : word.text == clause.words[n])
      return true;
  }
  return false;
}

std::string Cut(absl::string_view text, size_t at) {
  size_t begin = at > kSnippetBytes / 3 ? at - kSnippetBytes / 3 : 0;
  size_t end = std::min(text.size(), begin + kSnippetBytes);
  auto inside = [&](size_t i) {
    return i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80;
  };
  while (begin > 0 && inside(begin)) --begin;
  while (end < text.size() && inside(end)) ++end;
  std::string out = absl::StrCat(begin > 0 ? "…" : "", text.substr(begin, end - begin),
                                 end < text.size() ? "…" : "");
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

// What people wrote stands as it is; the slot a record is about is shown as its reference, and a
// word of a closed list ("ad_hoc") as words.
std::string InWords(const Views& views, absl::string_view text) {
  if (meaning::KindOfSlot(text)) return ShownReference(views, text);
  const bool word = std::all_of(text.begin(), text.end(),
                                [](char c) { return c == '_' || absl::ascii_islower(c); });
  return word ? absl::StrReplaceAll(text, {{"_", " "}}) : base::Str(text);
}

// The text in which most of the clauses have a word, from shortly before the first of them; of
// several, one that somebody wrote before a code.
std::string Snippet(const Views& views, const ledger::Entry& entry,
                    const std::vector<Clause>& clauses) {
  std::string best;
  std::pair<size_t, bool> most = {0, false};  // clauses, written by somebody
  for (absl::string_view text :
       meaning::SearchTexts(entry.header.kind, entry.header.schema, entry.payload)) {
    const std::vector<meaning::SearchWord> words = meaning::SearchWords(text);
    size_t count = 0, first = text.size();
    for (const Clause& clause : clauses) {
      auto it = std::find_if(words.begin(), words.end(),
                             [&](const meaning::SearchWord& word) { return Stands(word, clause); });
      if (it == words.end()) continue;
      ++count;
      first = std::min(first, it->begin);
    }
    const std::pair<size_t, bool> rank = {count, absl::StrContains(text, ' ')};
    if (count == 0 || rank <= most) continue;
    most = rank;
    best = rank.second ? Cut(text, first) : InWords(views, text);
  }
  return best;
}

v1::LookupFigures FiguresOf(const Views& views, const v1::LookupState& state) {
  for (const v1::LookupFigures& figures : state.figures()) {
    if (figures.instrument() == views.instrument().view()) return figures;
  }
  return v1::LookupFigures();
}

}  // namespace

absl::StatusOr<std::vector<Clause>> ParseSearch(absl::string_view text) {
  if (text.size() > kSearchBytesMax)
    return BadSearch(absl::StrCat(text.size(), " bytes are asked for, at most ", kSearchBytesMax));
  const std::string nfc = meaning::ToNfc(text);
  std::vector<Clause> clauses;
  absl::string_view rest = nfc;
  while (!rest.empty()) {
    const bool quoted = rest.front() == '"';
    if (quoted) rest.remove_prefix(1);
    const size_t end = std::min(rest.size(), rest.find_first_of(quoted ? "\"" : "\" \t\r\n"));
    AddClause(rest.substr(0, end), clauses);
    rest.remove_prefix(end);
    if (!rest.empty() && (quoted || rest.front() != '"')) rest.remove_prefix(1);
  }
  if (clauses.empty()) return BadSearch("no word to look for");
  if (clauses.size() > kClausesMax)
    return BadSearch(absl::StrCat(clauses.size(), " words are asked for, at most ", kClausesMax));
  return clauses;
}

absl::StatusOr<v1::Table> Search(const Views& views, const v1::SearchRequest& request) {
  ASSIGN_OR_RETURN(const std::vector<Clause> clauses, ParseSearch(request.text()));
  if (!request.kind().empty() && !meaning::ParseKind(request.kind())) {
    return BadSearch(absl::StrCat("--kind \"", request.kind(), "\" is not known; known: ",
                                  absl::StrJoin(meaning::KindWords(), " ")));
  }
  RETURN_IF_ERROR(CheckAdmitted(views, request.delegation()));
  ASSIGN_OR_RETURN(const v1::LookupState state, LookupStateOf(views.snapshot()));
  Ranking ranking(FiguresOf(views, state));
  bool cut = false;
  for (const Clause& clause : clauses) {
    ASSIGN_OR_RETURN(const std::vector<Hit> hits, HitsOf(views, clause, cut));
    ranking.Add(hits);
  }
  const std::vector<Match> matches = ranking.Best();
  std::vector<Found> found;
  for (size_t n = 0; n < std::min(matches.size(), kCandidatesMax); ++n) {
    ASSIGN_OR_RETURN(auto standing, Standing(views, request, matches[n]));
    if (standing) found.push_back(*std::move(standing));
  }
  // Equal scores: an order that every node with these records gives.
  std::stable_sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
    return std::tuple(-a.score, a.entry) < std::tuple(-b.score, b.entry);
  });
  TableBuilder table({{"reference", "REFERENCE"},
                      {"delegation", "DELEGATION"},
                      {"kind", "KIND"},
                      {"text", "TEXT"},
                      {"signed", "SIGNED (CLAIM)"},
                      {"entry_id", "ENTRY"}});
  const int limit =
      request.page_size() > 0 ? std::min(request.page_size(), kShownMax) : kShownUsual;
  for (const Found& one : found) {
    if (table.rows() == limit) break;
    ASSIGN_OR_RETURN(const ledger::Entry entry, views.Entry(one.entry));
    table.Row({ShownReference(views, one.slot), one.delegation,
               base::Str(meaning::KindWord(one.kind)), Snippet(views, entry, clauses),
               TimeText(WallMs(one.hlc)), one.entry.Short()});
  }
  if (static_cast<int>(found.size()) > limit)
    table.Note(absl::StrCat("the best ", limit, " of ", found.size(), "; more with --limit"));
  if (matches.size() > kCandidatesMax)
    table.Note(absl::StrCat("only the best ", kCandidatesMax, " of ", matches.size(),
                            " matches were looked at; add a word"));
  if (cut)
    table.Note(absl::StrCat("a beginning stands for more than ", kPrefixWordsMax,
                            " words; write more of it"));
  if (state.through_arrival() < views.published().newest_arrival)
    table.Note(absl::StrCat(views.published().newest_arrival - state.through_arrival(),
                            " entries are not read in yet; ask again"));
  return table.Finish();
}

}  // namespace entente::query
