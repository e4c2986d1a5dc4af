// A small world to measure in: the instrument EUCA-2014, its secretariat EU-GSC with one desk
// officer, and the delegation KZ with as many author keys as asked for; real keys, real notes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "node/crypto/ed25519.h"
#include "node/driver/replica.h"
#include "node/ledger/entry.h"
#include "node/ledger/note.h"

namespace entente::bench {

inline constexpr char kInstrumentCode[] = "EUCA-2014";
inline constexpr char kSecretariatCode[] = "EU-GSC";
inline constexpr char kPartyCode[] = "KZ";

struct World {
  // A node without an address cannot be dialled; no node at all: the world has a single store.
  World(size_t authors, std::optional<ledger::act::Node> secretariat_node = {},
        std::optional<ledger::act::Node> party_node = {});

  // The notes, the delegation this node serves, and the instrument joined.
  absl::Status FoundIn(driver::Replica& replica, bool as_secretariat) const;

  // Of another instrument of the same two.
  ledger::Note AnotherCharter(const std::string& code) const;

  crypto::PrivateKey desk;                  // desk_officer of the secretariat
  std::vector<crypto::PrivateKey> authors;  // focal points of the party
  ledger::Note secretariat, party, charter;

 private:
  ledger::Note CharterOf(ledger::act::Instrument instrument) const;
};

// One feed being written. Keeps the head; a claimed time moves on by some minutes an entry.
class Feed {
 public:
  // `key` outlives this.
  Feed(const World& world, const crypto::PrivateKey* key, const ledger::Note& credentials,
       uint64_t first_ms);

  // Signed, not verified again; `kind` as in entry.proto.
  ledger::Entry Sign(uint32_t kind, std::string payload, uint32_t schema = 1);
  // Not signed at all: for stores whose signatures nothing will check.
  ledger::Entry Fill(uint32_t kind, std::string payload);

 private:
  ledger::EntryHeader NextHeader(uint32_t kind);
  ledger::Entry Written(ledger::Entry entry);

  const crypto::PrivateKey* key_;
  ledger::EntryHeader head_;
  uint64_t sequence_ = 0;
  uint64_t ms_;
};

// The next note of the party's chain or of the secretariat's, signed.
ledger::Note NextNote(const ledger::Note& parent, std::vector<ledger::Act> acts);

// The catalogue the generator's reports speak of, written by the desk officer: the instrument, its
// chapters and commitments.
absl::Status WriteCatalogue(const World& world, driver::Replica& replica);

// Commits these entries of one feed as if a peer had sent them.
absl::Status Store(driver::Replica& replica, std::vector<ledger::Entry> entries,
                   const crypto::Verifier& verifier);

}  // namespace entente::bench
