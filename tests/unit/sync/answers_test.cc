#include "node/sync/contact/answers.h"

#include <gtest/gtest.h>

#include "node/base/error.h"
#include "node/sync/contact/pull_cursor.h"
#include "node/sync/frame/notes_frame.h"
#include "node/sync/frontier/names.h"
#include "tests/unit/sync/fake_host.h"

namespace entente::sync {
namespace {

using testing::AKey;
using testing::AnInstrument;
using testing::FakeHost;
using testing::FeedWriter;
using testing::Prose;
using testing::Random;

constexpr Millis kClock = 1'700'000'000'000;

class AnswersTest : public ::testing::Test {
 protected:
  AnswersTest() {
    host_.Admit(peer_, AnInstrument());
    host_.Enrol(AnInstrument(), AKey(0));
    FeedWriter feed(AnInstrument(), AKey(0));
    for (int i = 0; i < 20; ++i) host_.AddEntry(feed.Write(random_, "payload"));
    tip_ = feed.last;
  }
  v1::HelloRequest Hello() const {
    v1::HelloRequest request;
    request.set_protocol_min(1);
    request.set_protocol_max(1);
    request.set_nonce(std::string(kNonceBytes, 'n'));
    request.add_instruments()->set_name(InstrumentName(request.nonce(), AnInstrument()));
    return request;
  }
  v1::PullRequest Pull() const {
    v1::PullRequest request;
    request.set_instrument(AnInstrument().str());
    v1::Want* want = request.add_wants();
    want->set_key(AKey(0).str());
    want->set_incarnation(1);
    want->set_tip_sequence(tip_.sequence);
    want->set_tip_id(tip_.id.str());
    return request;
  }
  static void ExpectUnknown(const absl::Status& status) {
    EXPECT_EQ(status.code(), absl::StatusCode::kNotFound) << status;
    EXPECT_EQ(base::ReasonOf(status), "UNKNOWN_INSTRUMENT");
  }

