#include "tests/simulation/world.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/tlog/checkpoint.h"

namespace entente::simulation {

namespace act = ledger::act;
using support::Chain;

void AddAuthor(World& world, size_t key, size_t delegation, size_t node, size_t instrument) {
  Author author;
  author.key = &world.keys[key];
  author.delegation = delegation;
  author.node = node;
  author.instrument = instrument;
  author.pen.key = author.key;
  author.pen.instrument = world.InstrumentOf(instrument);
  for (const Author& other : world.authors) {
    if (other.key == author.key && other.instrument == instrument)
      world.shared_keys.insert(author.key->public_key());
  }
  world.authors.push_back(std::move(author));
}

namespace {

constexpr const char* kCodes[] = {"EU-GSC", "KG", "KZ", "TJ", "TM", "UZ"};

NamedKey KeyNamed(const std::string& words, const std::string& name, uint8_t type) {
  crypto::PrivateKey key = support::KeyFrom(words);
  ledger::VerifierKey verifier = ledger::VerifierKey::Named(name, type, key.public_key());
  return {std::move(key), std::move(verifier)};
}

// Most of the nodes that are there from the beginning, one of each party, have to cosign.
act::WitnessPolicy WitnessesOf(const World& world, const std::vector<size_t>& parties) {
  act::WitnessPolicy policy;
  for (size_t party : parties) {
    policy.vkeys.push_back(world.witnesses[world.delegations[party].nodes[0]].name.Text());
  }
  policy.quorum = static_cast<uint32_t>(policy.vkeys.size() / 2 + 1);
  std::sort(policy.vkeys.begin(), policy.vkeys.end());
  return policy;
}

void FoundDelegation(World& world, uint64_t seed, size_t index, size_t keys, size_t nodes) {
  SimDelegation delegation;
  delegation.code = kCodes[index];
  const std::string name = absl::StrCat(seed, " ", delegation.code);
  delegation.signer = std::make_unique<crypto::PrivateKey>(support::KeyFrom(name + " signer"));
  std::vector<ledger::Act> acts;
  for (size_t k = 0; k < keys; ++k) {
    world.keys.push_back(support::KeyFrom(absl::StrCat(name, " key ", k)));
    delegation.keys.push_back(world.keys.size() - 1);
    acts.push_back(
        support::EnrolOf(world.keys.back(), {index == 0 ? "desk_officer" : "focal_point"}));
  }
  for (size_t n = 0; n < nodes; ++n) {
    delegation.nodes.push_back(world.spkis.size());
    world.node_delegation.push_back(index);
    world.spkis.push_back(support::SpkiFrom(absl::StrCat(name, " node ", n)));
    world.witnesses.push_back(KeyNamed(absl::StrCat(name, " witness ", n),
                                       absl::StrCat("witness.example/", delegation.code, "/", n),
                                       tlog::kTypeCosigner));
    acts.push_back(support::NodeOf(world.spkis.back()));
  }
  delegation.credentials = std::make_unique<Chain>(
      Chain::Credentials(delegation.code, delegation.signer.get(), std::move(acts)));
  world.delegations.push_back(std::move(delegation));
}

void FoundInstrument(World& world, uint64_t seed, const std::string& code,
                     const std::vector<size_t>& parties, std::vector<size_t> later) {
  SimInstrument instrument;
  instrument.code = code;
  std::vector<ledger::Act> acts{
      act::Admit{world.IdOf(0), world.delegations[0].code, ledger::DelegationRole::kSecretariat}};
  instrument.admitted.push_back(0);
  for (size_t party : parties) {
    acts.push_back(act::Admit{world.IdOf(party), world.delegations[party].code,
                              ledger::DelegationRole::kParty});
    instrument.admitted.push_back(party);
  }
  instrument.later = std::move(later);
  instrument.log = std::make_unique<NamedKey>(
      KeyNamed(absl::StrCat(seed, " register ", code), "register.example/" + code, tlog::kTypeLog));
  acts.push_back(act::Register{instrument.log->name.Text()});
  acts.push_back(WitnessesOf(world, parties));
  instrument.charter = std::make_unique<Chain>(
      Chain::Charter(code, world.delegations[0].signer.get(), std::move(acts)));
  world.instruments.push_back(std::move(instrument));
}

}  // namespace

World MakeWorld(uint64_t seed, Prng prng) {
  World world;
  const size_t count = 3 + prng.Below(4);  // with the secretariat
  for (size_t d = 0; d < count; ++d) {
    const size_t keys = 1 + prng.Below(2);
    const size_t nodes = d == 1 ? 2 : 1;
    FoundDelegation(world, seed, d, keys, nodes);
  }
  std::vector<size_t> parties, later;
  for (size_t d = 1; d < count; ++d) {
    const bool now = d == 1 || prng.Chance(800);
    (now ? parties : later).push_back(d);
  }
  FoundInstrument(world, seed, "EUCA-2014", parties, std::move(later));
  FoundInstrument(world, seed, "CADAP-6", {1}, {});
  world.twins = prng.Chance(400);
  world.leak = prng.Chance(500);
  for (size_t d = 0; d < count; ++d) {
    for (size_t key : world.delegations[d].keys) {
      const std::vector<size_t>& nodes = world.delegations[d].nodes;
      AddAuthor(world, key, d, nodes[prng.Below(nodes.size())], 0);
      if (d <= 1) AddAuthor(world, key, d, nodes[0], 1);
      if (world.twins && nodes.size() > 1) AddAuthor(world, key, d, nodes[1], 0);
    }
  }
  return world;
}

}  // namespace entente::simulation
