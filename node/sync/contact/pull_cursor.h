// The answer to one Pull, frame by frame. The caller (the server's writer of that stream) asks for
// the next frame when the one before is on its way; HTTP/2 flow control is the back-pressure.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "entente/v1/sync.pb.h"
#include "node/sync/contact/authority_news.h"
#include "node/sync/contact/goodput.h"
#include "node/sync/frame/frame_source.h"
#include "node/sync/frontier/host.h"

namespace entente::sync {

// The server of a live Pull sends a sign of life at least this often; the caller gives up after the
// second.
inline constexpr Millis kSignOfLifeEvery = 8'000;
inline constexpr Millis kSilenceMax = 24'000;

class PullCursor {
 public:
  // NOT_FOUND UNKNOWN_INSTRUMENT: the peer may not have it. `host` must outlive the cursor.
  static absl::StatusOr<std::unique_ptr<PullCursor>> Open(Host* host, const Spki& peer,
                                                          v1::PullRequest request);

  // Nothing: a plain Pull has ended; a live one has nothing new, so wait for an arrival or a note
  // and at most kSignOfLifeEvery, then send SignOfLife(). Membership is checked again for every
  // frame: NOT_FOUND ends the stream. `now` is any steady clock.
  absl::StatusOr<std::optional<v1::Frame>> NextFrame(Millis now);
  v1::Frame SignOfLife() const;
  bool live() const { return request_.live(); }

 private:
  PullCursor(Host* host, const Spki& peer, const InstrumentId& instrument, v1::PullRequest request);
  absl::Status Resolve();
  absl::StatusOr<std::optional<v1::Frame>> PlanFrame();
  std::optional<Run> NextRun();
  WireClass LastClass() const;
  std::optional<v1::Frame> LeftForLater();
  // Runs that have not gone yet, wholly.
  uint64_t Owed() const { return runs_.size() + wanted_.unfinished(); }
  absl::StatusOr<std::optional<v1::Frame>> NextOfWants();
  size_t FrameBytes() const;
  void Measure(Millis now);

  Host* host_;
  Spki peer_;
  InstrumentId instrument_;
  v1::PullRequest request_;
  bool resolved_ = false;
  std::deque<Run> runs_;            // still to send, in order
  std::vector<uint32_t> unlinked_;  // not told yet
  std::deque<std::vector<std::string>> notes_;
  AuthorityNews news_;
  PathFrames wanted_;
  ArrivalFrames arrivals_;
  Goodput goodput_;
  bool ended_ = false;  // the plan or what waits was told, or no room in max_bytes
  uint64_t bytes_ = 0;
  size_t last_bytes_ = 0;
  Millis last_at_ = 0;
};

}  // namespace entente::sync
