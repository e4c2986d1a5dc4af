// Proposing where a revoked key is cut. Policy of this tool, not validity: the person sees the
// proposal in words and may name another sequence with --through.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/log_reader.h"
#include "node/ledger/note.h"

namespace entente::client {

struct TipRule {
  // Count every entry known here (retired: the head known now; lost: what this node has received).
  // With a time: only entries whose own claim is before it (compromised, --suspected-since).
  uint64_t before_ms = 0;                    // 0: no bound
  std::optional<uint64_t> through_sequence;  // --through: not above this sequence, in every feed
};

// One tip per branch of every feed, ascending as a note wants them. A feed of which nothing counts
// gets none.
std::vector<ledger::Tip> ProposeTips(const Feeds& feeds, const TipRule& rule);

// "12 entries count, 3 entries known here do not", for the person who signs.
std::string TipsInWords(const Feeds& feeds, const std::vector<ledger::Tip>& tips);

}  // namespace entente::client
