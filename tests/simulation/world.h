// Who takes part in a run: delegations with their signers and keys, instruments, and who is party
// to which. Everything is made from the seed.
#pragma once

#include <deque>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/prng.h"
#include "tests/support/ledger_fixture.h"

namespace entente::simulation {

// One key on one device, and where it submits.
struct Author {
  const crypto::PrivateKey* key = nullptr;
  size_t delegation = 0, node = 0, instrument = 0;
  support::Pen pen;
  std::vector<ledger::Entry> pending;  // signed, not acknowledged yet; sent again unchanged
  uint64_t sent_life = 0;              // of the node when it was last sent; 0: to be sent
  uint32_t refusals = 0, waits = 0;
  // What the author's tool keeps beside the key: the highest sequence signed in an incarnation, and
  // how often what is pending was sent.
  uint64_t mark = 0;
  uint32_t mark_incarnation = 1, sends = 0;
  bool retired = false;
};

struct SimDelegation {
  std::string code;
  std::unique_ptr<crypto::PrivateKey> signer;
  std::unique_ptr<support::Chain> credentials;
  std::vector<size_t> nodes;
  std::vector<size_t> keys;  // into World::keys, enrolled at some time
  std::vector<base::NoteId> open_suspends;
  bool forked = false;
  std::vector<std::string> pending_notes;  // signed, not yet known to be on the home node's disk
  uint64_t sent_life = 0;
};

struct NamedKey {
  crypto::PrivateKey key;
  ledger::VerifierKey name;
};

struct SimInstrument {
  std::string code;
  std::unique_ptr<NamedKey> log;  // the register's, on the secretariat's node
  std::unique_ptr<support::Chain> charter;
  std::vector<size_t> admitted;  // delegations admitted at some time; the secretariat first
  std::vector<size_t> later;     // to be admitted during the run
  std::vector<size_t> shut;      // withdrawn now
};

struct World {
  std::vector<SimDelegation> delegations;  // 0: the secretariat
  std::vector<SimInstrument> instruments;
  std::deque<crypto::PrivateKey> keys;  // never moved
  std::vector<Author> authors;
  std::vector<base::Spki> spkis;          // per node
  std::vector<size_t> node_delegation;    // per node
  std::deque<NamedKey> witnesses;         // per node
  bool twins = false;                     // some keys are on two devices
  std::set<base::PublicKey> shared_keys;  // in more than one hand: two devices, or a thief
  bool leak = false;  // a node that is not party holds the first charter note of instrument 1

  base::DelegationId IdOf(size_t delegation) const {
    return delegations[delegation].credentials->id();
  }
  base::InstrumentId InstrumentOf(size_t instrument) const {
    return instruments[instrument].charter->id();
  }
};

World MakeWorld(uint64_t seed, Prng prng);
void AddAuthor(World& world, size_t key, size_t delegation, size_t node, size_t instrument);

}  // namespace entente::simulation
