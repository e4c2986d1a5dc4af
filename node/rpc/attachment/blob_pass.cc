#include "node/rpc/attachment/blob_pass.h"

#include <algorithm>
#include <string>

#include "node/base/status_macros.h"

namespace entente::rpc {

using blob::BlobId;
using blob::ChunkSet;

namespace {

constexpr size_t kHandledMax = 1'024;
constexpr int kSurveyPagesMax = 1'000;

// Of the chunks that are in `there` and not in `here`.
uint64_t BytesBeyond(const BlobId& blob, const ChunkSet& there, const ChunkSet& here) {
  uint64_t bytes = 0;
  for (uint32_t i = there.NextHeld(0); i < there.chunks(); i = there.NextHeld(i + 1)) {
    if (!here.Has(i)) bytes += blob.chunk_size(i);
  }
  return bytes;
}

}  // namespace

BlobPass::BlobPass(const BlobContact::Around& around, const base::Spki& peer,
                   std::shared_ptr<grpc::Channel> channel, const ContentsLimits& limits)
    : limits_(limits),
      around_(around),
      peer_(peer),
      contact_({.core = around.core,
                .identity = around.identity,
                .store = around.store,
                .wants = around.wants,
                .kept = [](const base::Spki&) { return false; },
                .nothing_owed = [this](const base::Spki&) { return MayGoOn(); },
                .max_bytes = limits.max_bytes,
                .until_ms = limits.until_ms},
               peer, std::move(channel)) {}

bool BlobPass::TimeOver() const {
  // A call's deadline and this node's clock are not one clock.
  constexpr uint64_t kClocksApartMs = 250;
  return limits_.until_ms > 0 &&
         around_.core->clock().SteadyMs() + kClocksApartMs >= limits_.until_ms;
}

// False ends the contact before its next slice.
bool BlobPass::MayGoOn() { return !TimeOver() && (!limits_.go_on || limits_.go_on(Moved())); }

ContentsMoved BlobPass::Moved() const {
  const BlobContact::Tally& tally = contact_.tally();
  ContentsMoved moved;
  moved.sent = tally.sent;
  moved.received = tally.received;
  moved.to_send = to_send_;
  moved.to_receive = to_receive_;
  moved.content_sent = tally.content_sent;
  moved.content_received = tally.content_received;
  moved.whole_sent = whole_sent_;
  moved.whole_received = whole_received_;
  moved.round_trips = tally.calls;
  moved.left_out = left_out_;
  return moved;
}

ContentsMoved BlobPass::Run() {
  absl::Status status = Survey();
  if (!status.ok() && TimeOver()) left_out_ = true;
  if (status.ok() && !limits_.plan) status = Move();
  const bool by_time = !status.ok() && TimeOver();
  ContentsMoved moved = Moved();
  const bool more = moved.whole_sent < to_send_.contents ||
                    moved.whole_received < to_receive_.contents || left_out_;
  moved.cut_short = !limits_.plan && more && (by_time || contact_.tally().no_room || left_out_);
  if (!by_time) moved.status = status;
  return moved;
}

absl::Status BlobPass::Survey() {
  RETURN_IF_ERROR(SurveyIncoming());
  return left_out_ ? absl::OkStatus() : SurveyOutgoing();
}

absl::Status BlobPass::SurveyIncoming() {
  std::string after;
  for (int page = 0; page < kSurveyPagesMax; ++page) {
    ASSIGN_OR_RETURN(const std::vector<BlobWanted> wants,
                     around_.wants->From(peer_, after, BlobContact::kNamesMax));
    if (wants.empty()) break;
    after = wants.back().instrument.str() + wants.back().blob.Encode();
    ASSIGN_OR_RETURN(const auto there, contact_.AskHolds(wants));
    left_out_ = !there;
    if (left_out_) break;
    for (size_t i = 0; i < wants.size(); ++i) {
      const uint64_t bytes = BytesBeyond(wants[i].blob, (*there)[i], wants[i].held);
      if (bytes == 0) continue;
      ++to_receive_.contents;
      to_receive_.bytes += bytes;
      if (incoming_.size() < kHandledMax) incoming_.push_back({wants[i], (*there)[i], bytes});
    }
    if (wants.size() < BlobContact::kNamesMax) break;
  }
  return absl::OkStatus();
}

absl::Status BlobPass::SurveyOutgoing() {
  std::string after;
  for (int page = 0; page < kSurveyPagesMax; ++page) {
    ASSIGN_OR_RETURN(const v1::BlobWantsReply reply, contact_.AskWants(after));
    for (const v1::BlobWant& wanted : reply.wants()) {
      auto instrument = base::InstrumentId::FromBytes(wanted.instrument());
      auto blob = BlobId::Parse(wanted.blob());
      // What is no name is dealt with where it would be pushed.
      if (!instrument || !blob || !around_.wants->MayHave(peer_, *instrument, *blob)) continue;
      ASSIGN_OR_RETURN(const ChunkSet here, around_.store->Held(*blob));
      const uint64_t bytes =
          BytesBeyond(*blob, here, ChunkSet::Decode(blob->chunks(), wanted.held()));
      if (bytes == 0) continue;
      ++to_send_.contents;
      to_send_.bytes += bytes;
      if (outgoing_.size() < kHandledMax) outgoing_.push_back({wanted, bytes});
    }
    left_out_ = reply.more() && reply.wants().empty();
    if (!reply.more() || left_out_) break;
    const v1::BlobWant& last = reply.wants(reply.wants_size() - 1);
    after = last.instrument() + last.blob();
  }
  return absl::OkStatus();
}

absl::Status BlobPass::Move() {
  RETURN_IF_ERROR(Pull());
  return Push();
}

absl::Status BlobPass::Pull() {
  for (const Incoming& one : incoming_) {
    const uint64_t before = contact_.tally().content_received;
    const absl::Status status = contact_.PullOne(one.wanted, one.there);
    if (contact_.tally().content_received - before >= one.bytes) ++whole_received_;
    RETURN_IF_ERROR(status);
  }
  return contact_.TellHave();
}

absl::Status BlobPass::Push() {
  for (const Outgoing& one : outgoing_) {
    const uint64_t before = contact_.tally().content_sent;
    const absl::Status status = contact_.PushOne(one.wanted);
    if (contact_.tally().content_sent - before >= one.bytes) ++whole_sent_;
    RETURN_IF_ERROR(status);
  }
  return absl::OkStatus();
}

}  // namespace entente::rpc
