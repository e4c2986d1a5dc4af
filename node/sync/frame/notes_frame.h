// Authority notes on the wire: split into messages of bounded size, and checked before they are
// looked at.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "entente/v1/sync.pb.h"
#include "node/sync/frame/frame.h"

namespace entente::sync {

// Note files in the given order, in groups of at most 192 KiB and 256 notes.
std::vector<std::vector<std::string>> GroupNotes(std::vector<std::string> files);
// One group as a frame without entries.
v1::Frame NotesFrame(const InstrumentId& instrument, std::vector<std::string> files);

// Count and sizes. INVALID_ARGUMENT, reason NOTE_MALFORMED, over a limit.
absl::Status CheckNotes(const google::protobuf::RepeatedPtrField<std::string>& files,
                        const FrameLimits& limits = {});

// A sign of life: nothing to store and nothing to do.
bool IsSignOfLife(const v1::Frame& frame);

}  // namespace entente::sync
