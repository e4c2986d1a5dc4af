// Heads compared by a sketch, between two nodes in memory; and by a peer that lies about it.
#include <gtest/gtest.h>

#include "node/sync/contact/answers.h"
#include "node/sync/frontier/names.h"
#include "node/sync/frontier/sketch_tips.h"
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

class SketchContactTest : public ::testing::Test {
 protected:
  void Enrol(int keys) {
    one_.Admit(two_, AnInstrument());
    two_.Admit(one_, AnInstrument());
    for (int k = 0; k < keys; ++k) {
      one_.Enrol(AnInstrument(), AKey(k));
      two_.Enrol(AnInstrument(), AKey(k));
      feeds_.emplace_back(AnInstrument(), AKey(k));
    }
  }
  void Write(FeedWriter& feed, int count, std::vector<FakeHost*> to) {
    for (int i = 0; i < count; ++i) {
      const ledger::Entry entry = feed.Write(random_, "x");
      for (FakeHost* host : to) host->AddEntry(entry);
    }
  }
  Summary Contact(uint32_t sketch_cap_least = 0) {
    Loopback link(&one_, &two_, false, 1, sketch_cap_least);
    link.Run();
    EXPECT_TRUE(link.dialer().finished());
    EXPECT_TRUE(link.dialer().summary().status.ok());
    EXPECT_TRUE(one_.held() == two_.held());
    return link.dialer().summary();
  }

  Random random_{1};
  FakeHost one_{"one"}, two_{"two"};
  std::vector<FeedWriter> feeds_;
};

TEST_F(SketchContactTest, FewDifferencesAmongManyFeedsAreFound) {
  Enrol(500);
  for (FeedWriter& feed : feeds_) Write(feed, 2, {&one_, &two_});
  for (int k = 0; k < 8; ++k) Write(feeds_[k * 20], 3, {k % 2 == 0 ? &one_ : &two_});
  Summary summary = Contact();
  EXPECT_EQ(summary.mode, Mode::kSketch);
  EXPECT_EQ(summary.entries_new_here + summary.entries_new_there, 24u);
  EXPECT_EQ(one_.repeated() + two_.repeated(), 0u);
}

TEST_F(SketchContactTest, AFewFeedsAreToldWhole) {
  Enrol(30);
  for (FeedWriter& feed : feeds_) Write(feed, 2, {&one_, &two_});
  Write(feeds_[3], 1, {&two_});
  EXPECT_EQ(Contact().mode, Mode::kArray);
}

TEST_F(SketchContactTest, AnEmptyNodeIsToldWhole) {
  Enrol(400);
  for (FeedWriter& feed : feeds_) Write(feed, 1, {&two_});
  EXPECT_EQ(Contact().mode, Mode::kArray);
}

TEST_F(SketchContactTest, TooManyDifferencesFallBackBelowThePriceOfTheArray) {
  Enrol(600);
  for (FeedWriter& feed : feeds_) Write(feed, 1, {&one_, &two_});
  for (int k = 0; k < 500; ++k) Write(feeds_[k], 1, {&two_});
  Summary summary = Contact();
  EXPECT_EQ(summary.mode, Mode::kArray);
  // The sketch that was given up and the array, at 8 bytes a tip.
  EXPECT_LE(summary.bytes_discovery, 2 * 600 * 8 + 500u);
}

// The second bound of the table of sync's bounds, whatever the luck of the key.
TEST_F(SketchContactTest, AHundredOfTenThousandFeedsAreFoundWithinTenKilobytes) {
  Enrol(10'000);
  for (FeedWriter& feed : feeds_) Write(feed, 1, {&one_, &two_});
  for (int k = 0; k < 10'000; k += 100) Write(feeds_[k], 1, {&two_});
  const FakeHost before = one_;
  uint64_t most = 0;
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    one_ = before;
    random_.seed(seed);
    std::string nonce(kNonceBytes, 0);
    for (char& c : nonce) c = static_cast<char>(random_());
    Loopback link(&one_, &two_, {.nonce = nonce});
    link.Run();
    const Summary& summary = link.dialer().summary();
    EXPECT_EQ(summary.mode, Mode::kSketch);
    EXPECT_EQ(summary.entries_new_here, 100u);
    most = std::max(most, summary.bytes_discovery);
  }
  EXPECT_LE(most, 10'000u);
}

// Any sets, forks and new feeds included: the two hold the same afterwards.
TEST_F(SketchContactTest, RandomSetsConverge) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    one_ = FakeHost("one");
    two_ = FakeHost("two");
    feeds_.clear();
    random_.seed(seed);
    const int keys = 1 + static_cast<int>(random_() % 40);
    Enrol(keys);
    for (FeedWriter& feed : feeds_) {
      if (random_() % 4 != 0) Write(feed, 1 + static_cast<int>(random_() % 3), {&one_, &two_});
      if (random_() % 6 == 0) {
        FeedWriter branch = feed;
        Write(branch, 2, {&one_, &two_});
        FeedWriter other = branch;
        if (random_() % 2 == 0) Write(branch, 1, {&one_});
        if (random_() % 2 == 0) Write(other, 2, {&two_});
      }
      if (random_() % 4 == 0) Write(feed, 1, {&one_});
    }
    Contact(200);
  }
}

