#include "node/sync/contact/pull_cursor.h"

#include <algorithm>
#include <utility>

#include "node/base/status_macros.h"
#include "node/sync/frame/notes_frame.h"
#include "node/sync/frontier/names.h"

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
      wanted_(host, instrument, [this] { return NextRun(); }),
      arrivals_(host, instrument, peer, request_.after_arrival()) {}

absl::StatusOr<std::unique_ptr<PullCursor>> PullCursor::Open(Host* host, const Spki& peer,
                                                             v1::PullRequest request) {
  auto instrument = InstrumentId::FromBytes(request.instrument());
  if (!instrument) return MalformedMessage("a Pull without an instrument");
  if (host->AccessOf(peer, *instrument) != Access::kEntries) return UnknownInstrument();
  if (request.wants_size() > kWantsMax) return MalformedMessage("a Pull of over 16384 wants");
  return std::unique_ptr<PullCursor>(new PullCursor(host, peer, *instrument, std::move(request)));
}

// What the wants mean, in the order in which it goes.
absl::Status PullCursor::Resolve() {
  resolved_ = true;
  auto ids_at = [this](const FeedRef& feed, uint64_t sequence) {
    return host_->IdsAt(feed.In(instrument_), sequence);
  };
  std::vector<Path> paths;
  for (int i = 0; i < request_.wants_size(); ++i) {
    ASSIGN_OR_RETURN(ResolvedWant want, ResolveWant(request_.wants(i), ids_at));
    if (want.unlinked) unlinked_.push_back(static_cast<uint32_t>(i));
    for (Path& path : want.paths) paths.push_back(std::move(path));
  }
  ASSIGN_OR_RETURN(std::vector<Run> runs, InOrder(*host_, instrument_, std::move(paths), ids_at));
  runs_.assign(std::make_move_iterator(runs.begin()), std::make_move_iterator(runs.end()));
  return absl::OkStatus();
}

WireClass PullCursor::LastClass() const {
  const bool all = request_.last_class() == 0 ||
                   request_.last_class() > static_cast<uint32_t>(WireClass::kBlobs);
  return all ? WireClass::kBlobs : static_cast<WireClass>(request_.last_class());
}

std::optional<Run> PullCursor::NextRun() {
  if (runs_.empty() || runs_.front().wire_class > LastClass()) return std::nullopt;
  Run run = std::move(runs_.front());
  runs_.pop_front();
  return run;
}

// Once: what the caller did not want yet.
std::optional<v1::Frame> PullCursor::LeftForLater() {
  if (LastClass() == WireClass::kBlobs || Owed() == 0) return std::nullopt;
  ended_ = true;
  v1::Frame frame;
  frame.set_instrument(instrument_.str());
  frame.set_owed(Owed());
  const WireClass next = runs_.empty() ? WireClass::kLarge : runs_.front().wire_class;
  frame.set_owed_class(static_cast<uint32_t>(next));
  return frame;
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
  if (!resolved_) RETURN_IF_ERROR(Resolve());
  if (ended_) return std::nullopt;
  uint64_t room = kFrameDecodedBytesMax;
  if (request_.max_bytes() > 0)
    room = request_.max_bytes() - std::min(request_.max_bytes(), bytes_);
  if (room == 0) return std::nullopt;
  const size_t wish = std::min<size_t>(FrameBytes(), WishWithin(room));
  wanted_.KeepLargeBack(LastClass() < WireClass::kLarge);
  ASSIGN_OR_RETURN(std::optional<v1::Frame> frame, wanted_.Next(wish, EffortFor(wish)));
  if (!frame && !unlinked_.empty()) {
    frame.emplace();
    frame->set_instrument(instrument_.str());
  }
  if (!frame) return LeftForLater();
  for (uint32_t want : std::exchange(unlinked_, {})) frame->add_unlinked(want);
  frame->set_owed(Owed());
  ended_ = request_.max_bytes() > 0 && frame->ByteSizeLong() > room;
  if (ended_) return std::nullopt;
  return frame;
}

absl::StatusOr<std::optional<v1::Frame>> PullCursor::NextFrame(Millis now) {
  if (host_->AccessOf(peer_, instrument_) != Access::kEntries) return UnknownInstrument();
  if (request_.plan()) return PlanFrame();
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

absl::StatusOr<std::optional<v1::Frame>> PullCursor::PlanFrame() {
  if (std::exchange(ended_, true)) return std::nullopt;
  RETURN_IF_ERROR(Resolve());
  ASSIGN_OR_RETURN(const Sizes sizes,
                   MeasureRuns(*host_, instrument_, {runs_.begin(), runs_.end()}));
  v1::Frame frame;
  frame.set_instrument(instrument_.str());
  for (uint32_t want : unlinked_) frame.add_unlinked(want);
  for (const auto& [wire_class, size] : sizes) {
    v1::ClassPlan* plan = frame.add_plan();
    plan->set_wire_class(static_cast<uint32_t>(wire_class));
    plan->set_entries(size.entries);
    plan->set_bytes(size.bytes);
  }
  return frame;
}

v1::Frame PullCursor::SignOfLife() const { return v1::Frame(); }

}  // namespace entente::sync
