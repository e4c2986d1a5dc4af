#include "node/meaning/rules/projection.h"

#include "entente/v1/entry.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/meaning/record/index_key.h"
#include "node/meaning/record/slot.h"
#include "tests/unit/meaning/samples.h"

namespace entente::meaning {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

RecordFacts Facts(uint32_t kind, const std::string& code) {
  RecordFacts facts;
  facts.id = EntryNumber(7);
  facts.instrument.bytes.fill(0xEE);
  facts.kind = kind;
  facts.schema = 1;
  facts.hlc = 42;
  facts.key.bytes.fill(0xCC);
  facts.delegation_code = code;
  return facts;
}

Projection ProjectReport(const v1::Report& report) {
  return Project(Facts(v1::REPORT, "KG"), report.SerializeAsString());
}

TEST(Project, ReportStandsInItsSlotWithTheCodeFromTheChain) {
  Projection projection = ProjectReport(GoodReport());
  EXPECT_EQ(projection.slot, "report/MTR-2017/KG/commitment/DDR/08");
  EXPECT_FALSE(projection.set_aside);
  EXPECT_FALSE(projection.newer);
  EXPECT_THAT(projection.supersedes, IsEmpty());
}

TEST(Project, ReportSummaryHoldsWhatTablesNeed) {
  v1::Report report = GoodReport();
  *report.add_values() = GoodValue();
  v1::ReportSummary summary;
  ASSERT_TRUE(summary.ParseFromString(ProjectReport(report).summary));
  EXPECT_EQ(summary.implementation(), v1::IN_PROGRESS);
  EXPECT_EQ(summary.assessment(), v1::ON_TRACK);
  EXPECT_EQ(summary.values(), 1u);
  EXPECT_FALSE(summary.nil());
}

TEST(Project, SlotsOfEveryReportShape) {
  v1::Report report = GoodReport();
  report.mutable_subject()->set_kind(v1::SUBJECT_CHAPTER);
  report.mutable_subject()->set_code("DDR");
  EXPECT_EQ(ProjectReport(report).slot, "report/MTR-2017/KG/chapter/DDR");
  report.mutable_subject()->set_kind(v1::SUBJECT_INSTRUMENT);
  report.mutable_subject()->clear_code();
  EXPECT_EQ(ProjectReport(report).slot, "report/MTR-2017/KG/instrument");
  report = GoodReport();
  report.clear_round();
  report.set_period("2017-Q3");
  EXPECT_EQ(ProjectReport(report).slot, "report/-/KG/2017-Q3/commitment/DDR/08");
}

TEST(Project, SlotsOfTheCatalogue) {
  auto slot = [](uint32_t kind, const google::protobuf::Message& record) {
    return Project(Facts(kind, "EU-GSC"), record.SerializeAsString()).slot;
  };
  EXPECT_EQ(slot(v1::INSTRUMENT, GoodInstrument()), "instrument");
  EXPECT_EQ(slot(v1::CHAPTER, GoodChapter()), "chapter/DDR");
  EXPECT_EQ(slot(v1::COMMITMENT, GoodCommitment()), "commitment/DDR/08");
  EXPECT_EQ(slot(v1::INDICATOR, GoodIndicator()), "indicator/OST-CLIENTS");
  EXPECT_EQ(slot(v1::ROUND, GoodRound()), "round/MTR-2017");
  EXPECT_EQ(slot(v1::INTERVENTION, GoodIntervention()), "intervention/" + EntryNumber(7).ToHex());
}

// Its slot says where it is; a row more would cost every sync.
TEST(Project, AReportAloneStandsInNoIndex) {
  EXPECT_THAT(ProjectReport(GoodReport()).index_keys, IsEmpty());
}

TEST(Project, WithdrawalStandsInTheReportsSlot) {
  Projection projection =
      Project(Facts(v1::WITHDRAWAL, "KG"), GoodWithdrawal().SerializeAsString());
  EXPECT_EQ(projection.slot, "report/MTR-2017/KG/commitment/DDR/08");
  EXPECT_THAT(projection.supersedes, ElementsAre(EntryNumber(1).str()));
}

TEST(Project, WithdrawalOfAnotherDelegationsReportIsSetAside) {
  v1::Withdrawal withdrawal = GoodWithdrawal();
  withdrawal.set_slot("report/MTR-2017/KZ/commitment/DDR/08");
  Projection projection = Project(Facts(v1::WITHDRAWAL, "KG"), withdrawal.SerializeAsString());
  ASSERT_TRUE(projection.set_aside);
  EXPECT_EQ(projection.set_aside->code, "E-WITHDRAW");
  EXPECT_EQ(projection.slot, "");
}

TEST(Project, WithdrawalOfSomethingThatIsNoReportIsSetAside) {
  v1::Withdrawal withdrawal = GoodWithdrawal();
  withdrawal.set_slot("commitment/DDR/08");
  Projection projection = Project(Facts(v1::WITHDRAWAL, "KG"), withdrawal.SerializeAsString());
  ASSERT_TRUE(projection.set_aside);
  EXPECT_EQ(projection.set_aside->code, "E-WITHDRAW");
}

TEST(Project, AnotherDelegationsNameIsSetAside) {
  Projection projection = Project(Facts(v1::REPORT, "KZ"), GoodReport().SerializeAsString());
  ASSERT_TRUE(projection.set_aside);
  EXPECT_EQ(projection.set_aside->code, "E-DELEG");
  EXPECT_EQ(projection.set_aside->field, "delegation");
  EXPECT_THAT(projection.set_aside->message, StartsWith("E-DELEG delegation: "));
  EXPECT_EQ(projection.slot, "");
  EXPECT_THAT(projection.index_keys, IsEmpty());
}

TEST(Project, UnknownKindAndNewerSchemaAreNewerAndNotSetAside) {
  RecordFacts facts = Facts(777, "KG");
  EXPECT_TRUE(Project(facts, "anything").newer);
  facts = Facts(v1::REPORT, "KG");
  facts.schema = 4;
  Projection projection = Project(facts, GoodReport().SerializeAsString());
  EXPECT_TRUE(projection.newer);
  EXPECT_EQ(projection.slot, "");
  EXPECT_FALSE(projection.set_aside);
}

TEST(Project, AnUnknownFieldIsSetAside) {
  Projection projection =
      Project(Facts(v1::REPORT, "KG"), GoodReport().SerializeAsString() + "\xA0\x3E\x01");
  ASSERT_TRUE(projection.set_aside);
  EXPECT_EQ(projection.set_aside->code, "E-SCHEMA");
}

TEST(Project, ANestedUnknownFieldIsSetAside) {
  v1::Report report = GoodReport();
  v1::IndicatorValue* value = report.add_values();
  *value = GoodValue();
  value->GetReflection()->MutableUnknownFields(value)->AddVarint(99, 1);
  Projection projection = ProjectReport(report);
  ASSERT_TRUE(projection.set_aside);
  EXPECT_EQ(projection.set_aside->code, "E-SCHEMA");
}

TEST(Project, BytesThatAreNoMessageAreSetAside) {
  Projection projection = Project(Facts(v1::REPORT, "KG"), "\xff\xff\xff");
  ASSERT_TRUE(projection.set_aside);
  EXPECT_EQ(projection.set_aside->code, "E-SCHEMA");
}

TEST(Project, SupersededIdsMustBeAscendingAndWhole) {
  v1::Report report = GoodReport();
  report.mutable_common()->add_supersedes(EntryNumber(2).str());
  report.mutable_common()->add_supersedes(EntryNumber(3).str());
  EXPECT_FALSE(ProjectReport(report).set_aside);
  report.mutable_common()->add_supersedes(EntryNumber(1).str());
  ASSERT_TRUE(ProjectReport(report).set_aside);
  EXPECT_EQ(ProjectReport(report).set_aside->field, "common.supersedes");
  report.mutable_common()->clear_supersedes();
  report.mutable_common()->add_cites("short");
  ASSERT_TRUE(ProjectReport(report).set_aside);
  EXPECT_THAT(ProjectReport(report).set_aside->message, HasSubstr("32"));
}

TEST(Project, AtMostSixtyFourSupersededIds) {
  v1::Report report = GoodReport();
  for (uint8_t n = 1; n <= 64; ++n) report.mutable_common()->add_supersedes(EntryNumber(n).str());
  EXPECT_FALSE(ProjectReport(report).set_aside);
  report.mutable_common()->add_supersedes(EntryNumber(65).str());
  ASSERT_TRUE(ProjectReport(report).set_aside);
  EXPECT_EQ(ProjectReport(report).set_aside->code, "E-SCHEMA");
}

TEST(Project, ARuleOfClassRSetsTheEntryAside) {
  v1::Report report = GoodReport();
  report.set_implementation(v1::DISCONTINUED);
  report.clear_assessment();
  Projection projection = ProjectReport(report);
  ASSERT_TRUE(projection.set_aside);
  EXPECT_EQ(projection.set_aside->code, "E-STATUS-PAIR");
}

TEST(Project, ACodeWithASeparatorNeverReachesAKey) {
  v1::Round round = GoodRound();
  round.set_code(std::string("M\0X", 3));
  Projection projection = Project(Facts(v1::ROUND, "EU-GSC"), round.SerializeAsString());
  ASSERT_TRUE(projection.set_aside);
  EXPECT_EQ(projection.set_aside->code, "E-CODE");
}

TEST(SlotHash, IsSha256OfTheText) {
  EXPECT_EQ(SlotHash("report/MTR-2017/KG/commitment/DDR/08").ToHex(),
            "d98c1ed1744b1d8e1bf2273a24740a47959c1dd9d5b1e08cac1ec0ce421acba4");
}

// A question from a program on the socket, not a record: it finds nothing, and ends nothing.
TEST(Index, AskingForANulByteIsNoFault) {
  const auto facts = Facts(v1::ROUND, "EU-GSC");
  const std::string asked =
      IndexPrefix(facts.instrument, Index::kNames, {std::string("round\0x", 7)});
  const Projection round = Project(facts, GoodRound().SerializeAsString());
  EXPECT_THAT(round.index_keys.at(0), ::testing::Not(StartsWith(asked)));
}

}  // namespace
}  // namespace entente::meaning
