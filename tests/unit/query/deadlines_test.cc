// Which reports are urgent on a bad link: those of rounds whose deadline is still to come.
#include "node/query/round/deadlines.h"

#include "entente/v1/entry.pb.h"
#include "node/meaning/state/metrics.h"
#include "tests/unit/query/query_fixture.h"

namespace entente::query {
namespace {

class DeadlinesTest : public QueryTest {
 protected:
  Entry Round(const std::string& code, const std::string& deadline, uint32_t grace_days = 0) {
    v1::Round round;
    round.mutable_common()->set_delegation("EU-GSC");
    round.set_code(code);
    round.set_nature("mid_term");
    round.set_covers("2014/2017");
    round.add_expected("KG");
    round.set_opens("2017-03-01");
    round.set_deadline(deadline);
    round.set_grace_days(grace_days);
    return desk_.Write(plan_.charter.head(), plan_.sec_chain.head(), v1::ROUND,
                       round.SerializeAsString());
  }
  Entry ReportFor(const std::string& round, const std::string& commitment, bool nil = false) {
    v1::Report report;
    EXPECT_TRUE(report.ParseFromString(
        support::ReportPayload("KG", commitment, "words of " + commitment, {})));
    report.set_round(round);
    if (nil) {
      report.clear_narratives();
      report.clear_implementation();
      report.clear_assessment();
      report.set_nil_reason("Nothing was planned");
    }
    return pen_.Write(plan_.charter.head(), plan_.kg_chain.head(), v1::REPORT,
                      report.SerializeAsString());
  }
  std::vector<Due> DueAt(const std::string& day) {
    auto due = DueEntries(Ask(), *meaning::DeadlineMs(day, "", 0));
    EXPECT_TRUE(due.ok()) << due.status();
    return due.ok() ? *due : std::vector<Due>();
  }
  static std::vector<uint64_t> Sequences(const std::vector<Due>& due) {
    std::vector<uint64_t> out;
    for (const Due& one : due) out.push_back(one.sequence);
    return out;
  }

  support::Pen desk_ = plan_.PenOf(plan_.desk);
};

TEST_F(DeadlinesTest, TheEarliestDeadlineComesFirstAndPastOnesNotAtAll) {
  Take({Round("MTR-2017", "2017-09-15"), Round("AR-2018", "2018-03-01"),
        Round("AR-2016", "2016-03-01")});
  const Entry later = ReportFor("AR-2018", "DDR/08"), sooner = ReportFor("MTR-2017", "DDR/08"),
              past = ReportFor("AR-2016", "DDR/08"), unscheduled = ReportFor("", "DDR/08");
  Take({later, sooner, past, unscheduled});
  const std::vector<Due> due = DueAt("2017-09-01");
  EXPECT_EQ(Sequences(due), (std::vector<uint64_t>{2, 1}));
  EXPECT_EQ(due[0].feed, sooner.feed());
  EXPECT_EQ(due[0].deadline_ms, *meaning::DeadlineMs("2017-09-15", "", 0));
  EXPECT_EQ(Sequences(DueAt("2018-03-01")), std::vector<uint64_t>{}) << "the moment it is past";
}

TEST_F(DeadlinesTest, DaysOfGraceBelongToTheDeadline) {
  Take({Round("MTR-2017", "2017-09-15", 7)});
  Take({ReportFor("MTR-2017", "DDR/08")});
  EXPECT_EQ(DueAt("2017-09-21").size(), 1u);
  EXPECT_EQ(DueAt("2017-09-22").size(), 0u);
}

TEST_F(DeadlinesTest, ANilReportIsAReport) {
  Take({Round("MTR-2017", "2017-09-15")});
  Take({ReportFor("MTR-2017", "DDR/08", true)});
  EXPECT_EQ(DueAt("2017-09-01").size(), 1u);
}

TEST_F(DeadlinesTest, WithoutARoundNothingIsUrgent) {
  Take({ReportFor("MTR-2017", "DDR/08")});
  EXPECT_EQ(DueAt("2017-09-01").size(), 0u);
}

}  // namespace
}  // namespace entente::query
