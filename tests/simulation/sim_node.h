// One node: the real replica over a simulated disk, with the order of effects of the real one
// (stage, commit, publish, answer). It does nothing by itself; the simulator calls it, one call at
// a time.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "node/driver/replica.h"
#include "node/driver/sync_host.h"
#include "tests/simulation/sim_kv.h"

namespace entente::simulation {

class SimNode {
 public:
  struct Options {
    std::string name;       // "KG1"
    size_t delegation = 0;  // whose node it is: index into the world's delegations
    base::Spki spki;
    const crypto::Verifier* verifier = nullptr;
    Bug bug = Bug::kNone;
  };
  using Change = std::function<absl::Status(driver::Replica&)>;
  // Told after the commit; must only schedule events.
  using Done = std::function<void(const absl::Status&)>;

  explicit SimNode(Options options);
  ~SimNode();

  const Options& options() const { return options_; }
  const std::string& name() const { return options_.name; }

  bool up() const { return replica_ != nullptr && !kv_.dead(); }
  // Grows with every start: what an earlier life was asked is never answered.
  uint64_t life() const { return life_; }
  SimKv& kv() { return kv_; }
  driver::Replica& replica() { return *replica_; }
  store::PublishedPtr published() const { return published_; }

  // From what is on disk.
  absl::Status Start();
  // Memory is gone, and what was not synced. Nothing may hold a snapshot of the store.
  void PowerOff();

  // Stages at once; `done` after a later Commit().
  void Write(const Change& change, Done done);
  bool has_pending() const { return !pending_.empty(); }
  void Commit();

  // As the sync service sees this node. Must not outlive this life.
  std::unique_ptr<sync::Host> NewHost();

  // Something waits for a commit; after each good commit. Both must only schedule.
  std::function<void()> on_staged;
  std::function<void()> on_commit;

 private:
  struct Pending {
    absl::Status own;
    Done done;
  };

  Options options_;
  SimKv kv_;
  uint64_t life_ = 0;
  std::unique_ptr<driver::Replica> replica_;
  store::PublishedPtr published_;
  std::vector<Pending> pending_;
};

}  // namespace entente::simulation
