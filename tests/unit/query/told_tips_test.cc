// What a receipt shows to be on another node, against a slow and obvious reading of the same:
// random feeds that fork, of which each of two nodes holds some.
#include "node/store/told_tips.h"

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <set>

#include "node/base/bytes.h"
#include "tests/unit/query/query_fixture.h"

namespace entente::query {
namespace {

class ToldTipsTest : public QueryTest {
 protected:
  using Held = std::set<EntryId>;

  // Entries of a few feeds, each after the one it names; now and then two name the same.
  void Write(size_t entries) {
    std::vector<support::Pen> pens;
    for (const crypto::PrivateKey* key : {&plan_.kg, &plan_.kg2}) {
      for (uint32_t incarnation : {1u, 2u}) {
        pens.push_back(plan_.PenOf(*key));
        pens.back().incarnation = incarnation;
      }
    }
    while (all_.size() < entries) {
      if (random_() % 6 == 0) pens.push_back(pens[random_() % pens.size()]);
      support::Pen& pen = pens[random_() % pens.size()];
      all_.push_back(plan_.Report(pen, std::to_string(all_.size())));
      by_id_.emplace(all_.back().id, &all_.back());
    }
  }
  // Each with the one it names: from the beginning on, some.
  Held Some(uint64_t of_ten) {
    Held held;
    for (const Entry& entry : all_) {
      const bool links = entry.header.sequence == 1 || held.contains(entry.header.previous);
      if (links && random_() % 10 < of_ten) held.insert(entry.id);
    }
    return held;
  }
  // In an order in which they may come, over different ways.
  void Fill(const Held& held) {
    std::vector<const Entry*> left;
    for (const Entry& entry : all_) {
      if (held.contains(entry.id)) left.push_back(&entry);
    }
    const store::Via ways[] = {store::LocalVia(), store::ViaOf(node_), "peerpeer"};
    for (Held done; !left.empty();) {
      const size_t at = random_() % left.size();
      const Entry& entry = *left[at];
      if (entry.header.sequence > 1 && !done.contains(entry.header.previous)) continue;
      const auto verified = driver::VerifyEntries({entry}, crypto::Ed25519Verifier());
      ASSERT_TRUE(store_.replica().Ingest(verified, ways[random_() % 3]).ok());
      if (random_() % 2 == 0) store_.Commit();
      done.insert(entry.id);
      left.erase(left.begin() + static_cast<std::ptrdiff_t>(at));
    }
    store_.Commit();
  }
  std::vector<const Entry*> TipsOf(const Held& held) const {
    Held followed;
    for (const EntryId& id : held) followed.insert(by_id_.at(id)->header.previous);
    std::vector<const Entry*> tips;
    for (const EntryId& id : held) {
      if (!followed.contains(id)) tips.push_back(by_id_.at(id));
    }
    return tips;
  }
  std::string Packed(std::vector<const Entry*> tips) {
    std::shuffle(tips.begin(), tips.end(), random_);
    std::string out;
    for (const Entry* tip : tips) {
      out += tip->header.key.str();
      base::AppendU32(out, tip->header.incarnation);
      base::AppendU64(out, tip->header.sequence);
      out += tip->id.str();
    }
    return out;
  }
  // Slow and obvious: from every tip that is held here as well, back to the beginning.
  Held Shown(const Held& ours, const Held& theirs) const {
    Held shown;
    for (const Entry* tip : TipsOf(theirs)) {
      if (!ours.contains(tip->id)) continue;
      for (const Entry* at = tip;; at = by_id_.at(at->header.previous)) {
        shown.insert(at->id);
        if (at->header.sequence == 1) break;
      }
    }
    return shown;
  }

  const base::Spki node_ = support::SpkiFrom("the other node");
  std::mt19937_64 random_;
  std::deque<Entry> all_;
  std::map<EntryId, const Entry*> by_id_;
};

class ToldTipsOf : public ToldTipsTest, public testing::WithParamInterface<uint64_t> {};

TEST_P(ToldTipsOf, AreWhatIsHeldThereAndCanBeShownAndNoMore) {
  random_.seed(GetParam());
  Write(10 + random_() % 40);
  const Held ours = Some(5 + random_() % 5), theirs = Some(5 + random_() % 5);
  Fill(ours);
  const Held shown = Shown(ours, theirs);
  const auto snapshot = store_.kv().NewSnapshot();
  const store::LogReader log(snapshot.get());
  const std::string tips = Packed(TipsOf(theirs));

  store::ToldTips told(&log, tips);
  std::vector<EntryId> order(ours.begin(), ours.end());
  std::shuffle(order.begin(), order.end(), random_);
  for (const EntryId& id : order) {
    const auto covered = told.Cover(by_id_.at(id)->feed(), **log.Find(id));
    ASSERT_TRUE(covered.ok()) << covered.status();
    EXPECT_EQ(*covered, shown.contains(id)) << "seed " << GetParam();
    EXPECT_TRUE(!*covered || theirs.contains(id)) << "it is not there, seed " << GetParam();
  }

  std::vector<std::pair<uint64_t, bool>> arrivals;
  ASSERT_TRUE(log.ForEachArrival(0,
                                 [&](const store::Arrival& arrival) {
                                   const bool there = arrival.via == store::ViaOf(node_);
                                   arrivals.emplace_back(arrival.number,
                                                         there || shown.contains(arrival.place.id));
                                   return true;
                                 })
                  .ok());
  for (uint64_t from = 0; from <= arrivals.size(); from += 1 + arrivals.size() / 4) {
    uint64_t through = from;
    for (const auto& [number, there] : arrivals) {
      if (number <= from) continue;
      if (!there) break;
      through = number;
    }
    store::ToldTips again(&log, tips);
    EXPECT_EQ(store::ToldThrough(log, plan_.charter.id(), node_, from, again).value(), through)
        << "seed " << GetParam() << " from " << from;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ToldTipsOf, testing::Range<uint64_t>(1, 61));

}  // namespace
}  // namespace entente::query
