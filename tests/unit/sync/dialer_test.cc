// The Dialer against a peer that is slow, broken or hostile.
#include "node/sync/contact/dialer.h"

#include <gtest/gtest.h>

#include "node/base/error.h"
#include "node/sync/contact/outbox.h"
#include "node/sync/contact/pull_cursor.h"
#include "node/sync/frontier/names.h"
#include "tests/unit/sync/fake_host.h"

namespace entente::sync {
namespace {

using testing::AKey;
using testing::AnInstrument;
using testing::FakeHost;

template <class T>
const T* Find(const std::vector<Action>& actions) {
  for (const Action& action : actions) {
    if (const T* found = std::get_if<T>(&action)) return found;
  }
  return nullptr;
}

class DialerTest : public ::testing::Test {
 protected:
  DialerTest() : dialer_(&host_, {.peer = peer_.spki(), .nonce = std::string(kNonceBytes, 'n')}) {
    host_.Admit(peer_, AnInstrument());
    host_.Enrol(AnInstrument(), AKey(0));
  }
  CallId Started() { return Find<CallHello>(dialer_.Start(0, 0))->call; }
  v1::HelloReply DifferentFrontier() {
    v1::HelloReply reply;
    reply.set_protocol(1);
    v1::InstrumentReply* instrument = reply.add_instruments();
    instrument->set_authority_digest(host_.AuthorityDigest(AnInstrument()).str());
    instrument->set_frontier_digest(testing::IdFrom<base::Digest>("other").str());
    return reply;
  }
  // Heads were asked; a tip is told; the Pull for it is under way.
  CallId Pulling() {
    auto actions = dialer_.OnHelloReply(Started(), DifferentFrontier(), 1);
    CallId heads = Find<CallHeads>(actions)->call;
    Frontier theirs;
    theirs.Set(FeedRef{AKey(0), 1}, {EntryRef{5, testing::IdFrom<EntryId>("tip")}});
    dialer_.OnHeadsChunk(heads, PackHeads(theirs, {})[0], 2);
    actions = dialer_.OnHeadsEnd(heads, 3);
    const CallPull* pull = Find<CallPull>(actions);
    EXPECT_NE(pull, nullptr);
    return pull == nullptr ? 0 : pull->call;
  }

  static v1::Frame AFrame() {
    v1::Frame frame;
    frame.set_instrument(AnInstrument().str());
    frame.set_entries(1);
    return frame;
  }

