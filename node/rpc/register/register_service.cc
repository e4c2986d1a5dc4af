#include "node/rpc/register/register_service.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/register/news.h"
#include "node/rpc/register/cosigner.h"
#include "node/rpc/register/held.h"
#include "node/rpc/tls/peer_credentials.h"
#include "node/rpc/unary.h"
#include "node/store/log_reader.h"

namespace entente::rpc {

using absl::StatusCode;
using base::Error;
using base::MutexLock;
using base::Spki;

namespace {

constexpr size_t kRegisterCallsPerPeerMax = 32;
constexpr size_t kRegisterBytesPerPeerMax = 8 << 20;
constexpr int kReceiptsMax = 64;

}  // namespace

RegisterService::RegisterService(NodeCore* core, Peers* peers, Registrar* registrar,
                                 const Identity* identity, runtime::WorkerPool* pool)
    : core_(*core),
      peers_(*peers),
      registrar_(*registrar),
      identity_(*identity),
      pool_(*pool),
      open_calls_(kRegisterCallsPerPeerMax, kRegisterBytesPerPeerMax) {
  subscription_ = core_.Subscribe([this](const store::PublishedPtr&) { Wake(); });
}

RegisterService::~RegisterService() { Stop(); }

absl::StatusOr<RegisterService::Caller> RegisterService::Admit(const Context& context,
                                                               size_t bytes) {
  std::optional<Spki> peer = PeerSpki(context);
  if (!peer) {
    return Error(StatusCode::kUnauthenticated, "PEER_UNKNOWN", "no node certificate was presented");
  }
  if (peers_.Paused(*peer)) {
    return Error(StatusCode::kUnavailable, "PEER_PAUSED",
                 "this node has paused the exchange; try again later");
  }
  std::shared_ptr<const void> place = open_calls_.Take(*peer, bytes);
  if (place == nullptr) {
    return Error(StatusCode::kResourceExhausted, "LIMIT_EXCEEDED",
                 absl::StrCat("of one peer at most ", kRegisterCallsPerPeerMax,
                              " calls about registers may be open; end some and try again"));
  }
  return Caller{*peer, std::move(place)};
}

absl::StatusOr<base::InstrumentId> RegisterService::Allowed(const Spki& peer,
                                                            const std::string& instrument) {
  auto id = base::InstrumentId::FromBytes(instrument);
  if (!id || core_.published()->AccessOf(peer, *id) != store::NodeAccess::kEntries) {
    return Error(StatusCode::kNotFound, "UNKNOWN_INSTRUMENT",
                 "this instrument is not known here, or not yours");
  }
  return *id;
}

grpc::ServerUnaryReactor* RegisterService::Offer(Context* context, const v1::RegisterNews* request,
                                                 v1::OfferReply* reply) {
  return OnPool(
      context, pool_,
      [this, caller = Admit(*context, request->SpaceUsedLong()), request, reply]() -> absl::Status {
        RETURN_IF_ERROR(caller.status());
        RETURN_IF_ERROR(Allowed(caller->peer, request->instrument()).status());
        if (!request->witness().empty()) {
          registrar_.NoteWitness(caller->peer, request->witness());
        }
        RETURN_IF_ERROR(TakeOffer(*request, *reply));
        registrar_.NoteMet(*base::InstrumentId::FromBytes(request->instrument()), caller->peer,
                           request->held());
        return absl::OkStatus();
      });
}

absl::Status RegisterService::TakeOffer(const v1::RegisterNews& news, v1::OfferReply& reply) {
  const auto instrument = *base::InstrumentId::FromBytes(news.instrument());
  RETURN_IF_ERROR(core_.Write([&](driver::Replica& replica) -> absl::Status {
    ASSIGN_OR_RETURN(reg::TakenNews taken, replica.TakeRegisterNews(news));
    reply.set_evidence(taken.evidence);
    return absl::OkStatus();
  }));
  const store::PublishedPtr published = core_.published();
  auto head = published->registers.find(instrument);
  if (head == published->registers.end()) return absl::OkStatus();
  reply.set_held(head->second->leaves);
  reply.set_held_final(head->second->final_size);
  reply.set_state(head->second->state);
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* RegisterService::AddCheckpoint(Context* context,
                                                         const v1::AddCheckpointRequest* request,
                                                         v1::AddCheckpointReply* reply) {
  return OnPool(
      context, pool_,
      [this, caller = Admit(*context, request->SpaceUsedLong()), request, reply]() -> absl::Status {
        RETURN_IF_ERROR(caller.status());
        ASSIGN_OR_RETURN(std::string lines,
                         CosignRequest(core_, registrar_.keys(), caller->peer, request->body()));
        reply->set_lines(std::move(lines));
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* RegisterService::Receipt(Context* context,
                                                   const v1::ReceiptRequest* request,
                                                   v1::ReceiptReply* reply) {
  return OnPool(
      context, pool_,
      [this, caller = Admit(*context, request->SpaceUsedLong()), request, reply]() -> absl::Status {
        RETURN_IF_ERROR(caller.status());
        ASSIGN_OR_RETURN(const base::InstrumentId instrument,
                         Allowed(caller->peer, request->instrument()));
        if (request->entries_size() > kReceiptsMax) {
          return Error(StatusCode::kInvalidArgument, "LIMIT_EXCEEDED",
                       absl::StrCat("at most ", kReceiptsMax, " entries in one call"));
        }
        const store::PublishedPtr published = core_.published();
        auto snapshot = core_.NewSnapshot();
        auto head = published->registers.find(instrument);
        for (const std::string& raw : request->entries()) {
          auto id = base::EntryId::FromBytes(raw);
          if (!id) {
            return Error(StatusCode::kInvalidArgument, "ENTRY_MALFORMED",
                         "an entry id that is not 32 bytes");
          }
          RETURN_IF_ERROR(
              AnswerReceipt(*snapshot, instrument,
                            head == published->registers.end() ? nullptr : head->second.get(),
                            identity_, *id, core_.clock().WallMs(), *reply->add_receipts()));
        }
        return absl::OkStatus();
      });
}

// The answer to one News call. Messages are made on the pool, one at a time; a live stream that has
// nothing new waits for a commit.
//
// Life: gRPC holds it until OnDone; a job on the pool and the service's list hold it by shared_ptr.
class RegisterService::NewsStream final : public grpc::ServerWriteReactor<v1::RegisterNews>,
                                          public std::enable_shared_from_this<NewsStream> {
 public:
  NewsStream(RegisterService* service, absl::StatusOr<Caller> caller,
             const v1::NewsRequest& request)
      : service_(*service),
        caller_(std::move(caller)),
        request_(request),
        leaves_(request.leaves()),
        final_size_(request.final_size()) {}

  void Begin() {
    self_ = shared_from_this();
    Schedule();
  }
  // Something was committed, or the service stops.
  void Wake() {
    bool go = false;
    {
      MutexLock lock(mutex_);
      news_ = true;
      go = std::exchange(idle_, false);
    }
    if (go) Schedule();
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return End(absl::CancelledError("the peer left"));
    Schedule();
  }
  void OnCancel() override {
    {
      MutexLock lock(mutex_);
      cancelled_ = true;
    }
    Wake();
  }
  void OnDone() override {
    service_.Leave(this);
    self_.reset();
  }

 private:
  void Schedule() {
    absl::Status posted = service_.pool_.Post([self = shared_from_this()] { self->Step(); });
    if (!posted.ok()) End(posted);
  }

  // On the pool; never two at once.
  void Step() {
    {
      MutexLock lock(mutex_);
      news_ = false;
      if (cancelled_ && !finished_) {
        finished_ = true;
        return Finish(grpc::Status::CANCELLED);
      }
    }
    absl::StatusOr<std::optional<v1::RegisterNews>> news = Next();
    if (!news.ok()) return End(news.status());
    if (news->has_value()) {
      {
        MutexLock lock(mutex_);
        if (finished_) return;
      }
      current_ = *std::move(*news);
      return StartWrite(&current_);
    }
    if (!request_.live()) return End(absl::OkStatus());
    {
      MutexLock lock(mutex_);
      if (!news_ && !cancelled_) {
        idle_ = true;
        return;
      }
    }
    Schedule();
  }

  absl::StatusOr<std::optional<v1::RegisterNews>> Next() {
    RETURN_IF_ERROR(caller_.status());
    {
      MutexLock lock(service_.mutex_);
      if (service_.stopping_)
        return Error(StatusCode::kUnavailable, "SHUTTING_DOWN", "this node is shutting down");
    }
    if (service_.peers_.Paused(caller_->peer)) {
      return Error(StatusCode::kUnavailable, "PEER_PAUSED",
                   "this node has paused the exchange; try again later");
    }
    ASSIGN_OR_RETURN(const base::InstrumentId instrument,
                     service_.Allowed(caller_->peer, request_.instrument()));
    const store::PublishedPtr published = service_.core_.published();
    auto it = published->registers.find(instrument);
    if (it == published->registers.end()) return std::optional<v1::RegisterNews>();
    const reg::Head& head = *it->second;
    if (request_.log() != head.log.view() || told_ == head.state) {
      return std::optional<v1::RegisterNews>();
    }
    auto snapshot = service_.core_.NewSnapshot();
    ASSIGN_OR_RETURN(v1::RegisterNews news,
                     reg::MakeNews(*snapshot, instrument, head, leaves_, final_size_));
    leaves_ += news.leaves().size() / 32;
    const bool whole =
        leaves_ >= head.newest.checkpoint.size && news.finals_size() < reg::kNewsFinalMax;
    if (whole) {
      told_ = head.state;
      final_size_ = head.final_size;
    } else if (news.finals_size() > 0) {
      ASSIGN_OR_RETURN(auto last, tlog::ParseSignedCheckpoint(news.finals(news.finals_size() - 1)));
      final_size_ = last.checkpoint.size;
    }
    if (!head.kept_here) news.set_witness(service_.registrar_.OwnWitness());
    return std::optional<v1::RegisterNews>(std::move(news));
  }

  void End(const absl::Status& status) {
    {
      MutexLock lock(mutex_);
      if (std::exchange(finished_, true)) return;
    }
    Finish(wire::ToGrpc(status));
  }

  RegisterService& service_;
  const absl::StatusOr<Caller> caller_;
  const v1::NewsRequest request_;
  uint64_t leaves_, final_size_;  // of the caller, as far as was told
  std::string told_;              // the state the caller knows
  v1::RegisterNews current_;
  std::shared_ptr<NewsStream> self_;  // gRPC's share, until OnDone
  base::Mutex mutex_;
  bool idle_ ABSL_GUARDED_BY(mutex_) = false;
  bool news_ ABSL_GUARDED_BY(mutex_) = false;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

grpc::ServerWriteReactor<v1::RegisterNews>* RegisterService::News(Context* context,
                                                                  const v1::NewsRequest* request) {
  absl::StatusOr<Caller> caller = Admit(*context, request->SpaceUsedLong());
  if (caller.ok() && !request->witness().empty()) {
    registrar_.NoteWitness(caller->peer, request->witness());
  }
  auto stream = std::make_shared<NewsStream>(this, std::move(caller), *request);
  {
    MutexLock lock(mutex_);
    streams_.emplace(stream.get(), stream);
  }
  stream->Begin();
  return stream.get();
}

void RegisterService::Leave(NewsStream* stream) {
  MutexLock lock(mutex_);
  streams_.erase(stream);
}

void RegisterService::Wake() {
  std::vector<std::shared_ptr<NewsStream>> streams;
  {
    MutexLock lock(mutex_);
    for (auto& [raw, weak] : streams_) {
      if (auto stream = weak.lock()) streams.push_back(std::move(stream));
    }
  }
  for (auto& stream : streams) stream->Wake();
}

void RegisterService::Stop() {
  if (subscription_ != 0) core_.Unsubscribe(std::exchange(subscription_, 0));
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  Wake();
}

}  // namespace entente::rpc
