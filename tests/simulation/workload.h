// What people do during a run: officers report, correct and withdraw; signers enrol, revoke,
// suspend, adopt; the secretariat admits and withdraws delegations. Everything goes through the
// nodes as a client would do it, and is sent again until it is acknowledged.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/event_loop.h"
#include "tests/simulation/sim_node.h"
#include "tests/simulation/world.h"

namespace entente::simulation {

// An entry whose author was told it is on disk. Kept outside the nodes.
struct Acknowledged {
  // After its node was restored from an older disk: whether anybody still holds it.
  enum class Standing : uint8_t { kHere, kElsewhere, kLost };
  size_t node = 0;
  base::InstrumentId instrument;
  base::EntryId id;
  Standing standing = Standing::kHere;
};

class Workload {
 public:
  using Nodes = std::vector<std::unique_ptr<SimNode>>;
  Workload(EventLoop* loop, Nodes* nodes, World* world, uint64_t seed, Prng prng, Bug bug)
      : loop_(*loop), nodes_(*nodes), world_(*world), seed_(seed), prng_(prng), bug_(bug) {}

  // The first notes of every node, as an administrator with an invitation brings them. REQUIRES: no
  // faults yet.
  absl::Status Found();
  // Someone does something.
  void Step();
  // A thief writes with somebody's key (workload_thief.cc).
  void Steal();
  // The node has lost what came after a backup.
  void Restored(size_t node);
  // Sends what is not acknowledged yet; false when there is nothing.
  bool SendPending();

  const std::vector<Acknowledged>& journal() const { return journal_; }
  uint64_t notes_written() const { return notes_written_; }
  // Every entry that a key of this world signed, published or not.
  const std::set<base::EntryId>& signed_entries() const { return signed_; }

 private:
  void WriteEntries(size_t author);
  std::string Payload(const Author& author, const storage::Snapshot& snapshot);
  bool MayGoOn(Author& author);
  // What the node had verified of the register goes into what the author signs.
  void SeeRegister(Author& author, const store::Published& published,
                   const storage::Snapshot& snapshot);
  void Send(size_t author);
  void Answered(size_t author, const absl::Status& status);

  void ActInCredentials(size_t delegation);
  void ActInCharter();
  std::optional<ledger::Act> CredentialsAct(SimDelegation& delegation, SimNode& home);
  void Suspend(SimDelegation& delegation, SimNode& home);
  void ForkCredentials(SimDelegation& delegation);
  size_t EnrolNewKey(SimDelegation& delegation, size_t index);
  std::vector<ledger::Tip> TipsOfKey(const store::LogReader& log, const SimNode& node,
                                     const base::PublicKey& key);
  std::optional<ledger::FeedKey> ForkedFeed(SimNode& home, size_t delegation);
  // Some entry of the delegation, admitted or not as wanted.
  std::optional<base::EntryId> SomeEntry(SimNode& home, size_t delegation, bool admitted);
  void SendNotes(size_t delegation);

  EventLoop& loop_;
  Nodes& nodes_;
  World& world_;
  const uint64_t seed_;
  Prng prng_;
  const Bug bug_;
  std::set<base::EntryId> signed_;
  std::vector<Acknowledged> journal_;
  uint64_t notes_written_ = 0;
  uint64_t reports_ = 0;
};

}  // namespace entente::simulation
