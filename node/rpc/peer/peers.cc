#include "node/rpc/peer/peers.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/ledger/text_rules.h"
#include "node/query/view/table.h"
#include "node/rpc/peer/peer_words.h"
#include "node/runtime/random.h"
#include "node/sync/contact/clock_difference.h"

namespace entente::rpc {

using absl::StatusCode;
using base::Error;
using base::MutexLock;
using base::Spki;

Peers::Peers(NodeCore* core, const Identity* identity, MakeCompanion companion)
    : core_(core), identity_(identity), companion_(std::move(companion)) {}

Peers::~Peers() { Stop(); }

absl::Status Peers::Start() {
  auto snapshot = core_->NewSnapshot();
  {
    MutexLock lock(mutex_);
    auto it = snapshot->Scan(store::kPeers, "");
    for (; it->Valid(); it->Next()) {
      auto spki = Spki::FromBytes(it->key());
      if (!spki) continue;
      Add(*spki)->record.ParseFromArray(it->value().data(), static_cast<int>(it->value().size()));
    }
    RETURN_IF_ERROR(it->status());
    Refresh(core_->published());
  }
  subscription_ =
      core_->Subscribe([this](const store::PublishedPtr& published) { OnCommit(published); });
  return absl::OkStatus();
}

void Peers::Stop() {
  if (subscription_ != 0) core_->Unsubscribe(std::exchange(subscription_, 0));
  std::vector<std::thread> threads;
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    for (auto& [spki, peer] : peers_) {
      if (peer->contact) peer->contact->Stop(absl::UnavailableError("this node is shutting down"));
      if (peer->has_thread) threads.push_back(std::move(peer->thread));
      peer->has_thread = false;
    }
    changed_.SignalAll();
  }
  for (std::thread& thread : threads) thread.join();
}

Peers::Peer* Peers::Find(const Spki& spki) {
  auto it = peers_.find(spki);
  return it == peers_.end() ? nullptr : it->second.get();
}

Peers::Peer* Peers::Add(const Spki& spki) {
  std::unique_ptr<Peer>& peer = peers_[spki];
  if (!peer) peer = std::make_unique<Peer>(identity_->spki < spki);
  peer->spki = spki;
  return peer.get();
}

// On the writer thread after each commit: quick.
void Peers::OnCommit(const store::PublishedPtr& published) {
  MutexLock lock(mutex_);
  if (published->nodes != nodes_) Refresh(published);
  for (auto& [spki, peer] : peers_) {
    if (peer->contact) peer->contact->LocalArrival();
  }
}

// Who the peers are, from the authority in force.
void Peers::Refresh(const store::PublishedPtr& published) {
  nodes_ = published->nodes;
  for (const auto& [spki, access] : *nodes_) {
    if (spki == identity_->spki) continue;
    Peer* peer = Add(spki);
    peer->record.set_spki(spki.str());
    peer->published_address.clear();
    for (const auto& [instrument, level] : access) {
      if (auto party = published->DelegationOfNode(spki)) {
        peer->code = published->DelegationCode(instrument, *party);
        const ledger::CredentialsView* credentials =
            published->authority.Credentials(instrument, *party);
        if (credentials && peer->published_address.empty())
          peer->published_address = credentials->nodes.at(spki);
      }
    }
    ChooseAddress(*peer);
    if (!peer->has_thread && !stopping_) {
      peer->has_thread = true;
      peer->thread = std::thread([this, name = spki] { Loop(name); });
    }
  }
}

// What a person named for this node alone goes before what the peer published.
void Peers::ChooseAddress(Peer& peer) {
  peer.address = peer.record.address().empty() ? peer.published_address : peer.record.address();
}

bool Peers::MayDial(const Peer& peer) const {
  if (peer.address.empty() || peer.record.paused() || !nodes_->contains(peer.spki)) return false;
  // The other side keeps the contact, or a person's pass does the same work.
  return !peer.passing && peer.inbound_live == 0;
}

Contact::Options Peers::OptionsFor(const Peer& peer, bool live, bool insist) {
  Contact::Options options;
  options.peer = peer.spki;
  options.address = peer.address;
  options.live = live;
  options.bytes_per_second = peer.record.bytes_per_second();
  options.insist = insist;
  options.companion = companion_;
  options.may_lead = [this, spki = peer.spki, insist] {
    MutexLock lock(mutex_);
    return Find(spki)->crossing.Lead(insist);
  };
  options.on_synced = [this, spki = peer.spki, live](const sync::Summary& summary,
                                                     const Contact::Options::Synced& synced) {
    OnSynced(spki, live, summary, synced);
  };
  return options;
}

