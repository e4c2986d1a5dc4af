// What a report, a round and an amendment come to on a store, from what was said, in any order of
// arrival.
#include <algorithm>

#include "entente/v1/entry.pb.h"
#include "gmock/gmock.h"
#include "node/query/desk/inbox.h"
#include "node/query/round/round.h"
#include "node/query/round/round_close.h"
#include "node/query/view/decisions.h"
#include "node/query/view/silences.h"
#include "node/query/view/spoken.h"
#include "node/query/view/table.h"
#include "node/query/view/view_catalogue.h"
#include "tests/unit/query/query_fixture.h"

namespace entente::query::standing {
namespace {

using meaning::ReportState;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Standing : public QueryTest {
 protected:
  std::string Slot() const { return support::ReportSlot("KG", "DDR/08"); }

  v1::About About(const std::string& slot, const EntryId& entry) const {
    v1::About about;
    about.set_slot(slot);
    about.add_entries(entry.str());
    return about;
  }
  Entry Desk(uint32_t kind, const google::protobuf::MessageLite& record) {
    return desk_.Write(plan_.charter.head(), plan_.sec_chain.head(), kind,
                       record.SerializeAsString());
  }
  Entry Review(const EntryId& report, const std::string& outcome,
               std::vector<EntryId> supersedes = {}, std::string slot = "") {
    v1::Review review;
    review.mutable_common()->set_delegation("EU-GSC");
    std::sort(supersedes.begin(), supersedes.end());
    for (const EntryId& id : supersedes) review.mutable_common()->add_supersedes(id.str());
    *review.mutable_report() = About(slot.empty() ? Slot() : slot, report);
    review.set_outcome(outcome);
    if (outcome == "not_counted") review.set_reason("duplicate");
    v1::Remark* remark = review.add_remarks();
    remark->set_severity("question");
    remark->mutable_text()->set_lang("en");
    remark->mutable_text()->set_text("Which month?");
    return Desk(v1::REVIEW, review);
  }
  Entry Answer(support::Pen& pen, const support::Chain& chain, const std::string& delegation,
               const EntryId& report, const EntryId& review) {
    v1::Comment comment;
    comment.mutable_common()->set_delegation(delegation);
    *comment.mutable_about() = About(Slot(), report);
    comment.set_nature("statement");
    comment.add_texts()->set_lang("en");
    comment.mutable_texts(0)->set_text("December");
    comment.set_answers(review.str());
    return pen.Write(plan_.charter.head(), chain.head(), v1::COMMENT, comment.SerializeAsString());
  }
  ReportState State() {
    const Views views = Ask();
    const auto slot = views.Slot(Slot());
    EXPECT_TRUE(slot.ok());
    const auto standing = StandingOf(views, Slot(), *ShownHead(*slot), false);
    EXPECT_TRUE(standing.ok()) << standing.status();
    return standing->state;
  }

  support::Pen desk_ = plan_.PenOf(plan_.desk);
  support::Pen kz_ = plan_.PenOf(plan_.kz);
};

TEST_F(Standing, AQuestionPrevailsUntilOneReviewSupersedesBoth) {
  const Entry report = plan_.Report(pen_, "first");
  const Entry accepts = Review(report.id, "accepted"),
              asks = Review(report.id, "clarification_requested");
  const Entry late = Review(report.id, "accepted", {accepts.id});
  const Entry settles = Review(report.id, "accepted", {asks.id, late.id});
  Take({accepts});  // before the report it is about
  Take({report});
  EXPECT_EQ(State(), ReportState::kAccepted);
  Take({asks});
  EXPECT_EQ(State(), ReportState::kClarificationRequested);
  Take({late});
  EXPECT_EQ(State(), ReportState::kClarificationRequested);
  Take({settles});
  EXPECT_EQ(State(), ReportState::kAccepted);
}

TEST_F(Standing, AReviewIsOfTheVersionThatWasReadAndOfTheSlotItNames) {
  const Entry report = plan_.Report(pen_, "first");
  Take({report, Review(report.id, "not_counted", {}, support::ReportSlot("KZ", "DDR/08"))});
  EXPECT_EQ(State(), ReportState::kSubmitted);
  Take({Review(report.id, "not_counted")});
  EXPECT_EQ(State(), ReportState::kNotCounted);
  Take({plan_.Report(pen_, "second", {report.id})});
  EXPECT_EQ(State(), ReportState::kSubmitted);
}

TEST_F(Standing, OnlyTheReportsDelegationAnswers) {
  const Entry report = plan_.Report(pen_, "first");
  const Entry asks = Review(report.id, "clarification_requested");
  Take({report, asks});
  Take({Answer(kz_, plan_.kz_chain, "KZ", report.id, asks.id)});
  EXPECT_EQ(State(), ReportState::kClarificationRequested);
  Take({Answer(pen_, plan_.kg_chain, "KG", report.id, asks.id)});
  EXPECT_EQ(State(), ReportState::kClarified);
}

TEST_F(Standing, AnAnswerComesWhenItIsGiven) {
  v1::Report of_round;
  of_round.ParseFromString(support::ReportPayload("KG", "DDR/08", "words", {}));
  of_round.set_round("MTR-2017");
  pen_.hlc = HlcAt(k2017Sep1);
  const Entry report = pen_.Write(plan_.charter.head(), plan_.kg_chain.head(), v1::REPORT,
                                  of_round.SerializeAsString());
  const Entry asks =
      Review(report.id, "clarification_requested", {}, "report/MTR-2017/KG/commitment/DDR/08");
  pen_.hlc = HlcAt(k2017Sep1 + 48 * kHourMs);
  const Entry answer = Answer(pen_, plan_.kg_chain, "KG", report.id, asks.id);
  Take({report, asks, answer});
  const auto inbox = Inbox(Ask(), InboxRole::kDesk, "EU-GSC", 0, k2017Sep1);
  ASSERT_TRUE(inbox.ok()) << inbox.status();
  ASSERT_EQ(inbox->rows_size(), 1);
  EXPECT_EQ(inbox->rows(0).cells(0), TimeText(WallMs(answer.header.hlc)));
  EXPECT_EQ(inbox->rows(0).cells(3), "a comment answers a question");
}

TEST_F(Standing, ACommentIsReplacedByItsOwnDelegationOnly) {
  const Entry report = plan_.Report(pen_, "first");
  const Entry asks = Review(report.id, "clarification_requested");
  const Entry said = Answer(pen_, plan_.kg_chain, "KG", report.id, asks.id);
  Take({report, asks, said});
  v1::Comment other;
  ASSERT_TRUE(other.ParseFromString(said.payload));
  other.mutable_common()->set_delegation("KZ");
  other.mutable_common()->add_supersedes(said.id.str());
  Take({kz_.Write(plan_.charter.head(), plan_.kz_chain.head(), v1::COMMENT,
                  other.SerializeAsString())});
  EXPECT_EQ(SpokenAbout(Ask(), report.id, v1::COMMENT)->size(), 2u);
  other.mutable_common()->set_delegation("KG");
  Take({pen_.Write(plan_.charter.head(), plan_.kg_chain.head(), v1::COMMENT,
                   other.SerializeAsString())});
  EXPECT_EQ(SpokenAbout(Ask(), report.id, v1::COMMENT)->size(), 2u);
}

TEST_F(Standing, OnlyASignatoryBreaksTheSilence) {
  const v1::Amendment amendment = BySilence("KG", "2017-11-30");
  const Entry proposed = pen_.Write(plan_.charter.head(), plan_.kg_chain.head(), v1::AMENDMENT,
                                    amendment.SerializeAsString());
  v1::Objection objection;
  objection.mutable_common()->set_delegation("KZ");
  *objection.mutable_about() = About("amendment/" + proposed.id.ToHex(), proposed.id);
  objection.set_reason("No budget");
  Take({proposed, kz_.Write(plan_.charter.head(), plan_.kz_chain.head(), v1::OBJECTION,
                            objection.SerializeAsString())});
  EXPECT_THAT(*ObjectorsTo(Ask(), proposed.id), IsEmpty());
  EXPECT_EQ(*AmendmentState(Ask(), proposed.id), "open");
  const crypto::PrivateKey minister = support::KeyFrom("minister");
  store_.Notes({plan_.kz_chain.Add({support::EnrolOf(minister, {"signatory"})})});
  Publish();
  support::Pen pen = plan_.PenOf(minister);
  Take({pen.Write(plan_.charter.head(), plan_.kz_chain.head(), v1::OBJECTION,
                  objection.SerializeAsString())});
  EXPECT_THAT(*ObjectorsTo(Ask(), proposed.id), ElementsAre("KZ"));
  EXPECT_EQ(*AmendmentState(Ask(), proposed.id), "open, objected by KZ");
  EXPECT_EQ(OpenSilences(Ask())->size(), 1u);
  v1::Adoption adoption;
  adoption.mutable_common()->set_delegation("EU-GSC");
  *adoption.mutable_about() = About("amendment/" + proposed.id.ToHex(), proposed.id);
  adoption.set_outcome("endorsed");
  adoption.set_procedure("meeting");
  adoption.set_date("2018-03-01");
  const Entry decision = Desk(v1::ADOPTION, adoption);
  Take({decision});
  EXPECT_THAT(*OpenSilences(Ask()), IsEmpty());
  const Views views = Ask();
  const ViewCatalogue catalogue(&views, nullptr);
  EXPECT_EQ(catalogue.SilenceOn(proposed.id)->objectors, std::vector<std::string>{"KZ"});
  EXPECT_EQ(catalogue.DecisionOn(proposed.id)->entry, decision.id);
  EXPECT_EQ(catalogue.DecisionOn(proposed.id)->date, "2018-03-01");
}

class RoundStanding : public Standing {
 protected:
  void SetUp() override {
    Standing::SetUp();
    v1::Commitment commitment;
    commitment.mutable_common()->set_delegation("EU-GSC");
    commitment.set_code("DDR/08");
    commitment.set_nature("undertaking");
    commitment.add_texts()->set_lang("en");
    commitment.mutable_texts(0)->set_text("Treatment");
    commitment.add_addressees("KG");
    Take({Desk(v1::COMMITMENT, commitment)});
    commitment.set_code("DDR/09");
    v1::Round round;
    round.mutable_common()->set_delegation("EU-GSC");
    round.set_code("R-1");
    round.set_nature("ad_hoc");
    round.set_covers("2017");
    round.add_expected("KG");
    round.set_deadline("2017-09-15");
    Take({Desk(v1::COMMITMENT, commitment), Desk(v1::ROUND, round)});
  }
  Entry Extend(const std::string& day) {
    v1::Extension extension;
    extension.mutable_common()->set_delegation("EU-GSC");
    extension.set_round("R-1");
    extension.set_grantee("KG");
    extension.set_deadline(day);
    extension.set_reason("Power cuts");
    return Desk(v1::EXTENSION, extension);
  }
  Entry Report(const std::string& words, std::vector<EntryId> supersedes = {},
               const std::string& commitment = "DDR/08") {
    v1::Report report;
    report.ParseFromString(support::ReportPayload("KG", commitment, words, std::move(supersedes)));
    report.set_round("R-1");
    report.set_period("2017");
    return pen_.Write(plan_.charter.head(), plan_.kg_chain.head(), v1::REPORT,
                      report.SerializeAsString());
  }
  Entry Close() {
    auto close = MakeRoundClose(Ask(), "R-1");
    EXPECT_TRUE(close.ok()) << close.status();
    close->mutable_common()->set_delegation("EU-GSC");
    return Desk(v1::ROUND_CLOSE, *close);
  }
  CellState Cell(const std::string& commitment = "DDR/08") {
    const Views views = Ask();
    auto round = Round::Load(views, "R-1", false);
    EXPECT_TRUE(round.ok()) << round.status();
    return *round->Commitment("KG", commitment);
  }
};

TEST_F(RoundStanding, OfTwoExtensionsTheLaterPrevailsInAnyOrder) {
  Take({Extend("2017-10-31")});
  Take({Extend("2017-09-30")});
  const Views views = Ask();
  const auto round = Round::Load(views, "R-1", false);
  EXPECT_EQ(round->Deadline("KG"), "2017-10-31");
  EXPECT_TRUE(round->ExtensionsDiffer("KG"));
  EXPECT_EQ(round->Deadline("KZ"), "2017-09-15");
}

TEST_F(RoundStanding, ACloseCountsWhatItMarksAndALaterOneTheRest) {
  Take({Close()});
  const Entry report = Report("late");
  Take({report});
  EXPECT_TRUE(Cell().after_close);
  EXPECT_FALSE(Cell().Reported());
  Take({Close()});
  EXPECT_FALSE(Cell().after_close);
  EXPECT_TRUE(Cell().Reported());
  Take({Report("corrected", {report.id})});  // of a report that was counted
  EXPECT_TRUE(Cell().Reported());
  EXPECT_TRUE(Cell().state == ReportState::kSubmitted);
}

TEST_F(RoundStanding, OfClosesThatStandTogetherEachCountsWhatItMarks) {
  Take({Report("first")});
  const Entry early = Close();
  Take({Report("second", {}, "DDR/09")});
  Take({early, Close()});
  EXPECT_TRUE(Cell("DDR/08").Reported());
  EXPECT_TRUE(Cell("DDR/09").Reported());
}

TEST_F(RoundStanding, StatesFollowTheDatesAndTheClose) {
  const Views views = Ask();
  const auto round = Round::Load(views, "R-1", false);
  constexpr uint64_t kEnd = k2017Sep1 + 15 * 24 * kHourMs;  // of the deadline's day
  EXPECT_EQ(RoundState(*round, kEnd - 1), "open");
  EXPECT_EQ(RoundState(*round, kEnd), "late_only");
  Take({Close()});
  const Views after = Ask();
  EXPECT_EQ(RoundState(*Round::Load(after, "R-1", false), kEnd - 1), "closed");
}

}  // namespace
}  // namespace entente::query::standing
