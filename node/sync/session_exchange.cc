// Pull what is missing here, push what is missing there, settle the feeds that needed both.
#include <algorithm>
#include <utility>

#include "node/base/status_macros.h"
#include "node/sync/names.h"
#include "node/sync/notes_frame.h"
#include "node/sync/session.h"

namespace entente::sync {

namespace {

// Wants of one Pull, so that the request stays far below the receive limit.
constexpr size_t kWantBytesMax = 256 << 10;

FeedRef FeedOf(const v1::Want& want) {
  return {*PublicKey::FromBytes(want.key()), want.incarnation()};
}

}  // namespace

absl::Status Session::Exchange(bool only_theirs) {
  state_ = State::kExchange;
  std::shared_ptr<const Frontier> own = host_->FrontierOf(start_.instrument);
  ASSIGN_OR_RETURN(Plan plan, MakePlan(*own, std::move(tips_), only_theirs, IdsAt()));
  tips_.clear();
  if (plan.empty() && by_delta_) return CompareHeads();
  // Every short id agrees and yet the sets differ: ask once more for whole ones.
  if (plan.empty() && !whole_heads_ && !told_digest_.empty() &&
      told_digest_ != own->Digest().str()) {
    return AskHeads(true);
  }
  unsettled_ = std::move(plan.unsettled);
  lacks_.assign(plan.lacks.begin(), plan.lacks.end());
  wants_.assign(plan.wants.begin(), plan.wants.end());
  frames_.emplace(host_, start_.instrument, [this]() -> absl::StatusOr<std::optional<Path>> {
    if (lacks_.empty()) return std::nullopt;
    Path path = std::move(lacks_.front());
    lacks_.pop_front();
    return path;
  });
  PullNext();
  RETURN_IF_ERROR(PushPaths());
  return MaybeDone();
}

void Session::PullNext() {
  if (pulling_ || wants_.empty()) return;
  v1::PullRequest request;
  request.set_instrument(start_.instrument.str());
  request.set_frame_bytes(static_cast<uint32_t>(out_->goodput().FrameBytes()));
  asked_.clear();
  for (size_t bytes = 0; !wants_.empty() && bytes < kWantBytesMax; wants_.pop_front()) {
    bytes += wants_.front().ByteSizeLong();
    *request.add_wants() = wants_.front();
    asked_.push_back(std::move(wants_.front()));
  }
  pulling_ = true;
  owed_ = new_in_pull_ = 0;
  out_->Call<CallPull>(CallKind::kPull, start_.index, std::move(request));
}

absl::Status Session::OnFrame(CallId call, v1::Frame frame) {
  if (IsSignOfLife(frame)) {
    out_->Read(call);
    return absl::OkStatus();
  }
  absl::Status ok = CheckNotes(frame.notes());
  if (ok.ok() && frame.instrument() != start_.instrument.str()) {
    ok = MalformedMessage("a frame of another instrument than was asked for");
  }
  for (uint32_t want : frame.unlinked()) {
    if (want < asked_.size()) unlinked_.insert(FeedOf(asked_[want]));
  }
  if (!ok.ok()) {
    Fail(ok);
    return absl::OkStatus();
  }
  owed_ = frame.owed();
  if (frame.entries() == 0 && frame.notes().empty() && frame.body().empty()) {
    out_->Read(call);
    return absl::OkStatus();
  }
  out_->summary().entries_received += frame.entries();
  out_->summary().notes_received += static_cast<uint64_t>(frame.notes_size());
  out_->Store(call, std::move(frame));
  return absl::OkStatus();
}

absl::Status Session::OnPullEnd() {
  if (state_ == State::kLive) return absl::UnavailableError("the peer ended the live Pull");
  pulling_ = false;
  PullNext();
  return MaybeDone();
}

// After a Pull: what is still missing, and what the peer lacks of the feeds that came.
absl::Status Session::Settle() {
  std::shared_ptr<const Frontier> own = host_->FrontierOf(start_.instrument);
  ASSIGN_OR_RETURN(Plan plan, MakePlan(*own, std::move(unsettled_), true, IdsAt()));
  unsettled_ = std::move(plan.unsettled);
  for (Path& path : plan.lacks) lacks_.push_back(std::move(path));
  const bool cut_short = owed_ > 0 && new_in_pull_ > 0;
  for (size_t i = 0; i < plan.wants.size(); ++i) {
    const FeedRef& feed = plan.wants_feeds[i];
    if (unlinked_.contains(feed) && !located_.contains(feed)) {
      if (!plan.wants[i].locator()) {
        RETURN_IF_ERROR(AddLocator(own->Find(feed), feed, IdsAt(), plan.wants[i]));
      }
    } else if (!cut_short) {
      ++out_->summary().feeds_unresolved;
      unresolved_ = true;
      continue;
    }
    wants_.push_back(std::move(plan.wants[i]));
  }
  located_.insert(unlinked_.begin(), unlinked_.end());
  settled_ = wants_.empty();
  PullNext();
  return PushPaths();
}

bool Session::Push(v1::Frame frame) {
  if (host_->AccessOf(start_.peer, start_.instrument) == Access::kNone) return false;
  Summary& summary = out_->summary();
  summary.entries_sent += frame.entries();
  summary.notes_sent += static_cast<uint64_t>(frame.notes_size());
  const uint64_t entries = frame.entries();
  v1::PushRequest request;
  *request.mutable_frame() = std::move(frame);
  pushes_[out_->Call<CallPush>(CallKind::kPush, start_.index, std::move(request))] = entries;
  return true;
}

bool Session::MayPush() const {
  uint64_t entries = 0;
  for (const auto& [call, count] : pushes_) entries += count;
  return pushes_.size() < kPushesInFlight && entries <= kPushedEntriesInFlight;
}

absl::Status Session::PushNotes() {
  if (notes_.empty() || !pushes_.empty()) return absl::OkStatus();
  notes_in_flight_ = Push(NotesFrame(start_.instrument, std::move(notes_.front())));
  notes_.pop_front();
  if (!notes_in_flight_) Fail(UnknownInstrument());
  return absl::OkStatus();
}

absl::Status Session::PushPaths() {
  while (!ended() && MayPush()) {
    if (host_->AccessOf(start_.peer, start_.instrument) != Access::kEntries) {
      Fail(UnknownInstrument());
      break;
    }
    ASSIGN_OR_RETURN(std::optional<v1::Frame> frame, frames_->Next(out_->goodput().FrameBytes()));
    if (!frame) break;
    Push(std::move(*frame));
  }
  return absl::OkStatus();
}

absl::Status Session::MaybeDone() {
  if (state_ != State::kExchange || pulling_) return absl::OkStatus();
  if (!settled_) RETURN_IF_ERROR(Settle());
  if (state_ != State::kExchange || pulling_ || !settled_ || !pushes_.empty())
    return absl::OkStatus();
  frames_.reset();
  return Agree();
}

}  // namespace entente::sync
