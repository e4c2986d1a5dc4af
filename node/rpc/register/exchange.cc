#include "node/rpc/register/exchange.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "node/register/order.h"
#include "node/rpc/register/news_intake.h"
#include "node/runtime/log.h"

namespace entente::rpc {

using base::MutexLock;

namespace {

// An upper bound only: a single pass waits for its entries, however long they take.
constexpr auto kPassDeadline = std::chrono::hours(6);
constexpr auto kOfferDeadline = std::chrono::minutes(2);
// After the last entry of a pass, for what is left.
constexpr absl::Duration kRestDeadline = absl::Minutes(2);
// After a stream that failed while the contact goes on.
constexpr uint64_t kAgainAfterMs = 5'000;
// While entries come that were named by their places: how often to look again, and when to ask for
// ids instead. An entry that is kept aside here may never be held.
constexpr uint64_t kLookAgainMs = 100;
constexpr uint64_t kPatienceMs = 60'000;
// An offer the peer could not read is made again when the peer may hold more.
constexpr uint64_t kOfferAgainMs = 1'000;

}  // namespace

RegisterExchange::RegisterExchange(NodeCore* core, Registrar* registrar,
                                   std::shared_ptr<grpc::Channel> channel, const base::Spki& peer,
                                   const base::InstrumentId& instrument, bool live)
    : core_(*core),
      registrar_(*registrar),
      peer_(peer),
      instrument_(instrument),
      stub_(v1::Register::NewStub(channel)),
      live_(live) {}

RegisterExchange::~RegisterExchange() { Stop(); }

std::shared_ptr<const reg::Head> RegisterExchange::Head() const {
  const store::PublishedPtr published = core_.published();
  auto it = published->registers.find(instrument_);
  return it == published->registers.end() ? nullptr : it->second;
}

void RegisterExchange::Listen() {
  subscription_ = core_.Subscribe([this](const store::PublishedPtr&) {
    MutexLock lock(mutex_);
    ++commits_;
    changed_.SignalAll();
  });
}

void RegisterExchange::Begin() {
  Listen();
  if (live_) {
    follower_ = std::thread([this] { FollowLoop(); });
    offerer_ = std::thread([this] { OfferLoop(); });
  } else {
    follower_ = std::thread([this] { Once(); });
  }
}

void RegisterExchange::Once() {
  if (Follow(reg::Naming::kPlaces) == Next::kSpellOut) Follow(reg::Naming::kSpelt);
  OfferAll();
  MutexLock lock(mutex_);
  done_ = true;
  changed_.SignalAll();
}

void RegisterExchange::Stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    if (open_ != nullptr) open_->TryCancel();
    if (offering_ != nullptr) offering_->TryCancel();
    changed_.SignalAll();
  }
  if (follower_.joinable()) follower_.join();
  if (offerer_.joinable()) offerer_.join();
  if (subscription_ != 0) core_.Unsubscribe(std::exchange(subscription_, 0));
}

void RegisterExchange::Settle(bool whole) {
  MutexLock lock(mutex_);
  settled_ = whole ? Settled::kWhole : Settled::kCutShort;
  changed_.SignalAll();
}

void RegisterExchange::Finish() {
  {
    const uint64_t until =
        core_.clock().SteadyMs() + static_cast<uint64_t>(absl::ToInt64Milliseconds(kRestDeadline));
    MutexLock lock(mutex_);
    for (uint64_t now = core_.clock().SteadyMs(); !done_ && now < until;
         now = core_.clock().SteadyMs()) {
      changed_.WaitFor(mutex_, absl::Milliseconds(until - now));
    }
  }
  Stop();
}

// What is spelt out is asked for once, up to what there is.
RegisterExchange::Next RegisterExchange::Follow(reg::Naming naming) {
  const auto head = Head();
  if (head == nullptr) return Next::kEnd;
  const bool live = live_ && naming == reg::Naming::kPlaces;
  v1::NewsRequest request;
  request.set_instrument(instrument_.str());
  request.set_log(head->log.str());
  request.set_leaves(head->leaves);
  request.set_final_size(head->final_size);
  request.set_live(live);
  request.set_spelt(naming == reg::Naming::kSpelt);
  if (!head->kept_here) request.set_witness(registrar_.OwnWitness());
  grpc::ClientContext context;
  if (!live_) context.set_deadline(std::chrono::system_clock::now() + kPassDeadline);
  {
    MutexLock lock(mutex_);
    if (stopping_) return Next::kEnd;
    open_ = &context;
    followed_ = head->log;
    witness_told_ = true;
  }
  auto reader = stub_->News(&context, request);
  v1::RegisterNews news;
  Next next = Next::kGoOn;
  while (next == Next::kGoOn && reader->Read(&news)) next = Take(news);
  context.TryCancel();
  (void)reader->Finish();
  MutexLock lock(mutex_);
  open_ = nullptr;
  return next;
}

// kEnd: what was told is no news of this register, and the stream is not worth going on with.
RegisterExchange::Next RegisterExchange::Take(const v1::RegisterNews& news) {
  if (!news.witness().empty()) registrar_.NoteWitness(peer_, news.witness());
  Patience patience{core_.clock().SteadyMs()};
  absl::StatusOr<NewsIntake> in;
  for (;;) {
    uint64_t commits = 0;
    {
      MutexLock lock(mutex_);
      commits = commits_;
    }
    in = TakeNews(core_, news);
    if (!in.ok() || in->intake != Intake::kLacksEntries) break;
    const Next next = AwaitEntries(commits, patience);
    if (next != Next::kGoOn) return next;
  }
  if (in.ok() && in->intake == Intake::kSpellOut) return Next::kSpellOut;
  if (!in.ok() || in->taken.contradicts) {
    runtime::LogEvery("register_news/" + peer_.Short(), absl::Seconds(10),
                      runtime::LogLevel::kWarning, "register_news_refused",
                      {{"peer", peer_.ToHex()},
                       {"why", in.ok() ? "it contradicts what is held here"
                                       : std::string(in.status().message())}});
  }
  NoteTheirs(news);
  if (in.ok()) registrar_.NoteMet(instrument_, peer_, news.held());
  // What contradicts is answered by an offer of ours: the peer then sees it, too.
  return in.ok() ? Next::kGoOn : Next::kEnd;
}

