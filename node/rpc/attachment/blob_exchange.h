// Keeps contents of attachments in step with every peer whose contact this node keeps: one thread a
// peer, woken by commits, by people, and every ten seconds. Also sweeps what nothing names:
// contents that came for a draft which is gone.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "node/rpc/attachment/blob_contact.h"
#include "node/rpc/peer/peers.h"

namespace entente::rpc {

class BlobExchange {
 public:
  // All outlive the exchange.
  BlobExchange(NodeCore* core, const Identity* identity, Peers* peers, BlobStore* store,
               BlobWants* wants);
  ~BlobExchange();
  void Start();
  void Stop();

  // Something is wanted that was not before.
  void Wake();
  // Why the newest pass with a peer came to nothing; empty when all is well.
  std::string LastProblem();

 private:
  struct Worker {
    std::thread thread;
    std::shared_ptr<BlobContact> contact;
    std::string problem;
  };

  void Manage();
  void Loop(base::Spki peer);
  void Sweep();
  bool WaitForNews(uint64_t& seen);

  Peers& peers_;
  const BlobContact::Around around_;
  int subscription_ = 0;
  std::thread manager_;
  base::Mutex mutex_;
  base::CondVar changed_;
  uint64_t news_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::map<base::Spki, Worker> workers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace entente::rpc
