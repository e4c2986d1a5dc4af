// Pull what is missing here, push what is missing there, settle the feeds that needed both.
#include <algorithm>
#include <utility>

#include "node/base/status_macros.h"
#include "node/sync/contact/session.h"
#include "node/sync/frame/notes_frame.h"
#include "node/sync/frontier/names.h"

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
  lacks_.clear();
  RETURN_IF_ERROR(QueueLacks(std::move(plan.lacks)));
  wants_.clear();
  QueueWants(std::move(plan.wants));
  if (start_.plan) return PlanOnly();
  frames_.emplace(host_, start_.instrument, [this] { return NextRun(); });
  step_ = Step::kUrgent;
  no_room_ = false;
  if (!Limited()) PullNext();
  RETURN_IF_ERROR(PushPaths());
  return MaybeDone();
}

// Before what waits already where it is more urgent.
absl::Status Session::QueueLacks(std::vector<Path> paths) {
  ASSIGN_OR_RETURN(std::vector<Run> runs,
                   InOrder(*host_, start_.instrument, std::move(paths), IdsAt()));
  for (const Run& run : runs) out_->summary().entries_to_send += run.entries();
  runs.insert(runs.begin(), std::make_move_iterator(lacks_.begin()),
              std::make_move_iterator(lacks_.end()));
  SortRuns(runs);
  lacks_.assign(std::make_move_iterator(runs.begin()), std::make_move_iterator(runs.end()));
  return absl::OkStatus();
}

void Session::QueueWants(std::vector<v1::Want> wants) {
  for (v1::Want& want : wants) {
    uint64_t held = 0;
    for (const v1::Have& have : want.have()) held = std::max(held, have.sequence());
    out_->summary().entries_to_receive += want.tip_sequence() - std::min(want.tip_sequence(), held);
    wants_.push_back(std::move(want));
  }
}

