#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "node/base/check.h"
#include "node/register/news.h"
#include "node/store/log_reader.h"
#include "node/tlog/memory_tree.h"
#include "tests/simulation/checkers.h"

namespace entente::simulation {

using base::EntryId;
using base::InstrumentId;

namespace {

template <class... Parts>
void Complain(Failures& out, const Parts&... parts) {
  constexpr size_t kMax = 12;
  if (out.size() < kMax) out.push_back(absl::StrCat(parts...));
}

// RFC 6962 section 2.1 as it stands there.
base::Digest RootOnPaper(const std::vector<EntryId>& leaves, size_t from, size_t to) {
  if (to - from == 1) return base::Digest{leaves[from].bytes};
  size_t split = 1;
  while (2 * split < to - from) split *= 2;
  return tlog::NodeHash(RootOnPaper(leaves, from, from + split),
                        RootOnPaper(leaves, from + split, to));
}

// What a node's disk says of a register, and what the node itself says.
struct HeldRegister {
  std::shared_ptr<const reg::Head> head;
  std::vector<EntryId> leaves;
  std::vector<tlog::SignedCheckpoint> checkpoints;
};

HeldRegister ReadRegister(SimNode& node, const InstrumentId& instrument) {
  HeldRegister out;
  auto it = node.published()->registers.find(instrument);
  if (it == node.published()->registers.end()) return out;
  out.head = it->second;
  auto snapshot = node.kv().NewSnapshot();
  auto leaves = reg::LeavesOf(reg::GetFrom(snapshot.get()), out.head->log, 0, out.head->leaves);
  constexpr size_t kAll = 1 << 20;
  auto checkpoints = reg::CheckpointsOf(*snapshot, out.head->log, 0, kAll);
  ENTENTE_CHECK(leaves.ok() && checkpoints.ok());
  out.leaves = *std::move(leaves);
  out.checkpoints = *std::move(checkpoints);
  return out;
}

// Somebody's node that was admitted once and is not spoken to any more: what it holds of the
// register cannot be learned, so a register that lost its newest state waits for a person.
bool SomebodyCannotBeAsked(const SimNode& home, const InstrumentId& instrument) {
  for (const auto& [spki, access] : *home.published()->nodes) {
    auto it = access.find(instrument);
    if (it != access.end() && it->second != store::NodeAccess::kEntries) return true;
  }
  return false;
}

// Every entry held stands at its index, and has a receipt that holds.
void CheckEntriesStand(SimNode& node, const InstrumentId& instrument, const HeldRegister& held,
                       Failures& out) {
  auto snapshot = node.kv().NewSnapshot();
  const store::LogReader log(snapshot.get());
  uint64_t entries = 0;
  auto check = [&](const store::EntryPlace& place) {
    auto standing = reg::StandingOf(*snapshot, *held.head, place.id);
    ENTENTE_CHECK(standing.ok());
    if (!*standing || held.leaves[(*standing)->index] != place.id) {
      return Complain(out, "register: entry ", place.id.Short(), " of ", node.name(),
                      " is not in the tree");
    }
    // A receipt costs a path of hashes: a few are enough.
    if (entries++ % 16 != 0) return;
    auto receipt =
        reg::MakeReceipt(*snapshot, *held.head, **standing, log.Get(place).value().Leaf());
    if (!receipt.ok() || !tlog::ProofHolds(*receipt)) {
      Complain(out, "register: no receipt for entry ", place.id.Short(), " on ", node.name());
    }
  };
  ENTENTE_CHECK(log.ForEachFeed(instrument,
                                [&](const ledger::FeedKey&, const v1::FeedState& feed) {
                                  return log
                                      .ForEachRow(
                                          feed.number(), 1,
                                          [&](const store::EntryPlace& place, absl::string_view) {
                                            check(place);
                                            return true;
                                          })
                                      .ok();
                                })
                    .ok());
}

}  // namespace

void CheckTwoRoots(const Nodes& nodes, const World& world, const std::vector<HeldCheckpoint>& held,
                   Failures& out) {
  std::map<InstrumentId, tlog::MemoryTree> trees;
  for (size_t i = 0; i < world.instruments.size(); ++i) {
    const InstrumentId id = world.InstrumentOf(i);
    for (const EntryId& leaf : ReadRegister(*nodes[0], id).leaves) {
      trees[id].Append(base::Digest{leaf.bytes});
    }
  }
  std::map<std::pair<InstrumentId, uint64_t>, base::Digest> roots;
  for (const HeldCheckpoint& one : held) {
    const auto [at, fresh] = roots.emplace(std::pair(one.instrument, one.size), one.root);
    if (at->second != one.root) {
      Complain(out, "two roots: of size ", one.size, ", ", at->second.Short(), " and ",
               one.root.Short(), " are signed, the second is held by ", nodes[one.node]->name());
    }
    const tlog::MemoryTree& tree = trees[one.instrument];
    if (one.size <= tree.size() && tree.RootAt(one.size) != one.root) {
      Complain(out, "two roots: ", nodes[one.node]->name(), " was told of size ", one.size,
               ", and the register went on with another tree");
    }
  }
}

void CheckCosignatures(const std::vector<MadeCosignature>& cosignatures, Failures& out) {
  std::map<std::pair<InstrumentId, size_t>, uint64_t> last;
  for (const MadeCosignature& one : cosignatures) {
    uint64_t& before = last[{one.instrument, one.node}];
    if (one.size < before) {
      Complain(out, "cosignature: node ", one.node, " cosigned size ", one.size, " after size ",
               before);
    }
    before = std::max(before, one.size);
  }
}

void CheckRegistersHold(const Nodes& nodes, const World& world, size_t instrument, Failures& out) {
  const InstrumentId id = world.InstrumentOf(instrument);
  std::vector<HeldRegister> all;
  size_t longest = 0;
  for (const auto& node : nodes) {
    all.push_back(ReadRegister(*node, id));
    if (all.back().leaves.size() > all[longest].leaves.size()) longest = all.size() - 1;
  }
  const std::vector<EntryId>& leaves = all[longest].leaves;
  tlog::MemoryTree tree;
  for (const EntryId& leaf : leaves) tree.Append(base::Digest{leaf.bytes});
  if (!leaves.empty() && tree.RootAt(tree.size()) != RootOnPaper(leaves, 0, leaves.size())) {
    Complain(out, "register: the tree is not that of RFC 6962");
  }
  for (size_t n = 0; n < nodes.size(); ++n) {
    const HeldRegister& held = all[n];
    if (!std::equal(held.leaves.begin(), held.leaves.end(), leaves.begin())) {
      Complain(out, "register: ", nodes[n]->name(), " and ", nodes[longest]->name(),
               " hold trees that do not extend each other");
      continue;
    }
    for (const tlog::SignedCheckpoint& one : held.checkpoints) {
      const tlog::Checkpoint& c = one.checkpoint;
      if (c.size <= held.leaves.size() && c.root == tree.RootAt(c.size)) continue;
      Complain(out, "register: ", nodes[n]->name(), " holds a checkpoint of size ", c.size,
               " that its tree does not bear out");
    }
    if (held.head != nullptr && held.head->evidence > 0) {
      Complain(out, "register: ", nodes[n]->name(), " holds evidence against an honest register");
    }
  }
}

void CheckRegistersAgree(const Nodes& nodes, const World& world, size_t instrument, Failures& out) {
  const InstrumentId id = world.InstrumentOf(instrument);
  const HeldRegister home = ReadRegister(*nodes[0], id);
  for (size_t n : PartyNodes(nodes, world, instrument)) {
    auto it = nodes[n]->published()->registers.find(id);
    if (it == nodes[n]->published()->registers.end() || it->second->state != home.head->state) {
      Complain(out, "register: ", nodes[n]->name(), " and ", nodes[0]->name(),
               " hold different checkpoints of instrument ", instrument);
    }
  }
  if (!home.head->stopped.empty()) {
    if (!SomebodyCannotBeAsked(*nodes[0], id))
      Complain(out, "register: ", nodes[0]->name(), " stays stopped: ", home.head->stopped);
    return;
  }
  if (home.head->newest.checkpoint.size != home.leaves.size()) {
    Complain(out, "register: the newest checkpoint covers ", home.head->newest.checkpoint.size,
             " of ", home.leaves.size(), " entries");
    return;
  }
  CheckEntriesStand(*nodes[0], id, home, out);
}

void CheckSeen(const Nodes& nodes, const World& world, size_t instrument, const SignedRoots& roots,
               Failures& out) {
  const InstrumentId id = world.InstrumentOf(instrument);
  const HeldRegister home = ReadRegister(*nodes[0], id);
  tlog::MemoryTree tree;
  for (const EntryId& leaf : home.leaves) tree.Append(base::Digest{leaf.bytes});
  auto snapshot = nodes[0]->kv().NewSnapshot();
  const store::LogReader log(snapshot.get());
  for (uint64_t index = 0; index < home.leaves.size(); ++index) {
    auto place = log.Find(home.leaves[index]);
    if (!place.ok() || !place->has_value()) continue;  // lost with a disk before it came around
    const ledger::EntryHeader header = log.Header(**place).value();
    if (header.seen_size == 0) continue;
    if (roots.contains({id, header.seen_size, header.seen_root})) continue;
    if (header.seen_size > index || tree.RootAt(header.seen_size) != header.seen_root) {
      Complain(out, "seen: entry ", home.leaves[index].Short(), " at ", index,
               " saw another tree of size ", header.seen_size);
    }
  }
}

}  // namespace entente::simulation
