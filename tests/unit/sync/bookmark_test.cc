// Two nodes that met before: Hello tells what changed since, and heads are left out.
#include <gtest/gtest.h>

#include <algorithm>

#include "node/sync/contact/answers.h"
#include "node/sync/frontier/delta.h"
#include "node/sync/frontier/names.h"
#include "tests/unit/sync/fake_host.h"
#include "tests/unit/sync/loopback.h"

namespace entente::sync {
namespace {

using testing::AKey;
using testing::AnInstrument;
using testing::FakeHost;
using testing::FeedWriter;
using testing::Loopback;
using testing::Random;

constexpr int kKeys = 1200;

class BookmarkTest : public ::testing::Test {
 protected:
  BookmarkTest() {
    one_.Admit(two_, AnInstrument());
    two_.Admit(one_, AnInstrument());
    for (int k = 0; k < kKeys; ++k) {
      one_.Enrol(AnInstrument(), AKey(k));
      two_.Enrol(AnInstrument(), AKey(k));
      feeds_.emplace_back(AnInstrument(), AKey(k));
    }
    for (int k = 0; k < 100; ++k) Write(k, 3, {&one_, &two_});
    FeedWriter lone(AnInstrument(), AKey(kKeys - 1));
    one_.AddEntry(lone.Write(random_, "so that there is something to exchange"));
    EXPECT_NE(Contact().mode, Mode::kEqual);
  }
  void Write(int key, int count, std::vector<FakeHost*> to) { Write(feeds_[key], count, to); }
  void Write(FeedWriter& feed, int count, std::vector<FakeHost*> to) {
    for (int i = 0; i < count; ++i) {
      const ledger::Entry entry = feed.Write(random_, "x");
      for (FakeHost* host : to) host->AddEntry(entry);
    }
  }
  Summary Contact(FakeHost* from, FakeHost* to) {
    Loopback link(from, to);
    link.Run();
    log_ = link.log();
    EXPECT_TRUE(link.dialer().finished());
    EXPECT_TRUE(link.dialer().summary().status.ok());
    EXPECT_TRUE(one_.held() == two_.held());
    return link.dialer().summary();
  }
  Summary Contact() { return Contact(&one_, &two_); }
  bool Asked(const char* call) const {
    return std::find(log_.begin(), log_.end(), call) != log_.end();
  }

