// What is remembered of a peer once a contact came to an end, or an exchange of one did.
#include <algorithm>
#include <string>

#include "node/base/error.h"
#include "node/rpc/peer/peer_words.h"
#include "node/rpc/peer/peers.h"
#include "node/runtime/log.h"

namespace entente::rpc {

using base::MutexLock;
using base::Spki;

namespace {

// A mark that only says "still in step" is written to disk at most this often.
constexpr uint64_t kRememberEveryMs = 30'000;

}  // namespace

// However it ended: of a line that was silent, or of a pass with a limit, the next contact wants to
// know as well.
void Peers::NoteSpeed(Peer& peer, const sync::Summary& summary) {
  if (summary.bytes_per_second > 0) peer.record.set_bytes_per_second(summary.bytes_per_second);
}

void Peers::NoteFailure(Peer& peer, const sync::Summary& summary) {
  const bool none_went_well = summary.instruments_failed == summary.instruments;
  const absl::Status why =
      summary.status.ok() && none_went_well ? summary.instrument_error : summary.status;
  if (why.ok()) return;
  peer.record.set_last_error(std::string(why.message()));
  // That somebody cannot be reached is no news; that he answered and then broke the rules is.
  const bool was_there =
      summary.mode != sync::Mode::kNone && base::ReasonOf(why) == "PEER_UNREACHABLE";
  if (!was_there &&
      (absl::IsUnavailable(why) || absl::IsDeadlineExceeded(why) || absl::IsCancelled(why))) {
    return;
  }
  runtime::LogEvery(
      "contact_failed/" + peer.spki.Short(), absl::Seconds(10), runtime::LogLevel::kWarning,
      "contact_failed",
      {{"peer", peer.spki.ToHex()}, {"code", peer.code}, {"why", std::string(why.message())}});
}

void Peers::Ended(Peer& peer, const sync::Summary& summary) {
  peer.contact.reset();
  NoteSpeed(peer, summary);
  peer.crossing.Over(peer.connected);
  changed_.SignalAll();
  if (peer.connected) {
    runtime::LogEvery("peer_disconnected/" + peer.spki.Short(), absl::Seconds(10),
                      runtime::LogLevel::kInfo, "peer_disconnected",
                      {{"peer", peer.code}, {"why", std::string(summary.status.message())}});
  }
  peer.connected = false;
  peer.yields = summary.yielded ? peer.yields + 1 : 0;
  NoteFailure(peer, summary);
}

void Peers::OnSynced(const Spki& spki, bool live, const sync::Summary& summary,
                     const Contact::Options::Synced& synced) {
  {
    MutexLock lock(mutex_);
    Peer* peer = Find(spki);
    if (live && !peer->connected) {
      peer->connected = true;
      peer->crossing.Live();
      const std::string mode = ModeWord(summary.mode);
      runtime::LogEvery("peer_connected/" + spki.Short() + "/" + mode, absl::Seconds(1),
                        runtime::LogLevel::kInfo, "peer_connected",
                        {{"peer", peer->code}, {"mode", mode}});
    }
    peer->skew_ms = summary.clock_ahead_ms;
    NoteSpeed(*peer, summary);
    peer->record.set_peer_store(summary.peer_store);
    changed_.SignalAll();
  }
  Remember(spki, synced);
  if (summary.instruments_failed == 0) core_->NoteContact(spki);
}

// An exchange came to its good end.
void Peers::Remember(const Spki& spki, const Contact::Options::Synced& synced) {
  v1::PeerRecord record;
  Contact::Options::Synced further{{}, synced.through};
  bool worth = false;
  {
    MutexLock lock(mutex_);
    Peer* peer = Find(spki);
    if (!peer) return;
    const uint64_t now = core_->clock().WallMs();
    peer->backoff.Reset();
    for (const base::InstrumentId& instrument : synced.instruments) {
      uint64_t& held = peer->held[instrument];
      if (held < synced.through) further.instruments.push_back(instrument);
      held = std::max(held, synced.through);
    }
    worth = !further.instruments.empty() || now > peer->remembered_ms + kRememberEveryMs;
    if (worth) peer->remembered_ms = now;
    peer->record.set_last_success_ms(now);
    peer->record.set_last_error("");
    record = peer->record;
  }
  if (!worth) return;
  absl::Status posted = core_->WriteAsync(
      [record, spki, further](driver::Replica& replica) {
        replica.PutPeer(record);
        for (const base::InstrumentId& instrument : further.instruments)
          replica.PutHeldThrough(spki, instrument, further.through);
        return absl::OkStatus();
      },
      [](absl::Status) {});
  if (!posted.ok()) {
    runtime::Log(runtime::LogLevel::kWarning, "peer_not_remembered",
                 {{"why", std::string(posted.message())}});
  }
}

}  // namespace entente::rpc
