// Receipts as a node gives them: a proof out of the register, or its signed word that it holds the
// entry.
#pragma once

#include <string>

#include "entente/v1/register.pb.h"
#include "node/register/head.h"
#include "node/rpc/tls/identity.h"
#include "storage/kv.h"

namespace entente::rpc {

// A node's signed word that it holds the entry:
//   entente/held/v1 LF "entry " ID LF "node " SPKI LF "at " YYYY-MM-DDTHH:MM:SSZ LF
//   "key " BASE64(SubjectPublicKeyInfo) LF "signature " BASE64(ECDSA over the lines before) LF
absl::StatusOr<std::string> HeldText(const Identity& identity, const base::EntryId& id,
                                     uint64_t now_ms);

// What can be said of the entry; an entry of another instrument is not held. `head` may be null.
absl::Status AnswerReceipt(const storage::Snapshot& snapshot, const base::InstrumentId& instrument,
                           const reg::Head* head, const Identity& identity, const base::EntryId& id,
                           uint64_t now_ms, v1::EntryReceipt& out);

}  // namespace entente::rpc
