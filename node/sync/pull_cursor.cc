#include "node/sync/pull_cursor.h"

#include <algorithm>
#include <utility>

#include "node/base/status_macros.h"
#include "node/sync/names.h"
#include "node/sync/notes_frame.h"

namespace entente::sync {

namespace {

// Wants of one request; a caller that lacks more asks several times.
constexpr int kWantsMax = 16'384;

}  // namespace

PullCursor::PullCursor(Host* host, const Spki& peer, const InstrumentId& instrument,
                       v1::PullRequest request)
    : host_(host),
      peer_(peer),
      instrument_(instrument),
      request_(std::move(request)),
      news_(host, instrument),
      wanted_(host, instrument, [this] { return NextPath(); }),
      arrivals_(host, instrument, peer, request_.after_arrival()) {}

absl::StatusOr<std::unique_ptr<PullCursor>> PullCursor::Open(Host* host, const Spki& peer,
                                                             v1::PullRequest request) {
  auto instrument = InstrumentId::FromBytes(request.instrument());
  if (!instrument) return MalformedMessage("a Pull without an instrument");
  if (host->AccessOf(peer, *instrument) != Access::kEntries) return UnknownInstrument();
  if (request.wants_size() > kWantsMax) return MalformedMessage("a Pull of over 16384 wants");
  return std::unique_ptr<PullCursor>(new PullCursor(host, peer, *instrument, std::move(request)));
}

absl::StatusOr<std::optional<Path>> PullCursor::NextPath() {
  while (paths_.empty()) {
    if (next_want_ >= request_.wants_size()) return std::nullopt;
    auto ids_at = [this](const FeedRef& feed, uint64_t sequence) {
      return host_->IdsAt(feed.In(instrument_), sequence);
    };
    ASSIGN_OR_RETURN(ResolvedWant want, ResolveWant(request_.wants(next_want_), ids_at));
    if (want.unlinked) unlinked_.push_back(static_cast<uint32_t>(next_want_));
    paths_.assign(want.paths.begin(), want.paths.end());
    ++next_want_;
  }
  Path path = std::move(paths_.front());
  paths_.pop_front();
  return path;
}

size_t PullCursor::FrameBytes() const {
  size_t wish = request_.frame_bytes() == 0 ? kFrameBytesMax : request_.frame_bytes();
  // The caller knows its link at the start; what is measured here can only make frames smaller.
  return goodput_.bytes_per_second() == 0 ? wish : std::min(wish, goodput_.FrameBytes());
}

void PullCursor::Measure(Millis now) {
  // In live mode the time between two frames is the authors' doing, not the link's.
  if (last_bytes_ > 0 && !live()) goodput_.Measured(last_bytes_, now - last_at_);
  last_at_ = now;
  last_bytes_ = 0;
}

absl::StatusOr<std::optional<v1::Frame>> PullCursor::NextOfWants() {
  if (request_.max_bytes() > 0 && bytes_ >= request_.max_bytes()) return std::nullopt;
  ASSIGN_OR_RETURN(std::optional<v1::Frame> frame, wanted_.Next(FrameBytes()));
  if (!frame && !unlinked_.empty()) {
    frame.emplace();
    frame->set_instrument(instrument_.str());
  }
  if (!frame) return std::nullopt;
  for (uint32_t want : std::exchange(unlinked_, {})) frame->add_unlinked(want);
  frame->set_owed(static_cast<uint64_t>(request_.wants_size() - next_want_) + paths_.size());
  return frame;
}

absl::StatusOr<std::optional<v1::Frame>> PullCursor::NextFrame(Millis now) {
  if (host_->AccessOf(peer_, instrument_) != Access::kEntries) return UnknownInstrument();
  Measure(now);
  std::optional<v1::Frame> frame;
  for (std::vector<std::string>& group : GroupNotes(news_.Take())) {
    notes_.push_back(std::move(group));
  }
  if (!notes_.empty()) {
    frame = NotesFrame(instrument_, std::move(notes_.front()));
    notes_.pop_front();
  } else {
    ASSIGN_OR_RETURN(frame, NextOfWants());
    if (!frame && live()) {
      ASSIGN_OR_RETURN(frame, arrivals_.Next(FrameBytes()));
    }
  }
  if (frame) {
    last_bytes_ = frame->ByteSizeLong();
    bytes_ += last_bytes_;
  }
  return frame;
}

v1::Frame PullCursor::SignOfLife() const { return v1::Frame(); }

}  // namespace entente::sync
