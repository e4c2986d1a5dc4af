// The dialling side of what two nodes tell each other of one instrument's register, over the
// channel of a contact: what the peer has is fetched, what it lacks is offered, until both know the
// same. It goes beside the entries and names them by their places in their feeds; where they are
// not held yet, it is taken when they came (docs/protocol.md, "Register").
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "entente/v1/register.grpc.pb.h"
#include "node/base/mutex.h"
#include "node/register/news.h"
#include "node/rpc/node_core.h"
#include "node/rpc/register/registrar.h"

namespace entente::rpc {

class RegisterExchange {
 public:
  // `core` and `registrar` outlive it.
  // `live`: until Stop(); else once, until both know the same or it cannot be helped.
  RegisterExchange(NodeCore* core, Registrar* registrar, std::shared_ptr<grpc::Channel> channel,
                   const base::Spki& peer, const base::InstrumentId& instrument, bool live);
  ~RegisterExchange();

  // From now on, on threads of its own.
  void Begin();
  void Stop();
  // No more entries come by this contact. `whole`: nor are there more at the peer, so what is still
  // missing has to be spelt out. What is named and not held waits for this, or for 60 s if live.
  void Settle(bool whole);
  // After Settle(): waits for the rest, within bounds, and stops.
  void Finish();

 private:
  enum class Next : uint8_t { kGoOn, kEnd, kLater, kSpellOut };
  enum class Settled : uint8_t { kNot, kWhole, kCutShort };
  // For entries that were named by their places and are not held, here or at the peer.
  struct Patience {
    uint64_t began_ms = 0;  // steady clock
    int tries = 0;
    bool last_try = false;
  };

  struct Theirs {
    bool known = false;
    uint64_t leaves = 0, final_size = 0;
    std::string state;
    bool asks = false;  // wants to hear what we hold, new or not
  };

  std::shared_ptr<const reg::Head> Head() const;
  void Listen();
  void Once();
  // Reads news until the stream ends.
  Next Follow(reg::Naming naming);
  Next Take(const v1::RegisterNews& news);
  void NoteTheirs(const v1::RegisterNews& news);
  // Waits until it is worth trying again: kGoOn, try. `commits`: as of the last try, for entries
  // that come here; nothing: they come to the peer.
  Next AwaitEntries(std::optional<uint64_t> commits, Patience& patience);
  // Offers what the peer lacks.
  void OfferAll();
  // kGoOn: it may lack more. kLater: entries.
  Next OfferOne(const reg::Head& head, const Theirs& theirs, reg::Naming naming);
  void FollowLoop();
  void OfferLoop();
  // Is something to be offered?
  bool Due(const reg::Head* head) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  NodeCore& core_;
  Registrar& registrar_;
  const base::Spki peer_;
  const base::InstrumentId instrument_;
  const std::unique_ptr<v1::Register::Stub> stub_;
  const bool live_;
  int subscription_ = 0;
  base::Mutex mutex_;
  base::CondVar changed_;
  Theirs theirs_ ABSL_GUARDED_BY(mutex_);
  reg::LogId followed_ ABSL_GUARDED_BY(mutex_);
  bool answered_ ABSL_GUARDED_BY(mutex_) = false;  // what it asked
  std::string offered_ ABSL_GUARDED_BY(mutex_);    // our state when the peer last had our offer
  grpc::ClientContext* open_ ABSL_GUARDED_BY(mutex_) = nullptr;  // of the stream or offer under way
  grpc::ClientContext* offering_ ABSL_GUARDED_BY(mutex_) = nullptr;
  uint64_t commits_ ABSL_GUARDED_BY(mutex_) = 0;
  Settled settled_ ABSL_GUARDED_BY(mutex_) = Settled::kNot;
  bool done_ ABSL_GUARDED_BY(mutex_) = false;
  bool witness_told_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread follower_, offerer_;
};

}  // namespace entente::rpc
