// What the dialling side of a contact asks its driver to do, as values: the same machine runs over
// gRPC and in the simulator.
//
// Contract of the driver
//  1. Actions are carried out in the order given; each answer is brought back by the Dialer's
//     function of that name, with the call it belongs to. Answers of calls that were cancelled or
//     have ended may be brought; they are ignored.
//  2. A streaming call (Authority, Heads, Pull) implies the read of its first message. The next
//     message is read only after ReadNext: that is the back-pressure.
//  3. Ingest is answered with OnIngested after the frame is durable, in the order given. Several
//     may be asked for before the first is answered (kStoringMax, outbox.h).
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "entente/v1/sync.pb.h"
#include "node/sync/contact/goodput.h"
#include "node/sync/frame/wire_class.h"
#include "node/sync/frontier/frontier.h"
#include "node/sync/frontier/moved.h"

namespace entente::sync {

using CallId = uint32_t;

enum class Mode : uint8_t {
  kNone,    // ended before anything was compared
  kEqual,   // both held the same: one round trip
  kDelta,   // what changed since the bookmark was told
  kSketch,  // a sketch of the heads was told
  kArray,   // the heads were told
};

struct Summary : Moved {
  absl::Status status;  // of the contact as a whole
  bool yielded =
      false;  // to a contact of the peer's own, or to the live one: nothing was exchanged
  Mode mode = Mode::kNone;
  uint32_t instruments = 0;         // compared
  uint32_t instruments_failed = 0;  // the peer refused or sent nonsense; the others went on
  absl::Status instrument_error;    // the first of those
  uint64_t entries_new_there = 0, entries_new_here = 0;
  uint64_t entries_aside_there = 0, entries_aside_here = 0;
  uint64_t notes_new_there = 0, notes_new_here = 0;
  std::set<base::InstrumentId> register_news;  // one side knows more of their registers
  uint64_t feeds_unresolved = 0;               // a tip was told that could not be had
  uint32_t round_trips =
      0;  // calls begun while nothing else was under way; parallel pushes count once
  int64_t clock_ahead_ms =
      0;  // the peer's wall clock minus ours, half the round trip taken off; a warning's input
  // Known so far, of the instruments looked at; with a plan, all there is.
  uint64_t entries_to_send = 0, entries_to_receive = 0;
  // The limit of bytes or of time ended it: what is left of those.
  bool cut_short = false;
  // Measured of entries that a limit of bytes kept from going over; none: nothing was.
  ClassSize left_to_send;
  // Of a plan: what would go over.
  Sizes would_send, would_receive;
  Millis round_trip_ms = 0;
  double bytes_per_second = 0;  // measured; 0: too little went over
  std::string peer_store;
  std::vector<std::string> refused;  // by either side, at most 8
};

struct CallHello {
  CallId call;
  v1::HelloRequest request;
};
struct CallAuthority {
  CallId call;
  v1::AuthorityRequest request;
};
struct CallHeads {
  CallId call;
  v1::HeadsRequest request;
};
// request.live(): held open, with the deadline of the connection instead of a call's.
struct CallPull {
  CallId call;
  v1::PullRequest request;
};
struct CallPush {
  CallId call;
  v1::PushRequest request;
};
struct CallAgree {
  CallId call;
  v1::AgreeRequest request;
};
struct Ingest {
  CallId call;
  v1::Frame frame;
};
struct ReadNext {
  CallId call;
};
struct Cancel {
  CallId call;
};
struct CancelAll {
  absl::Status reason;
};
// Everything both sides had at Hello is exchanged. In live mode the contact goes on; else Finished
// follows.
struct CaughtUp {
  Summary summary;
};
// The last action ever. Nothing is under way any more.
struct Finished {
  Summary summary;
};

using Action = std::variant<CallHello, CallAuthority, CallHeads, CallPull, CallPush, CallAgree,
                            Ingest, ReadNext, Cancel, CancelAll, CaughtUp, Finished>;

}  // namespace entente::sync
