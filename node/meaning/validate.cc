#include "node/meaning/validate.h"

#include "node/base/bytes.h"
#include "node/meaning/suggest.h"

namespace entente::meaning {
namespace {

constexpr uint64_t kClockToleranceMs = 5 * 60'000;

using Found = std::vector<Finding>;

struct Checker {
  const Catalogue& catalogue;
  Moment moment;
  uint64_t now_ms;

  Found operator()(std::monostate) const { return {}; }
  Found operator()(const v1::Report& r) const { return CheckReport(r, catalogue, moment, now_ms); }
  Found operator()(const v1::Withdrawal& r) const {
    return CheckWithdrawal(r, catalogue, moment, now_ms);
  }
  Found operator()(const v1::Instrument& r) const {
    return CheckInstrument(r, catalogue, moment, now_ms);
  }
  Found operator()(const v1::Chapter& r) const {
    return CheckChapter(r, catalogue, moment, now_ms);
  }
  Found operator()(const v1::Commitment& r) const {
    return CheckCommitment(r, catalogue, moment, now_ms);
  }
  Found operator()(const v1::Indicator& r) const {
    return CheckIndicator(r, catalogue, moment, now_ms);
  }
  Found operator()(const v1::Round& r) const { return CheckRound(r, catalogue, moment, now_ms); }
  Found operator()(const v1::Intervention& r) const {
    return CheckIntervention(r, catalogue, moment, now_ms);
  }
  Found operator()(const v1::Review& r) const { return CheckReview(r, catalogue, moment, now_ms); }
  Found operator()(const v1::Comment& r) const {
    return CheckComment(r, catalogue, moment, now_ms);
  }
  Found operator()(const v1::Translation& r) const {
    return CheckTranslation(r, catalogue, moment, now_ms);
  }
  Found operator()(const v1::Extension& r) const {
    return CheckExtension(r, catalogue, moment, now_ms);
  }
  Found operator()(const v1::RoundClose& r) const {
    return CheckRoundClose(r, catalogue, moment, now_ms);
  }
  Found operator()(const v1::Reminder& r) const {
    return CheckReminder(r, catalogue, moment, now_ms);
  }
  Found operator()(const v1::Meeting& r) const {
    return CheckMeeting(r, catalogue, moment, now_ms);
  }
  Found operator()(const v1::AgendaItem& r) const {
    return CheckAgendaItem(r, catalogue, moment, now_ms);
  }
  Found operator()(const v1::Amendment& r) const {
    return CheckAmendment(r, catalogue, moment, now_ms);
  }
  Found operator()(const v1::Objection& r) const {
    return CheckObjection(r, catalogue, moment, now_ms);
  }
  Found operator()(const v1::Adoption& r) const {
    return CheckAdoption(r, catalogue, moment, now_ms);
  }
  Found operator()(const v1::Person& r) const { return CheckPerson(r, catalogue, moment, now_ms); }
  Found operator()(const v1::AuditStatement& r) const {
    return CheckAuditStatement(r, catalogue, moment, now_ms);
  }
};

}  // namespace

std::vector<Finding> CheckRecord(const Record& record, const Catalogue& catalogue, Moment moment,
                                 uint64_t now_ms) {
  return std::visit(Checker{catalogue, moment, now_ms}, record);
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
