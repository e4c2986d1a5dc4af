#include "node/query/view/narrowed.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "entente/v1/payload.pb.h"
#include "node/base/bytes.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/search_words.h"
#include "node/meaning/text/code.h"
#include "node/query/view/held_round.h"
#include "node/query/view/payload_of.h"
#include "node/query/view/report_slots.h"
#include "node/query/view/table.h"

namespace entente::query {

namespace {

// A name as it is compared: its words, folded.
std::vector<std::string> Folded(absl::string_view name) {
  std::vector<std::string> words;
  for (meaning::SearchWord& word : meaning::SearchWords(name))
    words.push_back(std::move(word.text));
  return words;
}

// The chapters as they stand, with every title they have, in the order of the catalogue.
absl::StatusOr<std::vector<v1::Chapter>> WholeChapters(const Views& views) {
  std::vector<v1::Chapter> out;
  ASSIGN_OR_RETURN(const auto slots, views.SlotsOfKind("chapter"));
  for (const v1::SlotValue& slot : slots) {
    const v1::Contribution* head = ShownHead(slot);
    if (head == nullptr) continue;
    ASSIGN_OR_RETURN(out.emplace_back(), PayloadOf<v1::Chapter>(views, *head));
  }
  std::stable_sort(out.begin(), out.end(), [](const v1::Chapter& a, const v1::Chapter& b) {
    return a.order() < b.order();
  });
  return out;
}

std::vector<std::string> NamesOf(const v1::Chapter& chapter) {
  std::vector<std::string> names = {chapter.code()};
  for (const v1::Text& title : chapter.titles()) names.push_back(title.text());
  names.insert(names.end(), chapter.aliases().begin(), chapter.aliases().end());
  return names;
}

}  // namespace

absl::StatusOr<std::string> ChapterNamed(const Views& views, absl::string_view given) {
  absl::string_view name = given;
  absl::ConsumePrefix(&name, views.code() + "/");
  ASSIGN_OR_RETURN(const std::vector<v1::Chapter> chapters, WholeChapters(views));
  const std::vector<std::string> wanted = Folded(name);
  std::vector<std::string> known, codes, listed;
  for (const v1::Chapter& chapter : chapters) {
    for (std::string& one : NamesOf(chapter)) {
      if (one == name || (!wanted.empty() && Folded(one) == wanted)) return chapter.code();
      known.push_back(std::move(one));
    }
    const std::string title = chapter.titles().empty() ? "" : chapter.titles(0).text();
    listed.push_back(absl::StrCat(chapter.code(), " \"", title, "\""));
  }
  return NotHeld("chapter", given, known, views.restricted(), absl::StrJoin(listed, ", "));
}

absl::Status UnknownWord(absl::string_view option, absl::string_view given,
                         const std::vector<std::string>& known) {
  return base::Error(
      absl::StatusCode::kNotFound, "NOT_FOUND_RECORD",
      absl::StrCat(option, ": \"", given, "\" is not known; ", NearestAndKnown(given, known)));
}

absl::StatusOr<Narrowed> NarrowTo(const Views& views, absl::string_view round,
                                  absl::string_view chapter) {
  Narrowed out{RoundCodeOf(round), base::Str(chapter), absl::OkStatus()};
  if (!chapter.empty()) {
    const absl::StatusOr<std::string> named = ChapterNamed(views, chapter);
    if (named.ok()) {
      out.chapter = *named;
    } else if (absl::IsNotFound(named.status())) {
      out.unknown = named.status();
    } else {
      return named.status();
    }
  }
  if (out.round.empty() || out.round == kUnscheduled) return out;
  ASSIGN_OR_RETURN(const auto held, views.Head<v1::RoundSummary>("round/" + out.round));
  if (!held) out.unknown = RoundNotHeld(views, out.round);
  return out;
}

bool OfChapter(absl::string_view subject, absl::string_view chapter) {
  return chapter.empty() || meaning::ChapterOf(subject) == chapter;
}

}  // namespace entente::query
