// One contact between two fake hosts: carries out the Dialer's actions on the other host, one per
// step, in order, on a clock of its own. A test can stop after any number of steps: that is a cut
// link.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "node/sync/contact/crossing.h"
#include "node/sync/contact/dialer.h"
#include "node/sync/contact/pull_cursor.h"
#include "tests/unit/sync/fake_host.h"

namespace entente::sync::testing {

class Loopback {
 public:
  Loopback(FakeHost* dialling, FakeHost* answering, bool live = false, Millis step = 1,
           uint32_t sketch_cap_least = 0);
  // The peer is filled in, and a nonce where there is none.
  Loopback(FakeHost* dialling, FakeHost* answering, DialerOptions options);

  // What each end knows of who leads; the dialling one has asked. Before the first step.
  void ObserveCrossing(Crossing* dialling, Crossing* answering);

  // One action carried out and answered. False: nothing is left to do (finished, or live and idle).
  bool Step();
  // Until nothing is left to do.
  void Run();
  // Something new at either end of a live contact.
  void Arrived();
  void Tick(Millis later);
  void TimeIsOver();

  Dialer& dialer() { return dialer_; }
  Millis now() const { return now_; }
  // Every action so far, by name; and the frames that were read, with how many entries.
  const std::vector<std::string>& log() const { return log_; }
  size_t largest_frame_entries() const { return largest_frame_entries_; }
  int most_pushes_in_flight() const { return most_pushes_; }
  bool mute = false;  // the answering side says nothing more

 private:
  void Queue(std::vector<Action> actions);
  std::vector<Action> Do(const CallHello& action);
  std::vector<Action> Do(const CallAuthority& action);
  std::vector<Action> Do(const CallHeads& action);
  std::vector<Action> Do(const CallPull& action);
  std::vector<Action> Do(const CallPush& action);
  std::vector<Action> Do(const CallAgree& action);
  std::vector<Action> Do(const Ingest& action);
  std::vector<Action> Do(const ReadNext& action);
  std::vector<Action> Do(const Cancel& action);
  std::vector<Action> Do(const CancelAll& action);
  std::vector<Action> Do(const CaughtUp& action);
  std::vector<Action> Do(const Finished& action);
  std::vector<Action> ReadPull(CallId call);
  DialerOptions WithLead(DialerOptions options);

  FakeHost* dialling_;
  FakeHost* answering_;
  Crossing* own_crossing_ = nullptr;
  Crossing* peer_crossing_ = nullptr;
  Dialer dialer_;
  Millis step_;
  Millis now_ = 1'000;
  bool started_ = false;
  std::deque<Action> todo_;
  std::optional<std::pair<CallId, v1::HelloReply>> hello_;  // an answer on its way
  std::map<CallId, std::deque<v1::AuthorityChunk>> authority_;
  std::map<CallId, std::deque<v1::HeadsChunk>> heads_;
  std::map<CallId, std::unique_ptr<PullCursor>> pulls_;
  std::vector<CallId> idle_;  // live pulls whose next frame is awaited
  std::vector<std::string> log_;
  size_t largest_frame_entries_ = 0;
  int most_pushes_ = 0;
};

}  // namespace entente::sync::testing
