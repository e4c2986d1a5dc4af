// What a submission waits for, and what a catalogue file may refer to.
#include "node/query/draft/submission.h"

#include "entente/v1/entry.pb.h"
#include "gmock/gmock.h"
#include "tests/unit/query/query_fixture.h"

namespace entente::query::submission {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Submission : public QueryTest {
 protected:
  Entry Desk(uint32_t kind, const google::protobuf::MessageLite& record) {
    return desk_.Write(plan_.charter.head(), plan_.sec_chain.head(), kind,
                       record.SerializeAsString());
  }
  // The findings as they read.
  std::vector<std::string> Found(const Entry& entry, std::set<std::string> file = {}) {
    SubmissionChecker checker(snapshot_.get(), published_.get(), plan_.charter.id(), nullptr);
    checker.ExpectFile(std::move(file));
    const auto checked = checker.Check(entry, k2017Sep1);
    EXPECT_TRUE(checked.ok()) << checked.status();
    std::vector<std::string> out;
    if (!checked.ok()) return out;
    for (const auto& finding : checked->findings) {
      EXPECT_EQ(RefuseOnFindings({*checked}, false).ok(), false);
      out.push_back(finding.message);
    }
    return out;
  }
  v1::Round Round() const {
    v1::Round round;
    round.mutable_common()->set_delegation("EU-GSC");
    round.set_code("ANN-2018");
    round.set_nature("annual");
    round.set_covers("2018");
    round.add_expected("KG");
    return round;
  }

  support::Pen desk_ = plan_.PenOf(plan_.desk);
};

TEST_F(Submission, OfARoundWaitsForTheCodesItNames) {
  desk_.hlc = HlcAt(k2017Sep1);
  v1::Round round = Round();
  EXPECT_THAT(Found(Desk(v1::ROUND, round)), IsEmpty());
  round.add_scope("DDX");
  EXPECT_THAT(Found(Desk(v1::ROUND, round)),
              ElementsAre(HasSubstr("E-REF scope: needs chapter DDX")));
  round.clear_scope();
  round.add_expected("KX");
  EXPECT_THAT(Found(Desk(v1::ROUND, round)),
              ElementsAre(HasSubstr("E-DELEG expected: KX is not admitted here yet")));
}

TEST_F(Submission, OfACatalogueFileMayReferToItsOtherLines) {
  desk_.hlc = HlcAt(k2017Sep1);
  v1::Round round = Round();
  round.add_scope("DDR");
  round.add_expected("KX");  // comes later
  const Entry entry = Desk(v1::ROUND, round);
  EXPECT_THAT(Found(entry, {"instrument", "chapter/DDR"}), IsEmpty());
  EXPECT_THAT(Found(entry, {"instrument", "chapter/DSR"}),
              ElementsAre(HasSubstr("needs chapter DDR")));
}

TEST_F(Submission, OfAKindThatIsOthersSaysWhose) {
  desk_.hlc = HlcAt(k2017Sep1);
  v1::Report report;
  report.ParseFromString(support::ReportPayload("EU-GSC", "DDR/08", "words", {}));
  EXPECT_THAT(
      Found(Desk(v1::REPORT, report)),
      testing::Contains(HasSubstr("EU-GSC is admitted to EUCA-2014 as secretariat; records of kind "
                                  "report are written by who is admitted as party or "
                                  "implementer")));
}

TEST_F(Submission, OfASilenceThatEndedBeforeItIsSignedIsRefused) {
  desk_.hlc = HlcAt(k2017Sep1);
  v1::Amendment amendment = BySilence("EU-GSC", "2017-08-31");
  EXPECT_THAT(Found(Desk(v1::AMENDMENT, amendment)),
              ElementsAre(HasSubstr("E-ADOPT until: the silence would end on 2017-08-31")));
  amendment.set_until("2017-09-01");
  EXPECT_THAT(Found(Desk(v1::AMENDMENT, amendment)), IsEmpty());
}

}  // namespace
}  // namespace entente::query::submission
