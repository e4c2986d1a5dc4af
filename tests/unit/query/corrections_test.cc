// Comments and minutes that were corrected or taken back: who may, what stands then, and that it is
// the same in whatever order it came.
#include <algorithm>

#include "entente/v1/entry.pb.h"
#include "gmock/gmock.h"
#include "node/query/desk/brief.h"
#include "node/query/record/records.h"
#include "node/query/round/round.h"
#include "node/query/view/spoken.h"
#include "tests/unit/query/query_fixture.h"

namespace entente::query::corrections {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Corrections : public QueryTest {
 protected:
  static std::string SlotOf(const Entry& first) { return "comment/" + first.id.ToHex(); }

  Entry Write(support::Pen& pen, const std::string& delegation, uint32_t kind,
              const google::protobuf::MessageLite& record, uint32_t schema) {
    const support::Chain& chain = delegation == "KG"   ? plan_.kg_chain
                                  : delegation == "KZ" ? plan_.kz_chain
                                                       : plan_.sec_chain;
    return pen.Write(plan_.charter.head(), chain.head(), kind, record.SerializeAsString(), schema);
  }
  Entry Comment(support::Pen& pen, const std::string& delegation, const EntryId& about,
                const std::string& text, const Entry* first = nullptr,
                std::vector<EntryId> supersedes = {}) {
    v1::Comment comment;
    comment.mutable_common()->set_delegation(delegation);
    for (const EntryId& id : supersedes) comment.mutable_common()->add_supersedes(id.str());
    comment.mutable_about()->set_slot(support::ReportSlot("KG", "DDR/08"));
    comment.mutable_about()->add_entries(about.str());
    comment.set_nature("statement");
    comment.add_texts()->set_lang("en");
    comment.mutable_texts(0)->set_text(text);
    if (first != nullptr) {
      comment.mutable_correction()->set_first(first->id.str());
      comment.mutable_correction()->set_reason("a slip of the pen");
    }
    return Write(pen, delegation, v1::COMMENT, comment, first == nullptr ? 1 : 2);
  }
  Entry Retract(support::Pen& pen, const std::string& delegation, const Entry& first,
                const EntryId& superseded, uint32_t kind = v1::RETRACTION,
                const std::string& word = "comment") {
    v1::Retraction retraction;
    retraction.mutable_common()->set_delegation(delegation);
    retraction.mutable_common()->add_supersedes(superseded.str());
    retraction.set_slot(word + "/" + first.id.ToHex());
    retraction.set_reason("said in error");
    return Write(pen, delegation, kind, retraction, 1);
  }
  Entry Spoke(const std::string& speaker, const std::string& chapter,
              const Entry* first = nullptr) {
    v1::Intervention said;
    said.mutable_common()->set_delegation("EU-GSC");
    said.set_round("MTR-2017");
    said.set_chapter(chapter);
    said.set_date("2017-10-12");
    said.set_speaker(speaker);
    said.set_nature("statement");
    said.add_summaries()->set_lang("en");
    said.mutable_summaries(0)->set_text("Spoke");
    if (first != nullptr) {
      said.mutable_common()->add_supersedes(first->id.str());
      said.mutable_correction()->set_first(first->id.str());
      said.mutable_correction()->set_reason("another spoke");
    }
    return Write(desk_, "EU-GSC", v1::INTERVENTION, said, first == nullptr ? 1 : 2);
  }

  // Texts of the comments about the report that stand.
  std::vector<std::string> Standing(const EntryId& report) {
    const auto said = SpokenAbout(Ask(), report, v1::COMMENT);
    EXPECT_TRUE(said.ok()) << said.status();
    std::vector<std::string> texts;
    for (const v1::Contribution& one : *said) {
      v1::CommentSummary summary;
      summary.ParseFromString(one.summary());
      texts.push_back(summary.text());
    }
    return texts;
  }
  v1::Table List(const std::string& kind) {
    v1::ListRecordsRequest request;
    request.set_kind(kind);
    const auto table = ListRecords(Ask(), request, 0);
    EXPECT_TRUE(table.ok()) << table.status();
    return table.ok() ? *table : v1::Table();
  }
  static std::string Cell(const v1::Table& table, int row, const std::string& column) {
    for (int c = 0; c < table.columns_size(); ++c) {
      if (table.columns(c).name() == column) return table.rows(row).cells(c);
    }
    return "no such column";
  }

