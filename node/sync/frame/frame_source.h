// Frames from the host's own entries: runs one after the other (order.h), or what arrived after a
// number. Used by both sides: a Pull is answered with these, and a Push sends these. Authority
// notes go before them (pull_cursor.h, session.h). What arrives while both are connected goes in
// the order in which it arrived.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "node/sync/frame/frame.h"
#include "node/sync/frame/order.h"
#include "node/sync/frontier/host.h"

namespace entente::sync {

// What stands in a frame of one feed, each entry naming the one before it.
struct Piece {
  EntryId before;  // what the first one names
  FeedTip last;
};

class PathFrames {
 public:
  // The next run to send; nothing when there are no more.
  using NextRun = std::function<std::optional<Run>()>;

  PathFrames(Host* host, const InstrumentId& instrument, NextRun next_run);

  // Nothing when every run is sent. An entry that does not fit waits for the next frame. A large
  // payload and what stands behind it in its run go when everything else is sent.
  absl::StatusOr<std::optional<v1::Frame>> Next(
      size_t target_bytes, ZstdWriter::Effort effort = ZstdWriter::Effort::kSmall);
  // Of the frame given last.
  const std::vector<Piece>& pieces() const { return pieces_; }
  // Large payloads, and what stands behind them, are kept back while this is on.
  void KeepLargeBack(bool on) { large_kept_back_ = on; }
  // Runs begun or put off that are not sent to their end.
  size_t unfinished() const { return large_.size() + (waiting_ || path_ != nullptr ? 1 : 0); }

 private:
  absl::StatusOr<std::optional<ledger::Entry>> NextEntry();
  void PutOff(const ledger::Entry& entry);
  void NotePiece(const ledger::EntryHeader& header, const EntryId& id);

  Host* host_;
  InstrumentId instrument_;
  NextRun next_run_;
  FrameBuilder builder_;
  std::vector<Piece> pieces_;
  Run run_;  // the one `path_` reads
  std::unique_ptr<EntryCursor> path_;
  std::deque<Run> large_;
  bool large_kept_back_ = false;
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
