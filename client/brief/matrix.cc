#include "client/brief/matrix.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "client/brief/status.h"
#include "client/brief/texts.h"
#include "client/brief/versions.h"
#include "node/base/bytes.h"
#include "node/meaning/text/code.h"

namespace entente::client::brief {

namespace {

constexpr size_t kColumnsMax = 7;

struct Count {
  size_t asked = 0, reported = 0;
};

Cell CountCell(const Count& count, bool on_chapter, const Phrases& phrases) {
  Cell cell;
  if (count.asked == 0 && !on_chapter) {
    cell.now = Unasked(phrases);
    return cell;
  }
  cell.now.key = count.reported == 0 && !on_chapter ? "absent"
                 : count.reported >= count.asked    ? "all"
                                                    : "some";
  cell.now.words =
      phrases.Say("{0} of {1}", {absl::StrCat(count.reported), absl::StrCat(count.asked)});
  if (on_chapter) absl::StrAppend(&cell.now.words, " ", phrases.Say("and the chapter"));
  cell.now.reported = count.reported > 0 || on_chapter;
  return cell;
}

// The expected, and of the others those that reported on any of these.
bool HasRow(const v1::BriefDelegation& delegation, const std::vector<Cell>& cells) {
  return delegation.expected() || std::any_of(cells.begin(), cells.end(), [](const Cell& c) {
           return c.now.reported || !c.link.empty();
         });
}

// Of versions in conflict none speaks for the others: the one that says least is counted.
std::string CompleteCell(const Facts& facts, const Standing& standing, const Phrases& phrases) {
  std::optional<meaning::Completeness> least;
  for (const auto& head : standing.slot->heads()) {
    meaning::Completeness one = CompletenessOf(facts, *standing.slot, head);
    if (one.asked > 0 && (!least || one.answered < least->answered)) least = std::move(one);
  }
  if (!least || !standing.now.reported) return "";
  return phrases.Say("complete: {0} of {1}",
                     {absl::StrCat(least->answered), absl::StrCat(least->asked)});
}

Cell StandingCell(const Facts& facts, const Standing* standing, const Phrases& phrases) {
  Cell cell;
  if (standing == nullptr || (standing->slot->heads().empty() && !standing->slot->asked())) {
    cell.now = Unasked(phrases);
    return cell;
  }
  cell.now = standing->now;
  cell.changed = standing->changed;
  cell.before = standing->before;
  cell.complete = CompleteCell(facts, *standing, phrases);
  if (!standing->slot->heads().empty()) cell.link = Slots::AnchorOf(*standing->slot);
  return cell;
}

}  // namespace

std::vector<const v1::Commitment*> CommitmentsOf(const Facts& facts, const std::string& chapter) {
  std::vector<const v1::Commitment*> out;
  for (const auto& commitment : facts.commitments) {
    if (meaning::ChapterOf(commitment.code()) == chapter) out.push_back(&commitment);
  }
  return out;
}

Matrix OverviewMatrix(const Facts& facts, const Slots& slots, const Phrases& phrases) {
  Matrix matrix;
  matrix.caption = phrases.Say("Commitments reported on, of those asked about, by chapter");
  std::map<std::pair<std::string, std::string>, Count> counts;  // delegation, chapter
  for (const Standing& standing : slots.all()) {
    const v1::BriefSlot& slot = *standing.slot;
    if (slot.subject_kind() != v1::SUBJECT_COMMITMENT || !slot.asked()) continue;
    Count& count = counts[{slot.delegation(), base::Str(meaning::ChapterOf(slot.subject()))}];
    count.asked += 1;
    count.reported += standing.now.reported;
  }
  for (const auto& chapter : facts.chapters) {
    matrix.columns.emplace_back(chapter.code(), Named(chapter.titles(), phrases, chapter.code()));
  }
  for (const auto& delegation : facts.head.delegations()) {
    MatrixRow row{delegation.code(), delegation.name(), {}};
    for (const auto& chapter : facts.chapters) {
      const Standing* on_chapter =
          slots.Find(delegation.code(), v1::SUBJECT_CHAPTER, chapter.code());
      row.cells.push_back(CountCell(counts[{delegation.code(), chapter.code()}],
                                    on_chapter != nullptr && on_chapter->now.reported, phrases));
    }
    if (HasRow(delegation, row.cells)) matrix.rows.push_back(std::move(row));
  }
  return matrix;
}

std::vector<Matrix> ChapterMatrices(const Facts& facts, const Slots& slots,
                                    const v1::Chapter& chapter, const Phrases& phrases) {
  const auto commitments = CommitmentsOf(facts, chapter.code());
  std::vector<Matrix> out;
  for (size_t first = 0; first < commitments.size(); first += kColumnsMax) {
    Matrix matrix;
    matrix.caption = phrases.Say("Where delegations stand on {0}", {chapter.code()});
    const size_t end = std::min(commitments.size(), first + kColumnsMax);
    for (size_t i = first; i < end; ++i) {
      matrix.columns.emplace_back(commitments[i]->code(),
                                  Named(commitments[i]->texts(), phrases, commitments[i]->code()));
    }
    for (const auto& delegation : facts.head.delegations()) {
      MatrixRow row{delegation.code(), delegation.name(), {}};
      for (size_t i = first; i < end; ++i) {
        row.cells.push_back(StandingCell(
            facts, slots.Find(delegation.code(), v1::SUBJECT_COMMITMENT, commitments[i]->code()),
            phrases));
      }
      if (HasRow(delegation, row.cells)) matrix.rows.push_back(std::move(row));
    }
    out.push_back(std::move(matrix));
  }
  return out;
}

}  // namespace entente::client::brief
