// The dialling side of one contact with one peer: a state machine without clock, network or disk.
// What happens comes in through the functions below, what is to be done goes out as Actions
// (actions.h has the driver's contract).
//
//   Hello -> for each common instrument: Authority -> Heads -> Pull and Push -> Agree -> (live)
//
// One instrument at a time, and stage by stage (session.h): the revocations of all of them come
// before the first entry of any, and what has a deadline before what has none.
//
// Where both kept a bookmark, Hello and its answer tell what changed since and Heads is left out.
// Equal digests: one round trip and nothing else. Where a contact of the peer's own leads, this one
// yields: it ends, and nothing but Hello went over. There is no session state to lose: after a cut
// a new contact starts from the frontier; at most one frame is sent twice.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "node/sync/contact/outbox.h"
#include "node/sync/contact/session.h"
#include "node/sync/frontier/host.h"

namespace entente::sync {

// What a peer may send before this node is caught up without that anything of it is new here, in
// time and in bytes. An honest one comes near only where another peer brings the same entries a
// little earlier; the next contact asks for what is missing then, so ending this one costs little.
inline constexpr Millis kNothingNewMax = 5 * 60'000;
inline constexpr uint64_t kNothingNewBytesMax = 256 << 20;

struct DialerOptions {
  Spki peer;
  bool live = false;  // stay connected when caught up
  std::string nonce;  // 16 random bytes, new for each contact
  // Tests compare small sets by sketch, too: a cap of at least so many symbols.
  uint32_t sketch_cap_least = 0;
  double bytes_per_second = 0;  // Summary's figure of the last contact with this peer; 0: unknown
  // What Hello has to wait for before it is sent, in round trips; 0: the line is open.
  int connecting_round_trips = 0;
  // Asked once, when Hello found a difference: may this contact move data (crossing.h)? None: yes.
  std::function<bool()> may_lead;
  bool insist = false;  // as HelloRequest.insist
  // Only what would move is found out (Summary.would_send, would_receive); nothing is stored or
  // sent.
  bool plan = false;
  // Application bytes of the whole contact, both ways; 0: no limit. Kept to but for authority
  // notes, which always go whole.
  uint64_t max_bytes = 0;
};

class Dialer {
 public:
  // `host` must outlive the Dialer. `now` everywhere: a steady clock in milliseconds.
  Dialer(Host* host, DialerOptions options);

  // `wall_clock`: Unix milliseconds, for the skew warning only. Called once, first.
  std::vector<Action> Start(Millis now, Millis wall_clock);

  std::vector<Action> OnHelloReply(CallId call, const v1::HelloReply& reply, Millis now);
  std::vector<Action> OnAuthorityChunk(CallId call, const v1::AuthorityChunk& chunk, Millis now);
  std::vector<Action> OnAuthorityEnd(CallId call, Millis now);
  std::vector<Action> OnHeadsChunk(CallId call, const v1::HeadsChunk& chunk, Millis now);
  std::vector<Action> OnHeadsEnd(CallId call, Millis now);
  std::vector<Action> OnFrame(CallId call, v1::Frame frame, Millis now);
  std::vector<Action> OnPullEnd(CallId call, Millis now);
  std::vector<Action> OnPushReply(CallId call, const v1::PushReply& reply, Millis now);
  std::vector<Action> OnAgreeReply(CallId call, const v1::AgreeReply& reply, Millis now);
  std::vector<Action> OnIngested(CallId call, const IngestResult& result, Millis now);
  // The call ended with an error. NOT_FOUND, PERMISSION_DENIED and INVALID_ARGUMENT end the
  // instrument; anything else ends the contact.
  std::vector<Action> OnFailed(CallId call, const absl::Status& status, Millis now);
  // Entries or notes became visible here, by whatever way.
  std::vector<Action> OnLocalArrival(Millis now);
  // At least once a second, however much comes: notices a dead link and a peer that only keeps the
  // line busy. No frame and no answer for 24 s, or for 8 times what Hello took where that is
  // longer; or, until caught up, nothing new for kNothingNewMax or kNothingNewBytesMax.
  std::vector<Action> OnTick(Millis now);
  // The time a person gave is over: a good end, with what is left.
  std::vector<Action> OnTimeLimit(Millis now);
  // The driver wants it over (paused, shutting down).
  std::vector<Action> Stop(const absl::Status& reason, Millis now);

  bool finished() const { return finished_; }
  bool caught_up() const { return caught_up_; }
  const Summary& summary() const { return summary_; }
  // Instruments of which everything both sides had is exchanged.
  std::vector<InstrumentId> InStep() const;

 private:
  // The open call, when the contact goes on; notes that the peer was heard.
  OpenCall* Heard(CallId call, Millis now, size_t bytes);
  // The same for a message of a stream that may be empty.
  OpenCall* Told(CallId call, Millis now, size_t bytes, bool empty);
  void Progress(Millis now);
  bool OnlyKeptBusy(Millis now, bool waiting);
  Session& SessionOf(const OpenCall& call) { return *sessions_[call.session]; }
  std::vector<Action> Done(const absl::Status& status);
  std::vector<Action> Ended(CallId call, OpenCall& open, const absl::Status& status);
  absl::Status End(CallId call, const OpenCall& open);
  absl::Status Advance();
  bool NextStage();
  void TellChanges(const InstrumentId& instrument, v1::InstrumentHello& hello, size_t& room);
  absl::Status OpenSessions(const v1::HelloReply& reply);
  bool Yields(const v1::HelloReply& reply);
  void Finish(const absl::Status& status);

  Host* host_;
  DialerOptions options_;
  Summary summary_;
  Outbox out_;
  v1::HelloRequest hello_;
  Millis wall_clock_ = 0, hello_at_ = 0, hello_took_ = 0;
  std::vector<InstrumentId> instruments_;  // in the order of hello_.instruments
  uint64_t own_arrivals_ = 0;
  std::vector<std::unique_ptr<Session>> sessions_;
  Stage stage_ = Stage::kAuthority;
  size_t turn_ = 0;  // sessions that have begun the stage
  Millis heard_at_ = 0;
  Millis progress_at_ = 0;        // something new came, or a call was answered
  uint64_t bytes_since_new_ = 0;  // and what came since, each message with some for itself
  bool caught_up_ = false;
  bool finished_ = false;
};

}  // namespace entente::sync
