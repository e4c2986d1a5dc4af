// The answering side of a contact: what Hello, Authority, Heads, Push and Agree are answered with.
// Pull: pull_cursor.h. No state is kept between calls; the peer is whoever its TLS key says.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "entente/v1/sync.pb.h"
#include "node/sync/contact/goodput.h"
#include "node/sync/frontier/host.h"

namespace entente::sync {

// FAILED_PRECONDITION VERSION_UNSUPPORTED: no common version; names both ranges. `clock` in Unix
// milliseconds.
absl::StatusOr<v1::HelloReply> AnswerHello(Host& host, const Spki& peer,
                                           const v1::HelloRequest& request, Millis clock);

// To anyone ever admitted. At least one chunk; the last carries this node's own leaves.
absl::StatusOr<std::vector<v1::AuthorityChunk>> AnswerAuthority(
    Host& host, const Spki& peer, const v1::AuthorityRequest& request);

absl::StatusOr<std::vector<v1::HeadsChunk>> AnswerHeads(Host& host, const Spki& peer,
                                                        const v1::HeadsRequest& request);

// May this Push be stored? On OK the frame goes to the node's ingest, and the call is answered with
// AnswerPush after the result is durable. Entries need entry access; notes alone, any access.
absl::StatusOr<InstrumentId> CheckPush(Host& host, const Spki& peer,
                                       const v1::PushRequest& request);
// Keeps the bookmark when both hold the same.
absl::StatusOr<v1::AgreeReply> AnswerAgree(Host& host, const Spki& peer,
                                           const v1::AgreeRequest& request);
absl::StatusOr<v1::PushReply> AnswerPush(const IngestResult& result);

}  // namespace entente::sync
