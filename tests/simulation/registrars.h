// The registers of a run: what node/rpc/register does over threads, timers and gRPC, done over the
// event queue. The secretariat's node takes arrivals into the tree and signs checkpoints, the
// witnesses cosign, and all tell each other; every step is a write of its own, so that a node can
// die between any two.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "entente/v1/register.pb.h"
#include "node/register/head.h"
#include "node/register/registers.h"
#include "tests/simulation/event_loop.h"
#include "tests/simulation/made_signature.h"
#include "tests/simulation/network.h"
#include "tests/simulation/world.h"

namespace entente::simulation {

class Registrars {
 public:
  using Nodes = std::vector<std::unique_ptr<SimNode>>;
  // All outlive this.
  Registrars(EventLoop* loop, Nodes* nodes, const World* world, Network* network, Prng prng,
             Bug bug)
      : loop_(*loop), nodes_(*nodes), world_(*world), network_(*network), prng_(prng), bug_(bug) {}

  // The node committed: looks whether something is due.
  void Committed(size_t node);
  // The node's disk is an older one; its operator restored a backup, which holds no witness key.
  void Restored(size_t node);
  // One exchange about every common register, what `to` knows first.
  void Exchange(size_t from, size_t to);

  const std::vector<HeldCheckpoint>& held() const { return held_; }
  const std::vector<MadeCosignature>& cosignatures() const { return cosignatures_; }
  const SignedRoots& signed_roots() const { return signed_; }
  // What honest nodes told each other and did not believe.
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  // What is under way on a node about one register; forgotten when it goes down.
  struct Work {
    uint64_t life = 0;
    bool kept = false, sequencing = false, signing = false, cosigning = false;
  };
  using Then = std::function<void(const v1::RegisterNews& told, const reg::TakenNews& taken)>;

  const SimInstrument& InstrumentAt(const base::InstrumentId& instrument) const;
  std::shared_ptr<const reg::Head> HeadOf(size_t node, const base::InstrumentId& instrument) const;
  bool Serves(size_t node, size_t other, const base::InstrumentId& instrument) const;
  Work& WorkOf(size_t node, const base::InstrumentId& instrument);
  void Change(size_t node, const std::function<void(reg::Registers&, storage::WriteBatch&)>& change,
              std::function<void(const absl::Status&)> done);

  void Look(size_t node, const base::InstrumentId& instrument, const reg::Head& head);
  void Keep(size_t node, const base::InstrumentId& instrument);
  void Sequence(size_t node, const base::InstrumentId& instrument);
  void Sign(size_t node, const base::InstrumentId& instrument);
  void Cosign(size_t node, const base::InstrumentId& instrument);
  void AddCosignature(size_t node, const base::InstrumentId& instrument,
                      tlog::SignedCheckpoint checkpoint);
  void Ended(size_t node, const base::InstrumentId& instrument, bool Work::*flag, uint64_t life,
             const absl::Status& status);

  // The message goes over, if it does, and finds the other node in any life.
  void Send(size_t from, size_t to, std::function<void()> arrive);
  void Ask(size_t from, size_t to, const base::InstrumentId& instrument, int steps);
  void Offer(size_t from, size_t to, const base::InstrumentId& instrument, uint64_t leaves,
             uint64_t final_size, int steps);
  // What a node tells, and whether it means it.
  struct Told {
    v1::RegisterNews news;
    bool honest = true;
  };
  Told Tell(size_t node, const base::InstrumentId& instrument, const reg::Head& head,
            uint64_t leaves, uint64_t final_size);
  void Take(size_t node, size_t peer, const Told& told, Then then);
  void NoteMet(const base::InstrumentId& instrument, size_t peer, uint64_t leaves);

  EventLoop& loop_;
  Nodes& nodes_;
  const World& world_;
  Network& network_;
  Prng prng_;
  const Bug bug_;
  std::map<std::pair<size_t, base::InstrumentId>, Work> work_;
  std::map<size_t, uint64_t> restores_;  // by node, how often
  std::vector<HeldCheckpoint> held_;
  std::vector<MadeCosignature> cosignatures_;
  SignedRoots signed_;
  std::vector<std::string> complaints_;
};

}  // namespace entente::simulation
