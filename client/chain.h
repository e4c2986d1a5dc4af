// An authority chain as the node hands it out, checked again here: the client trusts notes, not the
// node.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/context.h"
#include "node/ledger/authority.h"
#include "node/ledger/note.h"

namespace entente::client {

struct HeldChain {
  ledger::ChainKind kind = ledger::ChainKind::kCharter;
  base::NoteId id;
  std::string code;
  std::vector<std::string> files;   // position order
  std::vector<ledger::Note> notes;  // the line in force, position order
  bool forked = false;
  uint32_t threshold = 1;  // in force at the last note
  std::vector<ledger::VerifierKey> signers;

  const ledger::Note& last() const { return notes.back(); }
};

// Parses and verifies the files; SIGNATURE_INVALID or NOTE_MALFORMED names the note that fails.
absl::StatusOr<HeldChain> ReadChain(ledger::ChainKind kind, std::vector<std::string> files);

// From the node, by code; an empty code means the node's own delegation (credentials) or the chosen
// instrument.
absl::StatusOr<HeldChain> FetchChain(Context& context, ledger::ChainKind kind,
                                     absl::string_view code);
absl::StatusOr<HeldChain> FetchChainById(Context& context, ledger::ChainKind kind,
                                         const base::NoteId& id);

// The fields of the next note, acts still empty.
ledger::Note Successor(const HeldChain& chain);

// Two notes of what a chain says about a delegation, for commands that print it.
const ledger::CredentialsView* CredentialsOf(ledger::Authority& authority, const HeldChain& chain);

}  // namespace entente::client
