// What a person may ask of a contact: only to find out what would move, or to keep to so many
// bytes.
#include <algorithm>
#include <utility>

#include "node/base/status_macros.h"
#include "node/sync/contact/session.h"

namespace entente::sync {

namespace {

// Left for what ends the exchange.
constexpr uint64_t kReserveBytes = 256;

void Add(const Sizes& sizes, Sizes& to) {
  for (const auto& [wire_class, size] : sizes) {
    to[wire_class].entries += size.entries;
    to[wire_class].bytes += size.bytes;
  }
}

}  // namespace

// Both sides are compared: what is here is measured, the peer is asked for the size of the rest.
absl::Status Session::PlanOnly() {
  ASSIGN_OR_RETURN(const Sizes sizes,
                   MeasureRuns(*host_, start_.instrument, {lacks_.begin(), lacks_.end()}));
  Add(sizes, out_->summary().would_send);
  PullNext();
  return MaybeDone();
}

void Session::TakePlan(const v1::Frame& frame) {
  Sizes sizes;
  for (const v1::ClassPlan& plan : frame.plan()) {
    if (plan.wire_class() > static_cast<uint32_t>(WireClass::kBlobs)) continue;
    sizes[static_cast<WireClass>(plan.wire_class())] = {plan.entries(), plan.bytes()};
  }
  Add(sizes, out_->summary().would_receive);
}

uint64_t Session::Room() const {
  const Summary& summary = out_->summary();
  const uint64_t used = summary.bytes_sent + summary.bytes_received + kReserveBytes;
  return start_.max_bytes - std::min(start_.max_bytes, used);
}

// Nothing is being pulled: the next step of a contact that keeps to so many bytes.
absl::Status Session::NextStep() {
  while (state_ == State::kExchange && !pulling_ && pushes_.empty()) {
    switch (step_) {
      case Step::kUrgent:
        step_ = Step::kPull;
        if (Room() >= kFrameBytesMin) PullNext();
        break;
      case Step::kPull:
        step_ = Step::kRest;
        RETURN_IF_ERROR(Settle());
        RETURN_IF_ERROR(PushPaths());
        break;
      case Step::kRest: {
        // What came may have told more of what the peer lacks, and a half may be left.
        const bool again = new_in_pull_ > 0 || locator_due_;
        const bool more = again && !wants_.empty() && Room() >= kFrameBytesMin;
        step_ = more ? Step::kPull : Step::kDone;
        if (more) PullNext();
        break;
      }
      case Step::kDone: {
        Summary& summary = out_->summary();
        const bool left =
            no_room_ || !lacks_.empty() || !wants_.empty() || frames_->unfinished() > 0;
        if (left && LeavesSome()) {
          state_ = State::kWaits;
          break;
        }
        frames_.reset();
        if (!left) return Agree();
        RETURN_IF_ERROR(MeasureLeft());
        summary.cut_short = true;
        state_ = State::kDone;
        break;
      }
    }
  }
  return absl::OkStatus();
}

absl::Status Session::MeasureLeft() {
  ASSIGN_OR_RETURN(const Sizes sizes,
                   MeasureRuns(*host_, start_.instrument, {lacks_.begin(), lacks_.end()}));
  ClassSize& left = out_->summary().left_to_send;
  for (const auto& [wire_class, size] : sizes) {
    left.entries += size.entries;
    left.bytes += size.bytes;
  }
  return absl::OkStatus();
}

}  // namespace entente::sync
