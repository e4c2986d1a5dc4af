#include "tests/simulation/sim_node.h"

#include <utility>

#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"
#include "tests/simulation/open_host.h"

namespace entente::simulation {

SimNode::SimNode(Options options) : options_(std::move(options)), kv_(options_.bug) {}
SimNode::~SimNode() = default;

absl::Status SimNode::Start() {
  ++life_;
  driver::Replica::Options options;
  options.store_id = crypto::Sha256({"store of ", options_.name}).str().substr(0, 8);
  options.verifier = options_.verifier;
  ASSIGN_OR_RETURN(replica_, driver::Replica::Open(&kv_, options));
  replica_->on_commit = [this](const std::set<base::InstrumentId>&) {
    published_ = replica_->Publish(published_);
    if (on_commit) on_commit();
  };
  published_ = replica_->Publish(nullptr);
  return absl::OkStatus();
}

void SimNode::PowerOff() {
  pending_.clear();
  published_ = nullptr;
  replica_ = nullptr;
  kv_.Restart();
}

void SimNode::Write(const Change& change, Done done) {
  absl::Status own = change(*replica_);
  if (options_.bug == Bug::kAcknowledgeBeforeCommit && own.ok() && !kv_.dead()) {
    done(own);
    done = [](const absl::Status&) {};
  }
  pending_.push_back({std::move(own), std::move(done)});
  if (pending_.size() == 1 && on_staged) on_staged();
}

void SimNode::Commit() {
  if (!up()) return;
  const absl::Status committed = replica_->Commit();
  if (kv_.dead()) return;
  for (Pending& pending : std::exchange(pending_, {})) {
    pending.done(pending.own.ok() ? committed : pending.own);
  }
}

std::unique_ptr<sync::Host> SimNode::NewHost() {
  driver::SyncHost::Sources sources;
  sources.published = [this] { return published_; };
  sources.snapshot = [this] { return kv_.NewSnapshot(); };
  sources.frontier = [this](const base::InstrumentId& instrument) {
    // As on the writer's thread: what is staged is committed first.
    Commit();
    auto copy = std::make_shared<sync::Frontier>(replica_->frontier(instrument));
    copy->Digest();
    return copy;
  };
  sources.changes = [this](const base::InstrumentId& instrument, uint64_t after,
                           const std::vector<sync::FeedRef>& also, size_t max) {
    Commit();
    return replica_->ChangesSince(instrument, after, also, max);
  };
  sources.keep = [this](const base::Spki& peer, const base::InstrumentId& instrument,
                        const sync::Bookmark& bookmark) {
    if (!up()) return;
    Write(
        [&](driver::Replica& replica) {
          replica.PutBookmark(peer, instrument, bookmark);
          return absl::OkStatus();
        },
        [](const absl::Status&) {});
  };
  auto host = std::make_unique<driver::SyncHost>(std::move(sources));
  if (options_.bug != Bug::kSkipMembership) return host;
  return std::make_unique<OpenHost>(std::move(host), [this] { return published_; });
}

}  // namespace entente::simulation
