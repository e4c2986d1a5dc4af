// Connected: one live Pull held open, and what is new here pushed as soon as it is there.
#include <utility>

#include "node/base/status_macros.h"
#include "node/sync/contact/session.h"
#include "node/sync/frame/notes_frame.h"
#include "node/sync/frontier/names.h"

namespace entente::sync {

void Session::GoLive() {
  state_ = State::kLive;
  v1::PullRequest request;
  request.set_instrument(start_.instrument.str());
  request.set_live(true);
  request.set_after_arrival(start_.peer_arrivals);
  request.set_frame_bytes(static_cast<uint32_t>(out_->goodput().FrameBytes()));
  asked_.clear();
  out_->Call<CallPull>(CallKind::kLivePull, start_.index, std::move(request));
  arrivals_.emplace(host_, start_.instrument, start_.peer, start_.own_arrivals);
}

absl::Status Session::OnLocalArrival() {
  return state_ == State::kLive ? PushNews() : absl::OkStatus();
}

absl::Status Session::PushNews() {
  for (auto& group : GroupNotes(news_->Take())) notes_.push_back(std::move(group));
  RETURN_IF_ERROR(PushNotes());
  // Notes go alone and first: no entry may reach the peer before the note that admits or cuts it.
  while (!ended() && notes_.empty() && !notes_in_flight_ && MayPush()) {
    if (host_->AccessOf(start_.peer, start_.instrument) != Access::kEntries) {
      Fail(UnknownInstrument());
      break;
    }
    ASSIGN_OR_RETURN(std::optional<v1::Frame> frame, arrivals_->Next(out_->goodput().FrameBytes()));
    if (!frame) break;
    Push(std::move(*frame));
  }
  return absl::OkStatus();
}

}  // namespace entente::sync