void Peers::Loop(Spki spki) {
  while (true) {
    std::shared_ptr<Contact> contact;
    {
      MutexLock lock(mutex_);
      Peer* peer = Find(spki);
      while (!stopping_ && !MayDial(*peer)) changed_.Wait(mutex_);
      if (stopping_) return;
      peer->wake = false;
      Contact::Options options = OptionsFor(*peer, true, false);
      options.on_progress = [this, spki, told = sync::Moved()](const sync::Summary& now) mutable {
        if (now.bytes_sent == told.bytes_sent && now.bytes_received == told.bytes_received) return;
        AddMoved(spki, now.Since(told), now.mode);
        told = now;
      };
      peer->crossing.Ask();
      peer->moved_at_dial = peer->moved;
      contact = std::make_shared<Contact>(core_, identity_, std::move(options));
      peer->contact = contact;
    }
    const sync::Summary summary = contact->Run();
    {
      MutexLock lock(mutex_);
      Ended(*Find(spki), summary);
    }
    contact.reset();  // and its connection, before the wait
    MutexLock lock(mutex_);
    WaitAfter(*Find(spki), summary);
  }
}

// Until it is time to dial again. After a yield also until the peer's contact is done.
void Peers::WaitAfter(Peer& peer, const sync::Summary& summary) {
  const sync::Millis delay =
      summary.yielded ? sync::AfterYield(peer.yields) : peer.backoff.Next(runtime::RandomU64());
  peer.retry_at = core_->clock().SteadyMs() + static_cast<uint64_t>(delay);
  const uint64_t done = peer.inbound_done;
  for (uint64_t now = core_->clock().SteadyMs(); !stopping_ && !peer.wake && now < peer.retry_at;
       now = core_->clock().SteadyMs()) {
    if (summary.yielded && peer.inbound_done != done) return;
    changed_.WaitFor(mutex_, absl::Milliseconds(peer.retry_at - now));
  }
}

bool Peers::Paused(const Spki& spki) {
  MutexLock lock(mutex_);
  Peer* peer = Find(spki);
  return peer && peer->record.paused();
}

void Peers::InboundLive(const Spki& spki, int by) {
  MutexLock lock(mutex_);
  Peer* peer = Find(spki);
  if (!peer) return;
  peer->inbound_live += by;
  if (by > 0) ++peer->inbound_done;
  if (by > 0 && peer->contact && spki < identity_->spki) {
    peer->contact->Stop(absl::UnavailableError("the peer keeps the contact"));
  }
  changed_.SignalAll();
}

void Peers::InboundContact(const Spki& spki, uint64_t clock_ms) {
  MutexLock lock(mutex_);
  Peer* peer = Find(spki);
  if (!peer) return;
  const uint64_t now = core_->clock().WallMs();
  peer->backoff.Reset();
  peer->skew_ms = sync::ClockAhead(clock_ms, static_cast<int64_t>(now));
  // The line works again: the loop does not sleep out what earlier failures cost.
  const uint64_t soon = core_->clock().SteadyMs() + sync::kBackoffFirst;
  if (peer->retry_at > soon) {
    peer->retry_at = soon;
    changed_.SignalAll();
  }
}

void Peers::NetworkChanged() {
  MutexLock lock(mutex_);
  const uint64_t now = core_->clock().SteadyMs();
  for (auto& [spki, peer] : peers_) {
    // Not all at once: others behind the same line begin as well.
    peer->backoff.Reset();
    const auto delay = static_cast<uint64_t>(peer->backoff.Next(runtime::RandomU64()));
    peer->retry_at = std::min(peer->retry_at, now + delay);
  }
  changed_.SignalAll();
}

void Peers::InboundAgreed(const Spki& spki) {
  {
    MutexLock lock(mutex_);
    Peer* peer = Find(spki);
    if (!peer) return;
    ++peer->inbound_done;
    changed_.SignalAll();
  }
  Remember(spki, {});
}

void Peers::InboundEqual(const Spki& spki) {
  InboundAgreed(spki);
  core_->NoteContact(spki);
}

void Peers::AddMoved(const Spki& spki, const sync::Moved& moved, sync::Mode mode) {
  MutexLock lock(mutex_);
  Peer* peer = Find(spki);
  if (!peer) return;
  peer->moved += moved;
  if (mode > sync::Mode::kEqual) peer->moved_mode = mode;
}

bool Peers::Grant(const Spki& spki, bool insist) {
  MutexLock lock(mutex_);
  Peer* peer = Find(spki);
  if (!peer) return true;
  const Contact* own = peer->pass ? peer->pass.get() : peer->contact.get();
  return peer->crossing.Grant(insist, own != nullptr && own->Connected());
}

