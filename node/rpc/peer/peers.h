// The other nodes: who they are (the credentials of every admitted delegation say), one thread each
// that keeps the dialling side of a contact alive, and what is remembered of each on disk.
//
// One live contact between two nodes is enough: when both can dial, the node with the smaller key
// keeps it and the other one dials only while no such contact is there.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "entente/v1/local.pb.h"
#include "node/base/mutex.h"
#include "node/rpc/node_core.h"
#include "node/rpc/peer/contact.h"
#include "node/sync/backoff.h"

namespace entente::rpc {

class Peers {
 public:
  // Both outlive this.
  Peers(NodeCore* core, const Identity* identity);
  // Stops first.
  ~Peers();

  absl::Status Start();  // reads what is remembered, begins to dial
  void Stop();

  // Is this peer told to stay away? Asked by the sync service for every call.
  bool Paused(const base::Spki& peer);
  // The sync service tells of contacts the peer began: they reset the back-off and count as a sign
  // of life.
  void InboundLive(const base::Spki& peer, int by);  // +1 a live Pull opened, -1 it ended
  void InboundEqual(const base::Spki& peer, uint64_t through);  // Hello found both sides equal
  void InboundContact(const base::Spki& peer);

  // One pass now with every peer (or those of one delegation); a row per peer as it ends.
  absl::Status SyncNow(const v1::SyncRequest& request,
                       const std::function<bool(const v1::SyncProgress&)>& write);
  absl::Status Update(const v1::UpdatePeerRequest& request, v1::UpdatePeerResponse& response);
  v1::Table List();
  void FillStatus(v1::NodeStatus& status);

 private:
  struct Peer {
    base::Spki spki;
    std::string code;
    std::string address;  // empty: it has to dial us
    v1::PeerRecord record;
    std::shared_ptr<Contact> contact;  // while dialling or connected
    bool connected = false;
    sync::Summary caught_up;  // of `contact` when it became connected
    int inbound_live = 0;
    bool wake = false;
    int passes = 0;  // asked for by people and under way
    int64_t skew_ms = 0;
    double bytes_per_second = 0;
    sync::Backoff backoff;
    std::thread thread;
    bool has_thread = false;
  };

  void OnCommit(const store::PublishedPtr& published);
  void Refresh(const store::PublishedPtr& published) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Loop(base::Spki spki);
  bool MayDial(const Peer& peer) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  v1::SyncProgress SyncOne(const base::Spki& spki);
  void Remember(const base::Spki& spki, const sync::Summary& summary, uint64_t through);
  void Store(const v1::PeerRecord& record);
  Peer* Find(const base::Spki& spki) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  const char* StateOf(const Peer& peer) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  NodeCore* const core_;
  const Identity* const identity_;
  int subscription_ = 0;
  base::Mutex mutex_;
  base::CondVar changed_;
  std::map<base::Spki, std::unique_ptr<Peer>> peers_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const store::NodeTable> nodes_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace entente::rpc
