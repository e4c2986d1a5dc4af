// The brief of a small round with every kind of state in it. The pages are compared with
// tests/golden/brief; after a change that is meant, run with ENTENTE_WRITE_GOLDEN=1 and read the
// difference.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "client/brief/compose.h"
#include "client/brief/html.h"
#include "client/brief/html_parts.h"
#include "client/brief/markdown.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/source_dir.h"
#include "tests/unit/client/brief_sample.h"

namespace entente::client::brief {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

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

// Sections the round makes mandatory and the commitment's indicators: KG lacks one of three on
// DDR/08.
TEST(Brief, ATableOfStatesSaysHowMuchOfWhatWasAskedForIsThere) {
  Facts facts = Sample();
  for (const char* section : {"assistance_needed", "obstacles"})
    facts.head.mutable_round()->add_mandatory_sections(section);
  const Document made = Made(Order::kChapters, facts);
  const std::string page = Markdown(made, Phrases());
  EXPECT_THAT(page, HasSubstr("(complete: 2 of 3)"));
  EXPECT_THAT(page, HasSubstr("**Complete:** 2 of 3; missing: obstacles"));
  EXPECT_THAT(page, HasSubstr("(complete: 3 of 3)")) << "a nil report answers everything";
  EXPECT_THAT(page, HasSubstr("(complete: 0 of 3)")) << "of a conflict, what says least";
  EXPECT_THAT(Html(made, Phrases()), HasSubstr("complete: 2 of 3"));
}

TEST(Brief, WhatWasCorrectedSaysWhyAndWhatWasTakenBackIsNamedWithoutItsWords) {
  Facts facts = Sample();
  facts.interventions[0].mutable_correction()->set_reason("another spoke");
  facts.comments[0].mutable_comment()->mutable_correction()->set_reason("wrong month");
  v1::BriefRetraction minuted, said;
  *minuted.mutable_intervention() = facts.interventions[1];
  minuted.set_reason("minuted twice");
  *said.mutable_comment() = facts.comments[1];
  said.set_reason("of another plan");
  facts.interventions.erase(facts.interventions.begin() + 1);
  facts.comments.erase(facts.comments.begin() + 1);
  facts.retractions = {minuted, said};
  const std::string page = Markdown(Made(Order::kChapters, facts), Phrases());
  EXPECT_THAT(page, HasSubstr("statement; corrected: another spoke"));
  EXPECT_THAT(page, HasSubstr("; corrected: wrong month"));
  EXPECT_THAT(page, HasSubstr("; withdrawn | minuted twice |"));
  EXPECT_THAT(page, Not(HasSubstr("A laboratory")));
}

TEST(Brief, SilenceIsToldFromTheRecordsHeldAlone) {
  const auto silent = Made().silent;
  ASSERT_THAT(silent, SizeIs(2));
  EXPECT_EQ(silent[0].delegation, "TJ");
  EXPECT_EQ(silent[0].word, "not submitted") << "its records reach past the deadline";
  EXPECT_EQ(silent[0].reach, "its records held here reach to 21 September 2017");
  EXPECT_THAT(silent[0].subjects, ElementsAre("DDR/01", "DDR/04 (withdrawn)"));
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
  ASSERT_THAT(document.needs, SizeIs(3));
  EXPECT_EQ(document.needs[0].text.words, "Training | is needed.");
  EXPECT_EQ(document.needs[0].text.remark, "informal translation by KZ, original ru");
  EXPECT_EQ(document.needs[2].kind, "as minuted");
}

TEST(Brief, TheCountIsOfWhatWasAsked) {
  EXPECT_THAT(
      Made().facts,
      ::testing::Contains(::testing::Pair(
          "Reported",
          "4 of 8 slots, each a delegation and a commitment it is asked about (50.0\u00a0%)")));
}

const Item* ItemAt(const Document& document, const char* id) {
  for (const Group& chapter : document.body) {
    for (const Group& commitment : chapter.groups) {
      for (const Item& item : commitment.items) {
        if (item.id == id) return &item;
      }
    }
  }
  return nullptr;
}

TEST(Brief, WhatCameAfterTheCloseIsShownMarkedAndCountedNowhere) {
  Facts facts = Sample();
  v1::BriefClose* close = facts.head.add_closes();
  close->set_delegation("EU-GSC");
  close->set_signed_ms(17'440 * kDay);
  AddText(close->mutable_syntheses(), "en", "Four of <eight>.");
  facts.slots[0].set_after_close(true);
  facts.slots[0].mutable_heads(0)->set_after_close(true);
  facts.slots[2].set_after_close(true);  // a conflict
  const Document document = Made(Order::kChapters, facts);
  EXPECT_THAT(document.facts,
              ::testing::Contains(::testing::Pair("Reported", HasSubstr("2 of 8 slots"))));
  EXPECT_EQ(document.overview[0].rows[0].cells[0].now.words, "1 of 2");
  const Item* kz = ItemAt(document, "r.KZ.DDR.01");
  ASSERT_NE(kz, nullptr);
  EXPECT_EQ(kz->now.key, "after_close");
  EXPECT_EQ(kz->now.words, "completed, after the close");
  ASSERT_THAT(document.silent, SizeIs(4));
  EXPECT_THAT(document.silent[0].subjects, ElementsAre("DDR/01 (completed, after the close)"));
  EXPECT_EQ(document.silent[0].word, "\u2013") << "it did submit";
  for (const std::string& page : {Html(document, Phrases()), Markdown(document, Phrases())}) {
    EXPECT_THAT(page, AllOf(HasSubstr("How the round was closed"),
                            HasSubstr("closed by EU-GSC, signed on 1 October 2017"),
                            HasSubstr("came after the round was closed")));
  }
  EXPECT_THAT(Html(document, Phrases()), HasSubstr("Four of &lt;eight&gt;."));
}

TEST(Brief, AllThatIsWrittenCarriesItsLanguage) {
  const std::string html = Html(Made(), Phrases());
  for (const char* words :
       {"Нечего сообщить", "Не тот раунд", "Приказ подписан", "Минздрав", "Приказ министра"}) {
    EXPECT_THAT(html, HasSubstr(std::string("<span lang=\"ru\" dir=\"auto\">") + words)) << words;
  }
}

TEST(Brief, AttachmentsAndCommentsStandWithTheReport) {
  const Document document = Made();
  const Item* item = ItemAt(document, "r.KG.DDR.08");
  ASSERT_NE(item, nullptr);
  ASSERT_THAT(item->versions[0].attachments, SizeIs(1));
  EXPECT_EQ(item->versions[0].attachments[0].size, "21.8 MB");
  ASSERT_THAT(item->comments, SizeIs(1));
  EXPECT_EQ(item->comments[0].heading, "KG: answer of Focal point, 21 September 2017");
  EXPECT_EQ(item->comments[0].text.words, "values[OST-CLIENTS]: December.");
  EXPECT_EQ(document.needs[1].delegation, "TJ");
  EXPECT_EQ(document.needs[1].subject, "DDR/01");
  EXPECT_EQ(document.needs[1].kind, "comment of 21 September 2017");
  EXPECT_THAT(Markdown(document, Phrases()),
              AllOf(HasSubstr("Приказ министра, 21\\.8 MB, ru"), HasSubstr("A laboratory.")));
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

}  // namespace
}  // namespace entente::client::brief
