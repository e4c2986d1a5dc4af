// The status of every entry of one feed key (instrument, key, incarnation), as a pure function of
// what is held. First match wins, R1 to R13 of docs/ledger.md. Authenticity and links to sequence 1
// are the caller's (node/driver): every entry given here is authentic and its predecessors are
// given too.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "node/ledger/authority.h"
#include "node/ledger/entry.h"

namespace entente::ledger {

enum class Status : uint8_t {
  kAdmitted = 0,
  kPending = 1,
  kQuarantined = 2,
  kDisplaced = 3,
  kDisputed = 4,
  kInvalid = 5,
};

// Why; stable, stored on disk.
enum class StatusReason : uint8_t {
  kNone = 0,
  kSignature = 1,      // pending: not authentic
  kHead = 2,           // pending: an authority head is not held; invalid: it is of another chain
  kPrevious = 3,       // pending: a predecessor is missing
  kDelegation = 4,     // invalid: the predecessor is another delegation's
  kEnrolment = 5,      // pending: the key is not enrolled in force
  kAdmission = 6,      // pending: no role that may write this kind was ever admitted in force
  kRole = 7,           // invalid: the key's roles do not allow this kind
  kCharter = 8,        // quarantined: the delegation is suspended or withdrawn
  kTip = 9,            // pending: waits for a tip
  kAdopted = 10,       // admitted: by an adopt
  kClosingAct = 11,    // quarantined: outside a revoke, rotate, resolve-fork or suspend
  kSeal = 12,          // displaced
  kFork = 13,          // disputed
  kNewerVersion = 14,  // pending: names a note this version cannot read, or one after such a note
};

struct Verdict {
  Status status = Status::kPending;
  StatusReason reason = StatusReason::kNone;
  friend auto operator<=>(const Verdict&, const Verdict&) = default;
};

// "quarantined (revoke)", in words.
std::string StatusInWords(const Verdict& verdict);

struct JudgedEntry {
  uint64_t sequence = 1;
  EntryId id;
  EntryId previous;
  NoteId charter_head;
  NoteId credentials_head;
  uint32_t kind = 0;
};

// Verdict per entry, in the order given. `entries` ascending by (sequence, id), all of one feed
// key.
std::vector<Verdict> JudgeFeed(const FeedKey& feed, const std::vector<JudgedEntry>& entries,
                               const Authority& authority);

// The same without any authority act that could touch this feed beyond enrolment and admission: an
// append needs no re-judging. True when no closing, seal, adoption, shut role or fork of a chain
// concerns the feed.
bool IsPlainFeed(const FeedKey& feed, const DelegationId& delegation, const Authority& authority);
// Of a feed that is one line of entries of `delegation`, all of them admitted: they stay so, and
// whatever follows is judged by JudgePlainAppend, like a plain feed's. True when nothing closes the
// feed or shuts the delegation out; seals and adoptions take nothing from such a line.
bool IsOpenLine(const FeedKey& feed, const DelegationId& delegation, const Authority& authority);
// Verdict of one more entry on a plain feed whose predecessors are rooted and of `delegation`, and
// which has one tip: the entry's own predecessor (a second entry at one sequence disputes others:
// JudgeFeed then).
Verdict JudgePlainAppend(const FeedKey& feed, const DelegationId& delegation,
                         const JudgedEntry& entry, const Authority& authority);

// Charter roles and key roles that may write a kind, by its range (docs/ledger.md, "Kinds").
bool DelegationRoleMayWrite(DelegationRole role, uint32_t kind);
bool KeyRoleMayWrite(const std::string& key_role, uint32_t kind);

}  // namespace entente::ledger
