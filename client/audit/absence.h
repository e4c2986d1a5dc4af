// That a delegation had nothing in a slot as of a checkpoint: feeds have no gaps and the register
// only grows, so what stands in the tree up to a size is everything there was. Pure; the statement
// is the same on every node that holds the same tree, so that checking it is making it again.
//
//   entente-absence@v1
//   instrument CODE ID
//   delegation CODE ID
//   slot SLOT
//   checkpoint ORIGIN SIZE BASE64(root)
//   key KEYHEX none                                     enrolled, nothing of it up to there
//   feed KEYHEX INCARNATION SEQUENCE ENTRY INDEX        its head up to there, and where that stands
//   answer none | answer ENTRY INDEX                    the first admitted entry of the slot
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/ledger/feeds.h"
#include "node/tlog/checkpoint.h"

namespace entente::client {

struct AbsenceQuestion {
  std::string instrument_code, delegation_code, slot, reference;
  base::InstrumentId instrument;
  base::DelegationId delegation;
  std::vector<base::PublicKey> keys;  // ever enrolled by the delegation
  tlog::Checkpoint checkpoint;
};

struct AbsenceAnswer {
  std::string statement;
  std::optional<FeedEntry> found;
  uint64_t found_index = 0;
};

// `leaves` are the register's first `checkpoint.size`; `held` every entry id of the log here.
// FAILED_PRECONDITION VERIFICATION_FAILED: the leaves do not lead to the checkpoint's root, one of
// them is not held, or a feed has a gap below its head: then nothing can be said.
absl::StatusOr<AbsenceAnswer> AnswerAbsence(const AbsenceQuestion& question,
                                            const std::vector<base::EntryId>& leaves,
                                            const std::set<base::EntryId>& held,
                                            const Feeds& feeds);

}  // namespace entente::client
