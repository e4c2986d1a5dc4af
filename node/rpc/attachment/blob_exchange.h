// Keeps contents of attachments in step with every peer whose contact this node keeps: one thread a
// peer, woken by commits, by people, and every ten seconds. Moves them too in a pass that a person
// asked for, with any peer, on that person's thread. Also sweeps what nothing names: contents that
// came for a draft which is gone.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "entente/v1/attachment.pb.h"
#include "node/rpc/attachment/blob_contact.h"
#include "node/rpc/attachment/blob_pass.h"
#include "node/rpc/peer/contents.h"
#include "node/rpc/peer/peers.h"

namespace entente::rpc {

class BlobExchange final : public Contents {
 public:
  // All outlive the exchange.
  BlobExchange(NodeCore* core, const Identity* identity, Peers* peers, BlobStore* store,
               BlobWants* wants);
  ~BlobExchange() override;
  void Start();
  void Stop();

  // Something is wanted that was not before.
  void Wake();
  // The peers that a content may come from, and how far each is.
  std::vector<v1::AttachmentSource> SourcesOf(const blob::BlobId& blob);

  ContentsMoved Exchange(const base::Spki& peer, std::shared_ptr<grpc::Channel> channel,
                         const ContentsLimits& limits) override;
  ContentsSize Wanted(const base::Spki& peer) override;

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
  std::set<BlobPass*> passes_ ABSL_GUARDED_BY(mutex_);  // under way
};

}  // namespace entente::rpc
