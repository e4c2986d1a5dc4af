#include "node/rpc/node_core.h"

#include <utility>
#include <vector>

#include "node/query/round/deadlines.h"

namespace entente::rpc {

namespace {

// Changes are gathered until so much is staged, then written. As much as one frame may hold: were
// there no bound, the frames of two hundred peers could stand in memory once more.
constexpr size_t kBatchBytes = 4u << 20;

}  // namespace

NodeCore::NodeCore(driver::Replica* replica, const base::Clock* clock, NodeFacts facts)
    : replica_(replica),
      clock_(clock),
      restored_(replica->restored() != nullptr),
      facts_(std::move(facts)),
      executor_({.commit = [this] { return replica_->Commit(); },
                 .full = [this] { return replica_->staged_bytes() >= kBatchBytes; }}) {
  replica_->on_commit = [this](const std::set<base::InstrumentId>&) { Publish(); };
  // Nothing runs on the writer yet: the first copy is made here.
  Publish();
}

NodeCore::~NodeCore() {
  Stop();
  replica_->on_commit = nullptr;  // the replica lives on
}

void NodeCore::Stop() { executor_.Stop(); }

absl::Status NodeCore::Write(const std::function<absl::Status(driver::Replica&)>& change) {
  absl::Status own;
  absl::Status committed = executor_.Run([&] { own = change(*replica_); });
  return own.ok() ? committed : own;
}

absl::Status NodeCore::WriteAsync(std::function<absl::Status(driver::Replica&)> change,
                                  absl::AnyInvocable<void(absl::Status)> done) {
  auto own = std::make_shared<absl::Status>();
  return executor_.Post([this, own, change = std::move(change)] { *own = change(*replica_); },
                        [own, done = std::move(done)](absl::Status committed) mutable {
                          done(own->ok() ? std::move(committed) : *own);
                        });
}

store::PublishedPtr NodeCore::published() const {
  base::MutexLock lock(mutex_);
  return published_;
}

driver::CodeOfHead NodeCore::code_of_head() const {
  return [published = published()](const base::InstrumentId& instrument, const base::NoteId& head) {
    const ledger::Note* note = published->authority.Find(head);
    return note ? published->DelegationCode(instrument, note->chain_id()) : std::string();
  };
}

std::shared_ptr<const sync::Frontier> NodeCore::FrontierOf(const base::InstrumentId& instrument) {
  auto copy = std::make_shared<sync::Frontier>();
  absl::Status written = Write([&](driver::Replica& replica) {
    *copy = replica.frontier(instrument);
    copy->Digest();  // its caches are filled before it is shared
    return absl::OkStatus();
  });
  if (!written.ok()) return std::make_shared<sync::Frontier>();
  return copy;
}

std::optional<sync::Changes> NodeCore::ChangesSince(const base::InstrumentId& instrument,
                                                    uint64_t after,
                                                    const std::vector<sync::FeedRef>& also,
                                                    size_t max) {
  std::optional<sync::Changes> changes;
  absl::Status written = Write([&](driver::Replica& replica) {
    changes = replica.ChangesSince(instrument, after, also, max);
    return absl::OkStatus();
  });
  return written.ok() ? changes : std::nullopt;
}

sync::Deadlines NodeCore::DeadlinesIn(const base::InstrumentId& instrument) {
  sync::Deadlines out;
  const store::PublishedPtr now = published();
  const auto snapshot = NewSnapshot();
  const auto due = query::DueEntries(query::Views(snapshot.get(), now.get(), instrument),
                                     static_cast<int64_t>(clock_->WallMs()));
  // Only the order depends on it.
  if (!due.ok()) return out;
  for (const query::Due& one : *due)
    out[sync::FeedRef::Of(one.feed)].emplace(one.sequence, one.deadline_ms);
  return out;
}

driver::SyncHost NodeCore::NewSyncHost() {
  return driver::SyncHost(
      {.published = [this] { return published(); },
       .snapshot = [this] { return NewSnapshot(); },
       .frontier = [this](const base::InstrumentId& instrument) { return FrontierOf(instrument); },
       .changes = [this](const base::InstrumentId& instrument, uint64_t after,
                         const std::vector<sync::FeedRef>& also,
                         size_t max) { return ChangesSince(instrument, after, also, max); },
       .deadlines =
           [this](const base::InstrumentId& instrument) { return DeadlinesIn(instrument); },
       .keep =
           [this](const base::Spki& peer, const base::InstrumentId& instrument,
                  const sync::Bookmark& bookmark) {
             // What cannot be written now costs some bytes at the next contact.
             (void)WriteAsync(
                 [=](driver::Replica& replica) {
                   replica.PutBookmark(peer, instrument, bookmark);
                   return absl::OkStatus();
                 },
                 [](absl::Status) {});
           },
       .keep_acknowledged =
           [this](const base::Spki& peer, const base::InstrumentId& instrument,
                  const std::vector<sync::FeedTip>& tips) {
             // What cannot be written now is counted as not known to be there.
             (void)WriteAsync(
                 [=](driver::Replica& replica) {
                   replica.PutAcknowledged(peer, instrument, tips);
                   return absl::OkStatus();
                 },
                 [](absl::Status) {});
           }});
}

int NodeCore::Subscribe(Listener listener) {
  base::MutexLock lock(listeners_mutex_);
  listeners_.emplace(next_listener_, std::move(listener));
  return next_listener_++;
}

void NodeCore::Unsubscribe(int number) {
  base::MutexLock lock(listeners_mutex_);
  listeners_.erase(number);
}

void NodeCore::NoteContact(const base::Spki& peer) {
  if (!awaits_contact_) return;
  std::vector<base::InstrumentId> instruments;
  const store::PublishedPtr now = published();
  for (const base::InstrumentId& id : now->instruments) {
    if (now->AccessOf(peer, id) == store::NodeAccess::kEntries) instruments.push_back(id);
  }
  // What cannot be written now is noted with the next exchange.
  (void)WriteAsync(
      [peer, instruments, at = clock_->WallMs()](driver::Replica& replica) {
        replica.NoteContact(peer, instruments, at);
        return absl::OkStatus();
      },
      [](absl::Status) {});
}

void NodeCore::Publish() {
  awaits_contact_ = restored_ && !replica_->restored()->Contacted(*replica_);
  const store::PublishedPtr now = replica_->Publish(published());
  {
    base::MutexLock lock(mutex_);
    published_ = now;
  }
  base::MutexLock lock(listeners_mutex_);
  for (const auto& [number, listener] : listeners_) listener(now);
}

}  // namespace entente::rpc
