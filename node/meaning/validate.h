// The rules of the model, as one pure function per record kind. Every code is in
// docs/validation.md.
//
// The same functions run while drafting (with or without a network), when the author's node takes a
// submission, and for entries that come from elsewhere. What differs is the moment: some faults
// that an author can still mend are refused in a draft and only flagged in the log, because a
// record that is signed and replicated must read the same on every node whatever it knew when.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "entente/v1/payload.pb.h"
#include "node/meaning/catalogue.h"
#include "node/meaning/finding.h"
#include "node/meaning/record.h"

namespace entente::meaning {

enum class Moment {
  kDraft,   // being written
  kSubmit,  // about to be signed, or just signed, by its own author
  kLog,     // arrived from elsewhere: now_ms does not count, and nothing rests on a clock
};

// now_ms: Unix milliseconds, or 0 when unknown. Findings come in the order of the fields.
std::vector<Finding> CheckReport(const v1::Report& report, const Catalogue& catalogue,
                                 Moment moment, uint64_t now_ms);
std::vector<Finding> CheckWithdrawal(const v1::Withdrawal& withdrawal, const Catalogue& catalogue,
                                     Moment moment, uint64_t now_ms);
std::vector<Finding> CheckIntervention(const v1::Intervention& intervention,
                                       const Catalogue& catalogue, Moment moment, uint64_t now_ms);
std::vector<Finding> CheckInstrument(const v1::Instrument& instrument, const Catalogue& catalogue,
                                     Moment moment, uint64_t now_ms);
std::vector<Finding> CheckChapter(const v1::Chapter& chapter, const Catalogue& catalogue,
                                  Moment moment, uint64_t now_ms);
std::vector<Finding> CheckCommitment(const v1::Commitment& commitment, const Catalogue& catalogue,
                                     Moment moment, uint64_t now_ms);
std::vector<Finding> CheckIndicator(const v1::Indicator& indicator, const Catalogue& catalogue,
                                    Moment moment, uint64_t now_ms);
std::vector<Finding> CheckRound(const v1::Round& round, const Catalogue& catalogue, Moment moment,
                                uint64_t now_ms);

std::vector<Finding> CheckReview(const v1::Review& review, const Catalogue& catalogue,
                                 Moment moment, uint64_t now_ms);
std::vector<Finding> CheckExtension(const v1::Extension& extension, const Catalogue& catalogue,
                                    Moment moment, uint64_t now_ms);
std::vector<Finding> CheckRoundClose(const v1::RoundClose& close, const Catalogue& catalogue,
                                     Moment moment, uint64_t now_ms);
std::vector<Finding> CheckReminder(const v1::Reminder& reminder, const Catalogue& catalogue,
                                   Moment moment, uint64_t now_ms);
std::vector<Finding> CheckMeeting(const v1::Meeting& meeting, const Catalogue& catalogue,
                                  Moment moment, uint64_t now_ms);
std::vector<Finding> CheckAgendaItem(const v1::AgendaItem& item, const Catalogue& catalogue,
                                     Moment moment, uint64_t now_ms);
std::vector<Finding> CheckComment(const v1::Comment& comment, const Catalogue& catalogue,
                                  Moment moment, uint64_t now_ms);
std::vector<Finding> CheckTranslation(const v1::Translation& translation,
                                      const Catalogue& catalogue, Moment moment, uint64_t now_ms);
std::vector<Finding> CheckAmendment(const v1::Amendment& amendment, const Catalogue& catalogue,
                                    Moment moment, uint64_t now_ms);
std::vector<Finding> CheckObjection(const v1::Objection& objection, const Catalogue& catalogue,
                                    Moment moment, uint64_t now_ms);
std::vector<Finding> CheckAdoption(const v1::Adoption& adoption, const Catalogue& catalogue,
                                   Moment moment, uint64_t now_ms);
std::vector<Finding> CheckPerson(const v1::Person& person, const Catalogue& catalogue,
                                 Moment moment, uint64_t now_ms);
std::vector<Finding> CheckAuditStatement(const v1::AuditStatement& statement,
                                         const Catalogue& catalogue, Moment moment,
                                         uint64_t now_ms);

// Whichever of the above fits; nothing for monostate.
std::vector<Finding> CheckRecord(const Record& record, const Catalogue& catalogue, Moment moment,
                                 uint64_t now_ms);

// What an amendment proposes, as it stands in it; monostate: nothing.
Record Proposed(const v1::Amendment& amendment);

// The first rule of class R a record breaks that can be judged from the record and its author's
// code alone: the same answer on every node, whatever else it holds.
std::optional<Finding> SelfContainedFault(const Record& record, absl::string_view delegation_code);

// W-CLOCK: the author's clock is more than five minutes ahead of this node's. `hlc` is the
// header's.
std::optional<Finding> CheckClock(uint64_t hlc, uint64_t now_ms);

}  // namespace entente::meaning
