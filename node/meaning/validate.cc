#include "node/meaning/validate.h"

#include <type_traits>

#include "node/base/bytes.h"
#include "node/meaning/suggest.h"

namespace entente::meaning {
namespace {

constexpr uint64_t kClockToleranceMs = 5 * 60'000;

}  // namespace

std::vector<Finding> CheckRecord(const Record& record, const Catalogue& catalogue, Moment moment,
                                 uint64_t now_ms) {
  return std::visit(
      [&](const auto& message) -> std::vector<Finding> {
        using Kind = std::decay_t<decltype(message)>;
        if constexpr (std::is_same_v<Kind, std::monostate>) {
          return {};
        } else if constexpr (std::is_same_v<Kind, v1::Report>) {
          return CheckReport(message, catalogue, moment, now_ms);
        } else if constexpr (std::is_same_v<Kind, v1::Withdrawal>) {
          return CheckWithdrawal(message, catalogue, moment, now_ms);
        } else if constexpr (std::is_same_v<Kind, v1::Instrument>) {
          return CheckInstrument(message, catalogue, moment, now_ms);
        } else if constexpr (std::is_same_v<Kind, v1::Chapter>) {
          return CheckChapter(message, catalogue, moment, now_ms);
        } else if constexpr (std::is_same_v<Kind, v1::Commitment>) {
          return CheckCommitment(message, catalogue, moment, now_ms);
        } else if constexpr (std::is_same_v<Kind, v1::Indicator>) {
          return CheckIndicator(message, catalogue, moment, now_ms);
        } else if constexpr (std::is_same_v<Kind, v1::Round>) {
          return CheckRound(message, catalogue, moment, now_ms);
        } else {
          return CheckIntervention(message, catalogue, moment, now_ms);
        }
      },
      record);
}

std::optional<Finding> SelfContainedFault(const Record& record, absl::string_view delegation_code) {
  const v1::Common* common = CommonOf(record);
  if (common == nullptr) return std::nullopt;
  if (common->delegation() != base::Str(delegation_code)) {
    Findings findings;
    findings.Refuse("E-DELEG", "delegation",
                    "the record says " + Quoted(common->delegation()) + " but its key speaks for " +
                        base::Str(delegation_code) + "; nobody writes in another's name");
    return findings.all()[0];
  }
  // With nothing held around it, only what the record itself settles can refuse.
  std::vector<Finding> findings = CheckRecord(record, EmptyCatalogue(), Moment::kLog, 0);
  if (const Finding* first = FirstRefusal(findings)) return *first;
  return std::nullopt;
}

std::optional<Finding> CheckClock(uint64_t hlc, uint64_t now_ms) {
  uint64_t authored_ms = hlc >> 16;  // 48 bits of milliseconds, 16 of counter
  if (now_ms == 0 || authored_ms <= now_ms + kClockToleranceMs) return std::nullopt;
  uint64_t minutes = (authored_ms - now_ms) / 60'000;
  std::string ahead =
      minutes >= 120 ? std::to_string(minutes / 60) + " h" : std::to_string(minutes) + " min";
  Findings findings;
  findings.Flag("W-CLOCK", "authored_at",
                "is " + ahead + " in the future here; check the computer's clock");
  return findings.all()[0];
}

}  // namespace entente::meaning
