// The figures of a round, by exact definitions (docs/metrics.md), as pure functions over the state
// of its slots. A slot is one expected delegation and one commitment or chapter in scope that is
// addressed to it; both lists are frozen in the round record.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "entente/v1/payload.pb.h"
#include "entente/v1/store.pb.h"
#include "node/meaning/record/catalogue.h"
#include "node/meaning/value/decimal.h"

namespace entente::meaning {

enum class ReportState {
  kNone,                    // nothing stands here
  kSubmitted,               // signed and in the log
  kReceived,                // stands in the register
  kAccepted,                // the secretariat found it complete
  kClarificationRequested,  // a question is open
  kClarified,               // answered by a comment; the secretariat has not said more
  kWithdrawn,               // the head is a withdrawal
  kNotCounted,              // wrong round, duplicate, empty or outside the scope
};

struct SlotState {
  std::string delegation;
  std::string subject;
  ReportState state = ReportState::kNone;
  bool nil = false;          // the head is a nil report
  bool conflict = false;     // several heads stand
  bool after_close = false;  // it came after the close of the round: not counted
  // Of the reports that stand in it: what they were asked for, and say. Of versions in conflict the
  // one that says least.
  uint64_t answered = 0, asked = 0;
  // Of the first report of the slot: the register's time, and the author's claim. Unix
  // milliseconds.
  std::optional<int64_t> first_received_ms;
  std::optional<int64_t> first_signed_ms;
  // End of the delegation's effective deadline and grace; nothing: the round has none.
  std::optional<int64_t> deadline_ms;
};

// Reported: submitted to accepted, with nil reports and conflicts; not withdrawn, not not_counted.
bool IsReported(const SlotState& slot);

struct RoundFigures {
  uint64_t expected = 0;
  uint64_t reported = 0;
  uint64_t on_time = 0;         // reported and first received by the deadline: the official count
  uint64_t signed_on_time = 0;  // by the author's claim: shown beside it, never instead
  uint64_t late = 0;            // reported and first received after it
  uint64_t not_received = 0;    // reported, in no register yet: neither on time nor late
  uint64_t nil = 0;
  uint64_t conflict = 0;
  uint64_t accepted = 0;
  uint64_t open_clarifications = 0;
  uint64_t outstanding = 0;  // expected - reported
  // Completeness of what is reported.
  uint64_t answered = 0, asked = 0;

  // False: no reported slot has a register time, so on-time prints as unknown.
  bool on_time_known = false;
};

RoundFigures CountRound(const std::vector<SlotState>& slots);

// "60.0": part of whole in percent, one decimal, halves up. "–" when the whole is 0, never 0 or
// 100.
std::string FormatRate(uint64_t part, uint64_t whole);

// First millisecond after the deadline's day in the round's zone and the days of grace.
std::optional<int64_t> DeadlineMs(const std::string& deadline, const std::string& zone,
                                  uint32_t grace_days);

struct Completeness {
  uint64_t answered = 0, asked = 0;
  std::vector<std::string> missing;  // parts: "section.obstacles", "values[OST-CLIENTS]"
};
// Mandatory sections of the round and indicators of the commitment; an indicator that is missing
// with a reason counts as answered. A nil report answers everything.
using AskedCodes = google::protobuf::RepeatedPtrField<std::string>;

// What the reports of one subject are asked for: a code that is listed twice is asked for once.
class AskedParts {
 public:
  AskedParts(const AskedCodes& sections, const AskedCodes& indicators);

  uint64_t size() const { return sections_.size() + indicators_.size(); }
  uint64_t AnsweredBy(const v1::ReportSummary& report) const;
  Completeness Of(const v1::ReportSummary& report) const;

 private:
  // In order: each part, and whether the report answers it.
  template <class Visit>
  void Each(const v1::ReportSummary& report, const Visit& visit) const;

  std::vector<std::string> sections_, indicators_;  // each once, ascending
};

Completeness CompletenessOf(const v1::Report& report, const AskedCodes& sections,
                            const AskedCodes& indicators);
// The same by the round and the commitment the catalogue holds; what it does not hold asks for
// nothing.
Completeness CompletenessOf(const v1::Report& report, const Catalogue& catalogue);

// Values of one indicator and period across delegations.
struct IndicatorTotal {
  std::optional<Decimal>
      total;  // nothing when the indicator is not to be added up, or nobody answered
  uint64_t answered = 0, estimated = 0, missing = 0;
};
// The sum for aggregation "sum"; for "mean" and "last" there is no total across delegations, only
// the counts.
IndicatorTotal TotalOf(const std::vector<v1::IndicatorValue>& values,
                       const std::string& aggregation);

}  // namespace entente::meaning
