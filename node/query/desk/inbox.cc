#include "node/query/desk/inbox.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "entente/v1/entry.pb.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/reference.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/state/report_state.h"
#include "node/merge/slot_value.h"
#include "node/query/record/records.h"
#include "node/query/round/round_tables.h"
#include "node/query/view/payload_of.h"
#include "node/query/view/register_rungs.h"
#include "node/query/view/report_slots.h"
#include "node/query/view/silences.h"
#include "node/query/view/spoken.h"
#include "node/query/view/table.h"

namespace entente::query {

namespace {

constexpr int kInboxRows = 200, kInboxRowsMax = 1000;

struct Item {
  uint64_t at_ms = 0;
  std::string reference, delegation, what, due, todo;
};

bool Newer(const Item& a, const Item& b) {
  return std::tie(b.at_ms, a.reference) < std::tie(a.at_ms, b.reference);
}

// What is said in a cell, however many lines it was written in.
std::string OneLine(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

class Sorter {
 public:
  Sorter(const Views& views, InboxRole role) : views_(views), role_(role) {}

  absl::Status Look(const v1::SlotValue& slot) {
    const std::string& slot_text = slot.slot();
    const auto heads = merge::Heads(slot);
    if (heads.empty()) return absl::OkStatus();
    const v1::Contribution& shown = *ShownHead(slot);
    Item item;
    item.reference = meaning::ReferenceOfSlot(views_.code(), slot_text);
    item.delegation = shown.delegation();
    item.at_ms = WallMs(shown.hlc());
    if (heads.size() > 1) return Conflict(std::move(item));
    if (shown.kind() != v1::REPORT) return absl::OkStatus();
    ASSIGN_OR_RETURN(auto received, ReceivedMs(views_, *base::EntryId::FromBytes(shown.entry())));
    if (received) item.at_ms = static_cast<uint64_t>(*received);
    ASSIGN_OR_RETURN(const ReportStanding standing,
                     StandingOf(views_, slot_text, shown, received.has_value()));
    return role_ == InboxRole::kDesk ? ForDesk(shown, standing, std::move(item))
                                     : ForDelegation(standing, std::move(item));
  }

  // Reminders addressed to `own` of rounds in which it owes something.
  absl::Status AddReminders(const std::string& own) {
    ASSIGN_OR_RETURN(const auto reminders, StandingOfKind(views_, v1::REMINDER));
    std::map<std::string, std::optional<std::string>> deadlines;  // by round; none: nothing owed
    for (const v1::Contribution& reminder : reminders) {
      v1::ReminderSummary summary;
      if (!summary.ParseFromString(reminder.summary()) ||
          std::count(summary.addressees().begin(), summary.addressees().end(), own) == 0)
        continue;
      auto [it, fresh] = deadlines.try_emplace(summary.round());
      if (fresh) {
        ASSIGN_OR_RETURN(it->second, DeadlineOfOwed(summary.round(), own));
      }
      if (!it->second) continue;
      items_.push_back({WallMs(reminder.hlc()),
                        meaning::ReferenceOfSlot(views_.code(), "round/" + summary.round()),
                        reminder.delegation(), absl::StrCat("reminder: ", OneLine(summary.text())),
                        *it->second, "entente todo"});
    }
    return absl::OkStatus();
  }

  absl::Status AddSilences(const std::string& own, uint64_t now_ms) {
    ASSIGN_OR_RETURN(const auto silences, OpenSilences(views_));
    for (const OpenSilence& silence : silences) {
      const bool desk = role_ == InboxRole::kDesk;
      if (!desk && !silence.WaitsFor(own, now_ms)) continue;
      Item item;
      item.at_ms = WallMs(silence.amendment.hlc());
      item.reference = silence.Reference(views_);
      item.delegation = silence.amendment.delegation();
      item.due = silence.summary.until();
      item.what = !silence.objectors.empty() ? absl::StrCat("the silence was broken by ",
                                                            absl::StrJoin(silence.objectors, " "))
                  : silence.Runs(now_ms)     ? "a silence procedure runs"
                                             : "a silence procedure has ended";
      item.todo = desk ? absl::StrCat("entente amendment ",
                                      silence.Runs(now_ms) ? "show " : "decide ", item.reference)
                       : silence.HowToObject(views_);
      items_.push_back(std::move(item));
    }
    return absl::OkStatus();
  }

  std::vector<Item> Take() {
    std::stable_sort(items_.begin(), items_.end(), Newer);
    return std::move(items_);
  }

 private:
  // Of what the delegation owes in the round; none: nothing.
  absl::StatusOr<std::optional<std::string>> DeadlineOfOwed(const std::string& code,
                                                            const std::string& own) {
    std::optional<std::string> deadline;
    auto round = Round::Load(views_, code, false, own);
    if (absl::IsNotFound(round.status())) return deadline;  // comes later
    RETURN_IF_ERROR(round.status());
    ASSIGN_OR_RETURN(const int owed, Owed(*round, own));
    if (owed > 0 && !round->closed()) deadline = round->Deadline(own);
    return deadline;
  }

  absl::Status Conflict(Item item) {
    item.what = "conflict, versions written apart";
    item.todo = role_ == InboxRole::kDesk ? absl::StrCat(item.delegation, " settles it")
                                          : absl::StrCat("entente draft merge ", item.reference);
    items_.push_back(std::move(item));
    return absl::OkStatus();
  }

  absl::Status ForDesk(const v1::Contribution& report, const ReportStanding& standing, Item item) {
    v1::ReportSummary summary;
    summary.ParseFromString(report.summary());
    switch (standing.state) {
      case meaning::ReportState::kSubmitted:
      case meaning::ReportState::kReceived:
        item.what = summary.answers()              ? "answers a question"
                    : report.supersedes_size() > 0 ? "a new version"
                                                   : "a new report";
        break;
      case meaning::ReportState::kClarified:
        item.what = "a comment answers a question";
        RETURN_IF_ERROR(DateByAnswer(standing, item));
        break;
      default:
        return absl::OkStatus();
    }
    item.todo = absl::StrCat("entente review ", item.reference, " accept, or ask");
    items_.push_back(std::move(item));
    return absl::OkStatus();
  }

  // When the last answer came: received, else as its author claims.
  absl::Status DateByAnswer(const ReportStanding& standing, Item& item) {
    std::optional<uint64_t> last;
    for (const StandingReview& review : standing.reviews) {
      if (!review.answer) continue;
      ASSIGN_OR_RETURN(const auto received,
                       ReceivedMs(views_, *base::EntryId::FromBytes(review.answer->entry())));
      const uint64_t at_ms =
          received ? static_cast<uint64_t>(*received) : WallMs(review.answer->hlc());
      last = std::max(last.value_or(0), at_ms);
    }
    item.at_ms = last.value_or(item.at_ms);
    return absl::OkStatus();
  }

  absl::Status ForDelegation(const ReportStanding& standing, Item item) {
    const std::vector<const StandingReview*> open = standing.OpenQuestions();
    for (const StandingReview* review : open) RETURN_IF_ERROR(AddQuestions(*review, item));
    if (!open.empty() || standing.state != meaning::ReportState::kNotCounted)
      return absl::OkStatus();
    for (const StandingReview& review : standing.reviews) {
      if (review.summary.outcome() == "not_counted") item.at_ms = WallMs(review.contribution.hlc());
    }
    item.what = "not counted";
    item.todo = absl::StrCat("entente history ", item.reference);
    items_.push_back(std::move(item));
    return absl::OkStatus();
  }

  // One line for each thing that is asked, with the part it is asked about.
  absl::Status AddQuestions(const StandingReview& open, Item item) {
    item.at_ms = WallMs(open.contribution.hlc());
    item.due = open.summary.due();
    item.todo = absl::StrCat("entente draft new --correct ", item.reference,
                             ", or entente comment add ", item.reference, " --answer");
    ASSIGN_OR_RETURN(const auto review, PayloadOf<v1::Review>(views_, open.contribution));
    const bool told = std::any_of(review.remarks().begin(), review.remarks().end(), IsAsked);
    for (const v1::Remark& remark : review.remarks()) {
      if (told && !IsAsked(remark)) continue;
      const std::string text = OneLine(remark.text().text());
      item.what = remark.part().empty() ? absl::StrCat("asked: ", text)
                                        : absl::StrCat("asked about ", remark.part(), ": ", text);
      items_.push_back(item);
    }
    return absl::OkStatus();
  }

  static bool IsAsked(const v1::Remark& remark) { return remark.severity() != "information"; }

  const Views& views_;
  const InboxRole role_;
  std::vector<Item> items_;
};

}  // namespace

InboxRole UsualRole(const Views& views, const std::string& own) {
  const ledger::CharterView* charter = views.charter();
  if (charter == nullptr) return InboxRole::kDelegation;
  auto id = charter->by_code.find(own);
  auto roles =
      id == charter->by_code.end() ? charter->roles.end() : charter->roles.find(id->second);
  const bool desk =
      roles != charter->roles.end() && roles->second.contains(ledger::DelegationRole::kSecretariat);
  return desk ? InboxRole::kDesk : InboxRole::kDelegation;
}

absl::StatusOr<v1::Table> Inbox(const Views& views, InboxRole role, const std::string& own,
                                int limit, uint64_t now_ms) {
  Sorter sorter(views, role);
  const auto look = [&](const v1::SlotValue& slot) -> absl::StatusOr<bool> {
    // Unscheduled reports are nobody's turn: no round asks for them.
    if (absl::StartsWith(slot.slot(), absl::StrCat("report/", kUnscheduled, "/"))) return true;
    RETURN_IF_ERROR(sorter.Look(slot));
    return true;
  };
  const std::string whose = role == InboxRole::kDesk ? "" : own;
  RETURN_IF_ERROR(ForEachReportSlot(views, {.delegation = whose}, look));
  if (role == InboxRole::kDelegation) RETURN_IF_ERROR(sorter.AddReminders(own));
  RETURN_IF_ERROR(sorter.AddSilences(own, now_ms));
  TableBuilder table({{"at", "WHEN"},
                      {"delegation", "DELEGATION"},
                      {"reference", "REFERENCE"},
                      {"what", "WHAT"},
                      {"due", "DUE"},
                      {"next_step", "DO"}});
  const std::vector<Item> items = sorter.Take();
  const size_t rows = limit > 0 ? std::min(limit, kInboxRowsMax) : kInboxRows;
  for (size_t n = 0; n < std::min(rows, items.size()); ++n) {
    const Item& item = items[n];
    table.Row(
        {TimeText(item.at_ms), item.delegation, item.reference, item.what, item.due, item.todo});
  }
  if (items.size() > rows)
    table.Note(absl::StrCat("the newest ", rows, " of ", items.size(), "; more with --limit"));
  if (items.empty()) {
    table.Note(role == InboxRole::kDesk
                   ? "Nothing waits for the desk: no report to review, no conflict."
                   : absl::StrCat("Nothing waits for ", own, ": no question, no conflict."));
  }
  return table.Finish();
}

}  // namespace entente::query
