// The charts of a brief: what they show of each value, and of values that differ.
#include "client/brief/chart.h"
#include "client/brief/html.h"
#include "client/brief/markdown.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/client/brief_sample.h"

namespace entente::client::brief {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(BriefCharts, ShowEstimatesPartsAndGapsHonestly) {
  const auto charts = ChartsOf(Sample(), Phrases());
  ASSERT_THAT(charts, SizeIs(2));
  const Chart& trend = charts[0];
  EXPECT_THAT(
      trend.bars,
      ElementsAre(Field(&Bar::shown, "no value here"), Field(&Bar::shown, "\u2193 down"),
                  Field(&Bar::shown, "no value here"), Field(&Bar::shown, "no value here")));
  const Chart& clients = charts[1];
  EXPECT_EQ(clients.code, "OST-CLIENTS");
  ASSERT_THAT(clients.bars, SizeIs(3)) << "women are a part of the total and stand in the table";
  EXPECT_EQ(clients.bars[0].label, "2016 sex=T");
  EXPECT_EQ(clients.bars[0].shown, "28,800 person E (estimated)");
  EXPECT_TRUE(clients.bars[0].estimate);
  EXPECT_EQ(clients.bars[1].shown, "\u2013 L (missing, not collected)");
  EXPECT_FALSE(clients.bars[1].value.has_value());
  EXPECT_EQ(clients.bars[2].delegation, "TM");
  EXPECT_THAT(ChartSvg(clients), AllOf(HasSubstr("role=\"img\""), HasSubstr("<desc"),
                                       HasSubstr("url(#h-OST-CLIENTS)")));
}

v1::BriefReport Stating(uint64_t hlc, const char* id, const char* value) {
  v1::BriefReport head = Reported(v1::COMPLETED, v1::ASSESSMENT_UNSPECIFIED);
  head.set_hlc(hlc);
  head.set_entry(std::string(32, *id));
  *head.mutable_report()->add_values() = Given("PREV-SCHOOLS", "2016", value, "A");
  return head;
}

std::vector<std::string> ShownBars(const Facts& facts) {
  std::vector<std::string> out;
  const auto charts = ChartsOf(facts, Phrases());
  for (const Bar& bar : charts.at(0).bars) out.push_back(bar.label + ": " + bar.shown);
  return out;
}

// As `series` has them: no version yields to another.
TEST(BriefCharts, VersionsInConflictAreAllShownAndMarked) {
  Facts facts;
  v1::BriefSlot& slot = AddSlot(facts, "KG", "DDR/04");
  *slot.add_heads() = Stating(5, "b", "57");
  *slot.add_heads() = Stating(4, "c", "40");
  EXPECT_THAT(ShownBars(facts), ElementsAre("2016: 40 \u2021", "2016: 57 \u2021"));
  for (const std::string& page : {Html(Compose(facts, Order::kChapters, Phrases()), Phrases()),
                                  Markdown(Compose(facts, Order::kChapters, Phrases()), Phrases())})
    EXPECT_THAT(page, AllOf(HasSubstr("40 \u2021"), HasSubstr("57 \u2021")));
  facts.slots[0].mutable_heads(1)->mutable_report()->mutable_values(0)->set_value("57");
  EXPECT_THAT(ShownBars(facts), ElementsAre("2016: 57")) << "they agree on this value";
}

TEST(BriefCharts, OfTwoSlotsTheOneSignedLastStandsAndTheOtherIsNamed) {
  Facts facts;
  facts.head.set_instrument_code("EUCA-2014");
  facts.head.mutable_round()->set_code("MTR-2017");
  *AddSlot(facts, "KG", "DDR/01").add_heads() = Stating(9, "b", "57");
  *AddSlot(facts, "KG", "DDR/04").add_heads() = Stating(4, "c", "40");
  EXPECT_THAT(ShownBars(facts),
              ElementsAre("2016: 57; restated, was 40 in R:EUCA-2014/MTR-2017/KG/DDR/04"));
}

TEST(BriefCharts, LongLabelsHaveRoom) {
  Chart chart;
  chart.code = "X";
  chart.bars = {{"KG", "2016 setting=community, sex=T", 5.0, "5", false}};
  EXPECT_THAT(ChartSvg(chart), HasSubstr("<text x=\"264.0\" y=\"20\" text-anchor=\"end\">KG 2016"));
}

TEST(BriefCharts, BarsAreAsLongAsTheirNumbersAlsoBelowZero) {
  Chart chart;
  chart.code = "X";
  chart.bars = {{"KZ", "", 50.0, "50", false}, {"KG", "", -25.0, "-25", false}};
  const std::string svg = ChartSvg(chart);
  EXPECT_THAT(svg, HasSubstr("<rect x=\"270.0\" y=\"8\" width=\"220.0\""));
  EXPECT_THAT(svg, HasSubstr("<rect x=\"160.0\" y=\"32\" width=\"110.0\""));
}

}  // namespace
}  // namespace entente::client::brief
