#include "node/rpc/register/register_service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/register/news.h"
#include "node/rpc/refused.h"
#include "node/rpc/register/cosigner.h"
#include "node/rpc/register/held.h"
#include "node/rpc/register/news_intake.h"
#include "node/rpc/unary.h"

namespace entente::rpc {

using absl::StatusCode;
using base::Error;
using base::Spki;

namespace {

constexpr size_t kRegisterCallsPerPeerMax = 32;
constexpr size_t kRegisterBytesPerPeerMax = 8 << 20;
constexpr int kReceiptsMax = 64;

}  // namespace

RegisterService::RegisterService(NodeCore* core, Peers* peers, Registrar* registrar,
                                 const Identity* identity, runtime::WorkerPool* pool)
    : core_(*core),
      registrar_(*registrar),
      identity_(*identity),
      pool_(*pool),
      gate_("Register", peers, {kRegisterCallsPerPeerMax, kRegisterBytesPerPeerMax}) {
  // In the order of the proto file, as gRPC numbers them.
  MarkMethodStreamed(0, arrival_.Of(this, &RegisterService::News));
  MarkMethodStreamed(1, arrival_.Of(this, &RegisterService::Offer));
  MarkMethodStreamed(2, arrival_.Of(this, &RegisterService::AddCheckpoint));
  MarkMethodStreamed(3, arrival_.Of(this, &RegisterService::Receipt));
  subscription_ = core_.Subscribe([this](const store::PublishedPtr&) { streams_.WakeAll(); });
}

RegisterService::~RegisterService() { Stop(); }

template <class Request, class Answer>
grpc::ServerUnaryReactor* RegisterService::AnswerOne(Context* context, const char* call,
                                                     const Request* request, Answer answer) {
  absl::StatusOr<PeerGate::Admitted> caller = gate_.Admit(*context, request->SpaceUsedLong());
  if (!caller.ok()) return RefusedCall(context, caller.status());
  return OnPool(context, pool_, caller->place, [this, call, peer = caller->peer, answer] {
    return gate_.Told(peer, call, answer(peer));
  });
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
  return AnswerOne(context, "Offer", request, [this, request, reply](const Spki& peer) {
    return TakeOffer(peer, *request, *reply);
  });
}

absl::Status RegisterService::TakeOffer(const Spki& peer, const v1::RegisterNews& news,
                                        v1::OfferReply& reply) {
  ASSIGN_OR_RETURN(const base::InstrumentId instrument, Allowed(peer, news.instrument()));
  if (!news.witness().empty()) registrar_.NoteWitness(peer, news.witness());
  ASSIGN_OR_RETURN(const NewsIntake in, TakeNews(core_, news));
  reply.set_lacks_entries(in.intake == Intake::kLacksEntries);
  reply.set_spell_out(in.intake == Intake::kSpellOut);
  reply.set_evidence(in.taken.evidence);
  if (in.intake == Intake::kTaken) registrar_.NoteMet(instrument, peer, news.held());
  if (in.intake == Intake::kTaken && in.taken.contradicts) {
    (void)gate_.Told(peer, "Offer",
                     absl::InvalidArgumentError("what it tells contradicts what is held here"));
  }
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
  return AnswerOne(
      context, "AddCheckpoint", request, [this, request, reply](const Spki& peer) -> absl::Status {
        ASSIGN_OR_RETURN(*reply->mutable_lines(),
                         CosignRequest(core_, registrar_.keys(), peer, request->body()));
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* RegisterService::Receipt(Context* context,
                                                   const v1::ReceiptRequest* request,
                                                   v1::ReceiptReply* reply) {
  return AnswerOne(context, "Receipt", request, [this, request, reply](const Spki& peer) {
    return AnswerReceipts(peer, *request, *reply);
  });
}

absl::Status RegisterService::AnswerReceipts(const Spki& peer, const v1::ReceiptRequest& request,
                                             v1::ReceiptReply& reply) {
  ASSIGN_OR_RETURN(const base::InstrumentId instrument, Allowed(peer, request.instrument()));
  if (request.entries_size() > kReceiptsMax) {
    return Error(StatusCode::kInvalidArgument, "LIMIT_EXCEEDED",
                 absl::StrCat("at most ", kReceiptsMax, " entries in one call"));
  }
  const store::PublishedPtr published = core_.published();
  auto snapshot = core_.NewSnapshot();
  auto head = published->registers.find(instrument);
  for (const std::string& raw : request.entries()) {
    auto id = base::EntryId::FromBytes(raw);
    if (!id) {
      return Error(StatusCode::kInvalidArgument, "ENTRY_MALFORMED",
                   "an entry id that is not 32 bytes");
    }
    RETURN_IF_ERROR(AnswerReceipt(*snapshot, instrument,
                                  head == published->registers.end() ? nullptr : head->second.get(),
                                  identity_, *id, core_.clock().WallMs(), *reply.add_receipts()));
  }
  return absl::OkStatus();
}

// The answer to one News call.
class RegisterService::NewsStream final : public LiveStream<v1::RegisterNews> {
 public:
  NewsStream(RegisterService* service, PeerGate::Admitted caller, const v1::NewsRequest& request)
      : LiveStream(&service->streams_, &service->pool_),
        service_(*service),
        caller_(std::move(caller)),
        request_(request),
        knows_{request.leaves(), request.final_size(),
               request.spelt() ? reg::Naming::kSpelt : reg::Naming::kPlaces} {}

 private:
  using News = std::optional<v1::RegisterNews>;

  absl::StatusOr<News> Next() override {
    RETURN_IF_ERROR(service_.gate_.StillWelcome(caller_.peer));
    ASSIGN_OR_RETURN(const base::InstrumentId instrument,
                     service_.Allowed(caller_.peer, request_.instrument()));
    const store::PublishedPtr published = service_.core_.published();
    auto it = published->registers.find(instrument);
    if (it == published->registers.end()) return News();
    const reg::Head& head = *it->second;
    if (request_.log() != head.log.view() || told_ == head.state) return News();
    auto snapshot = service_.core_.NewSnapshot();
    ASSIGN_OR_RETURN(v1::RegisterNews news, reg::MakeNews(*snapshot, instrument, head, knows_));
    ASSIGN_OR_RETURN(const bool whole, reg::Advance(head, news, knows_));
    if (whole) told_ = head.state;
    if (!head.kept_here && !std::exchange(witness_told_, true)) {
      news.set_witness(service_.registrar_.OwnWitness());
    }
    return News(std::move(news));
  }
  bool live() const override { return request_.live(); }

  RegisterService& service_;
  const PeerGate::Admitted caller_;
  const v1::NewsRequest request_;
  reg::NewsFor knows_;  // the caller, as far as was told
  std::string told_;    // the state the caller knows
  bool witness_told_ = false;
};

grpc::ServerWriteReactor<v1::RegisterNews>* RegisterService::News(Context* context,
                                                                  const v1::NewsRequest* request) {
  absl::StatusOr<PeerGate::Admitted> caller = gate_.Admit(*context, request->SpaceUsedLong());
  if (caller.ok() && !request->witness().empty()) {
    registrar_.NoteWitness(caller->peer, request->witness());
  }
  if (!caller.ok()) return new RefusedStream<v1::RegisterNews>(caller.status());
  auto stream = std::make_shared<NewsStream>(this, *std::move(caller), *request);
  stream->Begin();
  return stream.get();
}

void RegisterService::Stop() {
  if (subscription_ != 0) core_.Unsubscribe(std::exchange(subscription_, 0));
  streams_.Stop();
}

}  // namespace entente::rpc
