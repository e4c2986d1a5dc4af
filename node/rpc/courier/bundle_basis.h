// What a delegation is known to hold of an instrument: from its newest receipt, or from the last
// completed sync with one of its nodes, whichever this node learnt later. A bundle for it starts
// there.
//
// A basis that claims too little costs bytes; one that claims too much makes the recipient's
// entries wait, and its next receipt mends that. So only a node of the delegation itself is
// believed.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "entente/v1/bundle.pb.h"
#include "node/rpc/node_core.h"
#include "node/sync/frontier/heads.h"

namespace entente::rpc {

struct Basis {
  std::string from = "none";  // receipt | sync | none
  uint64_t learnt_ms = 0;
  std::vector<sync::PeerTip> tips;
  std::string frontier_digest;  // of the tips; empty: nothing is known
  std::vector<base::NoteId> leaves, suspends;
  // Of the register, as in BundleHeader; zero and empty: not known.
  uint64_t register_leaves = 0, register_final = 0;
  std::string register_state;
};

absl::StatusOr<Basis> LoadBasis(NodeCore& core, const base::InstrumentId& instrument,
                                const base::DelegationId& delegation);

// Keeps what a receipt says, also how far it reaches of what arrived here
// (store::LogReader::HeldThrough); false: something as new is known already. `tips` are packed, 76
// bytes each; `record` without tip_rows and learnt_ms.
absl::StatusOr<bool> KeepBasis(NodeCore& core, const base::InstrumentId& instrument,
                               const base::DelegationId& delegation, v1::BasisRecord record,
                               const std::string& tips);

// A part of a bundle came and was stored whole. Which parts of its set are still missing.
absl::StatusOr<std::vector<uint32_t>> NoteBundlePart(NodeCore& core, const v1::BundleHeader& header,
                                                     bool whole);

}  // namespace entente::rpc
