// One instrument within a contact, on the dialling side:
//   authority (when the digests differ) -> heads -> pull and push -> settled -> agreed -> live
//   (where wanted).
//
// A contact takes all its instruments through one Stage before it begins the next, so that the
// classes of order.h hold across them: each does what the stage lets it do, and waits.
//
// Heads are compared by a sketch where that is cheaper than telling every tip, and left out where
// the answer to Hello told what changed since a bookmark. Should the two not agree afterwards, the
// bookmark is not trusted and heads are compared after all, once.
//
// Invariants
//  1. Entries are asked for and sent only after the authority exchange of this contact is complete
//     and durable.
//  2. A frame is read only after the one before is durable here.
//  3. At most kPushesInFlight pushes are unanswered, and no further one starts over
//     kPushedEntriesInFlight entries: calls may overtake each other, and what comes early must fit
//     the peer's buffer for what stands aside. Notes travel alone and before entries.
//  4. Access is asked again before every frame that goes out.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "node/sync/contact/authority_news.h"
#include "node/sync/contact/outbox.h"
#include "node/sync/frame/frame_source.h"
#include "node/sync/frontier/heads.h"
#include "node/sync/frontier/plan.h"
#include "node/sync/frontier/sketch_tips.h"

namespace entente::sync {

// Notes and suspends; then what has a deadline; then what is not large; then all the rest, up to
// the end. Within a stage the earliest deadline goes first in each instrument, not across them.
enum class Stage : uint8_t { kAuthority, kDeadline, kEntries, kRest };

inline constexpr size_t kPushesInFlight = 4;
// A live contact renews its bookmark at most this often, or when this long nothing more came over
// it: the peer learns by that what is on our disk.
inline constexpr Millis kAgreeEvery = 30'000;
inline constexpr Millis kAgreeAfterNews = 2'000;
inline constexpr uint64_t kPushedEntriesInFlight = 900;
inline constexpr size_t kAcknowledgedMax = 1024;
static_assert(kPushedEntriesInFlight + kFrameEntriesSent <= ledger::kAsideEntriesPerPeerMax);

class Session {
 public:
  struct Start {
    size_t index = 0;  // of this session in the contact
    Spki peer;
    InstrumentId instrument;
    base::Digest peer_authority, peer_frontier;
    bool authority_only = false;
    bool live = false;
    bool plan = false;           // as in DialerOptions
    uint64_t max_bytes = 0;      // likewise
    uint64_t peer_arrivals = 0;  // the peer's newest arrival at Hello
    uint64_t own_arrivals = 0;   // ours when Hello was asked
    uint64_t peer_feeds = 0;
    std::string nonce;  // of Hello
    uint32_t sketch_cap_least = 0;
    bool equal = false;                         // the answer to Hello: nothing to do
    std::optional<std::vector<PeerTip>> delta;  // the peer's tips of every feed that differs
  };
  Session(Host* host, Outbox* out, const Start& start);

  // A failure returned is this node's own and ends the contact; the peer's faults end the session
  // (failed()).
  absl::Status Begin(Stage stage);
  // It has done all that the stage asks for, or all there is.
  bool Through(Stage stage) const {
    return stage_ >= stage && (state_ == State::kWaits || caught_up());
  }
  // Entries are to be compared and moved.
  bool Differs() const;
  absl::Status OnAuthorityChunk(CallId call, const v1::AuthorityChunk& chunk);
  absl::Status OnAuthorityEnd();
  absl::Status OnHeadsChunk(CallId call, const v1::HeadsChunk& chunk);
  absl::Status OnHeadsEnd();
  absl::Status OnFrame(CallId call, v1::Frame frame);
  absl::Status OnIngested(CallId call, const IngestResult& result);
  absl::Status OnPullEnd();
  absl::Status OnPushReply(CallId call, const v1::PushReply& reply);
  absl::Status OnAgreeReply(const v1::AgreeReply& reply);
  // While live: keeps the bookmark fresh.
  void OnTick();
  // Something of this node's own is new: push it, in live mode.
  absl::Status OnLocalArrival();
  // The peer refused or is at fault: cancels what is under way.
  void Fail(const absl::Status& why);

  bool caught_up() const { return state_ == State::kLive || ended(); }
  bool ended() const { return state_ == State::kDone || state_ == State::kFailed; }
  bool failed() const { return state_ == State::kFailed; }
  // Everything both sides had was exchanged; nothing told could not be had.
  bool in_step() const { return in_step_ && !failed(); }
  const InstrumentId& instrument() const { return start_.instrument; }
  // The contact is over. Where it came to no agreement, what the peer acknowledged is kept.
  void TellAcknowledged();

 private:
  enum class State : uint8_t {
    kAuthority,
    kNotes,
    kWaits,  // for the next stage
    kHeads,
    kExchange,
    kAgree,
    kLive,
    kDone,
    kFailed
  };

