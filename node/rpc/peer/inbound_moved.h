// What a call that was answered here moved, in the words of a contact's summary.
#pragma once

#include <algorithm>
#include <vector>

#include "entente/v1/sync.pb.h"
#include "node/sync/contact/actions.h"

namespace entente::rpc {

inline sync::Moved MovedIn(const v1::Frame& frame) {
  sync::Moved moved;
  moved.entries_received = frame.entries();
  moved.notes_received = static_cast<uint64_t>(frame.notes_size());
  return moved;
}
inline sync::Moved MovedOut(const v1::Frame& frame) {
  sync::Moved moved;
  moved.entries_sent = frame.entries();
  moved.notes_sent = static_cast<uint64_t>(frame.notes_size());
  moved.bytes_sent = frame.ByteSizeLong();
  return moved;
}

// How the caller compares: what the answer to its Hello, or what it asks for, says.
inline sync::Mode ModeOf(const v1::HelloReply& reply) {
  sync::Mode mode = sync::Mode::kNone;
  for (const v1::InstrumentReply& instrument : reply.instruments()) {
    mode = std::max(mode, instrument.has_delta() ? sync::Mode::kDelta : sync::Mode::kEqual);
  }
  return mode;
}
inline sync::Mode ModeOf(const v1::HeadsRequest& request) {
  return request.sketch_key().empty() ? sync::Mode::kArray : sync::Mode::kSketch;
}

// Request in, reply out; what stood in them is the caller's to add.
template <class Request, class Reply>
sync::Moved BytesMoved(const Request& request, const Reply& reply) {
  sync::Moved moved;
  moved.bytes_received = request.ByteSizeLong();
  moved.bytes_sent = reply.ByteSizeLong();
  return moved;
}
template <class Request, class Chunk>
sync::Moved BytesMoved(const Request& request, const std::vector<Chunk>& chunks) {
  sync::Moved moved;
  moved.bytes_received = request.ByteSizeLong();
  for (const Chunk& chunk : chunks) moved.bytes_sent += chunk.ByteSizeLong();
  return moved;
}

}  // namespace entente::rpc
