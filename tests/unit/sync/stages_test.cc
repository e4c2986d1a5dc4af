// Contacts about several instruments: what is more urgent goes first, whichever it belongs to.
#include <gtest/gtest.h>

#include <iterator>
#include <set>
#include <string>

#include "tests/unit/sync/fake_host.h"
#include "tests/unit/sync/loopback.h"

namespace entente::sync {
namespace {

using testing::AKey;
using testing::FakeHost;
using testing::FeedWriter;
using testing::IdFrom;
using testing::Loopback;
using testing::Prose;
using testing::Random;

constexpr int kInstruments = 3;
constexpr int kKeys = 4;  // of each instrument

// In the order in which a contact takes them.
InstrumentId Instrument(int n) {
  static const std::set<InstrumentId> all = [] {
    std::set<InstrumentId> ids;
    for (int i = 0; i < kInstruments; ++i)
      ids.insert(IdFrom<InstrumentId>("stage " + std::to_string(i)));
    return ids;
  }();
  return *std::next(all.begin(), n);
}
PublicKey Key(int instrument, int k) { return AKey(static_cast<uint64_t>(100 * instrument + k)); }

class StagesTest : public ::testing::TestWithParam<uint64_t> {
 protected:
  StagesTest() {
    for (int n = 0; n < kInstruments; ++n) {
      one_.Admit(two_, Instrument(n));
      two_.Admit(one_, Instrument(n));
      for (int k = 0; k < kKeys; ++k) {
        one_.Enrol(Instrument(n), Key(n, k));
        two_.Enrol(Instrument(n), Key(n, k));
      }
    }
  }
  void Write(FakeHost& host, int instrument, int k, int count, size_t bytes) {
    FeedWriter feed(Instrument(instrument), Key(instrument, k));
    for (int i = 0; i < count; ++i) host.AddEntry(feed.Write(random_, Prose(random_, bytes)));
  }
  Summary Contact(uint64_t max_bytes = 0) {
    DialerOptions options;
    options.max_bytes = max_bytes;
    Loopback link(&one_, &two_, options);
    link.Run();
    EXPECT_TRUE(link.dialer().finished());
    EXPECT_TRUE(link.dialer().summary().status.ok()) << link.dialer().summary().status;
    return link.dialer().summary();
  }
  static uint64_t Held(FakeHost& host, int instrument, int k) {
    const auto held = host.FrontierOf(Instrument(instrument));
    const Tips* tips = held->Find({Key(instrument, k), 1});
    return tips == nullptr ? 0 : (*tips)[0].sequence;
  }
  void ExpectSame() {
    EXPECT_TRUE(one_.held() == two_.held())
        << one_.held().size() << " entries and " << two_.held().size();
    for (int n = 0; n < kInstruments; ++n) {
      EXPECT_EQ(one_.FrontierDigest(Instrument(n)), two_.FrontierDigest(Instrument(n)));
      EXPECT_EQ(one_.AuthorityDigest(Instrument(n)), two_.AuthorityDigest(Instrument(n)));
    }
  }
  // What came to a host since it had `from` things, as one letter each: n(ote), d(eadline: the
  // entries up to it), e(ntry), l(arge).
  std::string Order(FakeHost& host, size_t from) {
    std::string order;
    for (size_t i = from; i < host.came().size(); ++i) {
      const auto& entry = host.came()[i].entry;
      char letter = 'n';
      if (entry) {
        const bool urgent = urgent_.contains(entry->header.key);
        letter = urgent ? 'd' : entry->payload.size() > kLargePayload ? 'l' : 'e';
      }
      if (order.empty() || order.back() != letter) order += letter;
    }
    return order;
  }
  // Everything of this feed is urgent.
  void MakeUrgent(FakeHost& host, int instrument, int k, uint64_t sequence) {
    host.SetDeadline({Key(instrument, k), 1}, sequence, 1'000);
    urgent_.insert(Key(instrument, k));
  }

  std::set<PublicKey> urgent_;
  Random random_{11};
  FakeHost one_{"one"}, two_{"two"};
};

TEST_F(StagesTest, RevocationsThenDeadlinesThenTheRestThenWhatIsLarge) {
  for (FakeHost* host : {&one_, &two_}) {
    const int own = host == &one_ ? 0 : 2;  // keys of its own
    for (int n = 0; n < kInstruments; ++n) {
      Write(*host, n, own, 40, 300);
      Write(*host, n, own + 1, 3, n == 0 ? kLargePayload + 1 : 300);
      host->AddNote(Instrument(n), "revokes, by " + std::to_string(own));
    }
    MakeUrgent(*host, 2, own + 1, 3);
  }
  const size_t before_one = one_.came().size(), before_two = two_.came().size();
  Contact();
  ExpectSame();
  EXPECT_EQ(Order(one_, before_one), "ndel");
  EXPECT_EQ(Order(two_, before_two), "ndel");
}

TEST_F(StagesTest, OneInstrumentThatDiffersIsAskedOnce) {
  Write(two_, 1, 0, 40, 300);
  Write(one_, 1, 1, 40, 300);
  const Summary summary = Contact();
  ExpectSame();
  EXPECT_EQ(summary.entries_received, 40u);
  // Hello, heads, Pull beside Push, and an agreement.
  EXPECT_LE(summary.round_trips, 5u);
}

TEST_F(StagesTest, WithLittleOfTheLineEveryDeadlineIsKeptBeforeAnythingElse) {
  for (int n = 0; n < kInstruments; ++n) {
    Write(one_, n, 0, 300, 300);
    Write(two_, n, 2, 300, 300);
    Write(one_, n, 1, 1, 1'000);
    Write(two_, n, 3, 1, 1'000);
    MakeUrgent(one_, n, 1, 1);
    MakeUrgent(two_, n, 3, 1);
  }
  const Summary summary = Contact(24'000);
  EXPECT_TRUE(summary.cut_short);
  EXPECT_LE(summary.bytes_sent + summary.bytes_received, 24'000u);
  for (int n = 0; n < kInstruments; ++n) {
    EXPECT_EQ(Held(two_, n, 1), 1u) << n;
    EXPECT_EQ(Held(one_, n, 3), 1u) << n;
  }
}

// Random sets and forks, whole or in small portions: both end with the same, and nothing came
// twice.
TEST_P(StagesTest, AllOfThemConverge) {
  const uint64_t seed = GetParam();
  Random random(seed);
  random_.seed(seed + 1);
  for (int n = 0; n < kInstruments; ++n) {
    for (int k = 0; k < kKeys; ++k) {
      FakeHost& host = random() % 2 == 0 ? one_ : two_;
      const int count = static_cast<int>(random() % 60);
      FeedWriter feed(Instrument(n), Key(n, k));
      for (int i = 0; i < count; ++i) {
        const size_t bytes = random() % 20 == 0 ? kLargePayload + 1 : 200;
        const ledger::Entry entry = feed.Write(random_, Prose(random_, bytes));
        host.AddEntry(entry);
        if (random() % 40 != 0) continue;
        // The other has another one in its place.
        FakeHost& other = &host == &one_ ? two_ : one_;
        FeedWriter branch(Instrument(n), Key(n, k));
        other.AddEntry(branch.Write(random_, Prose(random_, 100)));
      }
      if (count > 0 && random() % 3 == 0)
        host.SetDeadline({Key(n, k), 1}, 1 + random() % static_cast<uint64_t>(count),
                         static_cast<int64_t>(random() % 5'000));
    }
  }
  const uint64_t portion = random() % 2 == 0 ? 0 : 60'000 + random() % 60'000;
  SCOPED_TRACE(::testing::Message() << "seed " << seed << ", portions of " << portion);
  for (int contacts = 0; contacts < 200 && one_.held() != two_.held(); ++contacts) Contact(portion);
  ExpectSame();
  EXPECT_EQ(one_.repeated() + two_.repeated(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, StagesTest, ::testing::Range<uint64_t>(1, 41));

}  // namespace
}  // namespace entente::sync
