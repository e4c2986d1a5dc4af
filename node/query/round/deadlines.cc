#include "node/query/round/deadlines.h"

#include <algorithm>
#include <string>
#include <utility>

#include "entente/v1/entry.pb.h"
#include "node/base/status_macros.h"
#include "node/meaning/state/metrics.h"
#include "node/query/view/report_slots.h"
#include "node/store/log_reader.h"

namespace entente::query {

namespace {

absl::Status AddReports(const Views& views, const std::string& round, int64_t deadline_ms,
                        std::vector<Due>& out) {
  const store::LogReader log(&views.snapshot());
  return ForEachReportSlot(
      views, {.round = round}, [&](const v1::SlotValue& slot) -> absl::StatusOr<bool> {
        for (const v1::Contribution& c : slot.contributions()) {
          if (c.kind() != v1::REPORT || out.size() >= kDueMax) continue;
          ASSIGN_OR_RETURN(auto place, log.Find(*base::EntryId::FromBytes(c.entry())));
          if (!place) continue;
          ASSIGN_OR_RETURN(ledger::EntryHeader header, log.Header(*place));
          out.push_back(
              {{header.instrument, header.key, header.incarnation}, header.sequence, deadline_ms});
        }
        return out.size() < kDueMax;
      });
}

}  // namespace

absl::StatusOr<std::vector<Due>> DueEntries(const Views& views, int64_t now_ms) {
  ASSIGN_OR_RETURN(auto rounds, views.All<v1::RoundSummary>("round"));
  std::vector<std::pair<int64_t, std::string>> open;
  for (const v1::RoundSummary& round : rounds) {
    const auto end = meaning::DeadlineMs(round.deadline(), round.zone(), round.grace_days());
    if (end && *end > now_ms) open.emplace_back(*end, round.code());
  }
  std::sort(open.begin(), open.end());
  std::vector<Due> out;
  for (const auto& [deadline_ms, code] : open)
    RETURN_IF_ERROR(AddReports(views, code, deadline_ms, out));
  return out;
}

}  // namespace entente::query
