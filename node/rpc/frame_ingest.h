// A frame from a peer on its way to the disk: decoded, rebuilt, verified on the caller's thread,
// then handed to the writer; the answer comes after the fsync. Used by both ends of a contact.
#pragma once

#include "entente/v1/sync.pb.h"
#include "node/rpc/node_core.h"
#include "node/sync/host.h"

namespace entente::rpc {

// Blocks until durable. The result's status is INVALID_ARGUMENT for a malformed frame (the sender's
// fault).
sync::IngestResult IngestFrame(NodeCore& core, const base::Spki& peer, const v1::Frame& frame);

}  // namespace entente::rpc