absl::Status Peers::Update(const v1::UpdatePeerRequest& request, v1::UpdatePeerResponse& response) {
  const std::string& action = request.action();
  if (action != "pause" && action != "resume" && action != "add" && action != "remove") {
    return Error(StatusCode::kInvalidArgument, "VALIDATION_FAILED",
                 absl::StrCat("\"", action, "\" is not known; pause, resume, add or remove"));
  }
  if (action == "add" && !ledger::IsAddress(request.address())) {
    return Error(StatusCode::kInvalidArgument, "VALIDATION_FAILED",
                 absl::StrCat("\"", request.address(),
                              "\" is no address; write HOST:PORT, an IPv6 host in brackets"));
  }
  std::vector<v1::PeerRecord> records;
  {
    MutexLock lock(mutex_);
    std::vector<std::string> known;
    for (auto& [spki, peer] : peers_) {
      if (!nodes_ || !nodes_->contains(spki)) continue;
      known.push_back(peer->code);
      const bool named = request.spki().empty()
                             ? request.code().empty() || peer->code == request.code()
                             : spki.view() == request.spki();
      if (!named || ((action == "add" || action == "remove") && request.code().empty() &&
                     request.spki().empty()))
        continue;
      if (action == "pause") peer->record.set_paused(true);
      if (action == "resume") peer->record.set_paused(false);
      if (action == "add") peer->record.set_address(request.address());
      if (action == "remove") peer->record.clear_address();
      ChooseAddress(*peer);
      if (action == "pause" && peer->contact) peer->contact->Stop(PeerPaused());
      peer->wake = true;
      peer->backoff.Reset();
      records.push_back(peer->record);
      response.add_changed(peer->code);
    }
    changed_.SignalAll();
    if (records.empty() && !request.code().empty()) {
      return Error(StatusCode::kNotFound, "PEER_UNKNOWN",
                   absl::StrCat("no peer of \"", request.code(), "\" is known here; known: ",
                                known.empty() ? "none yet" : absl::StrJoin(known, " ")));
    }
  }
  return core_->Write([&](driver::Replica& replica) {
    for (const v1::PeerRecord& record : records) replica.PutPeer(record);
    return absl::OkStatus();
  });
}

std::map<Spki, std::string> Peers::Kept() {
  std::map<Spki, std::string> kept;
  MutexLock lock(mutex_);
  for (const auto& [spki, peer] : peers_) {
    if (peer->connected && !peer->record.paused()) kept.emplace(spki, peer->address);
  }
  return kept;
}

bool Peers::NothingOwed(const Spki& spki) {
  const uint64_t newest = core_->published()->newest_arrival;
  MutexLock lock(mutex_);
  const Peer* peer = Find(spki);
  if (!peer || !peer->connected || peer->record.paused()) return false;
  // What is common is told together; an instrument the peer has left keeps its old mark.
  return std::any_of(peer->held.begin(), peer->held.end(),
                     [newest](const auto& held) { return held.second >= newest; });
}

const char* Peers::StateOf(const Peer& peer) const {
  if (peer.record.paused()) return "paused";
  if (peer.connected || peer.inbound_live > 0) return "connected";
  if (!peer.record.last_error().empty()) return "unreachable";
  return "idle";
}

namespace {

uint64_t BehindOf(const query::Lags& lags, const Spki& spki) {
  auto it = lags.behind.find(spki);
  return it == lags.behind.end() ? 0 : it->second;
}

}  // namespace

// Seconds until it is dialled again; empty while nothing waits for that.
std::string Peers::NextTry(const Peer& peer) const {
  const uint64_t now = core_->clock().SteadyMs();
  if (peer.contact || !MayDial(peer) || peer.retry_at <= now) return "";
  return absl::StrCat((peer.retry_at - now + 999) / 1000);
}

absl::StatusOr<v1::Table> Peers::List() {
  query::TableBuilder table({{"code", "DELEGATION"},
                             {"node", "NODE"},
                             {"address", "ADDRESS"},
                             {"state", "STATE"},
                             {"last_success", "LAST CONTACT"},
                             {"lag_entries", "NOT KNOWN THERE", true},
                             {"next_try_s", "NEXT TRY (S)", true},
                             {"last_error", "LAST ERROR"}});
  const store::PublishedPtr published = core_->published();
  const auto snapshot = core_->NewSnapshot();
  ASSIGN_OR_RETURN(const query::Lags lags,
                   query::CountLags(*snapshot, *published, identity_->spki));
  MutexLock lock(mutex_);
  for (const auto& [spki, peer] : peers_) {
    if (!nodes_ || !nodes_->contains(spki)) continue;
    table.Row({peer->code, spki.ToHex(), peer->address, StateOf(*peer),
               query::TimeText(peer->record.last_success_ms()), absl::StrCat(BehindOf(lags, spki)),
               NextTry(*peer), peer->record.last_error()});
  }
  return table.Finish();
}

std::set<Spki> Peers::Live() {
  MutexLock lock(mutex_);
  std::set<Spki> live;
  for (const auto& [spki, peer] : peers_) {
    if (absl::string_view(StateOf(*peer)) == "connected") live.insert(spki);
  }
  return live;
}

void Peers::FillStatus(const query::Lags& lags, v1::NodeStatus& status) {
  MutexLock lock(mutex_);
  for (const auto& [spki, peer] : peers_) {
    if (!nodes_ || !nodes_->contains(spki)) continue;
    v1::PeerStatus* out = status.add_peers();
    out->set_code(peer->code);
    out->set_address(peer->address);
    out->set_state(StateOf(*peer));
    out->set_last_success_ms(peer->record.last_success_ms());
    out->set_lag_entries(BehindOf(lags, spki));
    out->set_last_error(peer->record.last_error());
    out->set_spki(spki.str());
    out->set_clock_skew_ms(peer->skew_ms);
  }
}

}  // namespace entente::rpc