  support::Pen desk_ = plan_.PenOf(plan_.desk);
  support::Pen kz_ = plan_.PenOf(plan_.kz);
};

TEST_F(Corrections, TheLaterVersionStandsWhicheverCameFirst) {
  const Entry report = plan_.Report(pen_, "report");
  const Entry first = Comment(kz_, "KZ", report.id, "Of December");
  const Entry second = Comment(kz_, "KZ", report.id, "Of November", &first, {first.id});
  Take({report, first});
  EXPECT_THAT(Standing(report.id), ElementsAre("Of December"));
  Take({second});
  EXPECT_THAT(Standing(report.id), ElementsAre("Of November"));
  const auto history = History(Ask(), SlotOf(first));
  ASSERT_TRUE(history.ok()) << history.status();
  ASSERT_EQ(history->rows_size(), 2);
  EXPECT_EQ(Cell(*history, 0, "state"), "replaced");
  EXPECT_EQ(Cell(*history, 1, "why"), "a slip of the pen");
  const v1::Table list = List("comment");
  ASSERT_EQ(list.rows_size(), 1);
  EXPECT_EQ(Cell(list, 0, "reference"), "comment/" + first.id.Short());
  EXPECT_EQ(Cell(list, 0, "text"), "Of November");
  EXPECT_EQ(Cell(list, 0, "state"), "corrected");
  // By the digits of any version.
  EXPECT_EQ(*SlotOfText(Ask(), "comment/" + second.id.Short()), SlotOf(first));
}

TEST_F(Corrections, AnotherDelegationsVersionIsShownNowhere) {
  const Entry report = plan_.Report(pen_, "report");
  const Entry first = Comment(kz_, "KZ", report.id, "Of December");
  Take({report, first});
  Take({Comment(pen_, "KG", report.id, "Never said", &first, {first.id}),
        Retract(pen_, "KG", first, first.id)});
  EXPECT_THAT(Standing(report.id), ElementsAre("Of December"));
  const auto record = GetRecord(Ask(), SlotOf(first));
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(record->state(), "current");
  ASSERT_EQ(record->heads_size(), 1);
  EXPECT_EQ(record->heads(0).delegation(), "KZ");
  EXPECT_EQ(List("comment").rows_size(), 1);
}

TEST_F(Corrections, AVersionWhoseFirstIsNotHereWaitsForIt) {
  const Entry report = plan_.Report(pen_, "report");
  support::Pen other = plan_.PenOf(plan_.kz);
  other.incarnation = 2;
  const Entry first = Comment(other, "KZ", report.id, "Of December");
  const Entry second = Comment(kz_, "KZ", report.id, "Of November", &first, {first.id});
  Take({report, second});
  EXPECT_THAT(Standing(report.id), IsEmpty());
  EXPECT_EQ(GetRecord(Ask(), SlotOf(first)).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(List("comment").rows_size(), 0);
  Take({first});
  EXPECT_THAT(Standing(report.id), ElementsAre("Of November"));
}

TEST_F(Corrections, WhatIsTakenBackIsNamedAndSaysNothing) {
  const Entry report = plan_.Report(pen_, "report");
  const Entry first = Comment(kz_, "KZ", report.id, "Of December");
  Take({report, first, Retract(kz_, "KZ", first, first.id)});
  EXPECT_THAT(Standing(report.id), IsEmpty());
  const auto record = GetRecord(Ask(), SlotOf(first));
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(record->state(), "withdrawn");
  const v1::Table list = List("comment");
  ASSERT_EQ(list.rows_size(), 1);
  EXPECT_EQ(Cell(list, 0, "state"), "withdrawn");
  const auto history = History(Ask(), SlotOf(first));
  ASSERT_EQ(history->rows_size(), 2);
  EXPECT_EQ(Cell(*history, 1, "what"), "withdrawn");
  EXPECT_EQ(Cell(*history, 1, "why"), "said in error");
  // Of the report's own history it is no longer a part that stands.
  const auto of_report = History(Ask(), support::ReportSlot("KG", "DDR/08"));
  ASSERT_TRUE(of_report.ok()) << of_report.status();
  EXPECT_EQ(Cell(*of_report, 1, "state"), "said, replaced");
}

TEST_F(Corrections, AnAnswerThatIsTakenBackLeavesTheQuestionOpen) {
  const Entry report = plan_.Report(pen_, "report");
  v1::Review asks;
  asks.mutable_common()->set_delegation("EU-GSC");
  asks.mutable_report()->set_slot(support::ReportSlot("KG", "DDR/08"));
  asks.mutable_report()->add_entries(report.id.str());
  asks.set_outcome("clarification_requested");
  asks.add_remarks()->set_severity("question");
  asks.mutable_remarks(0)->mutable_text()->set_lang("en");
  asks.mutable_remarks(0)->mutable_text()->set_text("Which month?");
  const Entry review = Write(desk_, "EU-GSC", v1::REVIEW, asks, 1);
  v1::Comment comment;
  comment.mutable_common()->set_delegation("KG");
  comment.mutable_about()->set_slot(support::ReportSlot("KG", "DDR/08"));
  comment.mutable_about()->add_entries(report.id.str());
  comment.set_nature("statement");
  comment.add_texts()->set_lang("en");
  comment.mutable_texts(0)->set_text("December");
  comment.set_answers(review.id.str());
  const Entry answer = Write(pen_, "KG", v1::COMMENT, comment, 1);
  comment.mutable_common()->add_supersedes(answer.id.str());
  comment.mutable_texts(0)->set_text("November");
  comment.mutable_correction()->set_first(answer.id.str());
  comment.mutable_correction()->set_reason("a slip of the pen");
  const Entry corrected = Write(pen_, "KG", v1::COMMENT, comment, 2);
  const auto state = [&] {
    const Views views = Ask();
    const auto slot = views.Slot(support::ReportSlot("KG", "DDR/08"));
    return StandingOf(views, slot->slot(), *ShownHead(*slot), false)->state;
  };
  Take({report, review, answer});
  EXPECT_EQ(state(), meaning::ReportState::kClarified);
  Take({corrected});
  EXPECT_EQ(state(), meaning::ReportState::kClarified);
  Take({Retract(pen_, "KG", answer, corrected.id)});
  EXPECT_EQ(state(), meaning::ReportState::kClarificationRequested);
}

TEST_F(Corrections, MinutesMoveWithTheirCorrectionAndAreNoLongerCountedOnceTakenBack) {
  const Entry spoke = Spoke("KG", "DDR"), twice = Spoke("KG", "DSR");
  Take({spoke, twice});
  Take({Spoke("KZ", "DDR", &spoke),
        Retract(desk_, "EU-GSC", twice, twice.id, v1::MINUTES_RETRACTION, "intervention")});
  const v1::Table list = List("intervention");
  ASSERT_EQ(list.rows_size(), 2);
  EXPECT_EQ(Cell(list, 0, "speaker"), "KZ");
  EXPECT_EQ(Cell(list, 0, "state"), "corrected");
  EXPECT_EQ(Cell(list, 0, "reference"), "intervention/" + spoke.id.Short());
  EXPECT_EQ(Cell(list, 1, "state"), "withdrawn");
  const auto said = Ask().All<v1::InterventionSummary>("intervention");
  ASSERT_TRUE(said.ok());
  ASSERT_EQ(said->size(), 1u);
  EXPECT_EQ(said->at(0).speaker(), "KZ");
}

// A party may not take back what the secretariat minuted, whatever it writes.
TEST_F(Corrections, MinutesAreTheSecretariatsToTakeBack) {
  const Entry spoke = Spoke("KG", "DDR");
  Take({spoke});
  store_.Ingest({Retract(pen_, "KG", spoke, spoke.id, v1::MINUTES_RETRACTION, "intervention")});
  Publish();
  EXPECT_EQ(Cell(List("intervention"), 0, "state"), "current");
  support::Pen again = plan_.PenOf(plan_.kz);
  Take({Retract(again, "KZ", spoke, spoke.id, v1::RETRACTION, "intervention")});
  EXPECT_EQ(Cell(List("intervention"), 0, "state"), "current");
}

}  // namespace
}  // namespace entente::query::corrections