  FakeHost host_{"host"}, peer_{"peer"};
  Dialer dialer_;
};

TEST_F(DialerTest, AnotherProtocolVersionEndsTheContact) {
  CallId hello = Started();
  v1::HelloReply reply;
  reply.set_protocol(9);
  auto actions = dialer_.OnHelloReply(hello, reply, 1);
  ASSERT_NE(Find<Finished>(actions), nullptr);
  EXPECT_EQ(base::ReasonOf(dialer_.summary().status), "VERSION_UNSUPPORTED");
}

TEST_F(DialerTest, AnAnswerAboutAnUnnamedInstrumentEndsTheContact) {
  CallId hello = Started();
  v1::HelloReply reply = DifferentFrontier();
  reply.mutable_instruments(0)->set_index(7);
  dialer_.OnHelloReply(hello, reply, 1);
  EXPECT_TRUE(dialer_.finished());
  EXPECT_EQ(dialer_.summary().status.code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(DialerTest, AFailedHelloEndsTheContactWithItsReason) {
  CallId hello = Started();
  dialer_.OnFailed(hello, base::Error(absl::StatusCode::kUnavailable, "PEER_PAUSED", "paused"), 1);
  EXPECT_EQ(base::ReasonOf(dialer_.summary().status), "PEER_PAUSED");
}

TEST_F(DialerTest, BrokenHeadsEndTheInstrument) {
  auto actions = dialer_.OnHelloReply(Started(), DifferentFrontier(), 1);
  v1::HeadsChunk chunk;
  chunk.set_tips("not tips");
  actions = dialer_.OnHeadsChunk(Find<CallHeads>(actions)->call, chunk, 2);
  EXPECT_NE(Find<Cancel>(actions), nullptr);
  EXPECT_NE(Find<Finished>(actions), nullptr);
  EXPECT_EQ(dialer_.summary().instruments_failed, 1u);
}

TEST_F(DialerTest, AFrameOfAnotherInstrumentIsNotStored) {
  CallId pull = Pulling();
  v1::Frame frame;
  frame.set_instrument(testing::IdFrom<InstrumentId>("other").str());
  frame.set_entries(1);
  auto actions = dialer_.OnFrame(pull, frame, 4);
  EXPECT_EQ(Find<Ingest>(actions), nullptr);
  EXPECT_EQ(dialer_.summary().instruments_failed, 1u);
}

TEST_F(DialerTest, AMalformedFrameIsThePeersFault) {
  CallId pull = Pulling();
  auto actions = dialer_.OnFrame(pull, AFrame(), 4);
  ASSERT_NE(Find<Ingest>(actions), nullptr);
  IngestResult result;
  result.status = MalformedMessage("x");
  dialer_.OnIngested(pull, result, 5);
  EXPECT_EQ(dialer_.summary().instruments_failed, 1u);
  EXPECT_TRUE(dialer_.summary().status.ok());
}

TEST_F(DialerTest, NoMoreFramesAreReadThanMayBeOnTheirWayToTheDisk) {
  CallId pull = Pulling();
  for (int i = 1; i < kStoringMax; ++i) {
    auto actions = dialer_.OnFrame(pull, AFrame(), 4);
    ASSERT_NE(Find<Ingest>(actions), nullptr);
    ASSERT_NE(Find<ReadNext>(actions), nullptr) << i;
  }
  auto actions = dialer_.OnFrame(pull, AFrame(), 4);
  ASSERT_NE(Find<Ingest>(actions), nullptr);
  EXPECT_EQ(Find<ReadNext>(actions), nullptr);
  actions = dialer_.OnIngested(pull, IngestResult(), 5);
  ASSERT_NE(Find<ReadNext>(actions), nullptr);
  EXPECT_EQ(Find<ReadNext>(actions)->call, pull);
  // That read is out already.
  EXPECT_EQ(Find<ReadNext>(dialer_.OnIngested(pull, IngestResult(), 6)), nullptr);
}

TEST_F(DialerTest, TheEndOfAPullCountsOnceEverythingIsStored) {
  CallId pull = Pulling();
  dialer_.OnFrame(pull, AFrame(), 4);
  dialer_.OnFrame(pull, AFrame(), 5);
  EXPECT_TRUE(dialer_.OnPullEnd(pull, 6).empty());
  EXPECT_TRUE(dialer_.OnIngested(pull, IngestResult(), 7).empty());
  dialer_.OnIngested(pull, IngestResult(), 8);
  EXPECT_TRUE(dialer_.finished());
}

TEST_F(DialerTest, WhatCameBeforeALineBrokeIsStoredAndCounted) {
  CallId pull = Pulling();
  dialer_.OnFrame(pull, AFrame(), 4);
  dialer_.OnFailed(pull, absl::UnavailableError("cut"), 5);
  EXPECT_FALSE(dialer_.finished());
  IngestResult one;
  one.entries_new = 1;
  dialer_.OnIngested(pull, one, 6);
  EXPECT_TRUE(dialer_.finished());
  EXPECT_EQ(dialer_.summary().entries_new_here, 1u);
  EXPECT_EQ(dialer_.summary().status.code(), absl::StatusCode::kUnavailable);
}

TEST_F(DialerTest, NothingIsReadOfACallThatHasEnded) {
  CallId pull = Pulling();
  for (int i = 0; i < kStoringMax; ++i) dialer_.OnFrame(pull, AFrame(), 4);
  EXPECT_TRUE(dialer_.OnFailed(pull, absl::UnavailableError("cut"), 5).empty());
  EXPECT_TRUE(dialer_.OnIngested(pull, IngestResult(), 6).empty());
}

TEST_F(DialerTest, ATipThatNeverComesIsReported) {
  CallId pull = Pulling();
  dialer_.OnPullEnd(pull, 4);
  EXPECT_TRUE(dialer_.finished());
  EXPECT_EQ(dialer_.summary().feeds_unresolved, 1u);
}

TEST_F(DialerTest, APeerThatAlwaysSaysUnlinkedIsAskedTwice) {
  CallId pull = Pulling();
  v1::Frame frame;
  frame.set_instrument(AnInstrument().str());
  frame.add_unlinked(0);
  dialer_.OnFrame(pull, frame, 4);
  auto actions = dialer_.OnPullEnd(pull, 5);
  ASSERT_NE(Find<CallPull>(actions), nullptr);
  pull = Find<CallPull>(actions)->call;
  dialer_.OnFrame(pull, frame, 6);
  dialer_.OnPullEnd(pull, 7);
  EXPECT_TRUE(dialer_.finished());
  EXPECT_EQ(dialer_.summary().feeds_unresolved, 1u);
}

TEST_F(DialerTest, StoringForLongIsNotSilence) {
  CallId pull = Pulling();
  dialer_.OnFrame(pull, AFrame(), 4);
  constexpr Millis kMinute = 60'000;
  dialer_.OnTick(kMinute);
  EXPECT_FALSE(dialer_.finished());
  dialer_.OnIngested(pull, IngestResult(), kMinute + 1);
  dialer_.OnTick(2 * kMinute);
  EXPECT_TRUE(dialer_.finished());
}

// Only a live Pull has nothing to say for a while: any other goes on or ends.
TEST_F(DialerTest, SignsOfLifeHoldNoPlainPullOpen) {
  CallId pull = Pulling();
  constexpr Millis kOften = 8'000;
  for (Millis now = kOften; now < kSilenceMax; now += kOften) {
    EXPECT_NE(Find<ReadNext>(dialer_.OnFrame(pull, v1::Frame(), now)), nullptr);
    dialer_.OnTick(now);
    EXPECT_FALSE(dialer_.finished()) << now;
  }
  dialer_.OnFrame(pull, v1::Frame(), kSilenceMax);
  dialer_.OnTick(kSilenceMax + 3);
  EXPECT_TRUE(dialer_.finished());
  EXPECT_EQ(base::ReasonOf(dialer_.summary().status), "PEER_UNREACHABLE");
}

TEST_F(DialerTest, EmptyHeadsHoldNoContactOpen) {
  auto actions = dialer_.OnHelloReply(Started(), DifferentFrontier(), 1);
  const CallId heads = Find<CallHeads>(actions)->call;
  dialer_.OnHeadsChunk(heads, v1::HeadsChunk(), kSilenceMax - 1);
  dialer_.OnTick(kSilenceMax + 1);
  EXPECT_TRUE(dialer_.finished());
}

TEST_F(DialerTest, ASketchNobodyAskedForEndsTheInstrument) {
  const auto actions = dialer_.OnHelloReply(Started(), DifferentFrontier(), 1);
  v1::HeadsChunk chunk;
  chunk.set_symbols(std::string(26, 's'));
  dialer_.OnHeadsChunk(Find<CallHeads>(actions)->call, chunk, 2);
  EXPECT_TRUE(dialer_.finished());
  EXPECT_EQ(dialer_.summary().instruments_failed, 1u);
}

TEST_F(DialerTest, EmptyAuthorityHoldsNoContactOpen) {
  v1::HelloReply reply = DifferentFrontier();
  reply.mutable_instruments(0)->set_authority_digest(testing::IdFrom<base::Digest>("n").str());
  const auto actions = dialer_.OnHelloReply(Started(), reply, 1);
  const CallId authority = Find<CallAuthority>(actions)->call;
  dialer_.OnAuthorityChunk(authority, v1::AuthorityChunk(), kSilenceMax - 1);
  dialer_.OnTick(kSilenceMax + 1);
  EXPECT_TRUE(dialer_.finished());
}

TEST_F(DialerTest, WhatIsHereAlreadyHoldsAContactOpenForMinutesOnly) {
  CallId pull = Pulling();
  IngestResult held;
  held.entries_held = 1;
  constexpr Millis kOften = 20'000;
  Millis now = kOften;
  for (; now < kNothingNewMax; now += kOften) {
    dialer_.OnFrame(pull, AFrame(), now);
    dialer_.OnIngested(pull, held, now);
    dialer_.OnTick(now);
    ASSERT_FALSE(dialer_.finished()) << now;
  }
  dialer_.OnTick(now + 3);
  EXPECT_TRUE(dialer_.finished());
  EXPECT_EQ(base::ReasonOf(dialer_.summary().status), "PEER_UNREACHABLE");
}

TEST_F(DialerTest, ASlowPeerWhoseFramesBringNewsIsNotGivenUp) {
  CallId pull = Pulling();
  IngestResult news;
  news.entries_new = 1;
  constexpr Millis kOften = 20'000;
  for (Millis now = kOften; now < 3 * kNothingNewMax; now += kOften) {
    dialer_.OnFrame(pull, AFrame(), now);
    dialer_.OnIngested(pull, news, now);
    dialer_.OnTick(now);
    ASSERT_FALSE(dialer_.finished()) << now;
  }
}

TEST_F(DialerTest, AFloodOfWhatIsHereAlreadyIsEndedByItsBytes) {
  CallId pull = Pulling();
  IngestResult held;
  held.entries_held = 1;
  v1::Frame frame = AFrame();
  frame.set_body(std::string(1 << 20, 'b'));
  uint64_t bytes = 0;
  for (; bytes + frame.ByteSizeLong() < kNothingNewBytesMax / 2; bytes += frame.body().size()) {
    dialer_.OnFrame(pull, frame, 4);
    dialer_.OnIngested(pull, held, 4);
  }
  dialer_.OnTick(5);
  EXPECT_FALSE(dialer_.finished());
  for (; bytes < kNothingNewBytesMax; bytes += frame.body().size()) {
    dialer_.OnFrame(pull, frame, 5);
    dialer_.OnIngested(pull, held, 5);
  }
  dialer_.OnTick(6);
  EXPECT_TRUE(dialer_.finished());
}

TEST_F(DialerTest, AnswersAfterTheEndAreIgnored) {
  CallId pull = Pulling();
  auto actions = dialer_.Stop(absl::CancelledError("paused"), 4);
  EXPECT_NE(Find<CancelAll>(actions), nullptr);
  EXPECT_NE(Find<Finished>(actions), nullptr);
  EXPECT_TRUE(dialer_.OnFrame(pull, v1::Frame(), 5).empty());
  EXPECT_TRUE(dialer_.OnPullEnd(pull, 6).empty());
  EXPECT_TRUE(dialer_.OnFailed(pull, absl::CancelledError(""), 7).empty());
  EXPECT_TRUE(dialer_.Stop(absl::CancelledError(""), 8).empty());
}

TEST_F(DialerTest, AnswersOfUnknownCallsAreIgnored) {
  Started();
  constexpr CallId kNever = 77;
  EXPECT_TRUE(dialer_.OnFrame(kNever, v1::Frame(), 1).empty());
  EXPECT_TRUE(dialer_.OnPushReply(kNever, v1::PushReply(), 1).empty());
  EXPECT_TRUE(dialer_.OnHeadsEnd(kNever, 1).empty());
}

TEST_F(DialerTest, TheClockDifferenceLeavesTheRoundTripOut) {
  CallId hello = Find<CallHello>(dialer_.Start(1'000, 5'000))->call;
  v1::HelloReply reply;
  reply.set_protocol(1);
  reply.set_clock_ms(5'450);
  dialer_.OnHelloReply(hello, reply, 1'900);
  EXPECT_EQ(dialer_.summary().round_trip_ms, 900);
  EXPECT_EQ(dialer_.summary().clock_ahead_ms, 0);
}

TEST_F(DialerTest, AClockOfNoTimeAtAllIsACenturyOff) {
  for (const uint64_t told : {uint64_t{0}, uint64_t{1} << 63, ~uint64_t{0}}) {
    Dialer dialer(&host_, {.peer = peer_.spki(), .nonce = std::string(kNonceBytes, 'n')});
    const CallId hello = Find<CallHello>(dialer.Start(1'000, 1'700'000'000'000))->call;
    v1::HelloReply reply;
    reply.set_protocol(1);
    reply.set_clock_ms(told);
    dialer.OnHelloReply(hello, reply, 1'900);
    const int64_t ahead = dialer.summary().clock_ahead_ms;
    EXPECT_EQ(ahead, told == 0 ? -1'700'000'000'450 : 3'162'240'000'000) << told;
  }
}

// Of four seconds until the answer, three went into opening the line.
TEST_F(DialerTest, WhatOpensTheLineIsNoPartOfTheRoundTrip) {
  Dialer dialer(
      &host_,
      {.peer = peer_.spki(), .nonce = std::string(kNonceBytes, 'n'), .connecting_round_trips = 3});
  CallId hello = Find<CallHello>(dialer.Start(1'000, 5'000))->call;
  v1::HelloReply reply;
  reply.set_protocol(1);
  reply.set_clock_ms(5'000 + 3'500);
  dialer.OnHelloReply(hello, reply, 5'000);
  EXPECT_EQ(dialer.summary().round_trip_ms, 1'000);
  EXPECT_EQ(dialer.summary().clock_ahead_ms, 0);
}

}  // namespace
}  // namespace entente::sync
