#include "node/query/record/changes.h"

#include <algorithm>

#include "gmock/gmock.h"
#include "tests/unit/query/query_fixture.h"

namespace entente::query {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class ChangesTest : public QueryTest {
 protected:
  v1::Table Since(const std::string& since, const std::vector<std::string>& kinds = {}) {
    v1::ChangesRequest request;
    request.set_since(since);
    for (const std::string& kind : kinds) request.add_kinds(kind);
    const auto table = Changes(Ask(), request);
    EXPECT_TRUE(table.ok()) << table.status();
    return table.ok() ? *table : v1::Table();
  }
  static std::vector<std::string> Column(const v1::Table& table, const std::string& name) {
    std::vector<std::string> out;
    for (int c = 0; c < table.columns_size(); ++c) {
      if (table.columns(c).name() != name) continue;
      for (const v1::Row& row : table.rows()) out.push_back(row.cells(c));
    }
    return out;
  }
};

TEST_F(ChangesTest, SinceAFrontierIsWhatArrivedAfterIt) {
  const Entry first = plan_.Report(pen_, "first");
  Take({first});
  const std::string one = Frontier();
  const Entry second = plan_.Report(pen_, "second", {first.id});
  Take({second});
  const v1::Table table = Since(one);
  EXPECT_THAT(Column(table, "entry_id"), ElementsAre(second.id.Short()));
  EXPECT_THAT(Column(table, "what"), ElementsAre("replaces " + first.id.Short()));
  EXPECT_THAT(Since(Frontier()).rows(), IsEmpty());
  EXPECT_THAT(Column(Since(one, {"withdrawal"}), "entry_id"), IsEmpty());
}

TEST_F(ChangesTest, SinceADateIsWhatAnAnswerAsOfThenDidNotStandOn) {
  pen_.hlc = HlcAt(k2017Sep1);
  const Entry first = plan_.Report(pen_, "first");
  pen_.hlc = HlcAt(k2017Sep1 + 48 * kHourMs);
  const Entry second = plan_.Report(pen_, "second", {first.id});
  Take({first, second});
  EXPECT_THAT(Column(Since("2017-09-01", {"report"}), "entry_id"), ElementsAre(second.id.Short()));
  const v1::Table all = Since("2017-08-31", {"report"});
  EXPECT_THAT(Column(all, "entry_id"), ElementsAre(first.id.Short(), second.id.Short()));
  EXPECT_THAT(Column(all, "what")[0], HasSubstr("replaced since"));
  EXPECT_THAT(Column(Since("2000-01-01"), "kind"), Contains("key"));
  EXPECT_THAT(Column(Since("2000-01-01", {"report"}), "kind"), Not(Contains("key")));
}

TEST_F(ChangesTest, TheActsOfOneNoteAreInItsOrder) {
  std::vector<ledger::Act> acts;
  for (int i = 0; i < 20; ++i) {
    ledger::act::Enrol act =
        support::EnrolOf(support::KeyFrom("key " + std::to_string(i)), {"focal_point"});
    act.label = "Office " + std::to_string(10 + i);
    acts.push_back(act);
  }
  store_.Notes({plan_.kg_chain.Add(std::move(acts))});
  Publish();
  std::vector<std::string> told;
  for (const std::string& what : Column(Since("2000-01-01", {"key"}), "what")) {
    const size_t at = what.find("Office ");
    if (at != std::string::npos) told.push_back(what.substr(at, 9));
  }
  EXPECT_EQ(told.size(), 20u);
  EXPECT_TRUE(std::is_sorted(told.begin(), told.end())) << ::testing::PrintToString(told);
}

TEST_F(ChangesTest, WhatDoesNotCountIsNoChange) {
  const std::string before = Frontier();
  const Entry first = plan_.Report(pen_, "first");
  Take({first});
  store_.Notes({plan_.kg_chain.Add(
      {ledger::act::Revoke{plan_.kg.public_key(), ledger::RevokeReason::kLost, {}}})});
  Publish();
  EXPECT_THAT(Since(before).rows(), IsEmpty());
}

TEST_F(ChangesTest, AnUnknownKindNamesTheKnownOnes) {
  v1::ChangesRequest request;
  request.set_since("2017-09-01");
  request.add_kinds("reports");
  const auto table = Changes(Ask(), request);
  EXPECT_EQ(table.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(table.status().message()), HasSubstr("withdrawal"));
  request.clear_since();
  EXPECT_EQ(Changes(Ask(), request).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(ChangesTest, OverTheLimitTheOldestAreShownAndTheRestCounted) {
  const std::string before = Frontier();
  std::vector<Entry> entries;
  for (uint64_t n = 0; n < 5; ++n) {
    pen_.hlc = HlcAt(k2017Sep1 + n * kHourMs);
    entries.push_back(plan_.Report(pen_, absl::StrCat("text ", n)));
  }
  Take(entries);
  v1::ChangesRequest request;
  request.set_since(before);
  request.set_page_size(2);
  const auto table = Changes(Ask(), request);
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_THAT(Column(*table, "entry_id"),
              ElementsAre(entries[0].id.Short(), entries[1].id.Short()));
  EXPECT_THAT(std::string(table->notes(0)), HasSubstr("the oldest 2 of 5"));
}

}  // namespace
}  // namespace entente::query