  struct Pushed {  // by one frame
    uint64_t entries = 0;
    std::vector<Piece> pieces;
  };

  // session.cc
  void NoteMode(Mode mode);
  absl::Status AskAuthority();
  absl::Status AskHeads(bool whole);
  absl::Status AfterAuthority();
  absl::Status Compare();
  IdsAtFn IdsAt() const;
  void Refused(const std::string& why);
  // session_sketch.cc
  struct Sketch {
    std::shared_ptr<const Frontier> own;
    std::string key, digest;  // of the peer's frontier, in all stretches the same
    std::optional<SketchDecoder> decoder;
    uint32_t cap = 0, asked = 0;  // symbols
  };
  absl::Status CompareHeads();
  std::unique_ptr<Sketch> MakeSketch();
  void AskSketch(uint32_t to);
  absl::Status OnSymbols(CallId call, const v1::HeadsChunk& chunk);
  absl::Status OnSketchEnd();
  absl::Status UseSketch();
  void Hang(CallId call);
  // session_exchange.cc
  absl::Status Exchange(bool only_theirs);
  absl::Status LookAgain();
  absl::Status Settle();
  // session_stage.cc
  WireClass LastClass() const;
  bool LeavesSome() const { return stage_ < Stage::kRest; }
  bool HasWork() const;  // for this stage
  bool MustWait() const;
  absl::Status GoOn();
  // session_agree.cc
  bool AskAgreement();
  absl::Status Agree();
  absl::Status AfterAgreement();
  absl::Status QueueLacks(std::vector<Path> paths);
  void QueueWants(std::vector<v1::Want> wants);
  std::optional<Run> NextRun();
  // session_plan.cc
  absl::Status PlanOnly();
  void TakePlan(const v1::Frame& frame);
  bool Limited() const { return start_.max_bytes > 0; }
  uint64_t Room() const;
  absl::Status NextStep();
  absl::Status MeasureLeft();
  void PullNext();
  absl::Status PushPaths();
  absl::Status MaybeDone();
  bool Push(v1::Frame frame, std::vector<Piece> pieces = {});
  bool MayPush() const;
  void Acknowledged(const Pushed& pushed, const v1::PushReply& reply);
  absl::Status PushNotes();
  // session_live.cc
  void GoLive();
  absl::Status PushNews();

  Host* host_;
  Outbox* out_;
  Start start_;
  State state_ = State::kAuthority;
  Stage stage_ = Stage::kAuthority;

  std::vector<NoteId> peer_leaves_, peer_suspends_;
  std::deque<std::vector<std::string>> notes_;  // groups still to push
  bool notes_in_flight_ = false;
  std::optional<AuthorityNews> news_;

  bool by_delta_ = false;           // what differs was told by Hello's answer
  std::unique_ptr<Sketch> sketch_;  // while one is read
  int sketches_ = 0;                // begun in this contact
  bool whole_heads_ = false;
  std::vector<PublicKey> key_order_;
  std::vector<PeerTip> tips_;
  std::string told_digest_;  // frontier digest of the heads the peer told

  std::deque<v1::Want> wants_;
  std::vector<v1::Want> asked_;  // of the Pull under way
  bool pulling_ = false;
  bool settled_ = false;
  bool unresolved_ = false;  // a tip told could not be had
  uint64_t owed_ = 0;
  // Of a stage that leaves some: the lowest class the peer still owes; none when nothing was told.
  std::optional<WireClass> owed_later_;
  uint64_t new_in_pull_ = 0;
  std::set<FeedRef> unlinked_;  // feeds the peer could not link; a locator is due
  std::set<FeedRef> located_;   // a locator was given
  bool locator_due_ = false;    // one was added that the peer has not been asked with
  std::vector<PeerTip> unsettled_;

  std::deque<Run> lacks_;             // still to push, in the order they go
  std::optional<PathFrames> frames_;  // there since heads were compared
  // With a limit of bytes one direction goes at a time: our urgent entries, then theirs in their
  // order, then the rest of ours, then the rest of theirs.
  enum class Step : uint8_t { kUrgent, kPull, kRest, kDone };
  Step step_ = Step::kUrgent;
  bool no_room_ = false;  // for the next frame of ours
  std::optional<ArrivalFrames> arrivals_;
  std::map<CallId, Pushed> pushes_;          // unanswered
  std::map<EntryId, FeedTip> acknowledged_;  // by the entry; at most kAcknowledgedMax

  bool in_step_ = false;
  Millis news_at_ = 0;     // entries came over the live Pull since the last Agree; 0: none
  bool agreeing_ = false;  // an Agree is unanswered
  Bookmark proposed_;      // by the last Agree
  bool agreed_ = false;    // to it
  Millis agree_asked_ = 0;
};

}  // namespace entente::sync
