#include "node/rpc/peer/peers.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/query/table.h"
#include "node/runtime/log.h"
#include "node/runtime/random.h"

namespace entente::rpc {

using absl::StatusCode;
using base::Error;
using base::MutexLock;
using base::Spki;

namespace {

// A mark that only says "still in step" is written to disk at most this often.
constexpr uint64_t kRememberEveryMs = 30'000;

std::string ModeWord(const sync::Summary& summary) {
  switch (summary.mode) {
    case sync::Mode::kEqual:
      return "M0";
    case sync::Mode::kDelta:
      return "M1";
    case sync::Mode::kSketch:
      return "M2";
    case sync::Mode::kArray:
      return "M3";
    case sync::Mode::kNone:
      break;
  }
  return "";
}

absl::Status Paused_() {
  return Error(StatusCode::kUnavailable, "PEER_PAUSED",
               "paused here; entente peer resume lets it go on");
}

}  // namespace

Peers::Peers(NodeCore* core, const Identity* identity) : core_(core), identity_(identity) {}

Peers::~Peers() { Stop(); }

absl::Status Peers::Start() {
  auto snapshot = core_->NewSnapshot();
  {
    MutexLock lock(mutex_);
    auto it = snapshot->Scan(store::kPeers, "");
    for (; it->Valid(); it->Next()) {
      auto spki = Spki::FromBytes(it->key());
      if (!spki) continue;
      auto peer = std::make_unique<Peer>();
      peer->spki = *spki;
      peer->record.ParseFromArray(it->value().data(), static_cast<int>(it->value().size()));
      peers_.emplace(*spki, std::move(peer));
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
    std::unique_ptr<Peer>& peer = peers_[spki];
    if (!peer) peer = std::make_unique<Peer>();
    peer->spki = spki;
    peer->record.set_spki(spki.str());
    peer->address = peer->record.address();
    for (const auto& [instrument, level] : access) {
      if (auto party = published->DelegationOfNode(spki)) {
        peer->code = published->DelegationCode(instrument, *party);
        const ledger::CredentialsView* credentials =
            published->authority.Credentials(instrument, *party);
        if (credentials && peer->address.empty()) peer->address = credentials->nodes.at(spki);
      }
    }
    if (!peer->has_thread && !stopping_) {
      peer->has_thread = true;
      peer->thread = std::thread([this, name = spki] { Loop(name); });
    }
  }
}

bool Peers::MayDial(const Peer& peer) const {
  if (peer.address.empty() || peer.record.paused() || !nodes_->contains(peer.spki)) return false;
  if (peer.passes > 0) return false;
  // The other side keeps the contact.
  return peer.inbound_live == 0 || identity_->spki < peer.spki;
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
      contact = std::make_shared<Contact>(
          core_, identity_,
          Contact::Options{
              .peer = spki,
              .address = peer->address,
              .live = true,
              .bytes_per_second = peer->bytes_per_second,
              .on_synced = [this, spki](const sync::Summary& summary, uint64_t through) {
                Remember(spki, summary, through);
              }});
      peer->contact = contact;
    }
    const sync::Summary summary = contact->Run();
    MutexLock lock(mutex_);
    Peer* peer = Find(spki);
    peer->contact.reset();
    changed_.SignalAll();
    if (peer->connected) {
      runtime::LogEvery("peer_disconnected/" + spki.Short(), absl::Seconds(10),
                        runtime::LogLevel::kInfo, "peer_disconnected",
                        {{"peer", peer->code}, {"why", std::string(summary.status.message())}});
    }
    peer->connected = false;
    if (!summary.status.ok()) peer->record.set_last_error(std::string(summary.status.message()));
    const sync::Millis delay = peer->backoff.Next(runtime::RandomU64());
    const uint64_t until = core_->clock().SteadyMs() + static_cast<uint64_t>(delay);
    while (!stopping_ && !peer->wake && core_->clock().SteadyMs() < until) {
      changed_.WaitFor(mutex_, absl::Milliseconds(until - core_->clock().SteadyMs()));
    }
  }
}

