#include "node/rpc/attachment/blob_exchange.h"

#include <utility>
#include <vector>

#include "node/runtime/log.h"

namespace entente::rpc {

using base::MutexLock;
using base::Spki;
using blob::BlobId;

namespace {

constexpr absl::Duration kPassEvery = absl::Seconds(10);
// After news: what comes in one go is looked at in one go.
constexpr uint64_t kSettleMs = 500;

}  // namespace

BlobExchange::BlobExchange(NodeCore* core, const Identity* identity, Peers* peers, BlobStore* store,
                           BlobWants* wants)
    : peers_(*peers),
      around_{.core = core,
              .identity = identity,
              .store = store,
              .wants = wants,
              .kept = [peers](const Spki& peer) { return peers->Kept().contains(peer); },
              .nothing_owed = [peers](const Spki& peer) { return peers->NothingOwed(peer); }} {}

BlobExchange::~BlobExchange() { Stop(); }

void BlobExchange::Start() {
  subscription_ = around_.core->Subscribe([this](const store::PublishedPtr&) { Wake(); });
  manager_ = std::thread([this] { Manage(); });
}

void BlobExchange::Stop() {
  if (subscription_ != 0) around_.core->Unsubscribe(std::exchange(subscription_, 0));
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    for (auto& [spki, worker] : workers_) {
      if (worker.contact) worker.contact->Cancel();
    }
    for (BlobPass* pass : passes_) pass->Cancel();
    changed_.SignalAll();
  }
  if (manager_.joinable()) manager_.join();
  std::vector<std::thread> threads;
  {
    MutexLock lock(mutex_);
    for (auto& [spki, worker] : workers_) {
      if (worker.thread.joinable()) threads.push_back(std::move(worker.thread));
    }
  }
  for (std::thread& thread : threads) thread.join();
}

void BlobExchange::Wake() {
  MutexLock lock(mutex_);
  ++news_;
  changed_.SignalAll();
}

std::vector<v1::AttachmentSource> BlobExchange::SourcesOf(const BlobId& blob) {
  v1::NodeStatus status;
  peers_.FillStatus({}, status);
  const std::map<Spki, std::string> kept = peers_.Kept();
  std::vector<v1::AttachmentSource> out;
  MutexLock lock(mutex_);
  for (const v1::PeerStatus& peer : status.peers()) {
    const auto spki = Spki::FromBytes(peer.spki());
    v1::AttachmentSource& source = out.emplace_back();
    source.set_peer(peer.code());
    const auto worker = spki ? workers_.find(*spki) : workers_.end();
    std::string asked;
    if (worker != workers_.end() && worker->second.contact) {
      asked = worker->second.contact->OutcomeOf(blob);
    }
    if (peer.state() == "paused") {
      source.set_outcome("paused");
    } else if (!spki || !kept.contains(*spki)) {
      const bool calls = peer.state() == "connected";
      source.set_outcome(calls                       ? "keeps_contact"
                         : peer.last_error().empty() ? "not_connected"
                                                     : "not_reached");
      if (!calls) source.set_why(peer.last_error());
    } else if (!asked.empty()) {
      source.set_outcome(asked);
    } else if (worker != workers_.end() && !worker->second.problem.empty()) {
      source.set_outcome("failed");
      source.set_why(worker->second.problem);
    } else {
      source.set_outcome("not_asked");
    }
  }
  return out;
}

ContentsMoved BlobExchange::Exchange(const Spki& peer, std::shared_ptr<grpc::Channel> channel,
                                     const ContentsLimits& limits) {
  BlobPass pass(around_, peer, std::move(channel), limits);
  {
    MutexLock lock(mutex_);
    if (stopping_) pass.Cancel();
    passes_.insert(&pass);
  }
  ContentsMoved moved = pass.Run();
  MutexLock lock(mutex_);
  passes_.erase(&pass);
  return moved;
}

ContentsSize BlobExchange::Wanted(const Spki& peer) {
  constexpr size_t kAtOnce = 256;
  ContentsSize size;
  std::string after;
  while (true) {
    const auto wants = around_.wants->From(peer, after, kAtOnce);
    if (!wants.ok()) break;
    for (const BlobWanted& wanted : *wants) {
      ++size.contents;
      size.bytes += wanted.missing_bytes();
      after = wanted.instrument.str() + wanted.blob.Encode();
    }
    if (wants->size() < kAtOnce) break;
  }
  return size;
}

// False: stop.
bool BlobExchange::WaitForNews(uint64_t& seen) {
  MutexLock lock(mutex_);
  if (!stopping_ && news_ == seen) changed_.WaitFor(mutex_, kPassEvery);
  const uint64_t until = around_.core->clock().SteadyMs() + kSettleMs;
  for (uint64_t now = until - kSettleMs; !stopping_ && now < until;
       now = around_.core->clock().SteadyMs()) {
    changed_.WaitFor(mutex_, absl::Milliseconds(until - now));
  }
  seen = news_;
  return !stopping_;
}

void BlobExchange::Manage() {
  uint64_t seen = 0;
  do {
    Sweep();
    const std::map<Spki, std::string> kept = peers_.Kept();
    MutexLock lock(mutex_);
    for (const auto& [spki, address] : kept) {
      if (stopping_) break;
      Worker& worker = workers_[spki];
      if (!worker.thread.joinable()) {
        worker.thread = std::thread([this, name = spki] { Loop(name); });
      }
    }
  } while (WaitForNews(seen));
}

void BlobExchange::Loop(Spki peer) {
  uint64_t seen = 0;
  do {
    const std::map<Spki, std::string> kept = peers_.Kept();
    auto at = kept.find(peer);
    std::shared_ptr<BlobContact> contact;
    {
      MutexLock lock(mutex_);
      Worker& worker = workers_[peer];
      if (stopping_) return;
      if (at == kept.end()) {
        worker.contact.reset();
      } else if (!worker.contact || worker.contact->address() != at->second) {
        worker.contact = std::make_shared<BlobContact>(around_, peer, at->second);
      }
      contact = worker.contact;
    }
    if (!contact) continue;
    const absl::Status done = contact->Pass();
    if (!done.ok()) {
      runtime::LogEvery("attachments_stopped/" + peer.Short(), absl::Minutes(1),
                        runtime::LogLevel::kInfo, "attachments_stopped",
                        {{"peer", peer.ToHex()}, {"why", std::string(done.message())}});
    }
    MutexLock lock(mutex_);
    workers_[peer].problem = std::string(done.message());
  } while (WaitForNews(seen));
}

void BlobExchange::Sweep() {
  for (const BlobId& blob : around_.store->DraftOnly()) {
    const auto before = around_.store->Record(blob);
    auto use = around_.wants->UseOf(blob);
    if (!before.ok() || !use.ok()) return;
    if (*use == BlobWants::Use::kReport) (void)around_.store->Keep(blob);
    if (*use != BlobWants::Use::kNone) continue;
    if (absl::Status gone = around_.store->Forget(blob, before->draft()); !gone.ok()) {
      runtime::Log(runtime::LogLevel::kWarning, "attachment_not_removed",
                   {{"blob", blob.Name()}, {"why", std::string(gone.message())}});
    }
  }
}

}  // namespace entente::rpc
