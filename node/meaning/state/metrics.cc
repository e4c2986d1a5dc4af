#include "node/meaning/state/metrics.h"

#include <set>

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

Completeness CompletenessOf(const v1::Report& report, const v1::Round& round,
                            const std::vector<std::string>& indicators) {
  std::set<std::string> sections, values;
  for (const auto& section : report.sections()) sections.insert(section.name());
  for (const auto& value : report.values()) values.insert(value.indicator());
  bool nil = !report.nil_reason().empty();
  Completeness out;
  for (const auto& name : round.mandatory_sections()) {
    ++out.asked;
    out.answered += nil || sections.contains(name);
  }
  for (const auto& code : indicators) {
    ++out.asked;
    out.answered += nil || values.contains(code);
  }
  return out;
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
