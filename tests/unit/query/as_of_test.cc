// Answers as of a past frontier or date, against what stood then.
#include "node/query/view/as_of.h"

#include <map>

#include "entente/v1/entry.pb.h"
#include "gmock/gmock.h"
#include "node/query/desk/brief.h"
#include "node/query/record/records.h"
#include "tests/bench/random.h"
#include "tests/unit/query/query_fixture.h"

namespace entente::query {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AsOfTest : public QueryTest {};

TEST_F(AsOfTest, AFrontierShowsWhatWasHeldThen) {
  const std::string empty = Frontier();
  const Entry first = plan_.Report(pen_, "first");
  Take({first});
  const std::string one = Frontier();
  const Entry second = plan_.Report(pen_, "second", {first.id});
  Take({second});
  EXPECT_THAT(Heads(Ask()), ElementsAre(second.id.Short()));
  EXPECT_THAT(Heads(AskAsOf(one)), ElementsAre(first.id.Short()));
  EXPECT_THAT(Heads(AskAsOf(one.substr(0, 8))), ElementsAre(first.id.Short()));
  EXPECT_THAT(Heads(AskAsOf(empty)), IsEmpty());
  EXPECT_THAT(Heads(AskAsOf(Frontier())), ElementsAre(second.id.Short()));
}

TEST_F(AsOfTest, AFrontierOutlivesARestart) {
  const Entry first = plan_.Report(pen_, "first");
  Take({first});
  const std::string one = Frontier();
  Take({plan_.Report(pen_, "second", {first.id})});
  store_.Restart();
  published_ = nullptr;
  Publish();
  EXPECT_THAT(Heads(AskAsOf(one)), ElementsAre(first.id.Short()));
}

TEST_F(AsOfTest, ADateGoesByTheClaimedTimeWhereThereIsNoRegister) {
  pen_.hlc = HlcAt(k2017Sep1 + 23 * kHourMs);
  const Entry first = plan_.Report(pen_, "first");
  pen_.hlc = HlcAt(k2017Sep1 + 24 * kHourMs);
  const Entry second = plan_.Report(pen_, "second", {first.id});
  Take({first, second});
  EXPECT_THAT(Heads(AskAsOf("2017-08-31")), IsEmpty());
  EXPECT_THAT(Heads(AskAsOf("2017-09-01")), ElementsAre(first.id.Short()));
  EXPECT_THAT(Heads(AskAsOf("2017-09-01T22:59Z")), IsEmpty());
  EXPECT_THAT(Heads(AskAsOf("2017-09-01T23:00Z")), ElementsAre(first.id.Short()));
  EXPECT_THAT(Heads(AskAsOf("2017-09-02")), ElementsAre(second.id.Short()));
  const auto as_of = AsOfText(Ask(), "2017-09-01");
  EXPECT_THAT(as_of->words, HasSubstr("there is no register"));
  EXPECT_FALSE(as_of->frontier.has_value());
}

TEST_F(AsOfTest, WhatIsNoMomentIsRefusedWithTheForms) {
  for (const char* bad : {"2017-13-01", "yesterday", "1234567", "12345678z", "2017-09-01T25:00Z"}) {
    const auto answer = AsOfText(Ask(), bad);
    EXPECT_EQ(answer.status().code(), absl::StatusCode::kInvalidArgument) << bad;
    EXPECT_THAT(std::string(answer.status().message()), HasSubstr("2017-09-01")) << bad;
  }
  const auto unknown = AsOfText(Ask(), "0123456789abcdef");
  EXPECT_EQ(unknown.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(unknown.status().message()), HasSubstr("never stood"));
}

TEST_F(AsOfTest, WhereTellsOfTheVersionThatStoodThen) {
  const std::string nothing = Frontier();
  const Entry first = plan_.Report(pen_, "first");
  Take({first});
  const std::string one = Frontier();
  Take({plan_.Report(pen_, "second", {first.id})});
  const std::string slot = support::ReportSlot("KG", "DDR/08");
  const auto then = Where(AskAsOf(one), slot);
  ASSERT_TRUE(then.ok()) << then.status();
  EXPECT_THAT(then->rows(0).cells(2), HasSubstr(first.id.ToHex()));
  ASSERT_EQ(then->notes_size(), 1);
  EXPECT_EQ(Where(Ask(), slot)->notes_size(), 0);
  for (const std::string& reference : {slot, first.id.ToHex()}) {
    EXPECT_EQ(Where(AskAsOf(nothing), reference).status().code(), absl::StatusCode::kNotFound);
  }
}

// Also how far each delegation's records reached, which says what its silence means.
TEST_F(AsOfTest, TheBriefIsOfWhatStoodThen) {
  v1::Round round;
  round.mutable_common()->set_delegation("EU-GSC");
  round.set_code("MTR-2017");
  round.set_nature("mid_term");
  round.set_covers("2014/2017");
  round.add_expected("KG");
  round.set_opens("2017-03-01");
  round.set_deadline("2017-09-15");
  support::Pen desk = plan_.PenOf(plan_.desk);
  auto report = [&](const std::string& words, std::vector<EntryId> supersedes) {
    v1::Report out;
    EXPECT_TRUE(out.ParseFromString(support::ReportPayload("KG", "DDR/08", words, supersedes)));
    out.set_round("MTR-2017");
    return pen_.Write(plan_.charter.head(), plan_.kg_chain.head(), v1::REPORT,
                      out.SerializeAsString());
  };
  pen_.hlc = HlcAt(k2017Sep1);
  const Entry first = report("first", {});
  Take({desk.Write(plan_.charter.head(), plan_.sec_chain.head(), v1::ROUND,
                   round.SerializeAsString()),
        desk.Write(plan_.charter.head(), plan_.sec_chain.head(), v1::COMMITMENT,
                   support::CommitmentPayload("EU-GSC", "DDR/08", {})),
        first});
  const std::string one = Frontier();
  pen_.hlc = HlcAt(k2017Sep1 + kHourMs);
  Take({report("second", {first.id})});
  auto brief = [](const Views& views) {
    v1::BriefPart all;
    v1::BriefQuestion question;
    question.set_round("MTR-2017");
    const absl::Status status = Brief(views, question, {}, [&](const v1::BriefPart& part) {
      all.MergeFrom(part);
      return true;
    });
    EXPECT_TRUE(status.ok()) << status;
    return all;
  };
  auto newest = [](const v1::BriefPart& part) {
    for (const v1::BriefDelegation& delegation : part.head().delegations()) {
      if (delegation.code() == "KG") return delegation.newest_record_ms();
    }
    return uint64_t{0};
  };
  const v1::BriefPart then = brief(AskAsOf(one)), now = brief(Ask());
  ASSERT_EQ(then.slots_size(), 1);
  EXPECT_EQ(then.slots(0).heads(0).report().narratives(0).text(), "first");
  EXPECT_EQ(now.slots(0).heads(0).report().narratives(0).text(), "second");
  EXPECT_LT(newest(then), newest(now));
  EXPECT_EQ(then.head().round().code(), "MTR-2017");
}

// Random histories of one slot with two authors: each frontier, asked about at the end, shows the
// heads that were seen when it stood.
TEST_F(AsOfTest, EveryFrontierOfARandomHistoryIsShownAsItWas) {
  const uint64_t seed = testing::UnitTest::GetInstance()->random_seed() + 1;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  bench::Random random(seed);
  support::Pen pens[] = {plan_.PenOf(plan_.kg), plan_.PenOf(plan_.kg2)};
  std::vector<EntryId> written;
  std::map<std::string, std::vector<std::string>> seen;
  for (int step = 0; step < 60; ++step) {
    std::vector<EntryId> supersedes;
    for (const EntryId& id : written) {
      if (random.Below(4) == 0 && supersedes.size() < 3) supersedes.push_back(id);
    }
    std::sort(supersedes.begin(), supersedes.end());
    const Entry entry =
        plan_.Report(pens[random.Below(2)], absl::StrCat("step ", step), supersedes);
    written.push_back(entry.id);
    Take({entry});
    seen[Frontier()] = Heads(Ask());
  }
  ASSERT_EQ(seen.size(), written.size());
  for (const auto& [frontier, heads] : seen) EXPECT_EQ(Heads(AskAsOf(frontier)), heads) << frontier;
}

// A catalogue's slots, read in one walk, are those that the index of names leads to.
TEST_F(AsOfTest, TheCatalogueIsTheSameByWalkAndByName) {
  support::Pen desk = plan_.PenOf(plan_.desk);
  std::vector<Entry> entries;
  for (const char* code : {"DDR/08", "DDR/01", "IRM/02"}) {
    entries.push_back(desk.Write(plan_.charter.head(), plan_.sec_chain.head(), v1::COMMITMENT,
                                 support::CommitmentPayload("EU-GSC", code, {})));
  }
  entries.push_back(plan_.Report(pen_, "a report on the first"));
  Take(entries);
  const auto names = Ask().SlotNames("commitment");
  const auto slots = Ask().SlotsOfKind("commitment");
  ASSERT_TRUE(names.ok() && slots.ok());
  std::vector<std::string> walked;
  for (const v1::SlotValue& slot : *slots) walked.push_back(slot.slot());
  EXPECT_EQ(walked, *names);
  EXPECT_EQ(walked.size(), 3u);
}

// A round's slots, preloaded, are what asking for each gives.
TEST_F(AsOfTest, PreloadedSlotsAreTheSame) {
  const Entry first = plan_.Report(pen_, "first");
  Take({first, plan_.Report(pen_, "second", {first.id})});
  const std::string slot = support::ReportSlot("KG", "DDR/08");
  Views views = Ask();
  const std::string plain = views.Slot(slot)->SerializeAsString();
  ASSERT_TRUE(views.Preload("report/").ok());
  EXPECT_EQ(views.Slot(slot)->SerializeAsString(), plain);
  EXPECT_EQ(views.Slot("report/none")->contributions_size(), 0);
  EXPECT_TRUE(views.NothingAbout(first.id));
  EXPECT_FALSE(Ask().NothingAbout(first.id));  // not known without
}

}  // namespace
}  // namespace entente::query
