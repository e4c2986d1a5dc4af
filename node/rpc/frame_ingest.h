// A frame from a peer on its way to the disk: decoded, rebuilt, verified on the caller's thread,
// then handed to the writer; the answer comes after the fsync. Used by both ends of a contact.
#pragma once

#include <functional>
#include <memory>

#include "entente/v1/sync.pb.h"
#include "node/driver/verified.h"
#include "node/rpc/node_core.h"
#include "node/sync/frontier/host.h"

namespace entente::rpc {

// What can be said of a frame without the store.
struct CheckedFrame {
  absl::Status status;  // INVALID_ARGUMENT: malformed, the sender's fault
  driver::VerifiedEntries entries;
  std::vector<std::string> notes;
  std::optional<base::InstrumentId> instrument;
};

// Most of the work, for any thread. Changes nothing.
std::shared_ptr<CheckedFrame> CheckFrame(const NodeCore& core, const v1::Frame& frame);

// Hands it to the writer, which uses it up. `done` is called once, with what became of it, after it
// is durable: on the writer thread, or on this one when it cannot even be handed over.
void StoreFrame(NodeCore& core, const base::Spki& peer, std::shared_ptr<CheckedFrame> frame,
                std::function<void(const sync::IngestResult&)> done);

// Both. Blocks until durable.
sync::IngestResult IngestFrame(NodeCore& core, const base::Spki& peer, const v1::Frame& frame);

}  // namespace entente::rpc
