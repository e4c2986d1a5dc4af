// What a question is narrowed to: the names people use are found, slips of the pen are refused, and
// nothing that is held is hidden.
#include "node/query/view/narrowed.h"

#include "entente/v1/payload.pb.h"
#include "gmock/gmock.h"
#include "node/base/error.h"
#include "node/query/record/changes.h"
#include "node/query/record/export.h"
#include "node/query/record/records.h"
#include "node/query/round/round_tables.h"
#include "node/query/search/search.h"
#include "tests/unit/query/lookup_fixture.h"

namespace entente::query {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class NarrowedTest : public LookupTest {
 protected:
  Entry Chapter(const std::string& code, const std::string& en, const std::string& ru) {
    v1::Chapter chapter;
    chapter.mutable_common()->set_delegation("EU-GSC");
    chapter.set_code(code);
    for (const auto& [lang, title] : {std::pair("en", en), std::pair("ru", ru)}) {
      v1::Text* text = chapter.add_titles();
      text->set_lang(lang);
      text->set_text(title);
    }
    chapter.add_aliases("Chapter IV");
    return Written(desk_, plan_.sec_chain, v1::CHAPTER, chapter.SerializeAsString());
  }
  Entry Round(const std::vector<std::string>& scope) {
    v1::Round round;
    round.mutable_common()->set_delegation("EU-GSC");
    round.set_code("MTR-2017");
    round.set_nature("mid_term");
    round.set_covers("2014/2017");
    round.set_opens("2017-03-01");
    round.set_deadline("2017-09-15");
    for (const std::string& chapter : scope) round.add_scope(chapter);
    round.add_expected("KG");
    return Written(desk_, plan_.sec_chain, v1::ROUND, round.SerializeAsString());
  }
  Entry Intervention(const std::string& speaker, const std::string& item) {
    v1::Intervention said;
    said.mutable_common()->set_delegation("EU-GSC");
    said.set_round("MTR-2017");
    said.set_speaker(speaker);
    said.set_item(item);
    said.set_nature("statement");
    said.set_date("2017-10-12");
    said.add_summaries()->set_lang("en");
    said.mutable_summaries(0)->set_text("Spoke.");
    return Written(desk_, plan_.sec_chain, v1::INTERVENTION, said.SerializeAsString());
  }
  Entry Report() {
    v1::Report report;
    report.ParseFromString(support::ReportPayload("KG", "DDR/08", "first", {}));
    report.set_round("MTR-2017");
    return Written(pen_, plan_.kg_chain, v1::REPORT, report.SerializeAsString());
  }
  Entry Comment(const Entry& report) {
    v1::Comment comment;
    comment.mutable_common()->set_delegation("KG");
    comment.mutable_about()->set_slot("report/MTR-2017/KG/commitment/DDR/08");
    comment.mutable_about()->add_entries(report.id.str());
    comment.set_nature("statement");
    comment.add_texts()->set_lang("en");
    comment.mutable_texts(0)->set_text("December");
    return Written(pen_, plan_.kg_chain, v1::COMMENT, comment.SerializeAsString());
  }
  void Catalogue() {
    Take({Chapter("DDR", "Drug demand reduction", "Сокращение спроса на наркотики"), Round({})});
  }

  absl::StatusOr<v1::Table> List(const std::string& kind, const std::string& round,
                                 const std::string& chapter = "",
                                 const std::string& delegation = "",
                                 const std::string& implementation = "") {
    v1::ListRecordsRequest request;
    request.set_kind(kind);
    request.set_round(round);
    request.set_chapter(chapter);
    request.set_delegation(delegation);
    request.set_implementation(implementation);
    return ListRecords(Ask(), request, 0);
  }
  int Rows(const absl::StatusOr<v1::Table>& table) {
    EXPECT_TRUE(table.ok()) << table.status();
    return table.ok() ? table->rows_size() : -1;
  }
  static void ExpectUnknown(const absl::Status& status, const std::string& words) {
    EXPECT_EQ(status.code(), absl::StatusCode::kNotFound) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(words));
  }

  support::Pen desk_ = plan_.PenOf(plan_.desk);
};

TEST_F(NarrowedTest, AChapterHasManyNames) {
  Catalogue();
  for (const char* name : {"DDR", "ddr", "EUCA-2014/DDR", "drug demand  reduction", "chapter iv",
                           "Сокращение спроса на наркотики", "СОКРАЩЕНИЕ СПРОСА НА НАРКОТИКИ"})
    EXPECT_EQ(*ChapterNamed(Ask(), name), "DDR") << name;
  for (const char* name : {"D", "DDD", "...", "Drug"})
    ExpectUnknown(ChapterNamed(Ask(), name).status(), "known: DDR \"Drug demand reduction\"");
  ExpectUnknown(ChapterNamed(Ask(), "DRR").status(), "did you mean DDR? known: ");
}

