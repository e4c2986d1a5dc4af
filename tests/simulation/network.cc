#include "tests/simulation/network.h"

#include <utility>

#include "node/base/check.h"
#include "node/sync/contact/answers.h"

namespace entente::simulation {

using sync::Action;
using sync::Dialer;

namespace {

// A call whose message was lost fails after this, when it fails at all.
constexpr Millis kResetAfter = 3'000;
constexpr Millis kTickEvery = 2'000;
// A contact keeps to so many bytes, per thousand; never while the nodes heal.
constexpr uint64_t kLimited = 100;
// A contact insists, per thousand.
constexpr uint64_t kInsist = 100;
// Half of the contacts compare heads by a sketch, however few there are; some run into this cap.
constexpr uint32_t kSketchCap = 40;
// A repeated push may come this much later.
constexpr Millis kRepeatWithin = 40'000;

std::string CodeName(const absl::Status& status) { return absl::StatusCodeToString(status.code()); }

}  // namespace

Millis Network::Delay() {
  return 1 + static_cast<Millis>(prng_.Below(static_cast<uint64_t>(weather_.delay_max)));
}

bool Network::Passes(size_t a, size_t b) {
  const bool lost = prng_.Chance(weather_.loss);
  return !lost && !cut_.contains(Link(a, b));
}

sync::Crossing& Network::CrossingOf(size_t node, size_t peer) {
  const bool smaller = nodes_[node]->options().spki < nodes_[peer]->options().spki;
  return crossings_.try_emplace({node, peer}, smaller).first->second;
}

bool Network::MayLead(size_t from, size_t to, bool insist) {
  const bool lead = CrossingOf(from, to).Lead(insist);
  ENTENTE_CHECK(!lead || !CrossingOf(to, from).leads());
  return lead;
}

void Network::Dial(size_t from, size_t to, bool live) {
  SimNode& node = *nodes_[from];
  if (!node.up() || from == to) return;
  for (const auto& [id, contact] : contacts_) {
    if (contact.from == from && contact.to == to) return;
  }
  const uint64_t id = next_contact_++;
  Contact& contact = contacts_[id];
  contact.from = from;
  contact.to = to;
  contact.live = live;
  contact.host = node.NewHost();
  std::string nonce(16, '\0');
  for (char& c : nonce) c = static_cast<char>(prng_.Below(256));
  const bool insist = prng_.Chance(kInsist);
  const bool limited = !live && weather_.loss > 0 && prng_.Chance(kLimited);
  const uint64_t max_bytes = limited ? prng_.Between(6'000, 60'000) : 0;
  CrossingOf(from, to).Ask();
  contact.dialer = std::make_unique<Dialer>(
      contact.host.get(),
      sync::DialerOptions{
          .peer = nodes_[to]->options().spki,
          .live = live,
          .nonce = std::move(nonce),
          .sketch_cap_least = prng_.Chance(500) ? kSketchCap : 0,
          .may_lead = [this, from, to, insist] { return MayLead(from, to, insist); },
          .insist = insist,
          .max_bytes = max_bytes});
  loop_.Trace("dial ", id, " ", node.name(), " ", nodes_[to]->name(), live ? " live" : "");
  CarryOut(id, contact.dialer->Start(loop_.now(), loop_.now()));
  loop_.After(kTickEvery, [this, id] { Tick(id); });
}

void Network::Tick(uint64_t contact) {
  auto it = contacts_.find(contact);
  if (it == contacts_.end()) return;
  CarryOut(contact, it->second.dialer->OnTick(loop_.now()));
  loop_.After(kTickEvery, [this, contact] { Tick(contact); });
}

void Network::StopAll() {
  std::vector<uint64_t> ids;
  for (const auto& [id, contact] : contacts_) ids.push_back(id);
  for (uint64_t id : ids)
    CarryOut(id, contacts_.at(id).dialer->Stop(absl::UnavailableError("stopped"), loop_.now()));
}

void Network::End(uint64_t contact) {
  if (auto it = contacts_.find(contact); it != contacts_.end())
    CrossingOf(it->second.from, it->second.to).Over(it->second.caught_up && it->second.live);
  contacts_.erase(contact);
  for (auto it = streams_.begin(); it != streams_.end();) {
    it->first.first == contact ? it = streams_.erase(it) : ++it;
  }
}

void Network::Committed(size_t node) {
  std::vector<uint64_t> ids;
  for (const auto& [id, contact] : contacts_) {
    if (contact.from == node) ids.push_back(id);
  }
  for (uint64_t id : ids) {
    auto it = contacts_.find(id);
    if (it != contacts_.end()) CarryOut(id, it->second.dialer->OnLocalArrival(loop_.now()));
  }
  std::vector<StreamName> idle;
  for (const auto& [name, stream] : streams_) {
    if (stream->node == node && stream->idle) idle.push_back(name);
  }
  for (const StreamName& name : idle) StepStream(name);
}

void Network::Down(size_t node) {
  for (auto it = streams_.begin(); it != streams_.end();) {
    if (it->second->node != node) {
      ++it;
      continue;
    }
    FailLater(it->first.first, it->first.second, Delay(),
              absl::UnavailableError("the peer went down"));
    it = streams_.erase(it);
  }
  std::vector<uint64_t> ids;
  for (const auto& [id, contact] : contacts_) {
    if (contact.from == node) ids.push_back(id);
  }
  for (uint64_t id : ids) End(id);
}

void Network::ToServer(uint64_t contact, CallId call, Serve serve) {
  const size_t from = contacts_.at(contact).from;
  const size_t to = contacts_.at(contact).to;
  const Millis delay = Delay();
  if (!Passes(from, to)) {
    loop_.Trace("lost ", contact, "/", call);
    // Half of what is lost is noticed as a broken connection, the rest as silence.
    if (prng_.Chance(500))
      FailLater(contact, call, kResetAfter, absl::UnavailableError("connection reset"));
    return;
  }
  loop_.After(delay, [this, contact, call, to, serve = std::move(serve)] {
    if (nodes_[to]->up()) return serve();
    FailLater(contact, call, 1, absl::UnavailableError("connection refused"));
  });
}

void Network::ToClient(uint64_t contact, CallId call, size_t from, Answer answer) {
  auto it = contacts_.find(contact);
  // A dying machine sends nothing.
  if (it == contacts_.end() || !nodes_[from]->up()) return;
  const Millis delay = Delay();
  if (!Passes(from, it->second.from)) {
    loop_.Trace("lost answer ", contact, "/", call);
    if (prng_.Chance(500))
      FailLater(contact, call, kResetAfter, absl::UnavailableError("connection reset"));
    return;
  }
  loop_.After(delay, [this, contact, answer = std::move(answer)] {
    auto at = contacts_.find(contact);
    if (at == contacts_.end() || !nodes_[at->second.from]->up()) return;
    CarryOut(contact, answer(*at->second.dialer, loop_.now()));
  });
}

void Network::Fail(uint64_t contact, CallId call, size_t from, const absl::Status& status) {
  ToClient(contact, call, from, [call, status](Dialer& dialer, sync::Millis now) {
    return dialer.OnFailed(call, status, now);
  });
}

void Network::FailLater(uint64_t contact, CallId call, Millis delay, const absl::Status& status) {
  loop_.After(delay, [this, contact, call, status] {
    auto at = contacts_.find(contact);
    if (at == contacts_.end() || !nodes_[at->second.from]->up()) return;
    CarryOut(contact, at->second.dialer->OnFailed(call, status, loop_.now()));
  });
}

void Network::CarryOut(uint64_t contact, std::vector<Action> actions) {
  for (Action& action : actions) {
    if (!contacts_.contains(contact)) return;
    std::visit([this, contact](auto& one) { CarryOut(contact, one); }, action);
  }
}

void Network::CarryOut(uint64_t contact, sync::CaughtUp&) {
  Contact& c = contacts_.at(contact);
  c.caught_up = true;
  if (c.live) CrossingOf(c.from, c.to).Live();
}

void Network::CarryOut(uint64_t contact, sync::Finished& action) {
  const sync::Summary& summary = action.summary;
  loop_.Trace("finished ", contact, " ", CodeName(summary.status), " M",
              static_cast<int>(summary.mode) - 1, " failed ", summary.instruments_failed, " new ",
              summary.entries_new_here, "/", summary.entries_new_there, " aside ",
              summary.entries_aside_here, "/", summary.entries_aside_there, " unresolved ",
              summary.feeds_unresolved);
  if (summary.status.ok()) ++finished_well_;
  // Its dialer may be on the stack: it goes when this event is over.
  loop_.After(0, [this, contact] { End(contact); });
}

// What rpc/sync_service does with an answer that found a difference.
void Network::YieldIfLed(size_t node, size_t peer, bool insist, v1::HelloReply& reply) {
  bool differ = false;
  for (const v1::InstrumentReply& answer : reply.instruments()) differ = differ || !answer.equal();
  if (!differ || CrossingOf(node, peer).Grant(insist, true)) return;
  loop_.Trace("yield ", peer, " to ", node);
  reply.clear_instruments();
  reply.set_yield(true);
}

void Network::CarryOut(uint64_t contact, sync::CallHello& action) {
  const Contact& c = contacts_.at(contact);
  ToServer(contact, action.call,
           [this, contact, call = action.call, from = c.from, to = c.to, request = action.request] {
             auto host = nodes_[to]->NewHost();
             auto reply =
                 sync::AnswerHello(*host, nodes_[from]->options().spki, request, loop_.now());
             if (!reply.ok()) return Fail(contact, call, to, reply.status());
             YieldIfLed(to, from, request.insist(), *reply);
             ToClient(contact, call, to, [call, reply = *reply](Dialer& dialer, sync::Millis now) {
               return dialer.OnHelloReply(call, reply, now);
             });
           });
}

void Network::CarryOut(uint64_t contact, sync::CallAuthority& action) {
  const Contact& c = contacts_.at(contact);
  ToServer(contact, action.call,
           [this, contact, call = action.call, from = c.from, to = c.to, request = action.request] {
             auto stream = std::make_unique<Stream>();
             stream->host = nodes_[to]->NewHost();
             auto chunks =
                 sync::AnswerAuthority(*stream->host, nodes_[from]->options().spki, request);
             if (!chunks.ok()) return Fail(contact, call, to, chunks.status());
             stream->kind = Stream::Kind::kAuthority;
             stream->authority.assign(chunks->begin(), chunks->end());
             Open(contact, call, to, std::move(stream));
           });
}

void Network::CarryOut(uint64_t contact, sync::CallHeads& action) {
  const Contact& c = contacts_.at(contact);
  ToServer(contact, action.call,
           [this, contact, call = action.call, from = c.from, to = c.to, request = action.request] {
             auto stream = std::make_unique<Stream>();
             stream->host = nodes_[to]->NewHost();
             auto chunks = sync::AnswerHeads(*stream->host, nodes_[from]->options().spki, request);
             if (!chunks.ok()) return Fail(contact, call, to, chunks.status());
             stream->kind = Stream::Kind::kHeads;
             stream->heads.assign(chunks->begin(), chunks->end());
             Open(contact, call, to, std::move(stream));
           });
}

void Network::CarryOut(uint64_t contact, sync::CallAgree& action) {
  const Contact& c = contacts_.at(contact);
  ToServer(contact, action.call,
           [this, contact, call = action.call, from = c.from, to = c.to, request = action.request] {
             auto host = nodes_[to]->NewHost();
             auto reply = sync::AnswerAgree(*host, nodes_[from]->options().spki, request);
             if (!reply.ok()) return Fail(contact, call, to, reply.status());
             ToClient(contact, call, to, [call, reply = *reply](Dialer& dialer, sync::Millis now) {
               return dialer.OnAgreeReply(call, reply, now);
             });
           });
}

void Network::CarryOut(uint64_t contact, sync::CallPull& action) {
  const Contact& c = contacts_.at(contact);
  ToServer(contact, action.call,
           [this, contact, call = action.call, from = c.from, to = c.to, request = action.request] {
             auto stream = std::make_unique<Stream>();
             stream->host = nodes_[to]->NewHost();
             auto cursor =
                 sync::PullCursor::Open(stream->host.get(), nodes_[from]->options().spki, request);
             if (!cursor.ok()) return Fail(contact, call, to, cursor.status());
             stream->kind = Stream::Kind::kPull;
             stream->cursor = *std::move(cursor);
             Open(contact, call, to, std::move(stream));
           });
}

void Network::Open(uint64_t contact, CallId call, size_t to, std::unique_ptr<Stream> stream) {
  if (!contacts_.contains(contact)) return;
  stream->node = to;
  stream->call = call;
  const StreamName name{contact, call};
  streams_[name] = std::move(stream);
  StepStream(name);
}

void Network::CarryOut(uint64_t contact, sync::ReadNext& action) {
  const StreamName name{contact, action.call};
  // The window opens on the far side a little later; that message cannot be lost alone.
  loop_.After(1, [this, name] { StepStream(name); });
}

void Network::CarryOut(uint64_t contact, sync::Cancel& action) {
  streams_.erase({contact, action.call});
}

namespace {

template <class Chunk>
std::optional<Chunk> TakeFirst(std::deque<Chunk>& chunks) {
  if (chunks.empty()) return std::nullopt;
  Chunk chunk = std::move(chunks.front());
  chunks.pop_front();
  return chunk;
}

}  // namespace

// Sends the next message, or the end, of a stream whose reader is ready.
void Network::StepStream(const StreamName& name) {
  auto it = streams_.find(name);
  if (it == streams_.end() || !nodes_[it->second->node]->up()) return;
  Stream& stream = *it->second;
  const auto [contact, call] = name;
  if (stream.kind == Stream::Kind::kPull) return StepPull(name, stream);
  if (auto chunk = TakeFirst(stream.authority)) {
    return ToClient(contact, call, stream.node,
                    [call = call, chunk = *chunk](Dialer& dialer, sync::Millis now) {
                      return dialer.OnAuthorityChunk(call, chunk, now);
                    });
  }
  if (auto chunk = TakeFirst(stream.heads)) {
    return ToClient(contact, call, stream.node,
                    [call = call, chunk = *chunk](Dialer& dialer, sync::Millis now) {
                      return dialer.OnHeadsChunk(call, chunk, now);
                    });
  }
  const bool authority = stream.kind == Stream::Kind::kAuthority;
  const size_t node = stream.node;
  streams_.erase(it);
  ToClient(contact, call, node, [call = call, authority](Dialer& dialer, sync::Millis now) {
    return authority ? dialer.OnAuthorityEnd(call, now) : dialer.OnHeadsEnd(call, now);
  });
}

void Network::StepPull(const StreamName& name, Stream& stream) {
  const auto [contact, call] = name;
  const size_t node = stream.node;
  stream.idle = false;
  absl::StatusOr<std::optional<v1::Frame>> frame = stream.cursor->NextFrame(loop_.now());
  if (!frame.ok()) {
    streams_.erase(name);
    return Fail(contact, call, node, frame.status());
  }
  if (frame->has_value()) {
    loop_.Trace("frame ", contact, "/", call, " entries ", (*frame)->entries(), " notes ",
                (*frame)->notes_size());
    return ToClient(contact, call, node,
                    [call = call, message = **frame](Dialer& dialer, sync::Millis now) {
                      return dialer.OnFrame(call, message, now);
                    });
  }
  if (stream.cursor->live()) {
    stream.idle = true;
    const uint64_t waits = ++stream.waits;
    loop_.After(sync::kSignOfLifeEvery, [this, name, waits] { SignOfLife(name, waits); });
    return;
  }
  streams_.erase(name);
  ToClient(contact, call, node,
           [call = call](Dialer& dialer, sync::Millis now) { return dialer.OnPullEnd(call, now); });
}

void Network::SignOfLife(const StreamName& name, uint64_t waits) {
  auto it = streams_.find(name);
  if (it == streams_.end() || !it->second->idle || it->second->waits != waits) return;
  it->second->idle = false;
  const auto [contact, call] = name;
  ToClient(contact, call, it->second->node,
           [call = call, frame = it->second->cursor->SignOfLife()](
               Dialer& dialer, sync::Millis now) { return dialer.OnFrame(call, frame, now); });
}

void Network::CarryOut(uint64_t contact, sync::CallPush& action) {
  const Contact& c = contacts_.at(contact);
  const CallId call = action.call;
  const size_t from = c.from, to = c.to;
  auto request = std::make_shared<const v1::PushRequest>(std::move(action.request));
  loop_.Trace("push ", contact, "/", call, " entries ", request->frame().entries(), " notes ",
              request->frame().notes_size());
  if (prng_.Chance(weather_.repeat)) {
    const Millis later = static_cast<Millis>(prng_.Below(kRepeatWithin));
    loop_.After(later, [this, from, to, request] {
      // Nobody waits for the answer of the second copy.
      if (nodes_[to]->up() && !cut_.contains(Link(from, to))) ServePush(0, 0, from, to, *request);
    });
  }
  ToServer(contact, call, [this, contact, call, from, to, request] {
    ServePush(contact, call, from, to, *request);
  });
}

void Network::ServePush(uint64_t contact, CallId call, size_t from, size_t to,
                        const v1::PushRequest& request) {
  auto host = nodes_[to]->NewHost();
  const base::Spki peer = nodes_[from]->options().spki;
  const absl::Status allowed = sync::CheckPush(*host, peer, request).status();
  if (!allowed.ok()) return Fail(contact, call, to, allowed);
  Ingest(to, peer, request.frame(), [this, contact, call, to](const sync::IngestResult& result) {
    auto reply = sync::AnswerPush(result);
    if (!reply.ok()) return Fail(contact, call, to, reply.status());
    ToClient(contact, call, to, [call, reply = *reply](Dialer& dialer, sync::Millis now) {
      return dialer.OnPushReply(call, reply, now);
    });
  });
}

void Network::CarryOut(uint64_t contact, sync::Ingest& action) {
  const Contact& c = contacts_.at(contact);
  const CallId call = action.call;
  Ingest(c.from, nodes_[c.to]->options().spki, action.frame,
         [this, contact, call](const sync::IngestResult& result) {
           loop_.After(0, [this, contact, call, result] {
             auto at = contacts_.find(contact);
             if (at == contacts_.end() || !nodes_[at->second.from]->up()) return;
             CarryOut(contact, at->second.dialer->OnIngested(call, result, loop_.now()));
           });
         });
}

}  // namespace entente::simulation
