#include "client/draft/conflict_text.h"

#include "client/language/tongue.h"
#include "entente/v1/entry.pb.h"
#include "entente/v1/payload.pb.h"
#include "gmock/gmock.h"

namespace entente::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Marked, SurroundsTheWordsTheOtherHasNot) {
  EXPECT_EQ(Marked("in ten regions", "in nine regions"), "in [ten] regions");
  EXPECT_EQ(Marked("a b c d", "a x c d y"), "a [b] c d");
  EXPECT_EQ(Marked("new words here", ""), "[new words here]");
  EXPECT_EQ(Marked("same", "same"), "same");
  EXPECT_EQ(Marked("", "x"), "");
  EXPECT_EQ(Marked("терапия идёт в тюрьмах", "терапия шла в тюрьмах"), "терапия [идёт] в тюрьмах");
}

TEST(Marked, OfVeryLongTextsTheEndsThatAgreeAreBare) {
  std::string a = "begin ", b = "begin ";
  for (size_t n = 0; n < 2 * kMarkedWordsMax; ++n) {
    a += "a" + std::to_string(n) + " ";
    b += "b" + std::to_string(n) + " ";
  }
  const std::string marked = Marked(a + "end", b + "end");
  EXPECT_THAT(marked, HasSubstr("begin [a0 "));
  EXPECT_THAT(marked, HasSubstr("] end"));
}

v1::Record Conflict() {
  v1::Record record;
  record.set_reference("R:EUCA-2014/MTR-2017/KG/DDR/04");
  const char* labels[] = {"Ministry of Health", "Ministry of the Interior"};
  for (int n = 0; n < 2; ++n) {
    v1::Report report;
    report.mutable_common()->set_delegation("KG");
    report.mutable_common()->add_supersedes(std::string(32, static_cast<char>(n + 1)));
    report.set_round("MTR-2017");
    report.mutable_subject()->set_kind(v1::SUBJECT_COMMITMENT);
    report.mutable_subject()->set_code("DDR/04");
    report.set_implementation(n == 0 ? v1::IN_PROGRESS : v1::COMPLETED);
    auto* text = report.add_narratives();
    text->set_lang("en");
    text->set_text(n == 0 ? "It goes on in ten regions." : "It goes on in nine regions.");
    if (n == 1) report.set_reason("agreed");
    v1::RecordHead* head = record.add_heads();
    head->set_entry_id(std::string(32, static_cast<char>(n + 10)));
    head->set_kind(v1::REPORT);
    head->set_schema(1);
    head->set_version(1);
    head->set_delegation("KG");
    head->set_key_label(labels[n]);
    head->set_payload(report.SerializeAsString());
  }
  return record;
}

TEST(Conflict, ItsDifferencesAreTheFieldsThatDiffer) {
  std::vector<std::string> fields;
  for (const Difference& one : DifferencesOf(Conflict())) {
    fields.push_back(one.field);
    ASSERT_EQ(one.values.size(), 2u);
  }
  EXPECT_THAT(fields, ElementsAre("implementation", "narratives[en].text", "reason"));
}

TEST(Conflict, WhatBothVersionsSayIsNoDifferenceWhereverItStands) {
  v1::Record record = Conflict();
  v1::Report a, b;
  for (v1::Report* report : {&a, &b}) {
    report->add_milestones()->set_text("Order 12");
    v1::IndicatorValue* value = report->add_values();
    value->set_indicator("OST-CLIENTS");
    value->set_period("2016");
    value->set_value("120");
  }
  v1::IndicatorValue first = b.values(0);
  first.set_indicator("AAA-FIRST");
  *b.add_values() = b.values(0);
  *b.mutable_values(0) = first;
  b.add_milestones()->set_text("Order 13");
  b.mutable_common()->add_doc_refs("13770/17");
  record.mutable_heads(0)->set_payload(a.SerializeAsString());
  record.mutable_heads(1)->set_payload(b.SerializeAsString());
  std::vector<std::string> fields;
  for (const Difference& one : DifferencesOf(record)) {
    fields.push_back(one.field);
    EXPECT_EQ(one.values[0], "");
  }
  EXPECT_THAT(fields, ElementsAre("common.doc_refs[1]", "milestones[2].text",
                                  "values[AAA-FIRST 2016].indicator",
                                  "values[AAA-FIRST 2016].period", "values[AAA-FIRST 2016].value"));
}

TEST(Conflict, IsShownSideBySideWithWhoAndWhatToType) {
  const std::string text = ConflictText(Conflict(), 100, Phrases());
  EXPECT_THAT(text, HasSubstr("Ministry of Health"));
  EXPECT_THAT(text, HasSubstr("Ministry of the Interior"));
  EXPECT_THAT(text, HasSubstr("[in_progress]"));
  EXPECT_THAT(text, HasSubstr("in [ten] regions."));
  EXPECT_THAT(text, HasSubstr("in [nine] regions."));
  EXPECT_THAT(text, HasSubstr("entente draft merge R:EUCA-2014/MTR-2017/KG/DDR/04"));
  EXPECT_THAT(text, Not(HasSubstr("supersedes")));
  // Both texts on one line: side by side.
  EXPECT_THAT(text, testing::ContainsRegex("\\[ten\\] regions\\. +It goes on in \\[nine\\]"));
}

TEST(Conflict, IsInTheReadersLanguageButForWhatTheVersionsSay) {
  const std::string text = ConflictText(Conflict(), 100, *PhrasesIn("ru"));
  EXPECT_THAT(text, HasSubstr("  ПОЛЕ "));
  EXPECT_THAT(text, HasSubstr("выполнение"));
  EXPECT_THAT(text, HasSubstr("[выполняется]"));
  EXPECT_THAT(text, HasSubstr("in [ten] regions."));
  EXPECT_THAT(text, HasSubstr("всё остальное одинаково; решает KG: entente draft merge"));
  EXPECT_THAT(text, Not(HasSubstr("implementation")));
}

TEST(Conflict, WrapsToTheWidthThereIs) {
  for (int width : {20, 60, 100}) {
    size_t longest = 0, at = 0;
    const std::string text = ConflictText(Conflict(), width, Phrases());
    // The rows of the table; the lines around it are what they are.
    for (size_t end; (end = text.find('\n', at)) != std::string::npos; at = end + 1) {
      const std::string line = text.substr(at, end - at);
      if (line.find("regions") != std::string::npos) longest = std::max(longest, line.size());
    }
    const int least = 2 + static_cast<int>(sizeof("narratives[en].text") - 1) + 2 * (16 + 2);
    EXPECT_LE(longest, static_cast<size_t>(std::max(width, least))) << width;
  }
}

TEST(Conflict, JsonHasVersionsDifferencesAndWhatToType) {
  const auto json = ConflictJson(Conflict());
  EXPECT_EQ(json["versions"].size(), 2u);
  EXPECT_EQ(json["differences"][0]["field"], "implementation");
  EXPECT_EQ(json["differences"][0]["values"][1], "completed");
  EXPECT_EQ(json["settle_with"], "entente draft merge R:EUCA-2014/MTR-2017/KG/DDR/04");
}

}  // namespace
}  // namespace entente::client
