// The other nodes: who they are (the credentials of every admitted delegation say), one thread each
// that keeps the dialling side of a contact alive, and what is remembered of each on disk.
//
// One live contact between two nodes is enough: whoever is dialled by the other does not dial. Of
// two contacts that cross, one moves data (node/sync/contact/crossing.h); of two that are live, the
// node with the smaller key keeps its own.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "entente/v1/local.pb.h"
#include "node/base/mutex.h"
#include "node/query/desk/lag.h"
#include "node/rpc/node_core.h"
#include "node/rpc/peer/contact.h"
#include "node/rpc/peer/contents.h"
#include "node/sync/contact/backoff.h"
#include "node/sync/contact/crossing.h"

namespace entente::rpc {

class Peers {
 public:
  using MakeCompanion = decltype(Contact::Options::companion);
  // All outlive this; `companion` may be empty.
  Peers(NodeCore* core, const Identity* identity, MakeCompanion companion = nullptr);
  // Stops first.
  ~Peers();
  // For passes within limits; before Start, and outlives every pass. Without it they move entries.
  void SetContents(Contents* contents) { contents_ = contents; }

  absl::Status Start();  // reads what is remembered, begins to dial
  void Stop();

  // Is this peer told to stay away? Asked by the sync service for every call.
  bool Paused(const base::Spki& peer);
  // The sync service tells of contacts the peer began: they reset the back-off and count as a sign
  // of life.
  void InboundLive(const base::Spki& peer, int by);  // +1 a live Pull opened, -1 it ended
  // `clock_ms` as its Hello tells it.
  void InboundContact(const base::Spki& peer, uint64_t clock_ms);
  // This machine's network is another one: what failed before is tried again soon.
  void NetworkChanged();
  // Its Hello found both equal.
  void InboundEqual(const base::Spki& peer);
  // Its contact is through with an instrument: both hold the same of it.
  void InboundAgreed(const base::Spki& peer);
  // What went over by a call the peer made, or by our own live contact.
  void AddMoved(const base::Spki& peer, const sync::Moved& moved, sync::Mode mode);
  // The peer's Hello found a difference: may its contact move data? False: answer yield.
  bool Grant(const base::Spki& peer, bool insist);

  // One pass now with every peer (or those of one delegation); a row per peer as it ends.
  absl::Status SyncNow(const v1::SyncRequest& request,
                       const std::function<bool(const v1::SyncProgress&)>& write);
  absl::Status Update(const v1::UpdatePeerRequest& request, v1::UpdatePeerResponse& response);
  absl::StatusOr<v1::Table> List();
  void FillStatus(const query::Lags& lags, v1::NodeStatus& status);

  // Peers whose entries arrive as they are written: what is here of theirs is as fresh as can be.
  std::set<base::Spki> Live();
  // Peers this node keeps a live contact with and has caught up with, and their addresses: whoever
  // keeps the contact also moves attachments, both ways.
  std::map<base::Spki, std::string> Kept();
  // Is the contact still kept, and is no entry owed to the peer? Attachments wait for that.
  bool NothingOwed(const base::Spki& peer);

 private:
  struct Peer {
    explicit Peer(bool smaller) : crossing(smaller) {}

    base::Spki spki;
    std::string code;
    std::string published_address;  // in its credentials
    std::string address;            // empty: it has to dial us
    v1::PeerRecord record;
    std::shared_ptr<Contact> contact;  // while dialling or connected
    std::shared_ptr<Contact> pass;     // asked for by a person, under way
    bool connected = false;            // `contact` has everything and is held open
    sync::Crossing crossing;
    int yields = 0;  // of `contact`, one after the other
    int inbound_live = 0;
    uint64_t inbound_done = 0;  // how often a contact of the peer's came to its end
    bool wake = false;
    uint64_t retry_at = 0;  // steady clock: while the loop waits
    bool passing = false;   // a pass is under way: one at a time
    // By all but passes, since the node started; and when `contact` was begun.
    sync::Moved moved, moved_at_dial;
    sync::Mode moved_mode = sync::Mode::kNone;  // of the last that moved something
    int64_t skew_ms = 0;
    uint64_t remembered_ms = 0;                   // when `record` was last written by Remember
    std::map<base::InstrumentId, uint64_t> held;  // rows "held/" as written by this process
    sync::Backoff backoff;
    std::thread thread;
    bool has_thread = false;
  };

  void OnCommit(const store::PublishedPtr& published);
  void Refresh(const store::PublishedPtr& published) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Loop(base::Spki spki);
  static void ChooseAddress(Peer& peer);
  bool MayDial(const Peer& peer) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Peer* Add(const base::Spki& spki) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // A contact's tie to its peer: what it may do, and what it tells.
  Contact::Options OptionsFor(const Peer& peer, bool live, bool insist)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void WaitAfter(Peer& peer, const sync::Summary& summary) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // peers_after.cc
  static void NoteSpeed(Peer& peer, const sync::Summary& summary);
  // What `peer list` and the log say of a contact that did not end well.
  static void NoteFailure(Peer& peer, const sync::Summary& summary);
  void Ended(Peer& peer, const sync::Summary& summary) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void OnSynced(const base::Spki& spki, bool live, const sync::Summary& summary,
                const Contact::Options::Synced& synced);
  void Remember(const base::Spki& spki, const Contact::Options::Synced& synced);

  // peers_sync.cc
  using Write = std::function<bool(const v1::SyncProgress&)>;
  class Pass;

  Peer* Find(const base::Spki& spki) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  const char* StateOf(const Peer& peer) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::string NextTry(const Peer& peer) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  NodeCore* const core_;
  const Identity* const identity_;
  const MakeCompanion companion_;
  Contents* contents_ = nullptr;
  int subscription_ = 0;
  base::Mutex mutex_;
  base::CondVar changed_;
  std::map<base::Spki, std::unique_ptr<Peer>> peers_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const store::NodeTable> nodes_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace entente::rpc