std::optional<Run> Session::NextRun() {
  if (lacks_.empty()) return std::nullopt;
  const WireClass next = lacks_.front().wire_class;
  const bool urgent = next <= WireClass::kDeadline;
  if (next > LastClass() || (Limited() && step_ == Step::kUrgent && !urgent)) return std::nullopt;
  Run run = std::move(lacks_.front());
  lacks_.pop_front();
  return run;
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
  if (Limited()) {
    // Half of it where there is more of ours to send.
    const uint64_t room = Room() - std::min<uint64_t>(Room(), request.ByteSizeLong());
    request.set_max_bytes(std::max<uint64_t>(1, lacks_.empty() ? room : room / 2));
  }
  request.set_plan(start_.plan);
  if (LeavesSome()) request.set_last_class(static_cast<uint32_t>(LastClass()));
  pulling_ = true;
  locator_due_ = false;
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
  if (start_.plan) TakePlan(frame);
  if (!ok.ok()) {
    Fail(ok);
    return absl::OkStatus();
  }
  owed_ = frame.owed();
  if (frame.owed_class() > 0 && LeavesSome()) {
    const auto later = static_cast<WireClass>(
        std::min(frame.owed_class(), static_cast<uint32_t>(WireClass::kBlobs)));
    owed_later_ = owed_later_ ? std::min(*owed_later_, later) : later;
  }
  if (start_.plan || (frame.entries() == 0 && frame.notes().empty() && frame.body().empty())) {
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
  if (LeavesSome() && owed_ > 0 && !owed_later_) owed_later_ = LastClass();
  if (!Limited() || Room() >= kFrameBytesMin) PullNext();
  return MaybeDone();
}

// What is still missing, and what the peer lacks of the feeds that came.
absl::Status Session::LookAgain() {
  std::shared_ptr<const Frontier> own = host_->FrontierOf(start_.instrument);
  ASSIGN_OR_RETURN(Plan plan, MakePlan(*own, std::move(unsettled_), true, IdsAt()));
  unsettled_ = std::move(plan.unsettled);
  RETURN_IF_ERROR(QueueLacks(std::move(plan.lacks)));
  // No more was asked for, or no more came: it is not that the peer could not give it.
  const bool cut_short = Limited() || owed_later_ || (owed_ > 0 && new_in_pull_ > 0);
  // Whatever was not asked for is among the unsettled.
  if (Limited()) wants_.clear();
  for (size_t i = 0; i < plan.wants.size(); ++i) {
    const FeedRef& feed = plan.wants_feeds[i];
    const bool first = unlinked_.contains(feed) && !located_.contains(feed);
    if (!first && !cut_short) {
      ++out_->summary().feeds_unresolved;
      unresolved_ = true;
      continue;
    }
    locator_due_ = locator_due_ || first;
    if (unlinked_.contains(feed) && !plan.wants[i].locator()) {
      RETURN_IF_ERROR(AddLocator(own->Find(feed), feed, IdsAt(), plan.wants[i]));
    }
    wants_.push_back(std::move(plan.wants[i]));
  }
  located_.insert(unlinked_.begin(), unlinked_.end());
  return absl::OkStatus();
}

// After a Pull.
absl::Status Session::Settle() {
  RETURN_IF_ERROR(LookAgain());
  if (Limited()) return absl::OkStatus();
  settled_ = wants_.empty();
  PullNext();
  return PushPaths();
}

bool Session::Push(v1::Frame frame, std::vector<Piece> pieces) {
  if (host_->AccessOf(start_.peer, start_.instrument) == Access::kNone) return false;
  Summary& summary = out_->summary();
  summary.entries_sent += frame.entries();
  summary.notes_sent += static_cast<uint64_t>(frame.notes_size());
  const uint64_t entries = frame.entries();
  v1::PushRequest request;
  *request.mutable_frame() = std::move(frame);
  const CallId call = out_->Call<CallPush>(CallKind::kPush, start_.index, std::move(request));
  pushes_[call] = {entries, std::move(pieces)};
  return true;
}

bool Session::MayPush() const {
  uint64_t entries = 0;
  for (const auto& [call, pushed] : pushes_) entries += pushed.entries;
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
    size_t wish = out_->goodput().FrameBytes();
    if (Limited()) wish = std::min(wish, WishWithin(Room()));
    if (no_room_) break;
    frames_->KeepLargeBack(LastClass() < WireClass::kLarge);
    ASSIGN_OR_RETURN(std::optional<v1::Frame> frame, frames_->Next(wish, EffortFor(wish)));
    if (!frame) break;
    no_room_ = Limited() && frame->ByteSizeLong() > Room();
    if (no_room_) {
      out_->summary().left_to_send.entries += frame->entries();
      out_->summary().left_to_send.bytes += frame->ByteSizeLong();
      break;
    }
    Push(std::move(*frame), frames_->pieces());
  }
  return absl::OkStatus();
}

// A frame of which some stands aside there, or was refused, tells nothing.
void Session::Acknowledged(const Pushed& pushed, const v1::PushReply& reply) {
  if (reply.entries_new() + reply.entries_held() < pushed.entries) return;
  if (reply.entries_aside() > 0 || reply.refused_size() > 0) return;
  for (const Piece& piece : pushed.pieces) {
    acknowledged_.erase(piece.before);
    if (acknowledged_.size() < kAcknowledgedMax)
      acknowledged_.emplace(piece.last.second.id, piece.last);
  }
}

void Session::TellAcknowledged() {
  if (in_step_ || acknowledged_.empty()) return;
  std::vector<FeedTip> tips;
  for (const auto& [id, tip] : acknowledged_) tips.push_back(tip);
  host_->KeepAcknowledged(start_.peer, start_.instrument, tips);
}

absl::Status Session::MaybeDone() {
  if (state_ != State::kExchange || pulling_) return absl::OkStatus();
  if (start_.plan) {
    state_ = State::kDone;
    return absl::OkStatus();
  }
  if (Limited() && !settled_) return NextStep();
  if (!settled_ && !MustWait()) RETURN_IF_ERROR(Settle());
  if (state_ != State::kExchange || pulling_ || !pushes_.empty()) return absl::OkStatus();
  if (MustWait()) {
    state_ = State::kWaits;
    return absl::OkStatus();
  }
  if (!settled_) return absl::OkStatus();
  frames_.reset();
  return Agree();
}

}  // namespace entente::sync
