// The registers a node knows, as a deterministic state machine over a Kv: its own, where it has the
// key, and those of others, which it holds as copies so that it can check every checkpoint, prove
// every entry, and give a lost register its tree back. No clock, key or thread: signing happens
// outside, between two commits.
//
// Invariants
//  G-1 A tree only grows, and is on disk before a checkpoint over it is signed: never two roots for
//      one size.
//  G-2 A checkpoint row holds over the leaves here: its root is the tree's at its size.
//  G-3 What this node cosigned is on disk before the cosignature is made, and never gets smaller.
//  G-4 A register that may have signed more than this store holds (a restored backup, a copied key,
//      a checkpoint of its own that is news to it) makes no checkpoint until it caught up.
//
// Obligations of the caller: those of node/driver/replica.h. Reads see the Kv, not what is staged:
// flush first.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "entente/v1/register.pb.h"
#include "entente/v1/store.pb.h"
#include "node/register/head.h"
#include "node/register/order.h"
#include "node/register/tree_edge.h"
#include "node/register/trust.h"

namespace entente::reg {

inline constexpr size_t kBadClaimsMax = 16;  // entries kept per register
inline constexpr int kEvidenceMax = 16;      // files kept per register

struct TakenNews {
  uint64_t leaves_new = 0;
  bool changed = false;      // anything is staged
  std::string evidence;      // a file that proves the register contradicts itself; else empty
  bool contradicts = false;  // what was told and what is held cannot both be the register's
};

class Registers {
 public:
  explicit Registers(const crypto::Verifier* verifier) : verifier_(verifier) {}

  // Forgets everything and reads the rows. `kv` outlives this.
  absl::Status Load(const storage::Kv* kv);
  // The registers these charters name.
  absl::Status Follow(const ledger::Authority& authority, const std::set<InstrumentId>& instruments,
                      storage::WriteBatch& batch);
  // This node has the key: it keeps this register from now on. `restored_ms`: of the store's
  // restore, 0 if there was none.
  absl::Status Keep(const InstrumentId& instrument, const VerifierKey& key, uint64_t restored_ms,
                    storage::WriteBatch& batch);
  // Everything staged is on disk now.
  void Committed();

  // ---- the register's own node ----
  // Appends entries that arrived after the last one taken, at most `max`. `instrument_of` names the
  // instrument of a feed number. Nothing while the register is stopped or not kept here.
  absl::StatusOr<uint64_t> Sequence(const InstrumentId& instrument,
                                    const std::function<InstrumentId(uint32_t feed)>& instrument_of,
                                    uint64_t max, storage::WriteBatch& batch);
  // The checkpoint to sign now: all its leaves are on disk. Nothing: none is due.
  std::optional<tlog::Checkpoint> ToSign(const InstrumentId& instrument) const;
  // G-4: stops; the reason is for people.
  void Stop(const InstrumentId& instrument, const std::string& why, storage::WriteBatch& batch);
  // A node told everything it knows of the register. When all of `others` have since the register
  // stopped, it goes on.
  void Met(const InstrumentId& instrument, const base::Spki& node,
           const std::set<base::Spki>& others, storage::WriteBatch& batch);
  // A person takes the risk that nobody unmet holds a later checkpoint.
  void Resume(const InstrumentId& instrument, storage::WriteBatch& batch);

  // ---- every node ----
  // Adds a signed checkpoint, or lines to one held; those that do not verify are dropped.
  absl::StatusOr<TakenNews> TakeCheckpoint(const InstrumentId& instrument, absl::string_view file,
                                           storage::WriteBatch& batch);
  // INVALID_ARGUMENT: malformed, or not signed by the register: the sender's fault.
  absl::StatusOr<TakenNews> TakeNews(const v1::RegisterNews& news, storage::WriteBatch& batch);
  // The newest checkpoint, marked as cosigned (G-3); make and add the cosignature after the commit.
  // Nothing: this witness is not asked for, has cosigned it, or something smaller would be signed.
  std::optional<tlog::SignedCheckpoint> ToCosign(const InstrumentId& instrument,
                                                 const VerifierKey& witness,
                                                 storage::WriteBatch& batch);
  // The same for a checkpoint whose consistency with what was cosigned last a proof shows.
  void MarkCosigned(const LogId& log, const tlog::Checkpoint& checkpoint,
                    storage::WriteBatch& batch);
  tlog::Checkpoint Cosigned(const LogId& log) const;  // size 0: nothing yet
  // What entries that arrived up to `through` say to have seen was compared with the tree here;
  // `contradicting`: those that saw another one of that size.
  void NoteClaims(const InstrumentId& instrument, uint64_t through,
                  const std::vector<std::pair<EntryId, uint64_t>>& contradicting,
                  storage::WriteBatch& batch);
  // True: it is new here. REQUIRES: it proves something (equivocation.h).
  absl::StatusOr<bool> KeepEvidence(const LogId& log, absl::string_view file,
                                    storage::WriteBatch& batch);

  // What other threads may know; null: the charter names no register.
  std::shared_ptr<const Head> HeadOf(const InstrumentId& instrument) const;
  const Trust* TrustFor(const InstrumentId& instrument) const;

 private:
  struct Log {
    LogId id;
    VerifierKey key;
    v1::RegisterState state;
    TreeEdge edge;
    uint64_t durable = 0;  // leaves
    bool kept = false;
    bool judged = false;                           // whether it has to stop, since it was loaded
    std::optional<tlog::SignedCheckpoint> newest;  // that holds here
    int evidence = 0;
    std::vector<EntryId> bad_claims;
  };
  struct Named {
    LogId log;
    Trust trust;
  };

  absl::Status LoadLog(Log& log);
  Log* Find(const InstrumentId& instrument);
  const Log* Find(const InstrumentId& instrument) const;
  void JudgeKept(Log& log, storage::WriteBatch& batch);
  void StopLog(Log& log, const std::string& why, storage::WriteBatch& batch);
  void StageState(const Log& log, storage::WriteBatch& batch);
  absl::Status JudgeFinals(Log& log, const Trust& trust, storage::WriteBatch& batch);
  absl::StatusOr<Digest> RootHere(const Log& log, uint64_t size) const;
  absl::StatusOr<bool> HoldsHere(const Log& log, const tlog::Checkpoint& checkpoint) const;
  absl::StatusOr<bool> StageCheckpoint(Log& log, const Trust& trust,
                                       const tlog::SignedCheckpoint& given,
                                       storage::WriteBatch& batch);
  void StageFinal(Log& log, const Trust& trust, const tlog::SignedCheckpoint& checkpoint,
                  storage::WriteBatch& batch);
  absl::StatusOr<TakenNews> Contradiction(Log& log, const tlog::SignedCheckpoint& told,
                                          storage::WriteBatch& batch);
  struct ParsedNews;
  absl::StatusOr<ParsedNews> Parse(const Log& log, const Trust& trust,
                                   const v1::RegisterNews& news) const;
  absl::StatusOr<bool> Extend(Log& log, ParsedNews& news, TakenNews& taken,
                              storage::WriteBatch& batch);
  absl::Status AddShortFinals(const Log& log, const Trust& trust, const v1::RegisterNews& news,
                              ParsedNews& parsed) const;

  const crypto::Verifier* verifier_;
  const storage::Kv* kv_ = nullptr;
  Get get_;
  std::map<LogId, Log> logs_;
  std::map<InstrumentId, Named> named_;
  std::map<LogId, uint64_t> kept_;  // key here -> restored_ms
};

}  // namespace entente::reg