void RegisterExchange::NoteTheirs(const v1::RegisterNews& news) {
  MutexLock lock(mutex_);
  theirs_ = {true, news.held(), news.held_final(), news.state(), news.asks()};
  if (!news.asks()) answered_ = false;
  changed_.SignalAll();
}

RegisterExchange::Next RegisterExchange::AwaitEntries(std::optional<uint64_t> commits,
                                                      Patience& patience) {
  const uint64_t tried_ms = core_.clock().SteadyMs();
  const uint64_t wait = commits ? kLookAgainMs : kOfferAgainMs << std::min(patience.tries++, 5);
  MutexLock lock(mutex_);
  for (;;) {
    if (stopping_ || settled_ == Settled::kCutShort) return Next::kEnd;
    if (settled_ == Settled::kWhole) {
      return std::exchange(patience.last_try, true) ? Next::kSpellOut : Next::kGoOn;
    }
    const uint64_t now = core_.clock().SteadyMs();
    if (live_ && now >= patience.began_ms + kPatienceMs) return Next::kSpellOut;
    const bool news = !commits || commits_ != *commits;
    if (news && now >= tried_ms + wait) return Next::kGoOn;
    changed_.WaitFor(mutex_, absl::Milliseconds(news ? tried_ms + wait - now : kPatienceMs));
  }
}

void RegisterExchange::OfferAll() {
  reg::Naming naming = reg::Naming::kPlaces;
  Patience patience{core_.clock().SteadyMs()};
  for (;;) {
    const auto head = Head();
    Theirs theirs;
    {
      MutexLock lock(mutex_);
      if (stopping_ || !Due(head.get())) return;
      theirs = theirs_;
    }
    Next next = OfferOne(*head, theirs, naming);
    if (next == Next::kGoOn) {
      naming = reg::Naming::kPlaces;
      patience = {core_.clock().SteadyMs()};
    }
    if (next == Next::kLater) next = AwaitEntries(std::nullopt, patience);
    if (next == Next::kEnd) return;
    if (next == Next::kSpellOut) naming = reg::Naming::kSpelt;
  }
}

RegisterExchange::Next RegisterExchange::OfferOne(const reg::Head& head, const Theirs& theirs,
                                                  reg::Naming naming) {
  auto snapshot = core_.NewSnapshot();
  auto news =
      reg::MakeNews(*snapshot, instrument_, head, {theirs.leaves, theirs.final_size, naming});
  if (!news.ok()) return Next::kEnd;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kOfferDeadline);
  bool tell_witness = false;
  {
    MutexLock lock(mutex_);
    if (stopping_) return Next::kEnd;
    offering_ = &context;
    tell_witness = !head.kept_here && !std::exchange(witness_told_, true);
  }
  if (tell_witness) news->set_witness(registrar_.OwnWitness());
  v1::OfferReply reply;
  const grpc::Status status = stub_->Offer(&context, *news, &reply);
  MutexLock lock(mutex_);
  offering_ = nullptr;
  if (!status.ok()) {
    offered_ = head.state;
    answered_ = true;
    return Next::kEnd;
  }
  const bool further = reply.held() > theirs.leaves || reply.held_final() > theirs.final_size;
  theirs_ = {true, reply.held(), reply.held_final(), reply.state(), theirs_.asks};
  // Ids can be read whatever is held: who says otherwise is not told again and again.
  if (reply.lacks_entries() && naming == reg::Naming::kPlaces) return Next::kLater;
  // Ids that lead nowhere either: it is told that they do not go together, and no more.
  if (reply.spell_out() && naming == reg::Naming::kPlaces) return Next::kSpellOut;
  // Told everything once; what changes later is told again.
  if (!further || reply.held() >= head.newest.checkpoint.size) {
    offered_ = head.state;
    answered_ = true;
  }
  if (!reply.evidence().empty()) {
    runtime::Log(runtime::LogLevel::kError, "register_contradicts_itself",
                 {{"peer", peer_.ToHex()}});
  }
  return Next::kGoOn;
}

bool RegisterExchange::Due(const reg::Head* head) const {
  if (head == nullptr || !theirs_.known) return false;
  if (theirs_.asks && !answered_) return true;
  return theirs_.state != head->state && offered_ != head->state &&
         head->newest.checkpoint.size > 0;
}

// Places, as long as they can be read; ids, once, where they cannot.
void RegisterExchange::FollowLoop() {
  for (;;) {
    if (Follow(reg::Naming::kPlaces) == Next::kSpellOut) Follow(reg::Naming::kSpelt);
    MutexLock lock(mutex_);
    const uint64_t until = core_.clock().SteadyMs() + kAgainAfterMs;
    const bool had_register = Head() != nullptr;
    for (uint64_t now = core_.clock().SteadyMs();
         !stopping_ && now < until && had_register == (Head() != nullptr);
         now = core_.clock().SteadyMs()) {
      changed_.WaitFor(mutex_, absl::Milliseconds(until - now));
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
