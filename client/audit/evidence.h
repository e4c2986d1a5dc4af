// Proofs of misbehaviour in small files that anyone verifies alone. A register that contradicted
// itself and an author who did: node/tlog/equivocation.h. A chain with two versions of one
// position, which has no form of others, is ours:
//
//   entente/evidence/v1
//   note BASE64(note file)  the chain up to the fork, then its two versions
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "client/context/context.h"
#include "node/ledger/authority.h"
#include "node/ledger/entry.h"
#include "node/tlog/equivocation.h"

namespace entente::client {

struct ChainEvidence {
  std::vector<std::string> notes;  // note files
};
using Evidence = std::variant<ChainEvidence, tlog::Equivocation>;

std::string EvidenceText(const Evidence& evidence);
// VERIFICATION_FAILED when it is neither form: such a file proves nothing.
absl::StatusOr<Evidence> ParseEvidence(absl::string_view text);

struct Proof {
  nlohmann::ordered_json json;  // "proven", "of" (chain, feed, register) and what goes with it
  std::string words;            // several lines for people
};
// Verifies every byte; VERIFICATION_FAILED says what does not hold.
absl::StatusOr<Proof> CheckEvidence(const Evidence& evidence);

// The evidence for a fork found here. NOT_FOUND_RECORD when there is none.
absl::StatusOr<ChainEvidence> ChainForkEvidence(const std::vector<std::string>& note_files);
// Of one feed's leaves, ascending by (sequence, id).
absl::StatusOr<tlog::Equivocation> FeedForkEvidence(const std::vector<ledger::Entry>& entries);
// An entry whose own signature is wrong and on which its author signed further; of one feed's
// leaves, in the same order. NOT_FOUND_RECORD also where nothing vouches for such an entry.
absl::StatusOr<tlog::Equivocation> BadSignatureEvidence(const std::vector<ledger::Entry>& entries);
// The text of the first such proof among the feeds of these keys; empty: there is none.
using EntriesByFeed = std::map<ledger::FeedKey, std::vector<ledger::Entry>>;
std::string BadSignatureFile(EntriesByFeed feeds);
// The log of these keys as the node holds it.
absl::StatusOr<EntriesByFeed> FeedsOf(Context& context, const std::string& instrument,
                                      const std::vector<base::PublicKey>& keys);

// `delegation fork` and `instrument fork`: finds the fork of the chain, else of a feed, and writes
// its proof.
absl::StatusOr<Exit> WriteForkOf(Context& context, ledger::ChainKind kind, const std::string& code,
                                 const std::string& out);
// `audit evidence`
absl::StatusOr<Exit> VerifyEvidence(Context& context, const std::string& path);

}  // namespace entente::client
