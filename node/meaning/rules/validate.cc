#include "node/meaning/rules/validate.h"

#include <utility>
#include <variant>

#include "node/base/bytes.h"
#include "node/meaning/record/suggest.h"
#include "node/meaning/rules/rule_context.h"

namespace entente::meaning {
namespace {

constexpr uint64_t kClockToleranceMs = 5 * 60'000;

// Every kind is checked so: its common part, then its own rules.
struct Checker {
  const Catalogue& catalogue;
  Moment moment;
  uint64_t now_ms;
  bool texts_plain = false;

  std::vector<Finding> operator()(std::monostate) const { return {}; }
  template <class Payload>
  std::vector<Finding> operator()(const Payload& record) const {
    RuleContext context{catalogue, moment, now_ms, {}, texts_plain};
    CheckCommon(record.common(), context);
    CheckRules(record, context);
    return std::move(context.out).Take();
  }
};

}  // namespace

std::vector<Finding> CheckRecord(const Record& record, const Catalogue& catalogue, Moment moment,
                                 uint64_t now_ms) {
  return std::visit(Checker{catalogue, moment, now_ms}, record);
}

std::vector<Finding> CheckReport(const v1::Report& report, const Catalogue& catalogue,
                                 Moment moment, uint64_t now_ms) {
  return Checker{catalogue, moment, now_ms}(report);
}

std::vector<Finding> CheckWithdrawal(const v1::Withdrawal& withdrawal, const Catalogue& catalogue,
                                     Moment moment, uint64_t now_ms) {
  return Checker{catalogue, moment, now_ms}(withdrawal);
}

std::optional<Finding> SelfContainedFault(const ReadRecord& read,
                                          absl::string_view delegation_code) {
  const v1::Common* common = CommonOf(read.record);
  if (common == nullptr) return std::nullopt;
  if (common->delegation() != base::Str(delegation_code)) {
    Findings findings;
    findings.Refuse("E-DELEG", "delegation",
                    "the record says " + Quoted(common->delegation()) + " but its key speaks for " +
                        base::Str(delegation_code) + "; nobody writes in another's name");
    return findings.all()[0];
  }
  // With nothing held around it, only what the record itself settles can refuse.
  const EmptyCatalogue nothing;
  const std::vector<Finding> findings =
      std::visit(Checker{nothing, Moment::kLog, 0, read.plain}, read.record);
  if (const Finding* first = FirstRefusal(findings)) return *first;
  return std::nullopt;
}

std::optional<Finding> CheckClock(uint64_t hlc, uint64_t now_ms) {
  uint64_t authored_ms = hlc >> 16;  // 48 bits of milliseconds, 16 of counter
  if (now_ms == 0 || authored_ms <= now_ms + kClockToleranceMs) return std::nullopt;
  // To the nearest: ten hours ahead less the second it took to come here are ten hours.
  const uint64_t minutes = (authored_ms - now_ms + 30'000) / 60'000;
  const std::string ahead = minutes >= 120 ? std::to_string((minutes + 30) / 60) + " h"
                                           : std::to_string(minutes) + " min";
  Findings findings;
  findings.Flag("W-CLOCK", "authored_at",
                "is " + ahead + " in the future here; check the computer's clock");
  return findings.all()[0];
}

}  // namespace entente::meaning
