// Ten thousand offices of the party, each with a key of its own, enrolled by a chain of real notes.
#pragma once

#include <string>
#include <vector>

#include "tests/bench/world.h"

namespace entente::bench {

struct Offices {
  Offices(const World& world, size_t count);

  // Appends a note of these acts, and empties them.
  void Append(std::vector<std::string>& files, std::vector<ledger::Act>& acts);

  std::vector<crypto::PrivateKey> authors;
  std::vector<std::string> enrolments;  // note files, in order
  ledger::Note head;                    // the newest note of the party's chain
};

// As if a peer had sent them; every one has to be new.
absl::Status AddAll(driver::Replica& replica, const std::vector<std::string>& files);

}  // namespace entente::bench
