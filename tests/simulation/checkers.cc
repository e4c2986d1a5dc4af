#include "tests/simulation/checkers.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "node/base/check.h"
#include "node/store/log_reader.h"
#include "node/store/view_digest.h"

namespace entente::simulation {

using base::EntryId;
using base::InstrumentId;

namespace {

template <class... Parts>
void Say(Failures& out, const Parts&... parts) {
  constexpr size_t kFailuresMax = 12;
  if (out.size() < kFailuresMax) out.push_back(absl::StrCat(parts...));
}

struct FeedOnDisk {
  ledger::FeedKey feed;
  v1::FeedState state;
};

std::vector<FeedOnDisk> FeedsOf(const storage::Snapshot& snapshot, const InstrumentId& instrument) {
  std::vector<FeedOnDisk> out;
  ENTENTE_CHECK(store::LogReader(&snapshot)
                    .ForEachFeed(instrument,
                                 [&](const ledger::FeedKey& feed, const v1::FeedState& state) {
                                   out.push_back({feed, state});
                                   return true;
                                 })
                    .ok());
  return out;
}

struct HeldEntry {
  store::EntryPlace place;
  ledger::Entry entry;
};

// Every row that can be read; a row that cannot is a fault of its own.
std::vector<HeldEntry> EntriesOf(const SimNode& node, const storage::Snapshot& snapshot,
                                 uint32_t feed, Failures& out) {
  std::vector<HeldEntry> entries;
  ENTENTE_CHECK(store::LogReader(&snapshot)
                    .ForEachRow(feed, 1,
                                [&](const store::EntryPlace& place, absl::string_view row) {
                                  auto entry = store::DecodeEntry(row, place.id);
                                  if (entry.ok()) {
                                    entries.push_back({place, *std::move(entry)});
                                  } else {
                                    Say(out, "no gap: ", node.name(), " cannot read entry ",
                                        place.id.Short());
                                  }
                                  return true;
                                })
                    .ok());
  return entries;
}

bool Holds(const storage::Snapshot& snapshot, const EntryId& id) {
  const store::LogReader log(&snapshot);
  auto place = log.Find(id);
  return place.ok() && place->has_value() && log.Get(**place).ok();
}

std::string Digest(const absl::StatusOr<base::Digest>& digest) {
  return digest.ok() ? digest->Short() : "unreadable";
}

}  // namespace

std::vector<size_t> PartyNodes(const Nodes& nodes, const World& world, size_t instrument) {
  std::vector<size_t> out;
  for (size_t n = 0; n < nodes.size(); ++n) {
    const ledger::CharterView* charter =
        nodes[n]->published()->authority.Charter(world.InstrumentOf(instrument));
    if (charter && charter->IsParty(world.IdOf(world.node_delegation[n]))) out.push_back(n);
  }
  return out;
}

void CheckConvergence(const Nodes& nodes, const World& world, size_t instrument, Failures& out) {
  const InstrumentId id = world.InstrumentOf(instrument);
  const SimNode& first = *nodes[0];  // the secretariat's
  const base::Digest authority = first.published()->authority.AuthorityDigest(id);
  const ledger::CharterView* charter = first.published()->authority.Charter(id);
  for (size_t n = 1; n < nodes.size(); ++n) {
    const store::PublishedPtr published = nodes[n]->published();
    if (!charter->EverAdmitted(world.IdOf(world.node_delegation[n]))) continue;
    if (published->authority.AuthorityDigest(id) != authority) {
      Say(out, "convergence: ", nodes[n]->name(), " and ", first.name(),
          " differ in authority of instrument ", instrument);
    }
  }
  auto digest_of = [&](const SimNode& node) {
    auto snapshot = node.published() ? const_cast<SimNode&>(node).kv().NewSnapshot() : nullptr;
    return Digest(store::ViewDigest(*snapshot, id));
  };
  const std::string views = digest_of(first);
  for (size_t n : PartyNodes(nodes, world, instrument)) {
    SimNode& node = *nodes[n];
    const auto a = node.published()->figures.at(id), b = first.published()->figures.at(id);
    if (a.frontier_digest != b.frontier_digest) {
      Say(out, "convergence: ", node.name(), " and ", first.name(),
          " hold different entries of instrument ", instrument);
    } else if (digest_of(node) != views) {
      Say(out, "convergence: ", node.name(), " and ", first.name(),
          " show different views of instrument ", instrument);
    }
  }
}

void CheckDurable(const SimNode& node, size_t index, const std::vector<Acknowledged>& journal,
                  Failures& out) {
  auto snapshot = const_cast<SimNode&>(node).kv().NewSnapshot();
  for (const Acknowledged& told : journal) {
    if (told.standing != Acknowledged::Standing::kHere) continue;
    if (told.node == index && !Holds(*snapshot, told.id)) {
      Say(out, "durability: ", node.name(), " acknowledged entry ", told.id.Short(),
          " and does not hold it");
    }
  }
}

void CheckEverywhere(const Nodes& nodes, const World& world, size_t instrument,
                     const std::vector<Acknowledged>& journal, Failures& out) {
  std::vector<size_t> parties = PartyNodes(nodes, world, instrument);
  for (size_t n : parties) {
    auto snapshot = nodes[n]->kv().NewSnapshot();
    for (const Acknowledged& told : journal) {
      // What a node wrote after its delegation was shut out stays there.
      const bool spread = std::find(parties.begin(), parties.end(), told.node) != parties.end();
      if (!spread || told.instrument != world.InstrumentOf(instrument)) continue;
      // Its node lost it and had it from others again, or nobody has it: convergence says the rest.
      if (told.standing != Acknowledged::Standing::kHere) continue;
      if (!Holds(*snapshot, told.id)) {
        Say(out, "durability: acknowledged entry ", told.id.Short(), " is not on ",
            nodes[n]->name());
      }
    }
  }
}

void CheckNoGap(const SimNode& node, Failures& out) {
  auto snapshot = const_cast<SimNode&>(node).kv().NewSnapshot();
  for (const InstrumentId& instrument : node.published()->instruments) {
    for (const FeedOnDisk& feed : FeedsOf(*snapshot, instrument)) {
      std::map<EntryId, uint64_t> held;
      std::set<EntryId> followed;
      for (const HeldEntry& row : EntriesOf(node, *snapshot, feed.state.number(), out)) {
        const ledger::EntryHeader& header = row.entry.header;
        held[row.entry.id] = header.sequence;
        if (header.sequence == 1) continue;
        followed.insert(header.previous);
        // Rows come in the order of sequence.
        auto before = held.find(header.previous);
        if (before == held.end() || before->second + 1 != header.sequence) {
          Say(out, "no gap: ", node.name(), " holds entry ", row.entry.id.Short(), " at ",
              header.sequence, " without the one before");
        }
      }
      std::set<EntryId> tips, told;
      for (const auto& [id, sequence] : held) {
        if (!followed.contains(id)) tips.insert(id);
      }
      for (const v1::FeedTip& tip : feed.state.tips()) told.insert(*EntryId::FromBytes(tip.id()));
      if (tips != told)
        Say(out, "no gap: ", node.name(), " has ", told.size(), " tips for ", tips.size(),
            " branches");
    }
  }
}

void CheckNoForgery(const SimNode& node, const std::set<EntryId>& signed_entries, Failures& out) {
  auto snapshot = const_cast<SimNode&>(node).kv().NewSnapshot();
  for (const InstrumentId& instrument : node.published()->instruments) {
    for (const FeedOnDisk& feed : FeedsOf(*snapshot, instrument)) {
      for (const HeldEntry& row : EntriesOf(node, *snapshot, feed.state.number(), out)) {
        if (signed_entries.contains(row.entry.id)) continue;
        Say(out, "forgery: ", node.name(), " holds entry ", row.entry.id.Short(),
            " that nobody signed");
      }
    }
  }
}

void CheckNoSelfFork(const SimNode& node, const std::set<base::PublicKey>& shared_keys,
                     Failures& out) {
  auto snapshot = const_cast<SimNode&>(node).kv().NewSnapshot();
  for (const InstrumentId& instrument : node.published()->instruments) {
    for (const FeedOnDisk& feed : FeedsOf(*snapshot, instrument)) {
      if (feed.state.tips_size() < 2 || shared_keys.contains(feed.feed.key)) continue;
      Say(out, "self-fork: ", node.name(), " holds ", feed.state.tips_size(),
          " branches of a feed whose key is in one hand, incarnation ", feed.feed.incarnation);
    }
  }
}

void CheckMembership(const Nodes& nodes, const World& world, Failures& out) {
  for (size_t i = 0; i < world.instruments.size(); ++i) {
    const InstrumentId id = world.InstrumentOf(i);
    const std::vector<size_t>& admitted = world.instruments[i].admitted;
    for (size_t n = 0; n < nodes.size(); ++n) {
      const size_t own = world.node_delegation[n];
      if (std::find(admitted.begin(), admitted.end(), own) != admitted.end()) continue;
      auto snapshot = nodes[n]->kv().NewSnapshot();
      const size_t feeds = FeedsOf(*snapshot, id).size();
      if (feeds > 0)
        Say(out, "membership: ", nodes[n]->name(), " holds ", feeds, " feeds of instrument ", i);
      if (snapshot->Scan(store::kAside, id.view())->Valid()) {
        Say(out, "membership: ", nodes[n]->name(), " keeps entries of instrument ", i, " aside");
      }
      if (nodes[n]->published()->authority.ChainNotes(id).size() > 1) {
        Say(out, "membership: ", nodes[n]->name(), " holds the charter of instrument ", i);
      }
    }
  }
}

}  // namespace entente::simulation
