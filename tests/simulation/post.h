// Bundles in the post: what one node held of an instrument goes to another by stick, much later. In
// between keys are revoked, delegations leave, disks are lost.
#pragma once

#include <memory>
#include <vector>

#include "tests/simulation/event_loop.h"
#include "tests/simulation/prng.h"
#include "tests/simulation/sim_node.h"

namespace entente::simulation {

class Post {
 public:
  using Nodes = std::vector<std::unique_ptr<SimNode>>;
  // All outlive the post.
  Post(EventLoop* loop, Nodes* nodes, Prng prng) : loop_(*loop), nodes_(*nodes), prng_(prng) {}

  // Writes a bundle on one node and sends it to another whose delegation may have it now. What the
  // first does not hold, and now and then the beginning of feeds, is not in it.
  void Send(size_t from, size_t to, const base::InstrumentId& instrument);

 private:
  struct Bundle {
    std::vector<std::string> notes;
    std::vector<ledger::Entry> entries;
  };
  Bundle Write(SimNode& node, const base::InstrumentId& instrument);
  void Deliver(size_t to, const base::Spki& sender, std::shared_ptr<const Bundle> bundle);

  EventLoop& loop_;
  Nodes& nodes_;
  Prng prng_;
};

}  // namespace entente::simulation
