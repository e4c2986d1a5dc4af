// The brief of a small round with every kind of state in it. The pages are compared with
// tests/golden/brief; after a change that is meant, run with ENTENTE_WRITE_GOLDEN=1 and read the
// difference.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "client/brief/chart.h"
#include "client/brief/compose.h"
#include "client/brief/html.h"
#include "client/brief/html_parts.h"
#include "client/brief/markdown.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/source_dir.h"

namespace entente::client::brief {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr uint64_t kDay = 86'400'000;
constexpr uint64_t kDeadline = 17'425 * kDay;  // the end of 2017-09-15

void AddText(google::protobuf::RepeatedPtrField<v1::Text>* texts, const char* lang,
             const char* words) {
  v1::Text* text = texts->Add();
  text->set_lang(lang);
  text->set_text(words);
}

v1::BriefReport Reported(v1::Implementation implementation, v1::Assessment assessment,
                         const char* lang = "", const char* words = "") {
  v1::BriefReport head;
  head.set_entry(std::string(32, 'a'));
  head.set_version(1);
  head.set_author("Focal point");
  head.set_signed_ms(17'423 * kDay);
  head.mutable_report()->set_implementation(implementation);
  head.mutable_report()->set_assessment(assessment);
  if (*words != '\0') AddText(head.mutable_report()->mutable_narratives(), lang, words);
  return head;
}

v1::IndicatorValue Given(const char* indicator, const char* period, const char* value,
                         const char* status) {
  v1::IndicatorValue out;
  out.set_indicator(indicator);
  out.set_period(period);
  out.set_value(value);
  out.set_status(status);
  return out;
}

v1::BriefSlot& AddSlot(Facts& facts, const char* delegation, const char* commitment) {
  v1::BriefSlot slot;
  slot.set_delegation(delegation);
  slot.set_subject_kind(v1::SUBJECT_COMMITMENT);
  slot.set_subject(commitment);
  slot.set_asked(true);
  facts.slots.push_back(slot);
  return facts.slots.back();
}

void AddDelegation(Facts& facts, const char* code, const char* name, uint64_t newest) {
  v1::BriefDelegation* delegation = facts.head.add_delegations();
  delegation->set_code(code);
  delegation->set_name(name);
  delegation->set_expected(true);
  delegation->set_newest_record_ms(newest);
  facts.head.mutable_round()->add_expected(code);
}

void AddCatalogue(Facts& facts) {
  v1::Chapter chapter;
  chapter.set_code("DDR");
  AddText(chapter.mutable_titles(), "en", "Drug demand reduction");
  AddText(chapter.mutable_titles(), "ru", "Сокращение спроса на наркотики");
  facts.chapters.push_back(chapter);
  for (const char* code : {"DDR/01", "DDR/04", "DDR/08"}) {
    v1::Commitment commitment;
    commitment.set_code(code);
    commitment.set_nature("undertaking");
    commitment.set_timetable("2014/2020");
    AddText(commitment.mutable_texts(), "en",
            code == std::string("DDR/08") ? "Introduce <opioid> substitution treatment"
                                          : "Build & test a programme");
    commitment.add_contributes_to("SDG/3.5");
    commitment.add_indicators(code == std::string("DDR/08") ? "OST-CLIENTS" : "HIV-TREND");
    facts.commitments.push_back(commitment);
  }
  v1::Indicator clients;
  clients.set_code("OST-CLIENTS");
  clients.set_unit("person");
  AddText(clients.mutable_titles(), "en", "Clients in substitution treatment");
  v1::Dimension* sex = clients.add_dimensions();
  sex->set_name("sex");
  for (const char* code : {"F", "M", "T"}) sex->add_codes(code);
  sex->set_total_code("T");
  facts.indicators["OST-CLIENTS"] = clients;
}

void AddHead(Facts& facts) {
  v1::BriefHead& head = facts.head;
  head.set_instrument_code("EUCA-2014");
  head.set_instrument_title("The plan");
  AddText(head.mutable_instrument()->mutable_titles(), "en", "Action Plan on Drugs 2014-2020");
  v1::Round& round = *head.mutable_round();
  round.set_code("MTR-2017");
  round.set_nature("mid_term");
  round.set_covers("2014/2017");
  round.set_deadline("2017-09-15");
  round.set_working_language("en");
  round.set_meeting_date("2017-10-12");
  round.set_meeting_place("Brussels");
  round.set_agenda_ref("CM 4388/17");
  head.mutable_previous()->set_code("REV-2015");
  head.set_deadline_ms(kDeadline);
  head.set_frontier_digest(std::string(32, '\x01'));
  head.set_view_digest(std::string(32, '\x02'));
  AddDelegation(facts, "KZ", "Kazakhstan", 17'430 * kDay);
  AddDelegation(facts, "KG", "Kyrgyzstan", 17'423 * kDay);
  AddDelegation(facts, "TJ", "Tajikistan", 17'430 * kDay);
  AddDelegation(facts, "TM", "Turkmenistan", 0);
}

v1::BriefReport KyrgyzOnTreatment() {
  v1::BriefReport head =
      Reported(v1::IN_PROGRESS, v1::AT_RISK, "ru", "Лечение введено <b>в тюрьмах</b>.\n\nДалее.");
  v1::IndicatorValue total = Given("OST-CLIENTS", "2016", "28800", "E");
  total.set_source("Минздрав");
  v1::DimensionValue* dim = total.add_dims();
  dim->set_name("sex");
  dim->set_code("T");
  v1::IndicatorValue women = total;
  women.mutable_dims(0)->set_code("F");
  women.set_value("9000");
  v1::IndicatorValue missing = Given("OST-CLIENTS", "2017", "", "L");
  missing.set_note("no census yet");
  for (const auto& value : {total, women, missing}) *head.mutable_report()->add_values() = value;
  v1::Section* section = head.mutable_report()->add_sections();
  section->set_name("assistance_needed");
  section->mutable_text()->set_lang("ru");
  section->mutable_text()->set_text("Нужна помощь с | обучением.");
  v1::Milestone* milestone = head.mutable_report()->add_milestones();
  milestone->set_text("Order signed");
  milestone->set_date("2017-03-01");
  milestone->set_done(true);
  v1::BriefTranslation* translation = head.add_translations();
  translation->set_delegation("KZ");
  translation->set_part("section.assistance_needed");
  translation->mutable_text()->set_lang("en");
  translation->mutable_text()->set_text("Training | is needed.");
  head.set_review("clarification_requested");
  v1::BriefRemark* question = head.add_questions();
  question->set_reviewer("EU-GSC");
  question->set_due("2017-10-01");
  question->mutable_remark()->set_part("values[OST-CLIENTS]");
  question->mutable_remark()->mutable_text()->set_lang("en");
  question->mutable_remark()->mutable_text()->set_text("Which <month> is the count of?");
  return head;
}

void AddReports(Facts& facts) {
  v1::BriefSlot& kz1 = AddSlot(facts, "KZ", "DDR/01");
  *kz1.add_heads() =
      Reported(v1::COMPLETED, v1::ASSESSMENT_UNSPECIFIED, "en", "Done in 20 schools.");
  v1::IndicatorValue trend = Given("HIV-TREND", "2016", "", "A");
  trend.set_trend(v1::TREND_DOWN);
  *kz1.mutable_heads(0)->mutable_report()->add_values() = trend;
  kz1.mutable_heads(0)->set_review("accepted");
  *kz1.add_previous() = Reported(v1::IN_PROGRESS, v1::ON_TRACK);
  v1::BriefSlot& kz4 = AddSlot(facts, "KZ", "DDR/04");
  *kz4.add_heads() = Reported(v1::IMPLEMENTATION_UNSPECIFIED, v1::ASSESSMENT_UNSPECIFIED);
  kz4.mutable_heads(0)->mutable_report()->set_nil_reason("Nothing to report");
  v1::BriefSlot& kg4 = AddSlot(facts, "KG", "DDR/04");
  *kg4.add_heads() = Reported(v1::IN_PROGRESS, v1::ON_TRACK, "en", "Officer A.");
  *kg4.add_heads() = Reported(v1::COMPLETED, v1::ASSESSMENT_UNSPECIFIED, "en", "Officer B.");
  kg4.mutable_heads(1)->set_entry(std::string(32, 'b'));
  *AddSlot(facts, "KG", "DDR/08").add_heads() = KyrgyzOnTreatment();
  v1::BriefSlot& tj1 = AddSlot(facts, "TJ", "DDR/01");
  *tj1.add_previous() = Reported(v1::NOT_STARTED, v1::OFF_TRACK);
  v1::BriefReport withdrawn = Reported(v1::IMPLEMENTATION_UNSPECIFIED, v1::ASSESSMENT_UNSPECIFIED);
  withdrawn.clear_report();
  withdrawn.set_withdrawn(true);
  withdrawn.set_reason("Wrong round");
  *AddSlot(facts, "TJ", "DDR/04").add_heads() = withdrawn;
  AddSlot(facts, "TM", "DDR/01");
  AddSlot(facts, "TM", "DDR/08");
}

void AddMinutes(Facts& facts) {
  for (const char* nature : {"statement", "assistance_need", "question"}) {
    v1::Intervention said;
    said.set_round("MTR-2017");
    said.set_chapter("DDR");
    said.set_item("3");
    said.set_speaker("KZ");
    said.set_nature(nature);
    said.set_doc_ref("13770/17");
    AddText(said.mutable_summaries(), "en", "Said <something>");
    facts.interventions.push_back(said);
  }
}

const Facts& Sample() {
  static const auto* facts = [] {
    auto* out = new Facts();
    AddHead(*out);
    AddCatalogue(*out);
    AddReports(*out);
    AddMinutes(*out);
    return out;
  }();
  return *facts;
}

Document Made(Order order = Order::kChapters, const Facts& facts = Sample()) {
  return Compose(facts, order, Phrases());
}

void ExpectGolden(const std::string& name, const std::string& made) {
  const std::string path = tests::SourceFile("tests/golden/brief/" + name);
  if (std::getenv("ENTENTE_WRITE_GOLDEN") != nullptr) std::ofstream(path) << made;
  std::ifstream in(path);
  const std::string kept(std::istreambuf_iterator<char>(in), {});
  EXPECT_EQ(made, kept) << name;
}

TEST(Brief, ThePagesAreAsTheyWere) {
  const Phrases phrases;
  ExpectGolden("chapters.html", Html(Made(), phrases));
  ExpectGolden("chapters.md", Markdown(Made(), phrases));
  ExpectGolden("delegations.html", Html(Made(Order::kDelegations), phrases));
  ExpectGolden("delegations.md", Markdown(Made(Order::kDelegations), phrases));
}

TEST(Brief, SilenceIsToldFromTheRecordsHeldAlone) {
  const auto silent = Made().silent;
  ASSERT_THAT(silent, SizeIs(2));
  EXPECT_EQ(silent[0].delegation, "TJ");
  EXPECT_EQ(silent[0].word, "not submitted") << "its records reach past the deadline";
  EXPECT_EQ(silent[0].reach, "its records held here reach to 21 September 2017");
  EXPECT_THAT(silent[0].subjects, ElementsAre("DDR/01", "DDR/04"));
  EXPECT_EQ(silent[1].delegation, "TM");
  EXPECT_EQ(silent[1].word, "not seen here yet");
  EXPECT_EQ(silent[1].reach, "no record of it is held here");
}

TEST(Brief, AtTheDeadlineItselfNothingIsCertain) {
  Facts facts = Sample();
  facts.head.mutable_delegations(2)->set_newest_record_ms(kDeadline);
  EXPECT_EQ(Made(Order::kChapters, facts).silent[0].word, "not seen here yet");
  facts.head.mutable_delegations(2)->set_newest_record_ms(kDeadline + 1);
  EXPECT_EQ(Made(Order::kChapters, facts).silent[0].word, "not submitted");
  facts.head.set_deadline_ms(0);
  EXPECT_EQ(Made(Order::kChapters, facts).silent[0].word, "not seen here yet")
      << "without a deadline nobody is late";
}

TEST(Brief, ChangesAreThoseOfTheStatus) {
  std::vector<std::string> lines;
  for (const Change& c : Made().changes) {
    lines.push_back(c.delegation + " " + c.subject + ": " + c.before + " -> " + c.now);
  }
  EXPECT_THAT(lines, ElementsAre("KZ DDR/01: in progress, on track -> completed",
                                 "KZ DDR/04: no report -> nil report",
                                 "KG DDR/04: no report -> conflict, 2 versions stand",
                                 "KG DDR/08: no report -> in progress, at risk",
                                 "TJ DDR/01: not started, off track -> not submitted",
                                 "TJ DDR/04: no report -> withdrawn"));
}

TEST(Brief, WithoutAPreviousRoundNothingHasChanged) {
  Facts facts = Sample();
  facts.head.clear_previous();
  for (auto& slot : facts.slots) slot.clear_previous();
  const Document document = Made(Order::kChapters, facts);
  EXPECT_THAT(document.changes, IsEmpty());
  EXPECT_THAT(Html(document, Phrases()), HasSubstr("no earlier round to compare with"));
}

TEST(Brief, APreviousRoundOfWhichNothingIsHeldIsNotCompared) {
  Facts facts = Sample();
  for (auto& slot : facts.slots) slot.clear_previous();
  const Document document = Made(Order::kChapters, facts);
  EXPECT_THAT(document.changes, IsEmpty());
  EXPECT_THAT(Html(document, Phrases()),
              AllOf(HasSubstr("No report of round REV-2015 is held here"),
                    Not(HasSubstr("before: no report"))));
}

TEST(Brief, WhatIsOpenAndWhatIsNeeded) {
  const Document document = Made();
  EXPECT_THAT(document.questions,
              ElementsAre(AllOf(Field(&Note::delegation, "KG"), Field(&Note::kind, "conflict")),
                          AllOf(Field(&Note::delegation, "KG"),
                                Field(&Note::kind, "asked by EU-GSC, answer by 1 October 2017")),
                          AllOf(Field(&Note::delegation, "KZ"), Field(&Note::kind, "as minuted"))));
  EXPECT_EQ(document.questions[1].text.words,
            "values[OST-CLIENTS]: Which <month> is the count of?");
  ASSERT_THAT(document.needs, SizeIs(2));
  EXPECT_EQ(document.needs[0].text.words, "Training | is needed.");
  EXPECT_EQ(document.needs[0].text.remark, "informal translation by KZ, original ru");
  EXPECT_EQ(document.needs[1].kind, "as minuted");
}

TEST(Brief, TheCountIsOfWhatWasAsked) {
  for (const auto& [name, value] : Made().facts) {
    if (name == "Reported") {
      EXPECT_EQ(value, "4 of 8 commitments asked about (50.0\u00a0%)");
    }
  }
}

TEST(Brief, NothingOfARecordIsMarkup) {
  const std::string html = Html(Made(), Phrases());
  EXPECT_THAT(html, Not(HasSubstr("<opioid>")));
  EXPECT_THAT(html, Not(HasSubstr("<b>")));
  EXPECT_THAT(html, Not(HasSubstr("<something>")));
  EXPECT_THAT(html, HasSubstr("Build &amp; test"));
  EXPECT_EQ(Escaped("<a href=\"x\" b='c'>&\x01\x1b\n"),
            "&lt;a href=&quot;x&quot; b=&#39;c&#39;&gt;&amp;\n");
}

TEST(Brief, MarkdownKeepsCellsAndParagraphsApart) {
  EXPECT_EQ(MarkdownEscaped("a | b\n# c <i>"), "a \\| b \\# c \\<i\\>");
  EXPECT_EQ(MarkdownEscaped("1. first"), "1\\. first");
  EXPECT_EQ(MarkdownEscaped("- x"), "\\- x");
  EXPECT_EQ(MarkdownEscaped("2017-09-14"), "2017-09-14");
  EXPECT_THAT(Markdown(Made(), Phrases()), HasSubstr("Training \\| is needed."));
}

// Anchors lead somewhere, ids are unique, cells of a head say what they head, levels of headings
// are not skipped.
TEST(Brief, ThePageIsOneAScreenReaderCanWalk) {
  for (const Order order : {Order::kChapters, Order::kDelegations}) {
    const std::string html = Html(Made(order), Phrases());
    std::set<std::string> ids;
    const std::regex id("[^-]id=\"([^\"]*)\""), link("href=\"#([^\"]*)\""),
        head("<th(?! scope)[ >]"), level("<h([1-6])[ >]");
    for (std::sregex_iterator it(html.begin(), html.end(), id), end; it != end; ++it) {
      EXPECT_TRUE(ids.insert((*it)[1]).second) << (*it)[1];
    }
    for (std::sregex_iterator it(html.begin(), html.end(), link), end; it != end; ++it) {
      EXPECT_TRUE(ids.contains((*it)[1])) << (*it)[1];
    }
    EXPECT_FALSE(std::regex_search(html, head));
    int last = 0;
    for (std::sregex_iterator it(html.begin(), html.end(), level), end; it != end; ++it) {
      const int now = std::stoi((*it)[1]);
      EXPECT_LE(now, last + 1);
      last = now;
    }
    EXPECT_THAT(html, HasSubstr("<p lang=\"ru\" dir=\"auto\">Лечение"));
  }
}

TEST(Brief, WhereNobodyIsAskedNobodyIsSaidToHaveReported) {
  Facts facts = Sample();
  facts.slots.clear();
  const Document document = Made(Order::kChapters, facts);
  EXPECT_THAT(Html(document, Phrases()), AllOf(HasSubstr("asks nobody for a report"),
                                               Not(HasSubstr("Every delegation reported"))));
}

// Sixty delegations, three hundred commitments, each with a narrative: all of it stands in the
// page.
TEST(Brief, ALargeRoundIsAllThere) {
  Facts facts;
  facts.head.mutable_round()->set_code("R");
  v1::Chapter chapter;
  chapter.set_code("C");
  facts.chapters.push_back(chapter);
  std::vector<std::string> codes;
  for (int i = 0; i < 300; ++i) codes.push_back("C/" + std::to_string(1000 + i));
  for (const auto& code : codes) {
    v1::Commitment commitment;
    commitment.set_code(code);
    facts.commitments.push_back(commitment);
  }
  const std::string narrative(800, 'x');
  for (int d = 0; d < 60; ++d) {
    const std::string delegation = "D" + std::to_string(d);
    AddDelegation(facts, delegation.c_str(), "", 0);
    for (const auto& code : codes) {
      *AddSlot(facts, delegation.c_str(), code.c_str()).add_heads() =
          Reported(v1::IN_PROGRESS, v1::ON_TRACK, "en", narrative.c_str());
    }
  }
  const Document document = Made(Order::kChapters, facts);
  ASSERT_THAT(document.body.at(0).groups, SizeIs(300));
  for (const Group& group : document.body[0].groups) EXPECT_THAT(group.items, SizeIs(60));
  EXPECT_GT(Html(document, Phrases()).size(), size_t{60} * 300 * 800);
  EXPECT_GT(Markdown(document, Phrases()).size(), size_t{60} * 300 * 800);
}

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
