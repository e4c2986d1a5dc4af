// Whom a charter trusts with its register: the keys in force and what makes a checkpoint final.
#pragma once

#include <optional>
#include <vector>

#include "node/ledger/authority.h"
#include "node/register/rows.h"
#include "node/tlog/checkpoint.h"

namespace entente::reg {

struct Trust {
  std::optional<VerifierKey> log;  // the newest `register` act of type 0x01; its name is the origin
  std::optional<VerifierKey> clock;  // the newest of type 0x04: the register's own clock
  std::vector<VerifierKey> ever;     // every register key ever named, the newest last
  uint32_t quorum = 0;
  std::vector<VerifierKey> witnesses;  // cosigners; empty: the register's clock alone decides

  // Every key whose lines are kept: log, clock, witnesses.
  std::vector<VerifierKey> Known() const;
  bool Knows(const VerifierKey& key) const;
};

// A register key whose name is not the charter's origin is passed over: it could never sign.
Trust TrustOf(const ledger::CharterView& charter);

// When the checkpoint with these lines became final, POSIX seconds: the quorum-th earliest time of
// its witnesses; without witnesses, the time of the register's clock. Nothing: it is not final.
// REQUIRES: every line verified.
std::optional<uint64_t> FinalSince(const Trust& trust, const tlog::SignedCheckpoint& checkpoint);

// The lines that verify under a known key; the others are dropped.
std::vector<tlog::SignatureLine> GoodLines(const Trust& trust,
                                           const tlog::SignedCheckpoint& checkpoint,
                                           const crypto::Verifier& verifier);
bool SignedByLog(const VerifierKey& log, const tlog::SignedCheckpoint& checkpoint,
                 const crypto::Verifier& verifier);

}  // namespace entente::reg
