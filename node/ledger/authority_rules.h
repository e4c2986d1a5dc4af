// May this note be held? Every answer is a function of the note, its lines and its own ancestors,
// so all nodes give the same one. Update rules after TUF's root role (TUF specification 5.3).
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "node/ledger/authority_state.h"

namespace entente::ledger {

// What the text alone settles: acceptable keys, proofs of possession, the founding acts of
// position 1.
absl::Status CheckNoteText(const Note& note, const crypto::Verifier& verifier);

// What the ancestors settle. `parent` is null exactly at position 1.
absl::Status CheckNotePlace(const AuthorityData& data, const Note& note, const HeldNote* parent);

// The note with those of `lines` that verify, and whether they reach the thresholds.
struct SignatureCheck {
  HeldNote note;
  std::string missing;  // in words; empty: the note may be held
};
SignatureCheck CheckSignatures(const Note& note, const HeldNote* parent,
                               const std::vector<SignatureLine>& lines,
                               const crypto::Verifier& verifier);

// Adds to `kept` and `signed_by` the lines that verify under a signer not counted yet. True if any
// did.
bool KeepVerifiedLines(absl::string_view text, const std::vector<SignatureLine>& lines,
                       const SignerList& known, const crypto::Verifier& verifier,
                       std::vector<SignatureLine>& kept, std::set<PublicKey>& signed_by);

// What a person should hear about a note that is held all the same.
std::vector<std::string> WarningsFor(const AuthorityData& data, const HeldNote& held);

}  // namespace entente::ledger
