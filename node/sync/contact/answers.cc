#include "node/sync/contact/answers.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/sync/frame/notes_frame.h"
#include "node/sync/frontier/delta.h"
#include "node/sync/frontier/heads.h"
#include "node/sync/frontier/names.h"
#include "node/sync/frontier/sketch_tips.h"

namespace entente::sync {

namespace {

// Leaves and suspends one side may name; a chain has one leaf unless it forked.
constexpr int kLeavesMax = 4096;

absl::StatusOr<std::vector<NoteId>> NoteIds(
    const google::protobuf::RepeatedPtrField<std::string>& raw) {
  if (raw.size() > kLeavesMax) return MalformedMessage("over 4096 note ids");
  std::vector<NoteId> ids;
  for (const std::string& bytes : raw) {
    auto id = NoteId::FromBytes(bytes);
    if (!id) return MalformedMessage("a note id that is not 32 bytes");
    ids.push_back(*id);
  }
  return ids;
}

v1::InstrumentReply ReplyFor(Host& host, const Spki& peer, const InstrumentId& instrument,
                             Access access, const v1::InstrumentHello& hello, size_t room) {
  v1::InstrumentReply reply;
  base::Digest authority = host.AuthorityDigest(instrument);
  Bookmark here = host.Here(instrument);
  base::Digest frontier = here.frontier;
  reply.set_authority_only(access == Access::kAuthority);
  reply.set_arrivals(host.NewestArrival());
  if (access == Access::kAuthority) {
    // How many entries there are is no longer the peer's business.
    reply.clear_arrivals();
    reply.set_equal(hello.authority_digest() == authority.str());
    if (!reply.equal()) reply.set_authority_digest(authority.str());
    return reply;
  }
  const std::string known = host.RegisterState(instrument);
  if (!hello.register_state().empty() && hello.register_state() != known) {
    reply.set_register_state(known);
  }
  if (hello.authority_digest() == authority.str() && hello.frontier_digest() == frontier.str()) {
    reply.set_equal(true);
    here.authority = authority;
    host.KeepBookmark(peer, instrument, here);
    return reply;
  }
  auto delta = AnswerDelta(host, peer, instrument, hello, frontier);
  if (delta && delta->ByteSizeLong() <= room) *reply.mutable_delta() = *std::move(delta);
  reply.set_authority_digest(authority.str());
  reply.set_frontier_digest(frontier.str());
  reply.set_feeds(host.FeedCount(instrument));
  return reply;
}

}  // namespace

absl::StatusOr<v1::HelloReply> AnswerHello(Host& host, const Spki& peer,
                                           const v1::HelloRequest& request, Millis clock) {
  if (request.protocol_min() > kProtocolMax || request.protocol_max() < kProtocolMin) {
    return base::Error(absl::StatusCode::kFailedPrecondition, "VERSION_UNSUPPORTED",
                       absl::StrCat("this node speaks sync protocol ", kProtocolMin, " to ",
                                    kProtocolMax, ", the caller ", request.protocol_min(), " to ",
                                    request.protocol_max(), "; update the older one"));
  }
  if (request.nonce().size() != kNonceBytes) return MalformedMessage("a Hello without its nonce");
  if (request.instruments_size() > kHelloInstrumentsMax) {
    return MalformedMessage("a Hello of over 256 instruments");
  }
  std::map<std::string, InstrumentId> by_name;
  for (const InstrumentId& instrument : host.CommonInstruments(peer)) {
    by_name.emplace(InstrumentName(request.nonce(), instrument), instrument);
  }
  v1::HelloReply reply;
  reply.set_protocol(std::min(kProtocolMax, request.protocol_max()));
  reply.set_clock_ms(static_cast<uint64_t>(clock));
  reply.set_store(host.StoreId());
  size_t room = kDeltaBytesMax;
  for (int i = 0; i < request.instruments_size(); ++i) {
    auto known = by_name.find(request.instruments(i).name());
    if (known == by_name.end()) continue;
    Access access = host.AccessOf(peer, known->second);
    if (access == Access::kNone) continue;
    v1::InstrumentReply& answer = *reply.add_instruments();
    answer = ReplyFor(host, peer, known->second, access, request.instruments(i), room);
    answer.set_index(static_cast<uint32_t>(i));
    room -= answer.delta().ByteSizeLong();
  }
  return reply;
}

absl::StatusOr<std::vector<v1::AuthorityChunk>> AnswerAuthority(
    Host& host, const Spki& peer, const v1::AuthorityRequest& request) {
  auto instrument = InstrumentId::FromBytes(request.instrument());
  if (!instrument || host.AccessOf(peer, *instrument) == Access::kNone) return UnknownInstrument();
  ASSIGN_OR_RETURN(std::vector<NoteId> leaves, NoteIds(request.leaves()));
  ASSIGN_OR_RETURN(std::vector<NoteId> suspends, NoteIds(request.suspends()));
  std::vector<v1::AuthorityChunk> chunks;
  v1::ClassPlan plan;
  for (auto& group : GroupNotes(host.MissingFor(*instrument, leaves, suspends))) {
    plan.set_entries(plan.entries() + group.size());
    for (const std::string& file : group) plan.set_bytes(plan.bytes() + file.size());
    if (request.plan()) continue;
    v1::AuthorityChunk& chunk = chunks.emplace_back();
    for (std::string& file : group) chunk.add_notes(std::move(file));
  }
  v1::AuthorityChunk& last = chunks.emplace_back();
  if (request.plan()) *last.mutable_plan() = plan;
  for (const NoteId& id : host.Leaves(*instrument)) last.add_leaves(id.str());
  for (const NoteId& id : host.SuspendIds(*instrument)) last.add_suspends(id.str());
  return chunks;
}

absl::StatusOr<std::vector<v1::HeadsChunk>> AnswerHeads(Host& host, const Spki& peer,
                                                        const v1::HeadsRequest& request) {
  auto instrument = InstrumentId::FromBytes(request.instrument());
  if (!instrument || host.AccessOf(peer, *instrument) != Access::kEntries) {
    return UnknownInstrument();
  }
  std::vector<PublicKey> order;
  if (request.authority_digest() == host.AuthorityDigest(*instrument).str()) {
    order = host.KeyOrder(*instrument);
  }
  std::shared_ptr<const Frontier> frontier = host.FrontierOf(*instrument);
  if (!request.sketch_key().empty()) {
    ASSIGN_OR_RETURN(auto sketch, PackSketch(*frontier, order, request));
    if (sketch) return *std::move(sketch);
  }
  std::vector<v1::HeadsChunk> chunks = PackHeads(*frontier, order);
  if (chunks.empty()) chunks.emplace_back();
  chunks.back().set_frontier_digest(frontier->Digest().str());
  return chunks;
}

absl::StatusOr<InstrumentId> CheckPush(Host& host, const Spki& peer,
                                       const v1::PushRequest& request) {
  const v1::Frame& frame = request.frame();
  auto instrument = InstrumentId::FromBytes(frame.instrument());
  if (!instrument) return MalformedMessage("a Push without an instrument");
  Access access = host.AccessOf(peer, *instrument);
  bool entries = frame.entries() > 0 || !frame.body().empty();
  if (access == Access::kNone || (entries && access != Access::kEntries)) {
    return UnknownInstrument();
  }
  RETURN_IF_ERROR(CheckNotes(frame.notes()));
  return *instrument;
}

absl::StatusOr<v1::AgreeReply> AnswerAgree(Host& host, const Spki& peer,
                                           const v1::AgreeRequest& request) {
  auto instrument = InstrumentId::FromBytes(request.instrument());
  if (!instrument || host.AccessOf(peer, *instrument) != Access::kEntries) {
    return UnknownInstrument();
  }
  const base::Digest authority = host.AuthorityDigest(*instrument);
  Bookmark here = host.Here(*instrument);
  v1::AgreeReply reply;
  reply.set_agreed(request.frontier_digest() == here.frontier.str());
  reply.set_authority_agreed(reply.agreed() && request.authority_digest() == authority.str());
  if (reply.authority_agreed()) here.authority = authority;
  if (reply.agreed()) host.KeepBookmark(peer, *instrument, here);
  return reply;
}

absl::StatusOr<v1::PushReply> AnswerPush(const IngestResult& result) {
  RETURN_IF_ERROR(result.status);
  v1::PushReply reply;
  reply.set_entries_new(result.entries_new);
  reply.set_entries_held(result.entries_held);
  reply.set_entries_aside(result.entries_aside);
  reply.set_notes_new(result.notes_new);
  constexpr size_t kRefusedMax = 8;
  for (size_t i = 0; i < std::min(result.refused.size(), kRefusedMax); ++i) {
    reply.add_refused(result.refused[i]);
  }
  reply.set_frontier_digest(result.frontier_digest.str());
  return reply;
}

}  // namespace entente::sync
