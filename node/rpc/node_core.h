// What the services share: the store for reading, the one writer for changing, and an immutable
// copy of the authority. A service reads a Snapshot on its own thread and never touches the Replica
// except inside Write().
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "node/crypto/ed25519.h"
#include "node/driver/replica.h"
#include "node/driver/sync_host.h"
#include "node/query/view/record_cache.h"
#include "node/runtime/executor.h"
#include "node/store/published.h"

namespace entente::rpc {

struct NodeFacts {
  std::string version;
  base::Spki spki;
  std::string listen_address;     // as bound
  std::string advertise_address;  // what others are told
  std::string data_dir;
};

class NodeCore {
 public:
  // The replica and the store outlive the core.
  NodeCore(driver::Replica* replica, const base::Clock* clock, NodeFacts facts);
  ~NodeCore();

  // Runs `change` on the writer thread and waits until what it staged is on disk. The change's own
  // error wins; else the commit's. Not on the writer thread.
  absl::Status Write(const std::function<absl::Status(driver::Replica&)>& change);
  // The same without waiting; `done` runs on the writer thread and must not block.
  absl::Status WriteAsync(std::function<absl::Status(driver::Replica&)> change,
                          absl::AnyInvocable<void(absl::Status)> done);

  store::PublishedPtr published() const;
  std::unique_ptr<const storage::Snapshot> NewSnapshot() const {
    return replica_->kv().NewSnapshot();
  }
  storage::Kv& kv() { return replica_->kv(); }
  const crypto::Verifier& verifier() const { return crypto::Ed25519Verifier(); }
  // By the authority as it is published now.
  driver::CodeOfHead code_of_head() const;
  const base::Clock& clock() const { return *clock_; }
  query::RecordCache& records() { return records_; }
  const NodeFacts& facts() const { return facts_; }
  // Once, when the peers' port is bound and before any client can ask.
  void SetAddresses(std::string listen, std::string advertise) {
    facts_.listen_address = std::move(listen);
    facts_.advertise_address = std::move(advertise);
  }

  // Did this store come out of a backup?
  bool restored() const { return restored_; }
  // An exchange with the peer was completed. A restored node waits for one in every instrument.
  void NoteContact(const base::Spki& peer);

  // A durable copy of the frontier; taken on the writer thread.
  std::shared_ptr<const sync::Frontier> FrontierOf(const base::InstrumentId& instrument);
  // Likewise, the part of it that changed; as sync::Host::ChangesSince.
  std::optional<sync::Changes> ChangesSince(const base::InstrumentId& instrument, uint64_t after,
                                            const std::vector<sync::FeedRef>& also, size_t max);
  // Reports whose deadline is still to come by this node's clock; as sync::Host::DeadlinesIn.
  sync::Deadlines DeadlinesIn(const base::InstrumentId& instrument);
  // The sync room's view of this node; each owner takes its own.
  driver::SyncHost NewSyncHost();

  // Called after each commit that changed entries or notes, on the writer thread: must not block.
  // Returns a number for Unsubscribe, which returns only when no call is running any more (not on
  // the writer thread).
  using Listener = std::function<void(const store::PublishedPtr&)>;
  int Subscribe(Listener listener);
  void Unsubscribe(int number);

  // Ends the writer; what was posted before is carried out.
  void Stop();

 private:
  void Publish();

  driver::Replica* const replica_;
  const base::Clock* const clock_;
  const bool restored_;
  std::atomic<bool> awaits_contact_{false};
  NodeFacts facts_;
  query::RecordCache records_;
  mutable base::Mutex mutex_;
  store::PublishedPtr published_ ABSL_GUARDED_BY(mutex_);
  base::Mutex listeners_mutex_;
  std::map<int, Listener> listeners_ ABSL_GUARDED_BY(listeners_mutex_);
  int next_listener_ ABSL_GUARDED_BY(listeners_mutex_) = 1;
  runtime::Executor executor_;
};

}  // namespace entente::rpc
