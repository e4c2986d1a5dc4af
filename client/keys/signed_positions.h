// The guard beside a signer's key: which text it signed at each position of each chain. A second
// text for the same position would fork the chain, so it is refused before anything is signed.
//
// KEYFILE.signed: lines "CHAIN POSITION NOTE", ascending.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "node/ledger/note.h"

namespace entente::keys {

// Call before signing. Records the note's position on disk, or ABORTED with reason CHAIN_CONFLICT
// if the key signed another text there. The same text again is fine.
absl::Status RememberSigned(const std::string& key_path, const ledger::Note& note);

}  // namespace entente::keys
