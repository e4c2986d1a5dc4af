#include "node/sync/contact/dialer.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/check.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/sync/contact/clock_difference.h"
#include "node/sync/contact/pull_cursor.h"
#include "node/sync/frame/notes_frame.h"
#include "node/sync/frontier/delta.h"
#include "node/sync/frontier/names.h"

namespace entente::sync {

namespace {

// A link is dead after this many round trips of silence, and never before kSilenceMax.
// Hello opened the line, so what it took tells of slow links besides far ones.
constexpr Millis kSilentHellos = 8;
// What a message costs beside its bytes, so that empty ones count as well.
constexpr uint64_t kMessageCost = 64;

bool EndsOnlyTheInstrument(const absl::Status& status) {
  return absl::IsNotFound(status) || absl::IsPermissionDenied(status) ||
         absl::IsInvalidArgument(status);
}

}  // namespace

Dialer::Dialer(Host* host, DialerOptions options)
    : host_(host), options_(std::move(options)), out_(&summary_) {
  ENTENTE_CHECK(options_.nonce.size() == kNonceBytes);
}

std::vector<Action> Dialer::Start(Millis now, Millis wall_clock) {
  out_.SetNow(now);
  heard_at_ = hello_at_ = progress_at_ = now;
  wall_clock_ = wall_clock;
  own_arrivals_ = host_->NewestArrival();
  hello_.set_protocol_min(kProtocolMin);
  hello_.set_protocol_max(kProtocolMax);
  hello_.set_nonce(options_.nonce);
  hello_.set_clock_ms(static_cast<uint64_t>(wall_clock));
  hello_.set_insist(options_.insist);
  hello_.set_plan(options_.plan);
  instruments_ = host_->CommonInstruments(options_.peer);
  if (instruments_.size() > kHelloInstrumentsMax) instruments_.resize(kHelloInstrumentsMax);
  size_t room = kDeltaBytesMax;
  for (const InstrumentId& instrument : instruments_) {
    v1::InstrumentHello* hello = hello_.add_instruments();
    hello->set_name(InstrumentName(options_.nonce, instrument));
    hello->set_authority_digest(host_->AuthorityDigest(instrument).str());
    if (host_->AccessOf(options_.peer, instrument) != Access::kEntries) continue;
    hello->set_frontier_digest(host_->FrontierDigest(instrument).str());
    hello->set_feeds(host_->FeedCount(instrument));
    hello->set_register_state(host_->RegisterState(instrument));
    TellChanges(instrument, *hello, room);
  }
  out_.Call<CallHello>(CallKind::kHello, 0, hello_);
  return out_.Take();
}

// The bookmark kept with this peer and what changed here since, if that is little.
void Dialer::TellChanges(const InstrumentId& instrument, v1::InstrumentHello& hello, size_t& room) {
  const std::vector<Bookmark> kept = host_->BookmarksWith(options_.peer, instrument);
  // Unchanged since: the frontier digest names the bookmark.
  if (kept.empty() || kept[0].frontier.str() == hello.frontier_digest()) return;
  auto changes = host_->ChangesSince(instrument, kept[0].arrival, {}, kDeltaFeedsMax);
  if (!changes) return;
  v1::Delta delta = PackDelta(changes->feeds, host_->KeyOrder(instrument));
  const size_t bytes = delta.ByteSizeLong();
  if (bytes > room) return;
  room -= bytes;
  // One state for both: the answer leaves out what is told here and not different there.
  hello.set_frontier_digest(changes->frontier.str());
  hello.set_bookmark(kept[0].frontier.str().substr(0, kBookmarkBytes));
  *hello.mutable_delta() = std::move(delta);
}

OpenCall* Dialer::Heard(CallId call, Millis now, size_t bytes) {
  OpenCall* open = Told(call, now, bytes, false);
  if (open != nullptr) Progress(now);
  return open;
}

// An empty message says nothing: a stream that is not live has something to tell, or it ends.
OpenCall* Dialer::Told(CallId call, Millis now, size_t bytes, bool empty) {
  if (finished_) return nullptr;
  OpenCall* open = out_.Find(call);
  if (open == nullptr) return nullptr;
  out_.SetNow(now);
  if (!empty || open->kind == CallKind::kLivePull) heard_at_ = now;
  bytes_since_new_ += bytes + kMessageCost;
  summary_.bytes_received += bytes;
  if (IsDiscovery(open->kind)) summary_.bytes_discovery += bytes;
  return open;
}

void Dialer::Progress(Millis now) {
  progress_at_ = now;
  bytes_since_new_ = 0;
}

std::vector<Action> Dialer::OnHelloReply(CallId call, const v1::HelloReply& reply, Millis now) {
  if (Heard(call, now, reply.ByteSizeLong()) == nullptr) return {};
  out_.End(call);
  hello_took_ = now - hello_at_;
  summary_.round_trip_ms = hello_took_ / (1 + options_.connecting_round_trips);
  out_.goodput().SetRoundTrip(summary_.round_trip_ms);
  out_.goodput().Remembered(options_.bytes_per_second);
  // The peer read its clock half a round trip before this.
  summary_.clock_ahead_ms =
      ClockAhead(reply.clock_ms(), wall_clock_ + hello_took_ - summary_.round_trip_ms / 2);
  summary_.peer_store = reply.store();
  if (reply.protocol() < kProtocolMin || reply.protocol() > kProtocolMax) {
    return Done(base::Error(
        absl::StatusCode::kFailedPrecondition, "VERSION_UNSUPPORTED",
        absl::StrCat("the peer answers in sync protocol ", reply.protocol(), ", this node speaks ",
                     kProtocolMin, " to ", kProtocolMax, "; update the older one")));
  }
  if (Yields(reply)) {
    summary_.yielded = true;
    Finish(absl::OkStatus());
    return out_.Take();
  }
  summary_.mode = Mode::kEqual;
  absl::Status opened = OpenSessions(reply);
  return Done(opened.ok() ? Advance() : opened);
}

bool Dialer::Yields(const v1::HelloReply& reply) {
  bool differ = false;
  for (const v1::InstrumentReply& answer : reply.instruments()) differ = differ || !answer.equal();
  return reply.yield() || (differ && options_.may_lead && !options_.may_lead());
}

absl::Status Dialer::OpenSessions(const v1::HelloReply& reply) {
  std::set<uint32_t> seen;
  for (const v1::InstrumentReply& answer : reply.instruments()) {
    if (answer.index() >= instruments_.size() || !seen.insert(answer.index()).second) {
      return MalformedMessage("a Hello answer about an instrument that was not named");
    }
    const v1::InstrumentHello& asked = hello_.instruments(static_cast<int>(answer.index()));
    if (!answer.register_state().empty()) {
      summary_.register_news.insert(instruments_[answer.index()]);
    }
    // Where the peer says equal, it holds what this node held when it asked.
    auto authority = base::Digest::FromBytes(answer.equal() ? asked.authority_digest()
                                                            : answer.authority_digest());
    auto frontier = base::Digest::FromBytes(answer.equal() ? asked.frontier_digest()
                                                           : answer.frontier_digest());
    if (!authority) return MalformedMessage("a Hello answer without its digests");
    Session::Start start;
    start.index = sessions_.size();
    start.peer = options_.peer;
    start.instrument = instruments_[answer.index()];
    start.peer_authority = *authority;
    start.authority_only = answer.authority_only();
    if (frontier) start.peer_frontier = *frontier;
    start.live = options_.live;
    start.plan = options_.plan;
    start.max_bytes = options_.max_bytes;
    start.peer_arrivals = answer.arrivals();
    start.own_arrivals = own_arrivals_;
    start.equal = answer.equal();
    start.peer_feeds = answer.feeds();
    start.nonce = options_.nonce;
    start.sketch_cap_least = options_.sketch_cap_least;
    if (answer.has_delta()) {
      std::vector<PublicKey> order;
      if (host_->AuthorityDigest(start.instrument).str() == asked.authority_digest())
        order = host_->KeyOrder(start.instrument);
      auto delta = UnpackDelta(answer.delta(), order);
      // Our authority moved on meanwhile, or the answer is nonsense: heads say it another way.
      if (delta.ok()) start.delta = *std::move(delta);
    }
    sessions_.push_back(std::make_unique<Session>(host_, &out_, start));
  }
  summary_.instruments = static_cast<uint32_t>(sessions_.size());
  return absl::OkStatus();
}

// Begins the next instrument when the one before is through the stage.
absl::Status Dialer::Advance() {
  if (summary_.mode == Mode::kNone) return absl::OkStatus();  // no answer yet
  do {
    for (; turn_ < sessions_.size(); ++turn_) {
      if (turn_ > 0 && !sessions_[turn_ - 1]->Through(stage_)) return absl::OkStatus();
      RETURN_IF_ERROR(sessions_[turn_]->Begin(stage_));
    }
    if (turn_ > 0 && !sessions_[turn_ - 1]->Through(stage_)) return absl::OkStatus();
  } while (NextStage());
  return absl::OkStatus();
}

bool Dialer::NextStage() {
  if (stage_ == Stage::kRest) return false;
  const auto differ = std::count_if(sessions_.begin(), sessions_.end(),
                                    [](const auto& session) { return session->Differs(); });
  // Within one instrument the order is kept by who sends, without a question for each class.
  const bool one = options_.plan || differ < 2;
  stage_ = one ? Stage::kRest : static_cast<Stage>(static_cast<uint8_t>(stage_) + 1);
  turn_ = 0;
  return true;
}

std::vector<InstrumentId> Dialer::InStep() const {
  std::vector<InstrumentId> out;
  for (const auto& session : sessions_) {
    if (session->in_step()) out.push_back(session->instrument());
  }
  return out;
}

void Dialer::Finish(const absl::Status& status) {
  if (finished_) return;
  finished_ = true;
  summary_.status = status;
  summary_.bytes_per_second = out_.goodput().bytes_per_second();
  if (!out_.calls().empty()) out_.Add(CancelAll{status});
  out_.calls().clear();
  for (const auto& session : sessions_) session->TellAcknowledged();
  out_.Add(Finished{summary_});
}

// After every step: ends the contact on a failure, tells when everything is exchanged.
std::vector<Action> Dialer::Done(const absl::Status& status) {
  absl::Status step = status;
  if (step.ok() && !finished_) step = Advance();
  if (!step.ok()) {
    Finish(step);
    return out_.Take();
  }
  bool said_hello = summary_.mode != Mode::kNone;
  bool all = said_hello;
  bool ended = all;
  for (const auto& session : sessions_) {
    all = all && session->caught_up();
    ended = ended && session->ended();
  }
  if (all && !caught_up_) {
    caught_up_ = true;
    summary_.bytes_per_second = out_.goodput().bytes_per_second();
    out_.Add(CaughtUp{summary_});
  }
  if (ended) Finish(absl::OkStatus());
  return out_.Take();
}

std::vector<Action> Dialer::OnAuthorityChunk(CallId call, const v1::AuthorityChunk& chunk,
                                             Millis now) {
  const size_t bytes = chunk.ByteSizeLong();
  OpenCall* open = Told(call, now, bytes, bytes == 0);
  if (open == nullptr || open->kind != CallKind::kAuthority) return {};
  return Done(SessionOf(*open).OnAuthorityChunk(call, chunk));
}

std::vector<Action> Dialer::OnAuthorityEnd(CallId call, Millis now) {
  OpenCall* open = Heard(call, now, 0);
  if (open == nullptr || open->kind != CallKind::kAuthority) return {};
  return Ended(call, *open, absl::OkStatus());
}

std::vector<Action> Dialer::OnHeadsChunk(CallId call, const v1::HeadsChunk& chunk, Millis now) {
  // Every tip and every symbol counts against a bound of its own.
  const bool empty = chunk.tips().empty() && chunk.symbols().empty();
  OpenCall* open = Told(call, now, chunk.ByteSizeLong(), empty);
  if (open == nullptr || open->kind != CallKind::kHeads) return {};
  if (!empty) Progress(now);
  return Done(SessionOf(*open).OnHeadsChunk(call, chunk));
}

std::vector<Action> Dialer::OnHeadsEnd(CallId call, Millis now) {
  OpenCall* open = Heard(call, now, 0);
  if (open == nullptr || open->kind != CallKind::kHeads) return {};
  Session& session = SessionOf(*open);
  out_.End(call);
  return Done(session.OnHeadsEnd());
}

std::vector<Action> Dialer::OnFrame(CallId call, v1::Frame frame, Millis now) {
  size_t bytes = frame.ByteSizeLong();
  OpenCall* open = Told(call, now, bytes, IsSignOfLife(frame));
  if (open == nullptr) return {};
  if (open->kind != CallKind::kPull && open->kind != CallKind::kLivePull) return {};
  open->bytes += bytes;
  return Done(SessionOf(*open).OnFrame(call, std::move(frame)));
}

std::vector<Action> Dialer::OnPullEnd(CallId call, Millis now) {
  OpenCall* open = Heard(call, now, 0);
  if (open == nullptr) return {};
  if (open->kind != CallKind::kPull && open->kind != CallKind::kLivePull) return {};
  if (open->kind == CallKind::kPull) out_.goodput().Measured(open->bytes, now - open->since);
  return Ended(call, *open, absl::OkStatus());
}

std::vector<Action> Dialer::OnPushReply(CallId call, const v1::PushReply& reply, Millis now) {
  OpenCall* open = Heard(call, now, reply.ByteSizeLong());
  if (open == nullptr || open->kind != CallKind::kPush) return {};
  // Up to four pushes share the link while this one is under way.
  size_t shared = open->bytes;
  for (const auto& [other, state] : out_.calls()) {
    if (other != call && state.kind == CallKind::kPush) shared += state.bytes;
  }
  out_.goodput().Measured(shared, now - open->since);
  Session& session = SessionOf(*open);
  out_.End(call);
  return Done(session.OnPushReply(call, reply));
}

std::vector<Action> Dialer::OnAgreeReply(CallId call, const v1::AgreeReply& reply, Millis now) {
  OpenCall* open = Heard(call, now, reply.ByteSizeLong());
  if (open == nullptr || open->kind != CallKind::kAgree) return {};
  Session& session = SessionOf(*open);
  out_.End(call);
  return Done(session.OnAgreeReply(reply));
}

std::vector<Action> Dialer::OnIngested(CallId call, const IngestResult& result, Millis now) {
  // Our own disk's doing, but the peer is not silent while we are busy.
  OpenCall* open = Told(call, now, 0, false);
  if (open == nullptr) return {};
  if (result.entries_new + result.notes_new > 0) Progress(now);
  absl::Status step = SessionOf(*open).OnIngested(call, result);
  open = out_.Find(call);
  if (step.ok() && open != nullptr && open->end && open->storing == 0) step = End(call, *open);
  return Done(step);
}

// What came before the end is stored before the end is told.
std::vector<Action> Dialer::Ended(CallId call, OpenCall& open, const absl::Status& status) {
  open.end = status;
  open.reading = false;
  return Done(open.storing == 0 ? End(call, open) : absl::OkStatus());
}

absl::Status Dialer::End(CallId call, const OpenCall& open) {
  const OpenCall ended = open;
  out_.End(call);
  if (ended.end->ok()) {
    Session& session = SessionOf(ended);
    return ended.kind == CallKind::kAuthority ? session.OnAuthorityEnd() : session.OnPullEnd();
  }
  if (ended.kind == CallKind::kHello || !EndsOnlyTheInstrument(*ended.end)) return *ended.end;
  SessionOf(ended).Fail(*ended.end);
  return absl::OkStatus();
}

std::vector<Action> Dialer::OnFailed(CallId call, const absl::Status& status, Millis now) {
  OpenCall* open = Heard(call, now, 0);
  if (open == nullptr) return {};
  return Ended(call, *open,
               status.ok() ? absl::UnavailableError("the call ended without an answer") : status);
}

std::vector<Action> Dialer::OnLocalArrival(Millis now) {
  if (finished_) return {};
  out_.SetNow(now);
  for (const auto& session : sessions_) {
    absl::Status status = session->OnLocalArrival();
    if (!status.ok()) return Done(status);
  }
  return Done(absl::OkStatus());
}

std::vector<Action> Dialer::OnTick(Millis now) {
  if (finished_) return {};
  out_.SetNow(now);
  bool waiting = false;
  for (const auto& [call, open] : out_.calls()) waiting = waiting || open.WaitsForPeer();
  if (!waiting) heard_at_ = now;
  if (OnlyKeptBusy(now, waiting)) return out_.Take();
  Millis limit = std::max(kSilenceMax, kSilentHellos * hello_took_);
  if (now - heard_at_ < limit) {
    for (const auto& session : sessions_) session->OnTick();
    return out_.Take();
  }
  // The next contact begins with frames that such a line can carry.
  if (summary_.mode != Mode::kNone) out_.goodput().Silent(now - heard_at_);
  Finish(base::Error(absl::StatusCode::kUnavailable, "PEER_UNREACHABLE",
                     absl::StrCat("no frame and no answer from the peer for ",
                                  (now - heard_at_) / 1000, " s; dialling again later")));
  return out_.Take();
}

// Ends the contact of a peer that sends, and nothing of it is new.
bool Dialer::OnlyKeptBusy(Millis now, bool waiting) {
  const bool long_ago = waiting && now - progress_at_ >= kNothingNewMax;
  if (caught_up_ || (!long_ago && bytes_since_new_ < kNothingNewBytesMax)) return false;
  Finish(base::Error(
      absl::StatusCode::kUnavailable, "PEER_UNREACHABLE",
      absl::StrCat("the peer keeps the line busy, and for ", (now - progress_at_) / 1000,
                   " s nothing new came; dialling again later")));
  return true;
}

std::vector<Action> Dialer::OnTimeLimit(Millis now) {
  if (finished_) return {};
  out_.SetNow(now);
  summary_.cut_short = summary_.mode != Mode::kNone && !caught_up_;
  Finish(summary_.mode == Mode::kNone
             ? base::Error(absl::StatusCode::kUnavailable, "PEER_UNREACHABLE",
                           "the time was over before the peer answered; run it again")
             : absl::OkStatus());
  return out_.Take();
}

std::vector<Action> Dialer::Stop(const absl::Status& reason, Millis now) {
  out_.SetNow(now);
  Finish(reason);
  return out_.Take();
}

}  // namespace entente::sync
