// The parts of the status rules that one entry settles alone (docs/ledger.md): heads (R1, R2) and
// who may write (R5, R6). Private to status.cc and judge.cc; what needs the whole feed is in
// judge.cc.
#pragma once

#include <optional>

#include "node/ledger/status.h"

namespace entente::ledger {

struct HeadCheck {
  std::optional<Verdict> verdict;  // empty: the heads stop nothing
  DelegationId delegation;         // whose entry it is; zero when the credentials head is not held
};
HeadCheck CheckHeads(const FeedKey& feed, const NoteId& charter_head,
                     const NoteId& credentials_head, const Authority& authority);

// Empty: the delegation and the key may write this kind.
std::optional<Verdict> CheckMayWrite(const CharterView* charter, const CredentialsView* credentials,
                                     const DelegationId& delegation, const PublicKey& key,
                                     uint32_t kind);

}  // namespace entente::ledger
