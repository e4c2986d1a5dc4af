#include "node/query/desk/inbox.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "entente/v1/entry.pb.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/reference.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/state/report_state.h"
#include "node/merge/slot_value.h"
#include "node/query/record/records.h"
#include "node/query/view/register_rungs.h"
#include "node/query/view/report_slots.h"
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

  std::vector<Item> Take() {
    std::sort(items_.begin(), items_.end(), Newer);
    return std::move(items_);
  }

 private:
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
        break;
      default:
        return absl::OkStatus();
    }
    item.todo = absl::StrCat("entente review ", item.reference, " accept, or ask");
    items_.push_back(std::move(item));
    return absl::OkStatus();
  }

  absl::Status ForDelegation(const ReportStanding& standing, Item item) {
    if (const StandingReview* open = standing.OpenQuestion()) {
      item.at_ms = WallMs(open->contribution.hlc());
      item.what = absl::StrCat("asked: ", open->summary.text());
      item.due = open->summary.due();
      item.todo = absl::StrCat("entente draft new --correct ", item.reference,
                               ", or entente comment add ", item.reference, " --answer");
    } else if (standing.state == meaning::ReportState::kNotCounted) {
      item.what = "not counted";
      item.todo = absl::StrCat("entente history ", item.reference);
    } else {
      return absl::OkStatus();
    }
    items_.push_back(std::move(item));
    return absl::OkStatus();
  }

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
                                int limit) {
  Sorter sorter(views, role);
  const auto look = [&](const v1::SlotValue& slot) -> absl::StatusOr<bool> {
    // Unscheduled reports are nobody's turn: no round asks for them.
    if (absl::StartsWith(slot.slot(), absl::StrCat("report/", kUnscheduled, "/"))) return true;
    RETURN_IF_ERROR(sorter.Look(slot));
    return true;
  };
  const std::string whose = role == InboxRole::kDesk ? "" : own;
  RETURN_IF_ERROR(ForEachReportSlot(views, {.delegation = whose}, look));
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