TEST_F(NarrowedTest, SlipsOfThePenAreRefusedByEveryList) {
  Catalogue();
  Take({Report()});
  EXPECT_EQ(Rows(List("report", "MTR-2017", "drug demand reduction", "KG")), 1);
  EXPECT_EQ(Rows(List("report", "EUCA-2014/MTR-2017")), 1);
  EXPECT_EQ(Rows(List("report", "-")), 0);
  EXPECT_EQ(Rows(List("report", "", "", "KZ")), 0);
  for (const char* kind : {"report", "intervention", "comment", "translation"}) {
    ExpectUnknown(List(kind, "MTR-2071").status(),
                  "round \"MTR-2071\" is not held here; did you mean MTR-2017? known: MTR-2017");
    const absl::Status whose = List(kind, "", "", "ZZ").status();
    ExpectUnknown(whose, "\"ZZ\" is not registered for EUCA-2014");
    ExpectUnknown(whose, "known: EU-GSC KG KZ");
    EXPECT_EQ(base::ReasonOf(whose), "UNKNOWN_DELEGATION");
  }
  ExpectUnknown(List("report", "", "D").status(), "chapter \"D\"");
  ExpectUnknown(List("commitment", "", "D").status(), "chapter \"D\"");
  ExpectUnknown(List("report", "", "", "", "ongoing").status(),
                "--implementation: \"ongoing\" is not known; known: not_started");
  ExpectUnknown(List("report", "", "", "", "in_progres").status(),
                "is not known; did you mean in_progress? known: not_started");
  ExpectUnknown(Conflicts(Ask(), "ZZ").status(), "ZZ");
  ExpectUnknown(Todo(Ask(), "ZZ", 0).status(), "ZZ");
  EXPECT_TRUE(Todo(Ask(), "", 0).ok());  // a node that serves nobody yet
  v1::ChangesRequest changes;
  changes.set_since("2000-01-01");
  changes.set_delegation("ZZ");
  ExpectUnknown(Changes(Ask(), changes).status(), "ZZ");
  v1::SearchRequest search;
  search.set_text("first");
  search.set_delegation("ZZ");
  ExpectUnknown(Search(Ask(), search).status(), "ZZ");
  v1::ExportRequest exported;
  exported.set_chapter("D");
  ExpectUnknown(Export(Ask(), exported, [](const v1::Record&) { return true; }), "chapter \"D\"");
}

// The catalogue may come after the reports.
TEST_F(NarrowedTest, WhatIsHeldIsFoundBeforeItsRoundAndItsChapterAre) {
  Take({Report()});
  EXPECT_EQ(Rows(List("report", "MTR-2017", "DDR")), 1);
  ExpectUnknown(List("report", "MTR-2018").status(), "none yet");
  ExpectUnknown(List("report", "", "DSR").status(), "none yet");
}

TEST_F(NarrowedTest, WhatWasSaidOfAReportIsOfItsRound) {
  Catalogue();
  const Entry report = Report();
  Take({report, Comment(report)});
  EXPECT_EQ(Rows(List("comment", "MTR-2017")), 1);
  EXPECT_EQ(Rows(List("comment", "")), 1);
}

TEST_F(NarrowedTest, WhoeverSpokeAtAMeetingIsFound) {
  Catalogue();
  Take({Intervention("KG", "1"), Intervention("UNODC", "2")});
  EXPECT_THAT(Column(*List("intervention", "", "", "KG"), "speaker"), ElementsAre("KG"));
  EXPECT_THAT(Column(*List("intervention", "", "", "UNODC"), "item"), ElementsAre("2"));
  EXPECT_EQ(Rows(List("intervention", "", "", "KZ")), 0);
}

TEST_F(NarrowedTest, AChapterThatTheRoundDoesNotAskAboutIsNamed) {
  Take({Chapter("DDR", "Demand", "Спрос"), Chapter("GEN", "General", "Общее"), Round({"DDR"})});
  v1::RoundQuestion question;
  question.set_round("MTR-2017");
  question.set_chapter("Спрос");
  EXPECT_TRUE(Matrix(Ask(), question, {}, 0).ok());
  question.set_chapter("GEN");
  ExpectUnknown(Matrix(Ask(), question, {}, 0).status(),
                "chapter \"GEN\" is not in the scope of the round MTR-2017; its chapters: DDR");
  ExpectUnknown(Rate(Ask(), question).status(), "not in the scope");
}

// Records without a name but the id of their entry.
TEST_F(NarrowedTest, EightDigitsStandForARecord) {
  pen_.hlc = HlcAt(k2017Sep1);
  const Entry report = Report();
  const Entry comment = Comment(report);
  Take({report, comment});
  ReadIn();
  v1::SearchRequest search;
  search.set_text("December");
  const v1::Table found = *Search(Ask(), search);
  const std::string reference = Column(found, "reference")[0];
  EXPECT_EQ(reference, "EUCA-2014/comment/" + comment.id.Short());
  EXPECT_EQ(*SlotOfText(Ask(), reference), "comment/" + comment.id.ToHex());
  search.set_text("DDR/08");
  search.set_kind("comment");
  EXPECT_EQ(Column(*Search(Ask(), search), "text")[0], "R:EUCA-2014/MTR-2017/KG/DDR/08");
  search.set_text("statement");
  EXPECT_EQ(Column(*Search(Ask(), search), "text")[0], "statement");
  v1::ChangesRequest changes;
  changes.set_since("2000-01-01");
  changes.add_kinds("comment");
  EXPECT_EQ(Column(*Changes(Ask(), changes), "reference")[0], reference);
  for (const char* none : {"comment/00000000", "meeting/00000000", "EUCA-2014/amendment/99999999"})
    ExpectUnknown(SlotOfText(Ask(), none).status(), "nothing stands under");
  changes.set_since("last tuesday");
  EXPECT_THAT(std::string(Changes(Ask(), changes).status().message()), HasSubstr("E-AS-OF since:"));
}

}  // namespace
}  // namespace entente::query
