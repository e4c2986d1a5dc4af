// Where a closing act cuts: the tips proposed for a key that is revoked, rotated or suspended. Tool
// policy, not a rule of validity: the person sees the proposal in words and may name another number
// with --through.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/ledger/feeds.h"
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

// Which of the entries known here fall on which side of the tips, ascending.
struct Sides {
  std::vector<FeedEntry> stay, cut;
};
Sides SidesOf(const Feeds& feeds, const std::vector<ledger::Tip>& tips);

// "12 entries of it count, the last is number 12, ...; 3 known here will be held in quarantine:"
// and a line for each of these, at most `lines_max`.
std::string TipsInWords(const Feeds& feeds, const std::vector<ledger::Tip>& tips,
                        size_t lines_max = 20);

}  // namespace entente::client