void Peers::Remember(const Spki& spki, const sync::Summary& summary, uint64_t through) {
  v1::PeerRecord record;
  bool worth = false;
  {
    MutexLock lock(mutex_);
    Peer* peer = Find(spki);
    if (!peer) return;
    const uint64_t now = core_->clock().WallMs();
    if (peer->contact && !peer->connected) {
      peer->caught_up = summary;
      const std::string mode = ModeWord(summary);
      runtime::LogEvery("peer_connected/" + spki.Short() + "/" + mode, absl::Seconds(1),
                        runtime::LogLevel::kInfo, "peer_connected",
                        {{"peer", peer->code}, {"mode", mode}});
    }
    peer->connected = peer->contact != nullptr;
    changed_.SignalAll();
    peer->backoff.Reset();
    peer->skew_ms = summary.clock_ahead_ms;
    if (summary.bytes_per_second > 0) peer->bytes_per_second = summary.bytes_per_second;
    worth = peer->record.sent_through() < through ||
            now > peer->record.last_success_ms() + kRememberEveryMs;
    peer->record.set_last_success_ms(now);
    peer->record.set_sent_through(std::max<uint64_t>(peer->record.sent_through(), through));
    peer->record.set_last_error("");
    peer->record.set_peer_store(summary.peer_store);
    record = peer->record;
  }
  if (worth) Store(record);
  if (summary.instruments_failed == 0) core_->NoteContact(spki);
}

