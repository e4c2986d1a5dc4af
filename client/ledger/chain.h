// An authority chain as the node hands it out, checked again here: the client trusts notes, not the
// node.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/context/context.h"
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
  std::map<base::PublicKey, std::string> labels;  // office or person of every key it enrols
  std::vector<std::string> suspends;              // suspend files that name this chain
  std::vector<std::string> charter;               // note files whose anchors it is read through
  // Who must all sign beside the threshold: the signers at the fork that the next note heals.
  std::vector<ledger::VerifierKey> unanimous;

  const ledger::Note& last() const { return notes.back(); }
  bool InForce(const base::NoteId& id) const;
};

// Parses and verifies the files; SIGNATURE_INVALID or NOTE_MALFORMED names the note that fails.
absl::StatusOr<HeldChain> ReadChain(ledger::ChainKind kind, std::vector<std::string> files,
                                    std::vector<std::string> suspends = {},
                                    std::vector<std::string> charter = {});

// From the node, by code; an empty code means the node's own delegation (credentials) or the chosen
// instrument.
absl::StatusOr<HeldChain> FetchChain(Context& context, ledger::ChainKind kind,
                                     absl::string_view code);
absl::StatusOr<HeldChain> FetchChainById(Context& context, ledger::ChainKind kind,
                                         const base::NoteId& id);

// The fields of the next note, acts still empty.
ledger::Note Successor(const HeldChain& chain);

// What a chain says about its delegation, through the anchors it was read with. Null: nothing in
// force.
const ledger::CredentialsView* CredentialsOf(ledger::Authority& authority, const HeldChain& chain);

// The same chain as one branch of its fork has it, up to the branch's end; `branch` is the branch's
// first note, or the first characters of its id. What follows must be signed by all signers at the
// fork.
absl::StatusOr<HeldChain> BranchOf(const HeldChain& chain, absl::string_view branch);
// First notes of the branches of the fork that ended the chain; fewer than two: not forked.
std::vector<ledger::Note> BranchesOf(const HeldChain& chain);

}  // namespace entente::client