  testing::Random random_{1};
  FakeHost host_{"host"}, peer_{"peer"}, stranger_{"stranger"};
  EntryRef tip_;
};

TEST_F(AnswersTest, HelloSpeaksOnlyOfCommonInstruments) {
  auto reply = AnswerHello(host_, peer_.spki(), Hello(), kClock);
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(reply->instruments_size(), 1);
  EXPECT_EQ(reply->instruments(0).feeds(), 1u);
  reply = AnswerHello(host_, stranger_.spki(), Hello(), kClock);
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(reply->instruments_size(), 0);
}

TEST_F(AnswersTest, HelloNamesBothVersionRanges) {
  v1::HelloRequest request = Hello();
  request.set_protocol_min(7);
  request.set_protocol_max(9);
  absl::Status status = AnswerHello(host_, peer_.spki(), request, kClock).status();
  EXPECT_EQ(base::ReasonOf(status), "VERSION_UNSUPPORTED");
  EXPECT_NE(status.message().find("1 to 1"), absl::string_view::npos);
  EXPECT_NE(status.message().find("7 to 9"), absl::string_view::npos);
}

TEST_F(AnswersTest, HelloWithoutItsNonceIsRefused) {
  v1::HelloRequest request = Hello();
  request.set_nonce("short");
  EXPECT_FALSE(AnswerHello(host_, peer_.spki(), request, kClock).ok());
}

TEST_F(AnswersTest, HelloNeverReadsEntries) {
  ASSERT_TRUE(AnswerHello(host_, peer_.spki(), Hello(), kClock).ok());
  EXPECT_EQ(host_.ids_asked(), 0u);
}

TEST_F(AnswersTest, ARemovedPartyLearnsNothingOfEntries) {
  host_.Admit(peer_, AnInstrument(), Access::kAuthority);
  auto reply = AnswerHello(host_, peer_.spki(), Hello(), kClock);
  ASSERT_TRUE(reply.ok());
  ASSERT_EQ(reply->instruments_size(), 1);
  EXPECT_TRUE(reply->instruments(0).authority_only());
  EXPECT_TRUE(reply->instruments(0).frontier_digest().empty());
  EXPECT_EQ(reply->instruments(0).feeds() + reply->instruments(0).arrivals(), 0u);

  v1::HeadsRequest heads;
  heads.set_instrument(AnInstrument().str());
  ExpectUnknown(AnswerHeads(host_, peer_.spki(), heads).status());
  ExpectUnknown(PullCursor::Open(&host_, peer_.spki(), Pull()).status());
  v1::AuthorityRequest authority;
  authority.set_instrument(AnInstrument().str());
  EXPECT_TRUE(AnswerAuthority(host_, peer_.spki(), authority).ok());
}

TEST_F(AnswersTest, AStrangerGetsTheSameAnswerAsForNoInstrument) {
  v1::AuthorityRequest authority;
  authority.set_instrument(AnInstrument().str());
  absl::Status not_yours = AnswerAuthority(host_, stranger_.spki(), authority).status();
  authority.set_instrument(testing::IdFrom<InstrumentId>("nowhere").str());
  EXPECT_EQ(not_yours, AnswerAuthority(host_, stranger_.spki(), authority).status());
  ExpectUnknown(not_yours);
}

TEST_F(AnswersTest, AuthorityEndsWithOurOwnLeaves) {
  v1::AuthorityRequest request;
  request.set_instrument(AnInstrument().str());
  auto chunks = AnswerAuthority(host_, peer_.spki(), request);
  ASSERT_TRUE(chunks.ok());
  ASSERT_EQ(chunks->size(), 2u);
  EXPECT_EQ(chunks->front().notes_size(), 1);
  EXPECT_EQ(chunks->back().leaves_size(), 1);
  request.add_leaves(chunks->back().leaves(0));
  chunks = AnswerAuthority(host_, peer_.spki(), request);
  EXPECT_EQ(chunks->size(), 1u);
}

TEST_F(AnswersTest, ABrokenNoteIdIsRefused) {
  v1::AuthorityRequest request;
  request.set_instrument(AnInstrument().str());
  request.add_leaves("short");
  EXPECT_EQ(AnswerAuthority(host_, peer_.spki(), request).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(AnswersTest, PushOfEntriesNeedsEntryAccess) {
  v1::PushRequest notes, entries;
  *notes.mutable_frame() = NotesFrame(AnInstrument(), {"a note"});
  *entries.mutable_frame() = NotesFrame(AnInstrument(), {});
  entries.mutable_frame()->set_entries(1);
  EXPECT_TRUE(CheckPush(host_, peer_.spki(), entries).ok());
  host_.Admit(peer_, AnInstrument(), Access::kAuthority);
  EXPECT_TRUE(CheckPush(host_, peer_.spki(), notes).ok());
  ExpectUnknown(CheckPush(host_, peer_.spki(), entries).status());
  ExpectUnknown(CheckPush(host_, stranger_.spki(), notes).status());
}

TEST_F(AnswersTest, AFloodOfNotesIsRefused) {
  v1::PushRequest request;
  *request.mutable_frame() =
      NotesFrame(AnInstrument(), std::vector<std::string>(kFrameNotesMax + 1, "n"));
  EXPECT_EQ(base::ReasonOf(CheckPush(host_, peer_.spki(), request).status()), "NOTE_MALFORMED");
  *request.mutable_frame() = NotesFrame(AnInstrument(), {std::string(300'000, 'n')});
  EXPECT_EQ(base::ReasonOf(CheckPush(host_, peer_.spki(), request).status()), "NOTE_MALFORMED");
}

TEST_F(AnswersTest, AFailedWriteIsNotAcknowledged) {
  IngestResult result;
  result.status = base::Error(absl::StatusCode::kResourceExhausted, "STORE_FULL", "no space");
  EXPECT_EQ(base::ReasonOf(AnswerPush(result).status()), "STORE_FULL");
}

TEST_F(AnswersTest, PullEndsAfterTheLastFrame) {
  auto cursor = PullCursor::Open(&host_, peer_.spki(), Pull());
  ASSERT_TRUE(cursor.ok());
  auto frame = (*cursor)->NextFrame(0);
  ASSERT_TRUE(frame.ok() && frame->has_value());
  EXPECT_EQ((*frame)->entries(), 20u);
  frame = (*cursor)->NextFrame(1);
  ASSERT_TRUE(frame.ok());
  EXPECT_FALSE(frame->has_value());
}

TEST_F(AnswersTest, MembershipIsCheckedForEveryFrame) {
  auto cursor = PullCursor::Open(&host_, peer_.spki(), Pull());
  ASSERT_TRUE(cursor.ok());
  host_.Admit(peer_, AnInstrument(), Access::kAuthority);
  ExpectUnknown((*cursor)->NextFrame(0).status());
}

TEST_F(AnswersTest, NotesThatComeDuringAPullGoFirst) {
  auto cursor = PullCursor::Open(&host_, peer_.spki(), Pull());
  ASSERT_TRUE(cursor.ok());
  host_.AddNote(AnInstrument(), "suspends a key");
  auto frame = (*cursor)->NextFrame(0);
  ASSERT_TRUE(frame.ok() && frame->has_value());
  EXPECT_EQ((*frame)->notes_size(), 1);
  EXPECT_EQ((*frame)->entries(), 0u);
}

TEST_F(AnswersTest, PullKeepsToItsBytes) {
  FeedWriter feed(AnInstrument(), AKey(2));
  Random random(5);
  host_.Enrol(AnInstrument(), AKey(2));
  for (int i = 0; i < 300; ++i) host_.AddEntry(feed.Write(random, Prose(random, 300)));
  const auto own = host_.FrontierOf(AnInstrument());
  const EntryRef tip = (*own->Find({AKey(2), 1}))[0];
  for (uint64_t limit : {1u, 5'000u, 20'000u}) {
    v1::PullRequest request;
    request.set_instrument(AnInstrument().str());
    request.set_frame_bytes(kFrameBytesMin);
    request.set_max_bytes(limit);
    v1::Want* want = request.add_wants();
    want->set_key(AKey(2).str());
    want->set_incarnation(1);
    want->set_tip_sequence(tip.sequence);
    want->set_tip_id(tip.id.str());
    auto cursor = PullCursor::Open(&host_, peer_.spki(), request);
    ASSERT_TRUE(cursor.ok());
    uint64_t bytes = 0, owed = 1;
    for (auto frame = (*cursor)->NextFrame(0); frame->has_value();
         frame = (*cursor)->NextFrame(0)) {
      bytes += (*frame)->ByteSizeLong();
      owed = (*frame)->owed();
    }
    EXPECT_LE(bytes, limit);
    EXPECT_GE(bytes, limit == 1 ? 0 : limit - 4'800);
    EXPECT_GT(owed, 0u);
  }
}

}  // namespace
}  // namespace entente::sync
