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
#include "node/meaning/record/catalogue.h"
#include "node/meaning/record/finding.h"
#include "node/meaning/record/record.h"

namespace entente::meaning {

enum class Moment {
  kDraft,   // being written
  kSubmit,  // about to be signed, or just signed, by its own author
  kLog,     // arrived from elsewhere: now_ms does not count, and nothing rests on a clock
};

// By the rules of whichever kind it is; nothing for monostate. now_ms: Unix milliseconds, or 0 when
// unknown. Findings come in the order of the fields.
std::vector<Finding> CheckRecord(const Record& record, const Catalogue& catalogue, Moment moment,
                                 uint64_t now_ms);
// The same of one that stands in no Record.
std::vector<Finding> CheckReport(const v1::Report& report, const Catalogue& catalogue,
                                 Moment moment, uint64_t now_ms);
std::vector<Finding> CheckWithdrawal(const v1::Withdrawal& withdrawal, const Catalogue& catalogue,
                                     Moment moment, uint64_t now_ms);

// What an amendment proposes, as it stands in it; monostate: nothing.
Record Proposed(const v1::Amendment& amendment);

// The first rule of class R a record breaks that can be judged from the record and its author's
// code alone: the same answer on every node, whatever else it holds. REQUIRES: read, no fault.
std::optional<Finding> SelfContainedFault(const ReadRecord& read,
                                          absl::string_view delegation_code);

// E-CLEARED: a second signature that is none, or the author's own. A function of the entry alone.
std::optional<Finding> SecondSignatureFault(const v1::Report& report, absl::string_view payload,
                                            const base::InstrumentId& instrument,
                                            const base::PublicKey& author);

// E-ADOPT, of what is about to be signed: a silence that ends before it begins, a decision of a day
// that has not come. By the time the author gives, the header's `hlc`.
std::optional<Finding> CheckSignedTime(const Record& record, uint64_t hlc);

// W-CLOCK: the author's clock is more than five minutes ahead of this node's. `hlc` is the
// header's.
std::optional<Finding> CheckClock(uint64_t hlc, uint64_t now_ms);

}  // namespace entente::meaning
