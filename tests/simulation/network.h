// Contacts between simulated nodes: what node/rpc does over gRPC, done over the event loop. Each
// message is an event with a delay; a lost one fails its call or is met with silence; pushes may
// come twice, also much later.
//
// The dialling side carries out a sync::Dialer's actions; the answering side calls node/sync's
// answers and cursors.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "node/sync/contact/crossing.h"
#include "node/sync/contact/dialer.h"
#include "node/sync/contact/pull_cursor.h"
#include "tests/simulation/event_loop.h"
#include "tests/simulation/prng.h"
#include "tests/simulation/sim_node.h"

namespace entente::simulation {

struct Weather {
  uint64_t loss = 0;    // per thousand messages
  uint64_t repeat = 0;  // per thousand pushes
  Millis delay_max = 50;
};

class Network {
 public:
  using Nodes = std::vector<std::unique_ptr<SimNode>>;
  // All outlive the network.
  Network(EventLoop* loop, Nodes* nodes, Prng prng, Bug bug)
      : loop_(*loop), nodes_(*nodes), prng_(prng), bug_(bug) {}

  void SetWeather(const Weather& weather) { weather_ = weather; }
  void Cut(size_t a, size_t b) { cut_.insert(Link(a, b)); }
  void Mend(size_t a, size_t b) { cut_.erase(Link(a, b)); }
  void MendAll() { cut_.clear(); }
  // This node spoils what it sends, and sends old frames again, until everybody behaves.
  void MakeMalicious(const base::Spki& node) { malicious_.insert(node); }
  void EverybodyBehaves() { malicious_.clear(); }
  bool IsMalicious(size_t node) const { return malicious_.contains(nodes_[node]->options().spki); }
  // How long a message takes, and whether it arrives at all.
  Millis Delay();
  bool Passes(size_t a, size_t b);

  // One contact at a time per direction; a second is not begun.
  void Dial(size_t from, size_t to, bool live);
  void StopAll();
  size_t open_contacts() const { return contacts_.size(); }
  uint64_t contacts_begun() const { return next_contact_ - 1; }
  uint64_t contacts_finished_well() const { return finished_well_; }

  // The node committed: live streams and contacts look for news.
  void Committed(size_t node);
  // The node went down: everything it held for others is gone.
  void Down(size_t node);

 private:
  using CallId = sync::CallId;
  using Serve = std::function<void()>;
  using Answer = std::function<std::vector<sync::Action>(sync::Dialer&, sync::Millis)>;

  struct Contact {
    size_t from = 0, to = 0;
    std::unique_ptr<sync::Host> host;
    std::unique_ptr<sync::Dialer> dialer;
    bool live = false;
    bool caught_up = false;
  };
  // The answering side of one streaming call.
  struct Stream {
    size_t node = 0;
    base::Spki caller;
    std::unique_ptr<sync::Host> host;
    std::deque<v1::AuthorityChunk> authority;
    std::deque<v1::HeadsChunk> heads;
    std::unique_ptr<sync::PullCursor> cursor;
    sync::CallId call = 0;
    enum class Kind : uint8_t { kAuthority, kHeads, kPull } kind = Kind::kAuthority;
    bool idle = false;   // a live Pull waits for news
    uint64_t waits = 0;  // how often it was idle: names the timer
  };
  using StreamName = std::pair<uint64_t, CallId>;  // contact and call

  static std::pair<size_t, size_t> Link(size_t a, size_t b) {
    return {a < b ? a : b, a < b ? b : a};
  }

  void CarryOut(uint64_t contact, std::vector<sync::Action> actions);
  void CarryOut(uint64_t contact, sync::CallHello& action);
  void CarryOut(uint64_t contact, sync::CallAuthority& action);
  void CarryOut(uint64_t contact, sync::CallHeads& action);
  void CarryOut(uint64_t contact, sync::CallPull& action);
  void CarryOut(uint64_t contact, sync::CallPush& action);
  void CarryOut(uint64_t contact, sync::CallAgree& action);
  void CarryOut(uint64_t contact, sync::Ingest& action);
  void CarryOut(uint64_t contact, sync::ReadNext& action);
  void CarryOut(uint64_t contact, sync::Cancel& action);
  void CarryOut(uint64_t, sync::CancelAll&) {}
  void CarryOut(uint64_t contact, sync::CaughtUp& action);
  void CarryOut(uint64_t contact, sync::Finished& action);

  // Who of two that dial each other leads, as `node` sees it.
  sync::Crossing& CrossingOf(size_t node, size_t peer);
  // The answer to a Hello came to `from`. Checks that never both ends lead.
  bool MayLead(size_t from, size_t to, bool insist);
  // The message of this call goes over; `serve` runs there if it arrives and the node is up.
  void ToServer(uint64_t contact, CallId call, Serve serve);
  // An answer of a call goes back.
  void ToClient(uint64_t contact, CallId call, size_t from, Answer answer);
  void Fail(uint64_t contact, CallId call, size_t from, const absl::Status& status);
  void FailLater(uint64_t contact, CallId call, Millis delay, const absl::Status& status);
  void ServePush(uint64_t contact, CallId call, size_t from, size_t to,
                 const v1::PushRequest& request);
  void YieldIfLed(size_t node, size_t peer, bool insist, v1::HelloReply& reply);
  void Open(uint64_t contact, CallId call, size_t to, std::unique_ptr<Stream> stream);
  void StepStream(const StreamName& name);
  void StepPull(const StreamName& name, Stream& stream);
  void SignOfLife(const StreamName& name, uint64_t waits);
  void Tick(uint64_t contact);
  void Ingest(size_t node, const base::Spki& peer, v1::Frame frame,
              std::function<void(const sync::IngestResult&)> done);
  void ReplayLater(size_t node, const base::Spki& peer, const v1::Frame& frame);
  void End(uint64_t contact);

  EventLoop& loop_;
  Nodes& nodes_;
  Prng prng_;
  const Bug bug_;
  Weather weather_;
  std::set<std::pair<size_t, size_t>> cut_;
  std::set<base::Spki> malicious_;
  uint64_t next_contact_ = 1;
  uint64_t finished_well_ = 0;
  std::map<uint64_t, Contact> contacts_;
  std::map<StreamName, std::unique_ptr<Stream>> streams_;
  std::map<std::pair<size_t, size_t>, sync::Crossing> crossings_;  // node and peer
};

}  // namespace entente::simulation
