#include "node/sync/contact/session.h"

#include <algorithm>
#include <utility>

#include "node/base/status_macros.h"
#include "node/sync/frame/notes_frame.h"
#include "node/sync/frontier/names.h"

namespace entente::sync {

namespace {

constexpr size_t kRefusedMax = 8;
// Note ids a peer may name at the end of Authority.
constexpr size_t kPeerLeavesMax = 8192;
// Tips of one peer and instrument that are looked at; 10 000 feeds are the design's figure.
constexpr size_t kPeerTipsMax = 200'000;

bool AppendIds(const google::protobuf::RepeatedPtrField<std::string>& raw,
               std::vector<NoteId>& ids) {
  for (const std::string& bytes : raw) {
    auto id = NoteId::FromBytes(bytes);
    if (!id || ids.size() >= kPeerLeavesMax) return false;
    ids.push_back(*id);
  }
  return true;
}

}  // namespace

Session::Session(Host* host, Outbox* out, const Start& start)
    : host_(host), out_(out), start_(start) {}

IdsAtFn Session::IdsAt() const {
  return [this](const FeedRef& feed, uint64_t sequence) {
    return host_->IdsAt(feed.In(start_.instrument), sequence);
  };
}

void Session::Refused(const std::string& why) {
  std::vector<std::string>& refused = out_->summary().refused;
  if (refused.size() < kRefusedMax) refused.push_back(why);
}

void Session::Fail(const absl::Status& why) {
  if (ended()) return;
  state_ = State::kFailed;
  Summary& summary = out_->summary();
  if (summary.instruments_failed++ == 0) summary.instrument_error = why;
  std::vector<CallId> mine;
  for (const auto& [call, open] : out_->calls()) {
    if (open.session == start_.index) mine.push_back(call);
  }
  for (CallId call : mine) {
    out_->Add(Cancel{call});
    out_->End(call);
  }
}

absl::Status Session::AskAuthority() {
  if (host_->AuthorityDigest(start_.instrument) == start_.peer_authority) {
    news_.emplace(host_, start_.instrument);
    return AfterAuthority();
  }
  state_ = State::kAuthority;
  v1::AuthorityRequest request;
  request.set_instrument(start_.instrument.str());
  for (const NoteId& id : host_->Leaves(start_.instrument)) request.add_leaves(id.str());
  for (const NoteId& id : host_->SuspendIds(start_.instrument)) request.add_suspends(id.str());
  request.set_plan(start_.plan);
  out_->Call<CallAuthority>(CallKind::kAuthority, start_.index, std::move(request));
  return absl::OkStatus();
}

absl::Status Session::OnAuthorityChunk(CallId call, const v1::AuthorityChunk& chunk) {
  absl::Status notes = CheckNotes(chunk.notes());
  if (!notes.ok()) {
    Fail(notes);
    return absl::OkStatus();
  }
  if (!AppendIds(chunk.leaves(), peer_leaves_) || !AppendIds(chunk.suspends(), peer_suspends_)) {
    Fail(MalformedMessage("an Authority answer with broken note ids"));
    return absl::OkStatus();
  }
  if (chunk.notes().empty() || start_.plan) {
    ClassSize& size = out_->summary().would_receive[WireClass::kAuthority];
    size.entries += chunk.plan().entries();
    size.bytes += chunk.plan().bytes();
    out_->Read(call);
    return absl::OkStatus();
  }
  out_->summary().notes_received += static_cast<uint64_t>(chunk.notes_size());
  out_->Store(call, NotesFrame(start_.instrument, {chunk.notes().begin(), chunk.notes().end()}));
  return absl::OkStatus();
}

absl::Status Session::OnAuthorityEnd() {
  state_ = State::kNotes;
  news_.emplace(host_, start_.instrument);
  for (auto& group :
       GroupNotes(host_->MissingFor(start_.instrument, peer_leaves_, peer_suspends_))) {
    notes_.push_back(std::move(group));
  }
  if (start_.plan) {
    ClassSize& size = out_->summary().would_send[WireClass::kAuthority];
    for (const auto& group : std::exchange(notes_, {})) {
      size.entries += group.size();
      for (const std::string& file : group) size.bytes += file.size();
    }
  }
  RETURN_IF_ERROR(PushNotes());
  return notes_in_flight_ ? absl::OkStatus() : AfterAuthority();
}

absl::Status Session::AfterAuthority() {
  if (ended()) return absl::OkStatus();
  if (start_.authority_only ||
      host_->AccessOf(start_.peer, start_.instrument) != Access::kEntries) {
    state_ = State::kDone;
    return absl::OkStatus();
  }
  state_ = State::kWaits;
  return absl::OkStatus();
}

bool Session::Differs() const {
  return state_ == State::kWaits &&
         host_->FrontierDigest(start_.instrument) != start_.peer_frontier;
}

absl::Status Session::Compare() {
  if (!Differs()) {
    settled_ = true;
    state_ = State::kExchange;
    return MaybeDone();
  }
  if (!start_.delta) return CompareHeads();
  by_delta_ = true;
  NoteMode(Mode::kDelta);
  tips_ = *std::move(start_.delta);
  start_.delta.reset();
  told_digest_ = start_.peer_frontier.str();
  return Exchange(true);
}

// The dearest way any instrument of the contact took.
void Session::NoteMode(Mode mode) { out_->summary().mode = std::max(out_->summary().mode, mode); }

absl::Status Session::AskHeads(bool whole) {
  state_ = State::kHeads;
  whole_heads_ = whole;
  sketch_.reset();
  tips_.clear();
  key_order_.clear();
  NoteMode(Mode::kArray);
  v1::HeadsRequest request;
  request.set_instrument(start_.instrument.str());
  if (!whole) {
    key_order_ = host_->KeyOrder(start_.instrument);
    request.set_authority_digest(host_->AuthorityDigest(start_.instrument).str());
  }
  out_->Call<CallHeads>(CallKind::kHeads, start_.index, std::move(request));
  return absl::OkStatus();
}

absl::Status Session::OnHeadsChunk(CallId call, const v1::HeadsChunk& chunk) {
  if (sketch_ && !chunk.symbols().empty()) return OnSymbols(call, chunk);
  if (!chunk.symbols().empty()) {
    Fail(MalformedMessage("a sketch that was not asked for"));
    return absl::OkStatus();
  }
  if (sketch_) {
    // The peer cannot make one, so it tells its tips.
    sketch_.reset();
    NoteMode(Mode::kArray);
  }
  absl::Status read = UnpackHeads(chunk, key_order_, tips_);
  if (read.ok() && tips_.size() > kPeerTipsMax) {
    read = MalformedMessage("heads of over 200000 tips");
  }
  if (!read.ok()) {
    Fail(read);
    return absl::OkStatus();
  }
  told_digest_ = chunk.frontier_digest();
  out_->Read(call);
  return absl::OkStatus();
}

absl::Status Session::OnHeadsEnd() { return sketch_ ? OnSketchEnd() : Exchange(false); }

absl::Status Session::OnIngested(CallId call, const IngestResult& result) {
  if (absl::IsInvalidArgument(result.status)) {
    Fail(result.status);
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(result.status);
  Summary& summary = out_->summary();
  summary.entries_new_here += result.entries_new;
  summary.entries_aside_here += result.entries_aside;
  summary.notes_new_here += result.notes_new;
  new_in_pull_ += result.entries_new;
  if (state_ == State::kLive && result.entries_new > 0) news_at_ = out_->now();
  for (const std::string& why : result.refused) Refused(why);
  out_->Stored(call);
  return absl::OkStatus();
}

absl::Status Session::OnPushReply(CallId call, const v1::PushReply& reply) {
  if (auto pushed = pushes_.extract(call)) Acknowledged(pushed.mapped(), reply);
  Summary& summary = out_->summary();
  summary.entries_new_there += reply.entries_new();
  summary.entries_aside_there += reply.entries_aside();
  summary.notes_new_there += reply.notes_new();
  for (const std::string& why : reply.refused()) Refused("there: " + why);
  if (auto digest = base::Digest::FromBytes(reply.frontier_digest())) {
    start_.peer_frontier = *digest;
  }
  notes_in_flight_ = false;  // notes travel alone
  switch (state_) {
    case State::kNotes:
      RETURN_IF_ERROR(PushNotes());
      return notes_in_flight_ ? absl::OkStatus() : AfterAuthority();
    case State::kExchange:
      RETURN_IF_ERROR(PushPaths());
      return MaybeDone();
    case State::kLive:
      return PushNews();
    default:
      return absl::OkStatus();
  }
}

}  // namespace entente::sync
