// The audit itself: everything a log claims, checked again from its bytes. Trusts nothing but the
// instrument's id and the code here; thread-safe for Check, which does the expensive part.
//
// Invariants
//  1. Every entry's own signature is verified; a bad one is evidence and changes no status.
//  2. Statuses are those of the same pure function every node uses (ledger/status.h).
//  3. What is not checked is said.
//  4. One that goes on from an earlier audit and finds nothing says what a whole one would, as far
//     as the entries it did not read are those of then; else it asks for a whole one.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "client/audit/audit_plan.h"
#include "client/audit/audited.h"
#include "client/audit/feed_facts.h"
#include "entente/v1/local.pb.h"
#include "node/ledger/authority.h"
#include "node/ledger/entry.h"
#include "node/ledger/status.h"

namespace entente::client {

class RoundList;  // client/audit/round_list.h

inline constexpr size_t kBadKeysMax = 16;
// A log that is wrong everywhere is told in a thousand lines, and one that says how many more.
inline constexpr size_t kAuditFindingsKept = 1000;

struct AuditFinding {
  // BADSIG, HASH, GAP, FORK, NOTE, CHAIN-FORK, HLC-ORDER, DUPLICATE, SEAL, NODE-COUNT; of a
  // register those of register_check.h and pack_audit.h
  std::string code;
  std::string where;  // feed and sequence, or note
  std::string text;
};

struct AuditReport {
  uint64_t notes = 0;
  uint64_t note_signatures = 0;
  uint64_t entries = 0;
  uint64_t aside = 0;
  uint64_t signatures_checked = 0;
  uint64_t signatures_bad = 0;
  uint64_t signatures_known = 0;  // not checked now: an earlier audit verified these very bytes
  uint64_t entries_known = 0;     // of `entries`: relied on without being read
  uint64_t gaps = 0;
  uint64_t forks = 0;
  uint64_t feeds = 0;
  std::map<ledger::Status, uint64_t> by_status;
  std::vector<AuditFinding> findings;  // at most kAuditFindingsKept from the log
  uint64_t findings_more = 0;          // found beyond them and only counted
  // Of entries whose own signature does not verify; at most kBadKeysMax.
  std::set<base::PublicKey> bad_keys;
  std::string evidence;  // a proof that an author signed on top of such an entry; empty: none
  // Lawful, and worth knowing: a revoked key's entries, a new incarnation.
  std::vector<std::string> remarks;
  std::vector<std::string> not_checked;
  std::vector<AuditedFeed> outcome;  // for the next audit; ascending
  // Of an audit that goes on from an earlier one: what it cannot judge without reading everything.
  std::string restart;

  bool ok() const { return findings.empty(); }
};

// What an entry is to a register.
struct CheckedEntry {
  base::Digest leaf_hash;  // the entry's id, also of a leaf that is no entry
  std::string place;       // only with a claim: feed and sequence, for people
  uint64_t seen_size = 0;  // the checkpoint it claims its author had verified; 0: none
  base::Digest seen_root;
  bool aside = false;
  bool read_again = false;  // an earlier audit knew it
};

class AuditCheck {
 public:
  // `whole`: the log has to hold every entry a seal of the charter names. A node that lags may lack
  // some, a register may not.
  explicit AuditCheck(const base::InstrumentId& instrument, bool whole = false);

  // Before everything else: entries whose signatures an earlier audit verified, ascending.
  void Know(std::vector<base::EntryId> verified) { known_ = std::move(verified); }
  // Before the first entry: of the feeds only what the plan says is given, and the rest is taken
  // over from what it points to. Entries beyond the plan's tips are left out. `plan` outlives this.
  void GoOnFrom(const AuditPlan* plan) { plan_ = plan; }
  // Before the first entry, of an audit that reads everything: `list` outlives this and is told of
  // every entry and what it comes to. Null: nothing is listed.
  void List(RoundList* list) { list_ = list; }
  // Notes first: entries are judged against them at the end.
  void AddNote(const std::string& file);
  // From any thread. `aside`: held by the node, offered to nobody; parsed and counted, not judged.
  std::vector<CheckedEntry> Check(const std::vector<v1::SignedEntry>& entries, bool aside);
  // From any thread.
  void Find(std::string code, std::string where, std::string text);
  // Links, forks, statuses. Once, after everything is in.
  AuditReport Finish();

  const ledger::Authority& authority() const { return authority_; }

 private:
  struct Seen {
    ledger::JudgedEntry judged;
    uint64_t hlc = 0;
    bool signature_ok = false;
  };
  void Tell(AuditFinding finding);
  void FinishChains();
  using FeedsByName = std::map<base::FeedName, const std::vector<Seen>*>;
  static bool Holds(const std::vector<Seen>& entries, const ledger::Tip& tip);
  void FinishSeals(const FeedsByName& feeds, const ledger::CharterView& charter);
  bool Beyond(const ledger::FeedKey& feed, uint64_t sequence) const;
  bool ReadBefore(const ledger::FeedKey& feed, uint64_t sequence) const;
  void Restart(const ledger::FeedKey& feed);
  void FinishPlanned(const FeedFacts& facts);
  void FinishGrown(const ledger::FeedKey& feed, const PlannedFeed& plan, std::vector<Seen>& entries,
                   AuditedFeed& out);
  void CompareWithPlan(const ledger::FeedKey& feed, const PlannedFeed& plan,
                       const std::vector<Seen>& entries, const AuditedFeed& out);
  void CheckClock(const ledger::FeedKey& feed, const Seen& seen, uint64_t before);
  AuditedFeed FinishFeed(const ledger::FeedKey& feed, std::vector<Seen>& entries,
                         const FeedFacts& facts);
  std::vector<Seen> Walk(const ledger::FeedKey& feed, std::vector<Seen>& entries, AuditedFeed& out);
  void Judge(const ledger::FeedKey& feed, const std::vector<Seen>& line, AuditedFeed& out);
  void RemarkCuts(const std::vector<Seen>& entries, const FeedFacts& facts,
                  const base::FeedName& name, AuditedFeed& out);
  void Take(AuditedFeed out, const FeedFacts& facts);

  const base::InstrumentId instrument_;
  const bool whole_;
  std::vector<base::EntryId> known_;
  const AuditPlan* plan_ = nullptr;
  RoundList* list_ = nullptr;
  ledger::Authority authority_;
  AuditReport report_;
  std::mutex mutex_;  // guards report_ and feeds_ while Check runs
  std::map<ledger::FeedKey, std::vector<Seen>> feeds_;
};

}  // namespace entente::client
