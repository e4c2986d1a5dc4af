#include "node/rpc/register/exchange.h"

#include <chrono>
#include <utility>

#include "node/base/status_macros.h"
#include "node/register/news.h"
#include "node/register/registers.h"
#include "node/runtime/log.h"
#include "node/wire/status_codec.h"

namespace entente::rpc {

using base::MutexLock;

namespace {

constexpr auto kOnceDeadline = std::chrono::minutes(2);
// After a stream that failed while the contact goes on.
constexpr absl::Duration kAgainAfter = absl::Seconds(5);

}  // namespace

RegisterExchange::RegisterExchange(NodeCore* core, Registrar* registrar,
                                   std::shared_ptr<grpc::Channel> channel, const base::Spki& peer,
                                   const base::InstrumentId& instrument)
    : core_(*core),
      registrar_(*registrar),
      peer_(peer),
      instrument_(instrument),
      stub_(v1::Register::NewStub(channel)) {}

RegisterExchange::~RegisterExchange() { Stop(); }

std::shared_ptr<const reg::Head> RegisterExchange::Head() const {
  const store::PublishedPtr published = core_.published();
  auto it = published->registers.find(instrument_);
  return it == published->registers.end() ? nullptr : it->second;
}

void RegisterExchange::Once() {
  Follow(false);
  OfferAll();
}

void RegisterExchange::Begin() {
  subscription_ = core_.Subscribe([this](const store::PublishedPtr&) {
    MutexLock lock(mutex_);
    changed_.SignalAll();
  });
  follower_ = std::thread([this] { FollowLoop(); });
  offerer_ = std::thread([this] { OfferLoop(); });
}

void RegisterExchange::Stop() {
  if (subscription_ != 0) core_.Unsubscribe(std::exchange(subscription_, 0));
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    if (open_ != nullptr) open_->TryCancel();
    if (offering_ != nullptr) offering_->TryCancel();
    changed_.SignalAll();
  }
  if (follower_.joinable()) follower_.join();
  if (offerer_.joinable()) offerer_.join();
}

void RegisterExchange::Follow(bool live) {
  const auto head = Head();
  if (head == nullptr) return;
  v1::NewsRequest request;
  request.set_instrument(instrument_.str());
  request.set_log(head->log.str());
  request.set_leaves(head->leaves);
  request.set_final_size(head->final_size);
  request.set_live(live);
  if (!head->kept_here) request.set_witness(registrar_.OwnWitness());
  grpc::ClientContext context;
  if (!live) context.set_deadline(std::chrono::system_clock::now() + kOnceDeadline);
  {
    MutexLock lock(mutex_);
    if (stopping_) return;
    open_ = &context;
    followed_ = head->log;
  }
  auto reader = stub_->News(&context, request);
  v1::RegisterNews news;
  while (reader->Read(&news)) {
    if (!Take(news)) break;
  }
  context.TryCancel();
  const grpc::Status status = reader->Finish();
  MutexLock lock(mutex_);
  open_ = nullptr;
  (void)status;
}

// False: what was told is no news of this register, and the stream is not worth going on with.
bool RegisterExchange::Take(const v1::RegisterNews& news) {
  if (!news.witness().empty()) registrar_.NoteWitness(peer_, news.witness());
  reg::TakenNews taken;
  absl::Status stored = core_.Write([&](driver::Replica& replica) -> absl::Status {
    ASSIGN_OR_RETURN(taken, replica.TakeRegisterNews(news));
    return absl::OkStatus();
  });
  if (!stored.ok() || taken.contradicts) {
    runtime::LogEvery("register_news/" + peer_.Short(), absl::Seconds(10),
                      runtime::LogLevel::kWarning, "register_news_refused",
                      {{"peer", peer_.ToHex()},
                       {"why", stored.ok() ? "it contradicts what is held here"
                                           : std::string(stored.message())}});
  }
  {
    MutexLock lock(mutex_);
    theirs_ = {true, news.held(), news.held_final(), news.state(), news.asks()};
    if (!news.asks()) answered_ = false;
    changed_.SignalAll();
  }
  if (stored.ok()) registrar_.NoteMet(instrument_, peer_, news.held());
  // What contradicts is answered by an offer of ours: the peer then sees it, too.
  return stored.ok();
}

bool RegisterExchange::OfferAll() {
  bool went = false;
  for (;;) {
    const auto head = Head();
    Theirs theirs;
    {
      MutexLock lock(mutex_);
      if (stopping_ || !Due(head.get())) return went;
      theirs = theirs_;
    }
    auto snapshot = core_.NewSnapshot();
    auto news = reg::MakeNews(*snapshot, instrument_, *head, theirs.leaves, theirs.final_size);
    if (!news.ok()) return went;
    if (!head->kept_here) news->set_witness(registrar_.OwnWitness());
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kOnceDeadline);
    {
      MutexLock lock(mutex_);
      if (stopping_) return went;
      offering_ = &context;
    }
    v1::OfferReply reply;
    const grpc::Status status = stub_->Offer(&context, *news, &reply);
    MutexLock lock(mutex_);
    offering_ = nullptr;
    if (!status.ok()) {
      offered_ = head->state;
      answered_ = true;
      return went;
    }
    went = true;
    const bool further = reply.held() > theirs.leaves || reply.held_final() > theirs.final_size;
    theirs_ = {true, reply.held(), reply.held_final(), reply.state(), theirs_.asks};
    // Told everything once; what changes later is told again.
    if (!further || reply.held() >= head->newest.checkpoint.size) {
      offered_ = head->state;
      answered_ = true;
    }
    if (!reply.evidence().empty()) {
      runtime::Log(runtime::LogLevel::kError, "register_contradicts_itself",
                   {{"peer", peer_.ToHex()}});
    }
  }
}

bool RegisterExchange::Due(const reg::Head* head) const {
  if (head == nullptr || !theirs_.known) return false;
  if (theirs_.asks && !answered_) return true;
  return theirs_.state != head->state && offered_ != head->state &&
         head->newest.checkpoint.size > 0;
}

void RegisterExchange::FollowLoop() {
  for (;;) {
    Follow(true);
    MutexLock lock(mutex_);
    const uint64_t until =
        core_.clock().SteadyMs() + static_cast<uint64_t>(absl::ToInt64Milliseconds(kAgainAfter));
    const bool had_register = Head() != nullptr;
    while (!stopping_ && core_.clock().SteadyMs() < until && had_register == (Head() != nullptr)) {
      changed_.WaitFor(mutex_, kAgainAfter);
    }
    if (stopping_) return;
  }
}

void RegisterExchange::OfferLoop() {
  for (;;) {
    OfferAll();
    MutexLock lock(mutex_);
    const auto head = Head();
    if (stopping_) return;
    // The charter named another register: the stream about the old one has nothing more to tell.
    if (open_ != nullptr && head != nullptr && head->log != followed_) open_->TryCancel();
    if (!Due(head.get())) changed_.Wait(mutex_);
    if (stopping_) return;
  }
}

}  // namespace entente::rpc
