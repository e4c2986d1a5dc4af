// What a person would tell a node to do, over its local socket.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "entente/v1/local.grpc.pb.h"
#include "entente/v1/question.grpc.pb.h"
#include "node/base/id.h"
#include "node/driver/replica.h"

namespace entente::bench {

// One contact with every peer; the last one's account. An error unless it went well.
absl::StatusOr<v1::SyncProgress> SyncOnce(v1::Local::Stub& stub);

// "pause" or "resume", every peer.
absl::Status TellPeers(v1::Local::Stub& stub, const char* action);

// The one instrument of the node has so many entries.
absl::Status ExpectEntries(v1::Local::Stub& stub, uint64_t expected);

// Returns when every entry can be found by its words.
absl::Status ReadInWords(v1::Questions::Stub& stub);

// In a store at rest: the node will not dial this peer until it is told to resume.
absl::Status PausePeer(driver::Replica& replica, const base::Spki& peer);

}  // namespace entente::bench