// A callee whose answers to Heads are changed on the way.
class Liar {
 public:
  using Change = std::function<void(v1::HeadsChunk&)>;
  Liar(FakeHost* one, FakeHost* two) : one_(*one), two_(*two) {}

  // Everything the caller asks of Heads until it asks something else or is done; the bytes read.
  size_t Run(const Change& change) {
    Dialer dialer(&one_, {.peer = two_.spki(), .nonce = std::string(kNonceBytes, 'n')});
    std::deque<Action> todo;
    auto queue = [&](std::vector<Action> actions) {
      for (Action& action : actions) todo.push_back(std::move(action));
    };
    queue(dialer.Start(0, 0));
    size_t bytes = 0;
    std::map<CallId, std::deque<v1::HeadsChunk>> heads;
    for (; !todo.empty(); todo.pop_front()) {
      const Action action = todo.front();
      if (const auto* hello = std::get_if<CallHello>(&action)) {
        queue(dialer.OnHelloReply(hello->call, *AnswerHello(two_, one_.spki(), hello->request, 0),
                                  1));
      } else if (const auto* call = std::get_if<CallHeads>(&action)) {
        sketch_asked += call->request.sketch_key().empty() ? 0 : 1;
        array_asked += call->request.sketch_key().empty() ? 1 : 0;
        auto chunks = *AnswerHeads(two_, one_.spki(), call->request);
        heads[call->call].assign(chunks.begin(), chunks.end());
        Read(dialer, call->call, heads[call->call], change, bytes, queue);
      } else if (const auto* next = std::get_if<ReadNext>(&action)) {
        Read(dialer, next->call, heads[next->call], change, bytes, queue);
      } else if (std::holds_alternative<CallPull>(action)) {
        break;
      }
    }
    failed = dialer.summary().instruments_failed > 0;
    return bytes;
  }
  int sketch_asked = 0, array_asked = 0;
  bool failed = false;

 private:
  template <class Queue>
  void Read(Dialer& dialer, CallId call, std::deque<v1::HeadsChunk>& chunks, const Change& change,
            size_t& bytes, Queue& queue) {
    if (chunks.empty()) return queue(dialer.OnHeadsEnd(call, 2));
    v1::HeadsChunk chunk = chunks.front();
    chunks.pop_front();
    if (!chunk.symbols().empty()) change(chunk);
    bytes += chunk.ByteSizeLong();
    queue(dialer.OnHeadsChunk(call, chunk, 2));
  }
  FakeHost& one_;
  FakeHost& two_;
};

class LiarTest : public SketchContactTest {
 protected:
  LiarTest() {
    Enrol(2000);
    for (FeedWriter& feed : feeds_) Write(feed, 1, {&one_, &two_});
    Write(feeds_[5], 1, {&two_});
  }
  Random noise_{7};
};

TEST_F(LiarTest, ASketchOfNoiseIsCutAndTheArrayAskedFor) {
  Liar liar(&one_, &two_);
  const size_t bytes = liar.Run([&](v1::HeadsChunk& chunk) {
    for (char& c : *chunk.mutable_symbols()) c = static_cast<char>(noise_());
  });
  EXPECT_EQ(liar.array_asked, 1);
  EXPECT_LE(bytes, 2000u * 2 * 8) << "the cap and the array itself";
}

TEST_F(LiarTest, AnEndlessSketchIsCutAtThePriceOfTheArray) {
  Liar liar(&one_, &two_);
  // Each symbol claims one more difference than decoding can ever find.
  const size_t bytes = liar.Run([&](v1::HeadsChunk& chunk) {
    for (size_t at = 0; at < chunk.symbols().size(); at += kSymbolBytes)
      (*chunk.mutable_symbols())[at + 3] ^= 1;
  });
  EXPECT_EQ(liar.array_asked, 1);
  EXPECT_LE(bytes, 2000u * 2 * 8);
}

