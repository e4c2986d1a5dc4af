#include "node/query/view/report_slots.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "entente/v1/entry.pb.h"
#include "node/base/status_macros.h"
#include "node/store/schema.h"

namespace entente::query {

namespace {

constexpr absl::string_view kFront = "report/";

bool EverHeldAReport(const v1::SlotValue& slot) {
  return std::any_of(slot.contributions().begin(), slot.contributions().end(),
                     [](const v1::Contribution& c) { return c.kind() == v1::REPORT; });
}

// What every slot text of the range begins with; of one delegation in every round only kFront.
std::string FrontOf(const ReportRange& range) {
  if (range.round.empty()) return std::string(kFront);
  return absl::StrCat(kFront, range.round, "/", range.delegation,
                      range.delegation.empty() ? "" : "/");
}

// Where to go on from a slot text that is not the delegation's: to its reports in this round, or,
// when they are past, to the next round. "" for a text that is the delegation's.
std::string NextOf(absl::string_view text, const std::string& delegation) {
  const size_t end = text.find('/', kFront.size());
  if (end == absl::string_view::npos) return std::string(text) + '\0';
  const absl::string_view round = text.substr(0, end);
  std::string own = absl::StrCat(round, "/", delegation, "/");
  if (absl::StartsWith(text, own)) return "";
  if (text < absl::string_view(own)) return own;
  return absl::StrCat(round, "0");  // '0' follows '/'
}

}  // namespace

// No report's slot is so long that it stands under its hash: codes and periods are short, and a
// report with others is set aside.
absl::Status ForEachReportSlot(const Views& views, const ReportRange& range,
                               const VisitSlot& visit) {
  const size_t instrument_bytes = views.instrument().view().size();
  const bool skips = range.round.empty() && !range.delegation.empty();
  auto it =
      views.snapshot().Scan(store::kSlots, store::SlotKey(views.instrument(), FrontOf(range)));
  if (!range.from.empty()) it->Seek(store::SlotKey(views.instrument(), range.from));
  while (it->Valid()) {
    if (skips) {
      const std::string next = NextOf(it->key().substr(instrument_bytes), range.delegation);
      if (!next.empty()) {
        it->Seek(store::SlotKey(views.instrument(), next));
        continue;
      }
    }
    ASSIGN_OR_RETURN(const v1::SlotValue slot, views.SlotOfRow(it->key(), it->value()));
    if (EverHeldAReport(slot)) {
      ASSIGN_OR_RETURN(const bool goes_on, visit(slot));
      if (!goes_on) return absl::OkStatus();
    }
    it->Next();
  }
  return it->status();
}

}  // namespace entente::query
