// What authority says about keys, offices and forks, in words for people: which act ended a key and
// when, who signed both sides of a fork. Dates are what the notes claim.
#pragma once

#include <string>
#include <vector>

#include "node/ledger/authority.h"

namespace entente::ledger {

// Null when it is not held.
const Suspend* FindSuspend(const Authority& authority, const NoteId& id);

// "2026-11-22" of a note or suspend held here; "" otherwise.
std::string DateOf(const Authority& authority, const NoteId& id);
// "2026-11-22, note 5" or "2026-11-22, suspend 4af0c1d2".
std::string WhenOf(const Authority& authority, const NoteId& id);

// First 16 hex characters in groups, as people compare keys.
std::string Fingerprint(const PublicKey& key);

struct KeyState {
  std::string word;  // active | suspended | rotated | revoked
  std::string text;  // "revoked (lost) 2026-11-22, note 5"
};
KeyState KeyStateOf(const Authority& authority, const CredentialsView& credentials,
                    const PublicKey& key);

// "office MOH, Ministry of Health: opened 2016-11-01, note 4, succeeds DCS": the acts in force, in
// chain order.
std::vector<std::string> OfficeLines(const Authority& authority,
                                     const CredentialsView& credentials);

struct ChainFork {
  uint64_t position = 0;
  std::vector<const Note*> branches;     // first notes of the branches, ascending by id
  std::vector<std::string> signed_both;  // names of signers of two or more of them
};
// The fork that ended the walk of a chain whose last note in force is `head`; no branches: none.
ChainFork ForkAfter(const Authority& authority, const NoteId& chain, const NoteId& head);

}  // namespace entente::ledger
