// What a malicious peer does with what it sends: it withholds, reorders, tampers and replays. It
// holds no key of anybody's, so nothing it makes up is ever authentic.
#pragma once

#include <string>
#include <vector>

#include "entente/v1/register.pb.h"
#include "entente/v1/sync.pb.h"
#include "node/ledger/entry.h"
#include "tests/simulation/prng.h"

namespace entente::simulation {

// Some entries left out, out of order, or with a changed signature, header or payload.
std::vector<ledger::Entry> Spoil(std::vector<ledger::Entry> entries, Prng& prng);
// Some notes left out or with a changed byte.
std::vector<std::string> Spoil(std::vector<std::string> notes, Prng& prng);
// Now and then one byte of what is told of a register; what the sender says to hold stays true
// (who hides a checkpoint from a register that lost it makes it sign another, which is evidence).
v1::RegisterNews Spoil(v1::RegisterNews news, Prng& prng);
// Now and then one byte of the frame's body.
v1::Frame Spoil(v1::Frame frame, Prng& prng);

}  // namespace entente::simulation
