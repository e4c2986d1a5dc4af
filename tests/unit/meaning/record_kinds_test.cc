// Every kind of record: bytes that stay, where it stands, and what is found by what it is about.
#include <fstream>
#include <map>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "entente/v1/entry.pb.h"
#include "entente/v1/store.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/meaning/record/index_key.h"
#include "node/meaning/record/record.h"
#include "node/meaning/record/reference.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/rules/projection.h"
#include "node/meaning/rules/validate.h"
#include "node/meaning/text/words.h"
#include "tests/support/source_dir.h"
#include "tests/unit/meaning/findings.h"
#include "tests/unit/meaning/record_samples.h"

namespace entente::meaning::record_kinds {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

struct Kind {
  uint32_t kind;
  std::string delegation;
  std::string payload;
};

template <class Message>
Kind Of(uint32_t kind, const Message& message) {
  return {kind, message.common().delegation(), message.SerializeAsString()};
}

v1::Translation InformalTranslation() {
  v1::Translation translation = GoodTranslation();
  translation.mutable_common()->set_delegation("KZ");
  translation.set_standing(kInformal);
  return translation;
}

std::vector<Kind> AllKinds() {
  return {Of(v1::REPORT, GoodReport()),
          Of(v1::WITHDRAWAL, GoodWithdrawal()),
          Of(v1::TRANSLATION, GoodTranslation()),
          Of(v1::OBJECTION, GoodObjection()),
          Of(v1::INSTRUMENT, GoodInstrument()),
          Of(v1::CHAPTER, GoodChapter()),
          Of(v1::COMMITMENT, GoodCommitment()),
          Of(v1::INDICATOR, GoodIndicator()),
          Of(v1::ROUND, GoodRound()),
          Of(v1::EXTENSION, GoodExtension()),
          Of(v1::REVIEW, GoodReview()),
          Of(v1::REMINDER, GoodReminder()),
          Of(v1::MEETING, GoodMeeting()),
          Of(v1::AGENDA_ITEM, GoodAgendaItem()),
          Of(v1::INTERVENTION, GoodIntervention()),
          Of(v1::ROUND_CLOSE, GoodRoundClose()),
          Of(v1::ADOPTION, GoodAdoption()),
          Of(v1::COMMENT, GoodComment()),
          Of(v1::AMENDMENT, GoodAmendment()),
          Of(v1::PERSON, GoodPerson()),
          Of(v1::AUDIT_STATEMENT, GoodAuditStatement()),
          Of(v1::INFORMAL_TRANSLATION, InformalTranslation()),
          Of(v1::RETRACTION, GoodRetraction()),
          Of(v1::MINUTES_RETRACTION, GoodMinutesRetraction())};
}

RecordFacts FactsOf(const Kind& kind) {
  RecordFacts facts;
  facts.id = EntryNumber(7);
  facts.kind = kind.kind;
  facts.schema = 1;
  facts.delegation_code = kind.delegation;
  return facts;
}

Projection Shown(const Kind& kind) { return Project(FactsOf(kind), kind.payload); }

TEST(Kinds, EveryKindOfTheRegistryIsHere) {
  const auto* kinds = v1::Kind_descriptor();
  EXPECT_EQ(AllKinds().size() + 1, static_cast<size_t>(kinds->value_count()));  // and UNSPECIFIED
  for (int i = 1; i < kinds->value_count(); ++i) {
    const auto number = static_cast<uint32_t>(kinds->value(i)->number());
    EXPECT_NE(KindWord(number), "") << kinds->value(i)->name();
    EXPECT_FALSE(ReadPayload(number, 1, "").newer) << kinds->value(i)->name();
    EXPECT_TRUE(ReadPayload(number, NewestSchema(number) + 1, "").newer);
  }
}

TEST(Kinds, AGoodOneHasNoFindingsAndAPlace) {
  for (const Kind& kind : AllKinds()) {
    const ReadRecord read = ReadPayload(kind.kind, 1, kind.payload);
    ASSERT_FALSE(read.newer || read.fault) << KindWord(kind.kind);
    const auto findings = CheckRecord(read.record, EmptyCatalogue(), Moment::kLog, 0);
    EXPECT_EQ(FirstRefusal(findings), nullptr) << FirstRefusal(findings)->message;
    const Projection shown = Shown(kind);
    EXPECT_FALSE(shown.set_aside) << shown.set_aside->message;
    if (kind.kind == v1::WITHDRAWAL) continue;  // named as the report is
    EXPECT_TRUE(KindOfSlot(shown.slot)) << shown.slot;
    const std::string name = ReferenceOfSlot("EUCA-2014", shown.slot);
    auto reference = ParseReference(name, "EUCA-2014");
    ASSERT_TRUE(reference.ok()) << name;
    EXPECT_THAT(reference->slots, testing::Contains(shown.slot)) << name;
  }
}

TEST(Kinds, AFieldThatTheSchemaDoesNotDefineSetsAside) {
  for (Kind kind : AllKinds()) {
    kind.payload += std::string("\xf2\x07\x01x", 4);  // field 126
    const Projection shown = Shown(kind);
    ASSERT_TRUE(shown.set_aside) << KindWord(kind.kind);
    EXPECT_EQ(shown.set_aside->code, "E-SCHEMA");
    EXPECT_THAT(shown.index_keys, IsEmpty());
  }
}

// What a projector has read before leaves no trace in what it reads next.
TEST(Kinds, OneAfterAnotherEachIsProjectedAsIfAlone) {
  std::vector<Kind> all = AllKinds();
  for (Kind kind : AllKinds()) {
    kind.payload += std::string("\xf2\x07\x01x", 4);  // at fault: field 126
    all.push_back(kind);
  }
  all.push_back({v1::REPORT, "TJ", Of(v1::REPORT, GoodReport()).payload});  // in another's name
  all.push_back({9999, "KG", "of a newer version"});
  auto bytes = [](const Projection& shown) {
    return absl::StrCat(shown.slot, "|", absl::StrJoin(shown.supersedes, "|"), "|", shown.summary,
                        "|", absl::StrJoin(shown.index_keys, "|"), "|", shown.newer, "|",
                        shown.set_aside ? shown.set_aside->message : "");
  };
  for (const Kind& first : all) {
    for (const Kind& second : all) {
      Projector projector;
      projector.Project(FactsOf(first), first.payload);
      EXPECT_EQ(bytes(projector.Project(FactsOf(second), second.payload)), bytes(Shown(second)))
          << first.kind << " then " << second.kind;
    }
  }
}

TEST(Kinds, NobodyWritesInAnothersName) {
  for (Kind kind : AllKinds()) {
    kind.delegation = "TJ";
    ASSERT_TRUE(Shown(kind).set_aside) << KindWord(kind.kind);
    EXPECT_EQ(Shown(kind).set_aside->code, "E-DELEG");
  }
}

// What was signed stays readable, and is written the same again.
TEST(Kinds, GoldenPayloads) {
  std::ifstream in(tests::SourceFile("tests/golden/payloads.tsv"));
  std::map<std::string, std::string> golden;
  for (std::string line; std::getline(in, line);) {
    const size_t tab = line.find('\t');
    golden[line.substr(0, tab)] = line.substr(tab + 1);
  }
  EXPECT_EQ(golden.size(), AllKinds().size());
  for (const Kind& kind : AllKinds()) {
    const std::string word(KindWord(kind.kind));
    EXPECT_EQ(golden[word], base::ToHex(kind.payload)) << word;
  }
}

TEST(Kinds, WhatARecordIsAboutFindsIt) {
  auto about = [](const Kind& kind) {
    std::vector<std::string> out;
    for (const std::string& key : Shown(kind).index_keys) {
      auto row = ParseIndexKey(key);
      if (row && row->index == Index::kAbout)
        out.push_back(row->fields[0].substr(0, 2) + row->fields[1]);
    }
    return out;
  };
  EXPECT_THAT(about(Of(v1::REVIEW, GoodReview())), ElementsAre("01review"));
  EXPECT_THAT(about(Of(v1::COMMENT, GoodComment())),
              UnorderedElementsAre("01comment", "02comment"));
  EXPECT_THAT(about(Of(v1::AGENDA_ITEM, GoodAgendaItem())), ElementsAre("05agenda_item"));
  EXPECT_THAT(about(Of(v1::INFORMAL_TRANSLATION, InformalTranslation())),
              ElementsAre("01informal_translation"));
  v1::Report answer = GoodReport();
  answer.set_answers(EntryNumber(3).str());
  EXPECT_THAT(about(Of(v1::REPORT, answer)), ElementsAre("03report"));
  EXPECT_THAT(about(Of(v1::REPORT, GoodReport())), IsEmpty());
}

TEST(Kinds, TheKindOfATranslationSaysHowItStands) {
  Kind wrong = Of(v1::INFORMAL_TRANSLATION, GoodTranslation());
  ASSERT_TRUE(Shown(wrong).set_aside);
  EXPECT_EQ(Shown(wrong).set_aside->field, "standing");
}

TEST(Kinds, AKindOfRetractionIsOfWhatItsAuthorsMayWrite) {
  Kind wrong = Of(v1::MINUTES_RETRACTION, GoodRetraction());
  ASSERT_TRUE(Shown(wrong).set_aside);
  EXPECT_EQ(Shown(wrong).set_aside->field, "slot");
  for (const char* kind : {"intervention", "meeting", "agenda_item"}) {
    v1::Retraction retraction = GoodMinutesRetraction();
    retraction.set_slot(absl::StrCat(kind, "/", EntryNumber(3).ToHex()));
    EXPECT_FALSE(Shown(Of(v1::MINUTES_RETRACTION, retraction)).set_aside) << kind;
    EXPECT_TRUE(Shown(Of(v1::RETRACTION, retraction)).set_aside) << kind;
  }
}

TEST(Kinds, ACorrectionStandsWhereTheFirstVersionDoesAndIsFoundWithIt) {
  auto project = [](auto record, uint32_t kind, uint32_t schema) {
    record.mutable_common()->add_supersedes(EntryNumber(3).str());
    *record.mutable_correction() = CorrectionOfNumber(3);
    RecordFacts facts = FactsOf(Of(kind, record));
    facts.schema = schema;
    return Project(facts, record.SerializeAsString());
  };
  const Projection comment = project(GoodComment(), v1::COMMENT, 2);
  EXPECT_EQ(comment.slot, "comment/" + EntryNumber(3).ToHex());
  for (const std::string& key : comment.index_keys)
    EXPECT_NE(ParseIndexKey(key)->index, Index::kAbout);
  v1::CommentSummary summary;
  ASSERT_TRUE(summary.ParseFromString(comment.summary));
  EXPECT_EQ(summary.correction(), "The month was wrong");
  EXPECT_EQ(project(GoodMeeting(), v1::MEETING, 2).slot, "meeting/" + EntryNumber(3).ToHex());
  EXPECT_EQ(project(GoodIntervention(), v1::INTERVENTION, 2).slot,
            "intervention/" + EntryNumber(3).ToHex());
  // A field of schema 2 in an entry that says it is of schema 1.
  ASSERT_TRUE(project(GoodComment(), v1::COMMENT, 1).set_aside);
  EXPECT_EQ(project(GoodComment(), v1::COMMENT, 1).set_aside->code, "E-SCHEMA");
}

TEST(Kinds, SlotsThatAreNone) {
  for (const char* text : {"", "instrument/X", "commitment/DDR", "extension/MTR-2017",
                           "extension/MTR-2017/kg", "review/12", "withdrawal/DDR",
                           "informal_translation/x", "report/MTR-2017/KG", "nothing/X"}) {
    EXPECT_FALSE(KindOfSlot(text)) << text;
  }
  EXPECT_EQ(KindOfSlot("extension/MTR-2017/KG"), static_cast<uint32_t>(v1::EXTENSION));
}

TEST(Kinds, SummariesHoldWhatTablesNeed) {
  v1::ReviewSummary review;
  ASSERT_TRUE(review.ParseFromString(Shown(Of(v1::REVIEW, GoodReview())).summary));
  EXPECT_EQ(review.slot(), kReportSlot);
  EXPECT_THAT(review.reports(), ElementsAre(EntryNumber(1).str()));
  EXPECT_EQ(review.outcome(), "clarification_requested");
  EXPECT_EQ(review.text(), "Which month is the count of?");
  v1::RoundCloseSummary close;
  ASSERT_TRUE(close.ParseFromString(Shown(Of(v1::ROUND_CLOSE, GoodRoundClose())).summary));
  EXPECT_EQ(close.marks(0).sequence(), 3u);
  v1::ExtensionSummary extension;
  const Projection extended = Shown(Of(v1::EXTENSION, GoodExtension()));
  ASSERT_TRUE(extension.ParseFromString(extended.summary));
  EXPECT_EQ(extended.slot, "extension/MTR-2017/KG");
  EXPECT_EQ(extension.deadline(), "2017-09-30");
}

}  // namespace
}  // namespace entente::meaning::record_kinds
