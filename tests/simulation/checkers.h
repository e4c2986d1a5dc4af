// What must hold, whatever the workload did. The checkers look at the nodes' disks and digests from
// outside and know the world only as far as an auditor would: who is party to what, and what
// authors were told.
//
// Each function appends one line per fault, beginning with the checker's name.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/made_signature.h"
#include "tests/simulation/sim_node.h"
#include "tests/simulation/workload.h"

namespace entente::simulation {

using Failures = std::vector<std::string>;
using Nodes = std::vector<std::unique_ptr<SimNode>>;

// Nodes that are served this instrument's entries, by the charter each holds itself.
std::vector<size_t> PartyNodes(const Nodes& nodes, const World& world, size_t instrument);

// Equal frontier, authority and view digests on every party's node; equal authority on those
// admitted once.
void CheckConvergence(const Nodes& nodes, const World& world, size_t instrument, Failures& out);

// What this node acknowledged is on its disk. With every node of the instrument at the end: on all
// of them.
void CheckDurable(const SimNode& node, size_t index, const std::vector<Acknowledged>& journal,
                  Failures& out);
void CheckEverywhere(const Nodes& nodes, const World& world, size_t instrument,
                     const std::vector<Acknowledged>& journal, Failures& out);

// Every feed is linked from each tip down to sequence 1, and its tips are exactly the entries
// nobody follows.
void CheckNoGap(const SimNode& node, Failures& out);

// Every entry held was signed by a key of this world.
void CheckNoForgery(const SimNode& node, const std::set<base::EntryId>& signed_entries,
                    Failures& out);

// A key in one hand never signed two entries at one sequence of one feed, also after its node was
// restored from an older disk.
void CheckNoSelfFork(const SimNode& node, const std::set<base::PublicKey>& shared_keys,
                     Failures& out);

// Every admitted report that no admitted record of its delegation supersedes is a head in the view.
void CheckNothingDropped(const SimNode& node, Failures& out);

// No entry and no charter note of an instrument on a node whose delegation was never admitted, but
// what was leaked.
void CheckMembership(const Nodes& nodes, const World& world, Failures& out);

// Statuses and views computed again from the log and the notes, by way of another replica that gets
// the same set in another order: the same digests and statuses.
void CheckRebuild(const SimNode& node, const World& world, Failures& out);

// Of what anybody ever got: no two roots for one size, and nothing that the tree held now does not
// extend.
void CheckTwoRoots(const Nodes& nodes, const World& world, const std::vector<HeldCheckpoint>& held,
                   Failures& out);
// No witness cosigned anything smaller than before.
void CheckCosignatures(const std::vector<MadeCosignature>& cosignatures, Failures& out);

// On every disk: trees that extend each other, as RFC 6962 has them, every checkpoint borne out by
// its tree, and no evidence against a register that is honest.
void CheckRegistersHold(const Nodes& nodes, const World& world, size_t instrument, Failures& out);

// At the end: all parties know the same of the register, it covers every entry, each at its place
// and with a receipt. A register that lost its newest state may still be stopped where somebody
// cannot be asked any more.
void CheckRegistersAgree(const Nodes& nodes, const World& world, size_t instrument, Failures& out);

// What entries say their authors saw is what the register holds before them, or what it signed and
// everybody lost who had it.
void CheckSeen(const Nodes& nodes, const World& world, size_t instrument, const SignedRoots& roots,
               Failures& out);

}  // namespace entente::simulation