  Random random_{1};
  FakeHost one_{"one"}, two_{"two"};
  std::vector<FeedWriter> feeds_;
  std::vector<std::string> log_;
};

TEST_F(BookmarkTest, WhatChangedIsToldInHelloAndHeadsAreLeftOut) {
  Write(3, 2, {&one_});
  Write(4, 2, {&two_});
  Summary summary = Contact();
  EXPECT_EQ(summary.mode, Mode::kDelta);
  EXPECT_FALSE(Asked("Heads"));
  EXPECT_EQ(summary.entries_new_here, 2u);
  EXPECT_EQ(summary.entries_new_there, 2u);
}

TEST_F(BookmarkTest, ItServesTheOtherDirectionToo) {
  Write(3, 2, {&one_});
  EXPECT_EQ(Contact(&two_, &one_).mode, Mode::kDelta);
}

TEST_F(BookmarkTest, EveryExchangeMovesItOn) {
  for (int n = 0; n < 5; ++n) {
    Write(n, 1, {n % 2 == 0 ? &one_ : &two_});
    EXPECT_EQ(Contact(n % 3 == 0 ? &two_ : &one_, n % 3 == 0 ? &one_ : &two_).mode, Mode::kDelta);
    EXPECT_EQ(one_.BookmarksWith(two_.spki(), AnInstrument())[0].frontier,
              one_.FrontierDigest(AnInstrument()));
  }
}

TEST_F(BookmarkTest, FeedsNewOnEitherSideGoOver) {
  Write(500, 2, {&one_});
  Write(501, 2, {&two_});
  Summary summary = Contact();
  EXPECT_EQ(summary.mode, Mode::kDelta);
  EXPECT_EQ(summary.entries_new_here + summary.entries_new_there, 4u);
}

TEST_F(BookmarkTest, BothSidesOfAForkGoOver) {
  FeedWriter branch = feeds_[7];
  Write(feeds_[7], 2, {&one_});
  Write(branch, 3, {&two_});
  EXPECT_EQ(Contact().mode, Mode::kDelta);
  Write(branch, 1, {&two_});
  EXPECT_EQ(Contact().mode, Mode::kDelta);
}

TEST_F(BookmarkTest, WhatBothGotElsewhereIsNotSentAgain) {
  Write(9, 2, {&one_, &two_});
  Write(10, 1, {&two_});
  Summary summary = Contact();
  EXPECT_EQ(summary.mode, Mode::kDelta);
  EXPECT_EQ(summary.entries_received, 1u);
  EXPECT_EQ(summary.entries_sent, 0u);
}

TEST_F(BookmarkTest, APeerThatLostItsStoreIsServedWithoutIt) {
  Write(3, 2, {&one_});
  two_.ForgetBookmarks();
  Summary summary = Contact();
  EXPECT_GT(summary.mode, Mode::kDelta);
  Write(4, 1, {&one_});
  EXPECT_EQ(Contact().mode, Mode::kDelta) << "the exchange made a new one";
}

TEST_F(BookmarkTest, ACallerThatLostItIsKnownByWhatItHolds) {
  Write(3, 2, {&two_});
  one_.ForgetBookmarks();
  EXPECT_EQ(Contact().mode, Mode::kDelta);
}

TEST_F(BookmarkTest, ARestoredBackupIsCaughtUp) {
  FakeHost backup = one_;
  Write(3, 2, {&one_});
  Write(4, 1, {&two_});
  Contact();
  Write(5, 1, {&two_});
  one_ = backup;
  EXPECT_EQ(Contact().mode, Mode::kDelta) << "the older bookmark is kept for just this";
  EXPECT_EQ(one_.aside(), 0u);
}

TEST_F(BookmarkTest, AWrongBookmarkIsFoundOut) {
  Write(3, 2, {&two_});
  // As if everything up to now had been agreed.
  const Bookmark agreed = two_.BookmarksWith(one_.spki(), AnInstrument())[0];
  two_.ForgetBookmarks();
  two_.KeepBookmark(one_.spki(), AnInstrument(), {agreed.frontier, two_.NewestArrival()});
  Write(4, 1, {&two_});
  Summary summary = Contact();
  EXPECT_GT(summary.mode, Mode::kDelta);
  EXPECT_EQ(summary.entries_new_here, 3u);
}

TEST_F(BookmarkTest, ItTellsWhichNotesBothHold) {
  const auto shared = [&](FakeHost& host, FakeHost& peer) {
    return host.BookmarksWith(peer.spki(), AnInstrument())[0].authority;
  };
  for (const bool entries_too : {true, false}) {
    if (entries_too) Write(3, 1, {&two_});
    one_.AddNote(AnInstrument(), entries_too ? "one note" : "another");
    EXPECT_NE(shared(one_, two_), one_.AuthorityDigest(AnInstrument()));
    Contact();
    EXPECT_EQ(shared(one_, two_), one_.AuthorityDigest(AnInstrument()));
    EXPECT_EQ(shared(two_, one_), one_.AuthorityDigest(AnInstrument()));
  }
}

TEST_F(BookmarkTest, AnOlderProgramThatDoesNotSayAgreesOnEntriesAlone) {
  v1::AgreeRequest request;
  request.set_instrument(AnInstrument().str());
  request.set_frontier_digest(two_.FrontierDigest(AnInstrument()).str());
  two_.ForgetBookmarks();
  const auto reply = AnswerAgree(two_, one_.spki(), request);
  ASSERT_TRUE(reply.ok());
  EXPECT_TRUE(reply->agreed());
  EXPECT_FALSE(reply->authority_agreed());
  EXPECT_EQ(two_.BookmarksWith(one_.spki(), AnInstrument())[0].authority, base::Digest());
  request.set_authority_digest(std::string(32, 'x'));
  EXPECT_FALSE(AnswerAgree(two_, one_.spki(), request)->authority_agreed());
}

TEST_F(BookmarkTest, TooMuchChangedIsToldAnotherWay) {
  for (int k = 0; k < static_cast<int>(kDeltaFeedsMax) + 1; ++k) Write(k, 1, {&two_});
  EXPECT_GT(Contact().mode, Mode::kDelta);
}

TEST_F(BookmarkTest, NotesThatCameSinceDoNotHarm) {
  one_.Enrol(AnInstrument(), AKey(2000));
  FeedWriter feed(AnInstrument(), AKey(2000));
  Write(feed, 2, {&one_});
  Write(3, 1, {&two_});
  Contact();
  Write(3, 1, {&two_});
  EXPECT_EQ(Contact().mode, Mode::kDelta);
}

TEST_F(BookmarkTest, AnEqualHelloKeepsTheBookmarkAtBothEnds) {
  Write(3, 1, {&one_, &two_});
  EXPECT_EQ(Contact().mode, Mode::kEqual);
  for (auto [host, peer] : {std::pair(&one_, &two_), std::pair(&two_, &one_)}) {
    EXPECT_EQ(host->BookmarksWith(peer->spki(), AnInstrument())[0].frontier,
              host->FrontierDigest(AnInstrument()));
  }
}

TEST_F(BookmarkTest, TheAnswerReadsNoEntries) {
  Write(3, 1, {&two_});
  const uint64_t before = two_.ids_asked();
  Loopback link(&one_, &two_);
  link.Step();
  EXPECT_EQ(two_.ids_asked(), before);
}

class DeltaTest : public BookmarkTest {
 protected:
  v1::HelloReply Answer(const std::function<void(v1::InstrumentHello&)>& change) {
    Write(3, 1, {&one_});
    v1::HelloRequest request;
    request.set_protocol_min(1);
    request.set_protocol_max(1);
    request.set_nonce(std::string(kNonceBytes, 'n'));
    v1::InstrumentHello* hello = request.add_instruments();
    hello->set_name(InstrumentName(request.nonce(), AnInstrument()));
    hello->set_authority_digest(one_.AuthorityDigest(AnInstrument()).str());
    hello->set_frontier_digest(one_.FrontierDigest(AnInstrument()).str());
    const Bookmark kept = one_.BookmarksWith(two_.spki(), AnInstrument())[0];
    hello->set_bookmark(kept.frontier.str().substr(0, kBookmarkBytes));
    *hello->mutable_delta() =
        PackDelta(one_.ChangesSince(AnInstrument(), kept.arrival, {}, 10)->feeds,
                  one_.KeyOrder(AnInstrument()));
    change(*hello);
    return *AnswerHello(two_, one_.spki(), request, 0);
  }
};

TEST_F(DeltaTest, TheAnswerNamesTheFeedsThatDiffer) {
  v1::HelloReply reply = Answer([](v1::InstrumentHello&) {});
  ASSERT_TRUE(reply.instruments(0).has_delta());
  auto tips = UnpackDelta(reply.instruments(0).delta(), two_.KeyOrder(AnInstrument()));
  ASSERT_TRUE(tips.ok());
  ASSERT_EQ(tips->size(), 1u);
  EXPECT_EQ((*tips)[0].feed.key, AKey(3));
  EXPECT_EQ((*tips)[0].sequence, 3u);
}

TEST_F(DeltaTest, AnUnknownBookmarkIsAnsweredWithoutOne) {
  v1::HelloReply reply = Answer([](v1::InstrumentHello& hello) { hello.set_bookmark("01234567"); });
  EXPECT_FALSE(reply.instruments(0).has_delta());
  EXPECT_FALSE(reply.instruments(0).frontier_digest().empty());
}

TEST_F(DeltaTest, NonsenseIsAnsweredWithoutOne) {
  for (const std::string& tips : {std::string("\xff", 1), std::string("\1\1\1", 3),
                                  std::string("\xff\xff\xff\xff\x7f\1", 6)}) {
    v1::HelloReply reply =
        Answer([&](v1::InstrumentHello& hello) { hello.mutable_delta()->set_by_ordinal(tips); });
    EXPECT_FALSE(reply.instruments(0).has_delta());
  }
  EXPECT_FALSE(Answer([](v1::InstrumentHello& hello) { hello.mutable_delta()->set_whole("x"); })
                   .instruments(0)
                   .has_delta());
}

TEST_F(DeltaTest, OrdinalsOfAnotherAuthorityAreNotRead) {
  v1::HelloReply reply = Answer([](v1::InstrumentHello& hello) {
    hello.set_authority_digest(testing::IdFrom<base::Digest>("other").str());
  });
  EXPECT_FALSE(reply.instruments(0).has_delta());
}

TEST_F(DeltaTest, PackedTipsComeBack) {
  std::vector<FeedTips> feeds;
  for (int k : {1, 4, 9, 3000}) {
    auto& [feed, tips] = feeds.emplace_back();
    feed = FeedRef{AKey(k), k == 4 ? 2u : 1u};
    for (int n = 0; n < k % 3; ++n)
      tips.push_back({uint64_t(n + 1), testing::IdFrom<EntryId>(std::to_string(n))});
  }
  const std::vector<PublicKey> order = one_.KeyOrder(AnInstrument());
  for (const auto& use : {order, std::vector<PublicKey>()}) {
    auto tips = UnpackDelta(PackDelta(feeds, use), use);
    ASSERT_TRUE(tips.ok());
    for (const auto& [feed, own] : feeds) {
      std::vector<PeerTip> of;
      for (const PeerTip& tip : *tips) {
        if (tip.feed == feed) of.push_back(tip);
      }
      ASSERT_EQ(of.size(), std::max<size_t>(own.size(), 1));
      for (size_t n = 0; n < own.size(); ++n) EXPECT_TRUE(of[n].Is(own[n]));
      if (own.empty()) {
        EXPECT_EQ(of[0].sequence, 0u);
      }
    }
  }
}

}  // namespace
}  // namespace entente::sync