TEST_F(LiarTest, MoreThanWasAskedForEndsTheInstrument) {
  Liar liar(&one_, &two_);
  liar.Run([&](v1::HeadsChunk& chunk) {
    chunk.mutable_symbols()->append(std::string(kSymbolBytes * 100'000, 'x'));
  });
  EXPECT_TRUE(liar.failed);
}

TEST_F(LiarTest, ASetThatKeepsChangingIsBegunAnewOnce) {
  Liar liar(&one_, &two_);
  int n = 0;
  liar.Run([&](v1::HeadsChunk& chunk) {
    chunk.set_frontier_digest(testing::IdFrom<base::Digest>(std::to_string(n++)).str());
    for (char& c : *chunk.mutable_symbols()) c = static_cast<char>(noise_());
  });
  EXPECT_EQ(liar.sketch_asked, 2);
  EXPECT_EQ(liar.array_asked, 1);
}

// What comes in vain, when a message brings the last symbol needed, is little beside the rest.
TEST_F(LiarTest, AMessageBringsASixteenthOfTheRowBeforeIt) {
  v1::HeadsRequest request;
  request.set_instrument(AnInstrument().str());
  request.set_authority_digest(two_.AuthorityDigest(AnInstrument()).str());
  request.set_sketch_key(std::string(kSketchKeyBytes, 'k'));
  uint32_t before = 100;
  request.set_from(before);
  request.set_symbols(2000);
  const auto chunks = *AnswerHeads(two_, one_.spki(), request);
  EXPECT_EQ(chunks.front().frontier_digest(), two_.FrontierOf(AnInstrument())->Digest().str());
  for (const v1::HeadsChunk& chunk : chunks) {
    EXPECT_EQ(chunk.frontier_digest().empty(), before != 100) << "only the first names it";
    const auto symbols = static_cast<uint32_t>(chunk.symbols().size() / kSymbolBytes);
    EXPECT_LE(symbols, std::clamp(before / 16, 16u, 64u)) << "after " << before;
    before += symbols;
  }
  EXPECT_EQ(before, 2100u);
  EXPECT_LE(chunks.size(), 64u) << "and a message is worth its own bytes";
}

TEST_F(LiarTest, ARequestOutOfBoundsIsRefused) {
  v1::HeadsRequest request;
  request.set_instrument(AnInstrument().str());
  request.set_authority_digest(two_.AuthorityDigest(AnInstrument()).str());
  request.set_sketch_key(std::string(kSketchKeyBytes, 'k'));
  request.set_symbols(kSymbolsAskedMax + 1);
  EXPECT_TRUE(absl::IsInvalidArgument(AnswerHeads(two_, one_.spki(), request).status()));
  request.set_symbols(1);
  request.set_from(kSymbolsMax + 1);
  EXPECT_TRUE(absl::IsInvalidArgument(AnswerHeads(two_, one_.spki(), request).status()));
  request.set_from(0);
  request.set_sketch_key("short");
  EXPECT_TRUE(absl::IsInvalidArgument(AnswerHeads(two_, one_.spki(), request).status()));
}

TEST_F(LiarTest, WithoutOrdinalsTheTipsAreTold) {
  v1::HeadsRequest request;
  request.set_instrument(AnInstrument().str());
  request.set_authority_digest("another");
  request.set_sketch_key(std::string(kSketchKeyBytes, 'k'));
  request.set_symbols(128);
  auto chunks = AnswerHeads(two_, one_.spki(), request);
  ASSERT_TRUE(chunks.ok());
  EXPECT_FALSE(chunks->front().tips().empty());
  EXPECT_TRUE(chunks->front().symbols().empty());
}

TEST(SketchPriceTest, TheCrossoverIsThatOfTheArray) {
  EXPECT_EQ(SketchCap(40, 0), 0u);
  EXPECT_EQ(SketchCap(300, 0), 300u * kArrayTipBytes / kSymbolBytes);
  EXPECT_EQ(SketchCap(1000, 1000), 0u) << "an empty node needs every tip";
  EXPECT_EQ(SketchNext(128, 90, 100), 0u);
  EXPECT_EQ(SketchNext(128, 5000, 2000), 0u);
  EXPECT_EQ(SketchNext(128, 150, 2000), 233u);
  EXPECT_EQ(SketchNext(128, 1400, 2000), 256u) << "never more than double";
}

}  // namespace
}  // namespace entente::sync
