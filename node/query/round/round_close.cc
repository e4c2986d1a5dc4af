#include "node/query/round/round_close.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "entente/v1/entry.pb.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"
#include "node/meaning/state/metrics.h"
#include "node/meaning/value/date.h"
#include "node/query/round/round_tables.h"
#include "node/query/view/report_slots.h"

namespace entente::query {

namespace {

constexpr size_t kRoundMarksMax = 600;

using FeedPlaceInRound = std::pair<std::string, uint32_t>;  // key, incarnation

// Collects the reports of a round: a mark per feed, and the set of their ids.
class RoundMarks {
 public:
  explicit RoundMarks(const Views& views) : views_(views), log_(&views.snapshot()) {}

  absl::Status AddReportsOf(const std::string& round) {
    return ForEachReportSlot(views_, {.round = round},
                             [this](const v1::SlotValue& slot) -> absl::StatusOr<bool> {
                               for (const v1::Contribution& c : slot.contributions()) {
                                 if (c.kind() != v1::REPORT) continue;
                                 RETURN_IF_ERROR(Add(*base::EntryId::FromBytes(c.entry())));
                               }
                               return true;
                             });
  }

  absl::Status Fill(v1::RoundClose& close) const {
    if (marks_.size() > kRoundMarksMax) {
      return base::Error(absl::StatusCode::kFailedPrecondition, "LIMIT_EXCEEDED",
                         absl::StrCat(marks_.size(), " feeds report in this round; a close marks ",
                                      kRoundMarksMax, " at most"));
    }
    for (const auto& [feed, mark] : marks_) *close.add_marks() = mark;
    std::string ids;
    for (const std::string& id : reports_) ids += id;
    close.set_record_set(crypto::Sha256(ids).str());
    return absl::OkStatus();
  }

 private:
  absl::Status Add(const base::EntryId& id) {
    ASSIGN_OR_RETURN(auto place, log_.Find(id));
    if (!place) return absl::OkStatus();
    ASSIGN_OR_RETURN(const ledger::EntryHeader header, log_.Header(*place));
    reports_.insert(id.str());
    v1::FeedMark& mark = marks_[{header.key.str(), header.incarnation}];
    if (mark.sequence() >= header.sequence) return absl::OkStatus();
    mark.set_key(header.key.str());
    mark.set_incarnation(header.incarnation);
    mark.set_sequence(header.sequence);
    mark.set_entry(id.str());
    return absl::OkStatus();
  }

  const Views& views_;
  const store::LogReader log_;
  std::map<FeedPlaceInRound, v1::FeedMark> marks_;
  std::set<std::string> reports_;
};

absl::Status AddFigure(const Round& round, const std::string& chapter, v1::RoundClose& close) {
  std::vector<meaning::SlotState> slots;
  for (const std::string& delegation : round.Expected()) {
    ASSIGN_OR_RETURN(const CellState cell, round.Chapter(delegation, chapter));
    slots.push_back(SlotStateOf(cell, round.DeadlineMs(delegation)));
    slots.back().after_close = false;  // this close counts what is here now
  }
  const meaning::RoundFigures figures = meaning::CountRound(slots);
  v1::RoundFigure* out = close.add_figures();
  out->set_subject(chapter);
  out->set_expected(static_cast<uint32_t>(figures.expected));
  out->set_reported(static_cast<uint32_t>(figures.reported));
  out->set_on_time(static_cast<uint32_t>(figures.on_time));
  out->set_accepted(static_cast<uint32_t>(figures.accepted));
  out->set_nil(static_cast<uint32_t>(figures.nil));
  out->set_conflict(static_cast<uint32_t>(figures.conflict));
  out->set_open_questions(static_cast<uint32_t>(figures.open_clarifications));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::RoundClose> MakeRoundClose(const Views& views, const std::string& code) {
  ASSIGN_OR_RETURN(Round round, Round::Load(views, code, false));
  round.CountAll();
  v1::RoundClose close;
  close.set_round(round.summary().code());
  for (const auto& chapter : round.chapters())
    RETURN_IF_ERROR(AddFigure(round, chapter.code(), close));
  RoundMarks marks(views);
  RETURN_IF_ERROR(marks.AddReportsOf(close.round()));
  RETURN_IF_ERROR(marks.Fill(close));
  return close;
}

std::string RoundState(const Round& round, uint64_t now_ms) {
  if (round.closed()) return "closed";
  const v1::RoundSummary& summary = round.summary();
  const auto zone = meaning::ParseZone(summary.zone());
  const auto opens = meaning::ParseDate(summary.opens());
  const auto deadline = meaning::ParseDate(summary.deadline());
  const auto now = static_cast<int64_t>(now_ms);
  constexpr int64_t kDayMs = 86'400'000;
  if (!zone) return "open";
  if (opens && now < meaning::EndOfDayMs(*opens, *zone) - kDayMs) return "planned";
  if (!deadline || now < meaning::EndOfDayMs(*deadline, *zone)) return "open";
  return now < static_cast<int64_t>(round.DeadlineMs()) ? "closing" : "late_only";
}

}  // namespace entente::query
