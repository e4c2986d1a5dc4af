#include "node/meaning/state/metrics.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_split.h"
#include "node/base/bytes.h"
#include "node/meaning/record/summary.h"
#include "node/meaning/text/words.h"
#include "node/meaning/value/date.h"

namespace entente::meaning {

bool IsReported(const SlotState& slot) {
  if (slot.after_close) return false;
  switch (slot.state) {
    case ReportState::kSubmitted:
    case ReportState::kReceived:
    case ReportState::kAccepted:
    case ReportState::kClarificationRequested:
    case ReportState::kClarified:
      return true;
    case ReportState::kNone:
    case ReportState::kWithdrawn:
    case ReportState::kNotCounted:
      break;
  }
  return false;
}

namespace {

bool InTime(const std::optional<int64_t>& when, const std::optional<int64_t>& deadline) {
  return when && (!deadline || *when < *deadline);
}

void CountReported(const SlotState& slot, RoundFigures& out) {
  ++out.reported;
  out.nil += slot.nil;
  out.conflict += slot.conflict;
  out.accepted += slot.state == ReportState::kAccepted;
  out.open_clarifications += slot.state == ReportState::kClarificationRequested;
  out.signed_on_time += InTime(slot.first_signed_ms, slot.deadline_ms);
  if (!slot.first_received_ms) {
    ++out.not_received;
  } else if (InTime(slot.first_received_ms, slot.deadline_ms)) {
    ++out.on_time;
  } else {
    ++out.late;
  }
  out.on_time_known |= slot.first_received_ms.has_value();
  out.answered += slot.answered;
  out.asked += slot.asked;
}

}  // namespace

RoundFigures CountRound(const std::vector<SlotState>& slots) {
  RoundFigures out;
  out.expected = slots.size();
  for (const auto& slot : slots) {
    if (IsReported(slot)) CountReported(slot, out);
  }
  out.outstanding = out.expected - out.reported;
  return out;
}

std::string FormatRate(uint64_t part, uint64_t whole) {
  if (whole == 0) return "–";
  uint64_t tenths = (part * 2000 + whole) / (2 * whole);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

std::optional<int64_t> DeadlineMs(const std::string& deadline, const std::string& zone,
                                  uint32_t grace_days) {
  auto date = ParseDate(deadline);
  auto minutes = ParseZone(zone);
  if (!date || !minutes) return std::nullopt;
  return EndOfDayMs(DateOfDay(DayNumber(*date) + grace_days), *minutes);
}

namespace {

std::vector<std::string> EachOnce(const AskedCodes& codes) {
  const std::set<std::string> once(codes.begin(), codes.end());
  return {once.begin(), once.end()};
}

bool HasSection(const v1::ReportSummary& report, const std::string& section) {
  const std::vector<std::string>& names = SectionNames();
  const auto name = std::find(names.begin(), names.end(), section);
  return name != names.end() && (report.sections() >> (name - names.begin()) & 1) != 0;
}

}  // namespace

AskedParts::AskedParts(const AskedCodes& sections, const AskedCodes& indicators)
    : sections_(EachOnce(sections)), indicators_(EachOnce(indicators)) {}

template <class Visit>
void AskedParts::Each(const v1::ReportSummary& report, const Visit& visit) const {
  for (const std::string& section : sections_)
    visit("section.", section, "", report.nil() || HasSection(report, section));
  std::vector<absl::string_view> given;
  if (!indicators_.empty()) given = absl::StrSplit(report.indicators(), ' ');
  for (const std::string& code : indicators_) {
    const bool answered = std::binary_search(given.begin(), given.end(), absl::string_view(code));
    visit("values[", code, "]", report.nil() || answered);
  }
}

uint64_t AskedParts::AnsweredBy(const v1::ReportSummary& report) const {
  uint64_t count = 0;
  Each(report,
       [&](const char*, const std::string&, const char*, bool answered) { count += answered; });
  return count;
}

Completeness AskedParts::Of(const v1::ReportSummary& report) const {
  Completeness out;
  Each(report, [&](const char* front, const std::string& name, const char* back, bool answered) {
    ++out.asked;
    out.answered += answered;
    if (!answered) out.missing.push_back(front + name + back);
  });
  return out;
}

Completeness CompletenessOf(const v1::Report& report, const AskedCodes& sections,
                            const AskedCodes& indicators) {
  v1::ReportSummary summary;
  summary.set_nil(!report.nil_reason().empty());
  FillAnswered(report, summary);
  return AskedParts(sections, indicators).Of(summary);
}

Completeness CompletenessOf(const v1::Report& report, const Catalogue& catalogue) {
  AskedCodes sections, indicators;
  if (const v1::Round* round = catalogue.FindRound(report.round()))
    sections = round->mandatory_sections();
  if (report.subject().kind() == v1::SUBJECT_COMMITMENT) {
    if (const v1::Commitment* commitment = catalogue.FindCommitment(report.subject().code()))
      indicators = commitment->indicators();
  }
  return CompletenessOf(report, sections, indicators);
}

IndicatorTotal TotalOf(const std::vector<v1::IndicatorValue>& values,
                       const std::string& aggregation) {
  IndicatorTotal out;
  for (const auto& value : values) {
    auto number = Decimal::Parse(value.value());
    if (!number) {
      ++out.missing;
      continue;
    }
    ++out.answered;
    out.estimated += value.status() == "E" || value.approximate();
    if (aggregation == "sum") out.total = out.total ? *out.total + *number : *number;
  }
  return out;
}

}  // namespace entente::meaning
