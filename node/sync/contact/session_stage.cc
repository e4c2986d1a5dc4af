// Stage by stage: what an instrument leaves for later while others of the contact still have what
// is more urgent.
#include <utility>

#include "node/base/status_macros.h"
#include "node/sync/contact/session.h"

namespace entente::sync {

// REQUIRES: each stage once, in their order, the next one when this is through the one before.
absl::Status Session::Begin(Stage stage) {
  stage_ = stage;
  if (stage == Stage::kAuthority) return AskAuthority();
  if (state_ != State::kWaits || !HasWork()) return absl::OkStatus();
  return frames_ ? GoOn() : Compare();
}

WireClass Session::LastClass() const {
  switch (stage_) {
    case Stage::kAuthority:
      return WireClass::kAuthority;
    case Stage::kDeadline:
      return WireClass::kDeadline;
    case Stage::kEntries:
      return WireClass::kEntries;
    case Stage::kRest:
      break;
  }
  return WireClass::kBlobs;
}

bool Session::HasWork() const {
  if (stage_ == Stage::kRest) return true;
  if (!Differs()) return false;
  if (!frames_) return true;
  const bool to_send = !lacks_.empty() && lacks_.front().wire_class <= LastClass();
  return to_send || (owed_later_ && *owed_later_ <= LastClass());
}

// Something is left, and it is of a class that is not due yet.
bool Session::MustWait() const {
  if (!LeavesSome() || !frames_) return false;
  return owed_later_ || !lacks_.empty() || frames_->unfinished() > 0;
}

// What was left by the stages before.
absl::Status Session::GoOn() {
  state_ = State::kExchange;
  step_ = Step::kUrgent;
  RETURN_IF_ERROR(LookAgain());
  owed_later_.reset();
  if (!Limited()) {
    settled_ = wants_.empty();
    PullNext();
  }
  RETURN_IF_ERROR(PushPaths());
  return MaybeDone();
}

}  // namespace entente::sync
