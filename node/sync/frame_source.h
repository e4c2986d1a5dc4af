// Frames from the host's own entries: paths one after the other, or what arrived after a number.
// Used by both sides: a Pull is answered with these, and a Push sends these.
//
// Order of classes: authority notes before entries (pull_cursor.h, session.h); entries are one
// class.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "node/sync/frame.h"
#include "node/sync/host.h"
#include "node/sync/plan.h"

namespace entente::sync {

// Which things go first on the wire; a class never starts while a lower one is owed.
enum class WireClass : uint8_t {
  kAuthority = 0,  // notes and suspends
  kEntries = 3,    // all entries; 2 (with a deadline) is not told apart yet
};

class PathFrames {
 public:
  // The next path to send; nothing when there are no more.
  using NextPath = std::function<absl::StatusOr<std::optional<Path>>()>;

  PathFrames(Host* host, const InstrumentId& instrument, NextPath next_path);

  // Nothing when every path is sent. An entry that does not fit waits for the next frame.
  absl::StatusOr<std::optional<v1::Frame>> Next(size_t target_bytes);

 private:
  absl::StatusOr<std::optional<ledger::Entry>> NextEntry();

  Host* host_;
  InstrumentId instrument_;
  NextPath next_path_;
  FrameBuilder builder_;
  std::unique_ptr<EntryCursor> path_;
  std::optional<ledger::Entry> waiting_;
};

class ArrivalFrames {
 public:
  ArrivalFrames(Host* host, const InstrumentId& instrument, const Spki& except, uint64_t after);

  // Nothing when there is nothing new now; asking again looks again.
  absl::StatusOr<std::optional<v1::Frame>> Next(size_t target_bytes);
  // Everything up to this arrival is in the frames given so far.
  uint64_t through() const { return through_; }

 private:
  Host* host_;
  InstrumentId instrument_;
  Spki except_;
  uint64_t through_;
  FrameBuilder builder_;
  std::unique_ptr<ArrivalCursor> arrivals_;
  std::optional<ledger::Entry> waiting_;
};

}  // namespace entente::sync