void Peers::Store(const v1::PeerRecord& record) {
  absl::Status posted = core_->WriteAsync(
      [record](driver::Replica& replica) {
        replica.PutPeer(record);
        return absl::OkStatus();
      },
      [](absl::Status) {});
  if (!posted.ok()) {
    runtime::Log(runtime::LogLevel::kWarning, "peer_not_remembered",
                 {{"why", std::string(posted.message())}});
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
  if (by > 0 && peer->contact && spki < identity_->spki) {
    peer->contact->Stop(absl::UnavailableError("the peer keeps the contact"));
  }
  changed_.SignalAll();
}

void Peers::InboundContact(const Spki& spki) {
  MutexLock lock(mutex_);
  Peer* peer = Find(spki);
  if (!peer) return;
  peer->backoff.Reset();
  peer->record.set_last_success_ms(core_->clock().WallMs());
}

void Peers::InboundEqual(const Spki& spki, uint64_t through) {
  sync::Summary summary;
  Remember(spki, summary, through);
}

namespace {

void FillProgress(const sync::Summary& summary, v1::SyncProgress& out) {
  out.set_entries_sent(summary.entries_sent);
  out.set_entries_received(summary.entries_received);
  out.set_notes_sent(summary.notes_sent);
  out.set_notes_received(summary.notes_received);
  out.set_bytes_sent(summary.bytes_sent);
  out.set_bytes_received(summary.bytes_received);
  out.set_round_trips(summary.round_trips);
  out.set_mode(ModeWord(summary));
  if (!summary.status.ok()) {
    const StatusCode code = summary.status.code();
    out.set_result(code == StatusCode::kUnavailable || code == StatusCode::kDeadlineExceeded
                       ? "unreachable"
                       : "refused");
    out.set_error(std::string(summary.status.message()));
  } else if (summary.instruments_failed > 0) {
    out.set_result("refused");
    out.set_error(std::string(summary.instrument_error.message()));
  } else {
    out.set_result(summary.mode == sync::Mode::kEqual ? "nothing_new" : "done");
    if (!summary.refused.empty()) out.set_error(absl::StrJoin(summary.refused, "; "));
  }
}

// The pass that ran anyway belongs to the answer: who asked wants to know what came over.
void AddEarlier(const sync::Summary& earlier, sync::Summary& summary) {
  // kNone: the peer's Hello found both equal while we dialled; nothing came over.
  if (summary.mode == sync::Mode::kEqual && earlier.mode != sync::Mode::kNone)
    summary.mode = earlier.mode;
  summary.entries_sent += earlier.entries_sent;
  summary.entries_received += earlier.entries_received;
  summary.notes_sent += earlier.notes_sent;
  summary.notes_received += earlier.notes_received;
  summary.bytes_sent += earlier.bytes_sent;
  summary.bytes_received += earlier.bytes_received;
  summary.round_trips += earlier.round_trips;
  summary.refused.insert(summary.refused.begin(), earlier.refused.begin(), earlier.refused.end());
}

}  // namespace

v1::SyncProgress Peers::SyncOne(const Spki& spki) {
  v1::SyncProgress out;
  Contact::Options options;
  std::optional<sync::Summary> earlier;
  const uint64_t begun = core_->clock().SteadyMs();
  {
    MutexLock lock(mutex_);
    Peer* peer = Find(spki);
    out.set_peer(peer->code);
    out.set_address(peer->address);
    if (peer->record.paused()) {
      out.set_result("paused");
      out.set_error(std::string(Paused_().message()));
      return out;
    }
    peer->backoff.Reset();
    // A contact that is catching up already does the same work: let it finish, then look again.
    const bool catching_up = peer->contact && !peer->connected;
    while (!stopping_ && peer->contact && !peer->connected) changed_.Wait(mutex_);
    if (catching_up && peer->connected) earlier = peer->caught_up;
    ++peer->passes;  // and nobody else begins the same work meanwhile
    options = {.peer = spki, .address = peer->address, .bytes_per_second = peer->bytes_per_second};
  }
  options.on_synced = [this, spki](const sync::Summary& summary, uint64_t through) {
    Remember(spki, summary, through);
  };
  Contact contact(core_, identity_, options);
  sync::Summary summary = contact.Run();
  {
    MutexLock lock(mutex_);
    --Find(spki)->passes;
    changed_.SignalAll();
  }
  if (earlier) AddEarlier(*earlier, summary);
  FillProgress(summary, out);
  out.set_seconds(static_cast<double>(core_->clock().SteadyMs() - begun) / 1000.0);
  return out;
}

absl::Status Peers::SyncNow(const v1::SyncRequest& request,
                            const std::function<bool(const v1::SyncProgress&)>& write) {
  std::vector<Spki> wanted;
  std::vector<std::string> known;
  {
    MutexLock lock(mutex_);
    for (const auto& [spki, peer] : peers_) {
      if (!nodes_ || !nodes_->contains(spki)) continue;
      known.push_back(peer->code);
      if (!request.with().empty() && peer->code != request.with()) continue;
      if (peer->address.empty()) continue;
      wanted.push_back(spki);
    }
  }
  if (wanted.empty() && !request.with().empty()) {
    return Error(
        StatusCode::kNotFound, "PEER_UNKNOWN",
        absl::StrCat("no node of \"", request.with(), "\" with an address is known here; known: ",
                     known.empty() ? "none" : absl::StrJoin(known, " ")));
  }
  for (const Spki& spki : wanted) {
    if (!write(SyncOne(spki))) break;
  }
  return absl::OkStatus();
}

absl::Status Peers::Update(const v1::UpdatePeerRequest& request, v1::UpdatePeerResponse& response) {
  const std::string& action = request.action();
  if (action != "pause" && action != "resume" && action != "add" && action != "remove") {
    return Error(StatusCode::kInvalidArgument, "VALIDATION_FAILED",
                 absl::StrCat("\"", action, "\" is not known; pause, resume, add or remove"));
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
      if (action == "add" || action == "remove") peer->address = peer->record.address();
      if (action == "pause" && peer->contact) peer->contact->Stop(Paused_());
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

const char* Peers::StateOf(const Peer& peer) const {
  if (peer.record.paused()) return "paused";
  if (peer.connected || peer.inbound_live > 0) return "connected";
  if (!peer.record.last_error().empty()) return "unreachable";
  return "idle";
}

v1::Table Peers::List() {
  query::TableBuilder table({{"code", "DELEGATION"},
                             {"node", "NODE"},
                             {"address", "ADDRESS"},
                             {"state", "STATE"},
                             {"last_success", "LAST CONTACT"},
                             {"lag_entries", "NOT KNOWN THERE", true},
                             {"last_error", "LAST ERROR"}});
  const uint64_t newest = core_->published()->newest_arrival;
  MutexLock lock(mutex_);
  for (const auto& [spki, peer] : peers_) {
    if (!nodes_ || !nodes_->contains(spki)) continue;
    table.Row({peer->code, spki.ToHex(), peer->address, StateOf(*peer),
               query::TimeText(peer->record.last_success_ms()),
               absl::StrCat(newest - std::min<uint64_t>(newest, peer->record.sent_through())),
               peer->record.last_error()});
  }
  return table.Finish();
}

void Peers::FillStatus(v1::NodeStatus& status) {
  const uint64_t newest = core_->published()->newest_arrival;
  MutexLock lock(mutex_);
  for (const auto& [spki, peer] : peers_) {
    if (!nodes_ || !nodes_->contains(spki)) continue;
    v1::PeerStatus* out = status.add_peers();
    out->set_code(peer->code);
    out->set_address(peer->address);
    out->set_state(StateOf(*peer));
    out->set_last_success_ms(peer->record.last_success_ms());
    out->set_lag_entries(newest - std::min<uint64_t>(newest, peer->record.sent_through()));
    out->set_last_error(peer->record.last_error());
    out->set_spki(spki.str());
    out->set_clock_skew_ms(peer->skew_ms);
  }
}

}  // namespace entente::rpc
