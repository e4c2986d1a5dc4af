// Arrivals: one row for many entries, read back as if there were one for each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "node/driver/sync_host.h"
#include "tests/unit/driver/replica_fixture.h"

namespace entente::driver {
namespace {

struct Seen {
  uint64_t number;
  EntryId id;
  friend bool operator==(const Seen&, const Seen&) = default;
};

class ArrivalsTest : public ReplicaTest {
 protected:
  // From the index by id alone, so from other rows than those under test.
  std::vector<Seen> Expected(const std::vector<Entry>& entries, uint64_t after) {
    auto snapshot = store_.kv().NewSnapshot();
    std::vector<Seen> out;
    for (const Entry& entry : entries) {
      auto arrival = store::LogReader(snapshot.get()).ArrivalOf(entry.id);
      EXPECT_TRUE(arrival.ok() && arrival->has_value());
      if ((*arrival)->number > after) out.push_back({(*arrival)->number, entry.id});
    }
    std::sort(out.begin(), out.end(),
              [](const Seen& a, const Seen& b) { return a.number < b.number; });
    return out;
  }
  std::vector<Seen> Listed(uint64_t after) {
    auto snapshot = store_.kv().NewSnapshot();
    std::vector<Seen> out;
    EXPECT_TRUE(store::LogReader(snapshot.get())
                    .ForEachArrival(after,
                                    [&](const store::Arrival& arrival) {
                                      out.push_back({arrival.number, arrival.place.id});
                                      return true;
                                    })
                    .ok());
    return out;
  }
  // With their rows, each of which is the entry's; and one by one.
  std::vector<Seen> ListedWithRows(uint64_t after) {
    auto snapshot = store_.kv().NewSnapshot();
    const store::LogReader log(snapshot.get());
    std::vector<Seen> out;
    EXPECT_TRUE(
        log.ForEachArrivalRow(
               after,
               [&](const store::Arrival& arrival, absl::string_view row) {
                 EXPECT_TRUE(store::DecodeEntry(row, arrival.place.id).ok());
                 const auto place = log.AtArrival(arrival.number);
                 EXPECT_TRUE(place.ok() && place->has_value() && (*place)->id == arrival.place.id)
                     << arrival.number;
                 out.push_back({arrival.number, arrival.place.id});
                 return true;
               })
            .ok());
    EXPECT_FALSE(log.AtArrival(0)->has_value());
    EXPECT_FALSE(log.AtArrival(store_.replica().newest_arrival() + 1)->has_value());
    return out;
  }
  // As a live Pull reads them.
  std::vector<Seen> Read(uint64_t after, absl::string_view except) {
    SyncHost::Sources sources;
    sources.snapshot = [this] { return store_.kv().NewSnapshot(); };
    Spki peer;
    std::copy(except.begin(), except.end(), peer.bytes.begin());
    auto cursor = SyncHost(sources).ReadArrivals(plan_.charter.id(), after, peer);
    EXPECT_TRUE(cursor.ok());
    std::vector<Seen> out;
    while (true) {
      auto entry = (*cursor)->Next();
      EXPECT_TRUE(entry.ok()) << entry.status();
      if (!entry.ok() || !entry->has_value()) break;
      out.push_back({(*cursor)->through(), (*entry)->id});
    }
    EXPECT_EQ((*cursor)->through(), std::max(after, store_.replica().newest_arrival()));
    return out;
  }
  size_t Rows() {
    auto snapshot = store_.kv().NewSnapshot();
    size_t rows = 0;
    for (auto it = snapshot->Scan(store::kArrivals, ""); it->Valid(); it->Next()) ++rows;
    return rows;
  }
  void ExpectConsistent(const std::vector<Entry>& entries) {
    for (uint64_t after = 0; after <= entries.size() + 1; ++after) {
      const std::vector<Seen> expected = Expected(entries, after);
      EXPECT_EQ(Listed(after), expected) << "after " << after;
      EXPECT_EQ(ListedWithRows(after), expected) << "after " << after;
      EXPECT_EQ(Read(after, "someone!"), expected) << "after " << after;
      EXPECT_EQ(Read(after, "peerpeer"), std::vector<Seen>()) << "after " << after;
    }
  }
  std::vector<Entry> Written(support::Pen& pen, int count) {
    std::vector<Entry> out;
    for (int i = 0; i < count; ++i) out.push_back(plan_.Report(pen, absl::StrCat("words ", i)));
    return out;
  }
};

void Append(std::vector<Entry>& all, const std::vector<Entry>& some) {
  all.insert(all.end(), some.begin(), some.end());
}

TEST_F(ArrivalsTest, ARunOfOneFeedIsOneRow) {
  const std::vector<Entry> run = Written(pen_, 20);
  store_.Ingest(run);
  EXPECT_EQ(Rows(), 1u);
  ExpectConsistent(run);
}

TEST_F(ArrivalsTest, AnotherFeedOrAnotherBatchBeginsAnotherRow) {
  support::Pen second = plan_.PenOf(plan_.kg2);
  std::vector<Entry> all;
  for (int i = 0; i < 3; ++i) {
    std::vector<Entry> batch = Written(pen_, 4);
    Append(batch, Written(second, 3));
    store_.Ingest(batch);
    Append(all, batch);
  }
  EXPECT_EQ(Rows(), 6u);
  ExpectConsistent(all);
}

TEST_F(ArrivalsTest, ALongRunIsCut) {
  const std::vector<Entry> run = Written(pen_, store::kArrivalRunMax + 2);
  store_.Ingest(run);
  EXPECT_EQ(Rows(), 2u);
  EXPECT_EQ(Listed(0), Expected(run, 0));
  EXPECT_EQ(ListedWithRows(0), Expected(run, 0));
}

// Then several entries stand at one sequence, and a run is the branch that ends in its last one.
TEST_F(ArrivalsTest, RunsOfBothBranchesOfAForkAreToldApart) {
  std::vector<Entry> all = Written(pen_, 3);
  support::Pen other = pen_;
  const std::vector<Entry> left = Written(pen_, 6);
  std::vector<Entry> right;
  for (int i = 0; i < 5; ++i) right.push_back(plan_.Report(other, absl::StrCat("right ", i)));
  store_.Ingest(all);
  store_.Ingest(left);
  store_.Ingest(right);
  Append(all, left);
  Append(all, right);
  ExpectConsistent(all);
}

TEST_F(ArrivalsTest, NumbersGoOnAfterARestartAndAFailedWrite) {
  std::vector<Entry> all = Written(pen_, 5);
  store_.Ingest(all);
  store_.Restart();
  const std::vector<Entry> lost = Written(pen_, 4);
  ASSERT_TRUE(
      store_.replica().Ingest(VerifyEntries(lost, crypto::Ed25519Verifier()), "peerpeer").ok());
  store_.Restart();  // before the commit
  store_.Ingest(lost);
  Append(all, lost);
  EXPECT_EQ(Rows(), 2u);
  ExpectConsistent(all);
}

}  // namespace
}  // namespace entente::driver
