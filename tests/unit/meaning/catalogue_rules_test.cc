// Rules of what the secretariat writes: one case that breaks each and one that just does not.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/meaning/rules/validate.h"
#include "tests/unit/meaning/findings.h"
#include "tests/unit/meaning/samples.h"

namespace entente::meaning {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

template <class Record>
std::vector<Finding> Check(const Record& record) {
  return CheckRecord(record, GoodCatalogue(), Moment::kSubmit, 0);
}

TEST(CatalogueRules, GoodRecordsHaveNoFindings) {
  EXPECT_THAT(Messages(Check(GoodInstrument())), IsEmpty());
  EXPECT_THAT(Messages(Check(GoodChapter())), IsEmpty());
  EXPECT_THAT(Messages(Check(GoodCommitment())), IsEmpty());
  EXPECT_THAT(Messages(Check(GoodIndicator())), IsEmpty());
  EXPECT_THAT(Messages(Check(GoodRound())), IsEmpty());
  EXPECT_THAT(Messages(Check(GoodIntervention())), IsEmpty());
}

TEST(RoundRules, TheDeadlineIsNotBeforeTheOpening) {
  v1::Round round = GoodRound();
  round.set_deadline("2017-02-28");
  EXPECT_EQ(Get(Check(round), "E-ROUND").field, "deadline");
  round.set_deadline(round.opens());
  EXPECT_FALSE(Has(Check(round), "E-ROUND"));
}

TEST(RoundRules, SomebodyIsExpected) {
  v1::Round round = GoodRound();
  round.clear_expected();
  EXPECT_EQ(Get(Check(round), "E-ROUND").field, "expected");
}

TEST(RoundRules, TheExpectedAreMembersOrHeld) {
  v1::Round round = GoodRound();
  round.add_expected("KGZ");
  EXPECT_EQ(Get(Check(round), "E-DELEG").severity, Severity::kHold);
  round.set_expected(2, "KG");
  EXPECT_THAT(Get(Check(round), "E-CODE").message, HasSubstr("twice"));
  round.set_expected(2, "EU");
  EXPECT_TRUE(Has(Check(round), "E-DELEG-EU"));
  round.set_expected(2, "Kyrgyzstan");
  EXPECT_TRUE(Has(Check(round), "E-CODE"));
}

TEST(RoundRules, CoversWithinTheInstrumentOrAWarning) {
  v1::Round round = GoodRound();
  round.set_covers("2013/2017");
  EXPECT_EQ(Get(Check(round), "W-ROUND").severity, Severity::kFlag);
  round.set_covers("2014/2020");
  EXPECT_FALSE(Has(Check(round), "W-ROUND"));
  round.set_covers("2017/2014");
  EXPECT_TRUE(Has(Check(round), "E-PERIOD-ORDER"));
}

TEST(RoundRules, ZoneGraceAndScopeAreReadable) {
  v1::Round round = GoodRound();
  round.set_zone("CET");
  EXPECT_EQ(Get(Check(round), "E-ROUND").field, "zone");
  round.set_zone("+01:00");
  EXPECT_THAT(Messages(Check(round)), IsEmpty());
  round.clear_deadline();
  round.set_grace_days(3);
  EXPECT_EQ(Get(Check(round), "E-ROUND").field, "grace_days");
  round = GoodRound();
  round.add_scope("DDR/80");
  EXPECT_EQ(Get(Check(round), "E-REF").field, "scope");
  round.set_scope(1, "DDR/08");
  EXPECT_FALSE(Has(Check(round), "E-REF"));
}

TEST(RoundRules, DocumentNumbersHaveAForm) {
  v1::Round round = GoodRound();
  round.set_agenda_ref("CM 4388-17");
  EXPECT_THAT(Get(Check(round), "E-DOCREF").message, HasSubstr("CM 4388/17"));
  round.set_agenda_ref("CM 4388/17");
  EXPECT_FALSE(Has(Check(round), "E-DOCREF"));
}

TEST(InstrumentRules, TheCodeIsThisInstruments) {
  v1::Instrument instrument = GoodInstrument();
  instrument.set_code("PP-2012");
  EXPECT_EQ(Get(Check(instrument), "E-REF-ANCHOR").field, "code");
  instrument.set_code("euca");
  EXPECT_TRUE(Has(Check(instrument), "E-CODE"));
}

TEST(InstrumentRules, WordsDatesAndTitles) {
  v1::Instrument instrument = GoodInstrument();
  instrument.set_nature("actionplan");
  EXPECT_THAT(Get(Check(instrument), "E-WORD").message, HasSubstr("did you mean action_plan?"));
  instrument = GoodInstrument();
  instrument.set_adopted_on("12.11.2013");
  EXPECT_EQ(Get(Check(instrument), "E-DATE").field, "adopted_on");
  instrument.set_adopted_on("2013-11-12");
  instrument.clear_titles();
  EXPECT_EQ(Get(Check(instrument), "E-EMPTY").field, "titles");
}

TEST(ChapterRules, TheParentIsAnotherChapter) {
  v1::Chapter chapter = GoodChapter();
  chapter.set_parent("DDR");
  EXPECT_EQ(Get(Check(chapter), "E-REF").severity, Severity::kRefuse);
  chapter.set_parent("SEC");
  EXPECT_EQ(Get(Check(chapter), "E-REF").severity, Severity::kHold);
  chapter.set_code("SUB");
  chapter.set_parent("DDR");
  EXPECT_FALSE(Has(Check(chapter), "E-REF"));
}

TEST(CommitmentRules, CodeChapterPartiesAndIndicators) {
  v1::Commitment commitment = GoodCommitment();
  commitment.set_code("DDR-08");
  EXPECT_EQ(Get(Check(commitment), "E-CODE").field, "code");
  commitment.set_code("QQQ/01");
  EXPECT_EQ(Get(Check(commitment), "E-REF").field, "code");
  commitment = GoodCommitment();
  commitment.set_addressees(0, "all_parties");
  EXPECT_THAT(Messages(Check(commitment)), IsEmpty());
  commitment.add_addressees("KG");
  EXPECT_EQ(Get(Check(commitment), "E-CODE").field, "addressees");
  commitment = GoodCommitment();
  commitment.add_indicators("HIV-TREND");
  EXPECT_EQ(Get(Check(commitment), "E-REF").field, "indicators");
  commitment = GoodCommitment();
  commitment.add_responsible()->set_role("boss");
  EXPECT_TRUE(Has(Check(commitment), "E-WORD"));
}

TEST(IndicatorRules, UnitsBoundsAndDimensions) {
  v1::Indicator indicator = GoodIndicator();
  indicator.clear_unit();
  EXPECT_EQ(Get(Check(indicator), "E-UNIT").field, "unit");
  indicator = GoodIndicator();
  indicator.set_minimum("10");
  indicator.set_maximum("9");
  EXPECT_EQ(Get(Check(indicator), "E-NUM").field, "maximum");
  indicator.set_maximum("10");
  EXPECT_FALSE(Has(Check(indicator), "E-NUM"));
  indicator.set_decimals(10);
  EXPECT_TRUE(Has(Check(indicator), "E-NUM-DEC"));
  indicator = GoodIndicator();
  indicator.mutable_dimensions(0)->set_total_code("X");
  EXPECT_EQ(Get(Check(indicator), "E-DIM").field, "dimensions[sex]");
  indicator = GoodIndicator();
  indicator.set_measure("qualitative");
  indicator.set_aggregation("sum");
  EXPECT_TRUE(Has(Check(indicator), "E-QUAL"));
}

TEST(InterventionRules, DateSpeakerAndText) {
  v1::Intervention intervention = GoodIntervention();
  intervention.clear_date();
  EXPECT_TRUE(Has(Check(intervention), "E-DATE"));
  intervention = GoodIntervention();
  intervention.set_speaker("the delegation");
  EXPECT_EQ(Get(Check(intervention), "E-CODE").field, "speaker");
  intervention = GoodIntervention();
  intervention.clear_summaries();
  EXPECT_TRUE(Has(Check(intervention), "E-EMPTY"));
  intervention = GoodIntervention();
  intervention.set_speaker("EU-EMCDDA");
  EXPECT_EQ(Get(Check(intervention), "E-DELEG").severity, Severity::kHold) << "to be looked at";
  EXPECT_THAT(Messages(CheckRecord(intervention, GoodCatalogue(), Moment::kLog, 0)), IsEmpty())
      << "a speaker need not be a party";
}

// Some was signed before blanks were looked for: it is shown as it was.
TEST(InterventionRules, ABlankTextIsRefusedAndInTheLogFlagged) {
  v1::Intervention intervention = GoodIntervention();
  for (const char* blank : {"", "   ", "\n", "\u00a0\u200b"}) {
    intervention.mutable_summaries(0)->set_text(blank);
    EXPECT_EQ(Get(Check(intervention), "E-EMPTY").severity, Severity::kRefuse);
    EXPECT_EQ(Get(CheckRecord(intervention, GoodCatalogue(), Moment::kLog, 0), "E-EMPTY").severity,
              Severity::kFlag);
  }
}

TEST(CommitmentRules, ItContributesToTargetsInstrumentsAndWhatStandsInThem) {
  v1::Commitment commitment = GoodCommitment();
  for (const char* link : {"SDG/3.5", "SDG/16.a", "PP-2012", "UNGASS-2016/1", "CADAP-6/C2/01"}) {
    commitment.add_contributes_to(link);
  }
  EXPECT_FALSE(Has(Check(commitment), "E-LINK"));
  for (const char* link : {"SDG", "SDG/3", "SDG/18.1", "SDG/03.5", "SDG/16.e", "SDG/3.",
                           "SDG/3.123", "pp-2012", "PP-2012/", "A1/B/C/D", ""}) {
    commitment.clear_contributes_to();
    commitment.add_contributes_to(link);
    EXPECT_EQ(Get(Check(commitment), "E-LINK").field, "contributes_to") << link;
  }
}

TEST(CommitmentRules, ATimetableIsAWordOrAPeriod) {
  v1::Commitment commitment = GoodCommitment();
  for (const char* good :
       {"", "ongoing", "biannual", "2017", "2014/2020", "2017-11", "2017-10-12"}) {
    commitment.set_timetable(good);
    EXPECT_THAT(Messages(Check(commitment)), IsEmpty()) << good;
  }
  commitment.set_timetable("Q3 2017");
  EXPECT_THAT(Get(Check(commitment), "E-WORD").message, HasSubstr("write 2017-Q3"));
  commitment.set_timetable("2020/2014");
  EXPECT_EQ(Get(Check(commitment), "E-PERIOD-ORDER").field, "timetable");
}

}  // namespace
}  // namespace entente::meaning
