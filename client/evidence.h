// The proof of a fork, as a small file that anyone can verify alone: the two signed leaves of one
// feed and number, or the two signed notes of one position with the notes before them.
//
//   entente/evidence/v1
//   first BASE64(leaf)      one or more: the entry, then what follows it up to one whose own
//   signature verifies second BASE64(leaf)
// or
//   entente/evidence/v1
//   note BASE64(note file)  the chain up to the fork, then its two versions
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/context.h"
#include "node/ledger/authority.h"
#include "node/ledger/entry.h"

namespace entente::client {

struct Evidence {
  std::vector<std::string> first, second;  // leaves
  std::vector<std::string> notes;          // note files
};
std::string EvidenceText(const Evidence& evidence);
// FILE_DAMAGED when it is no such file.
absl::StatusOr<Evidence> ParseEvidence(absl::string_view text);

struct ForkProof {
  bool of_chain = false;
  base::PublicKey key;                   // feed: who signed both
  std::vector<std::string> signed_both;  // chain: names of signers
  uint64_t number = 0;                   // sequence or position
  std::string first, second;             // ids in hex
  std::string words;                     // several lines for people
};
// Verifies every byte; VERIFICATION_FAILED says what does not hold.
absl::StatusOr<ForkProof> CheckEvidence(const Evidence& evidence);

// The evidence for a fork found here. NOT_FOUND_RECORD when there is none.
absl::StatusOr<Evidence> ChainForkEvidence(const std::vector<std::string>& note_files);
// Of one feed's leaves, ascending by (sequence, id).
absl::StatusOr<Evidence> FeedForkEvidence(const std::vector<ledger::Entry>& entries);

// `delegation fork` and `instrument fork`: finds the fork of the chain, else of a feed, and writes
// its proof.
absl::StatusOr<Exit> WriteForkOf(Context& context, ledger::ChainKind kind, const std::string& code,
                                 const std::string& out);
// `audit evidence`
absl::StatusOr<Exit> VerifyEvidence(Context& context, const std::string& path);

}  // namespace entente::client
