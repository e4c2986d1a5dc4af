// Search over stores, against looking through every text.
#include "node/query/search/search.h"

#include <algorithm>
#include <set>

#include "gmock/gmock.h"
#include "node/meaning/record/search_words.h"
#include "node/query/lookup/lookup_rows.h"
#include "tests/bench/random.h"
#include "tests/unit/query/lookup_fixture.h"

namespace entente::query {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class SearchTest : public LookupTest {
 protected:
  v1::Table Find(const std::string& text, const std::string& as_of = "") {
    v1::SearchRequest request;
    request.set_text(text);
    request.set_page_size(200);
    const auto table = Search(AskAsOf(as_of), request);
    EXPECT_TRUE(table.ok()) << table.status();
    return table.ok() ? *table : v1::Table();
  }
  std::vector<std::string> Entries(const std::string& text, const std::string& as_of = "") {
    return Column(Find(text, as_of), "entry_id");
  }
  Entry On(const std::string& commitment, const std::string& words,
           std::vector<EntryId> supersedes = {}) {
    return Written(pen_, plan_.kg_chain, 1,
                   support::ReportPayload("KG", commitment, words, std::move(supersedes)));
  }
};

TEST_F(SearchTest, WordsBeginningsAndPhrasesInAnyScript) {
  const Entry first = On("DDR/01", "Заместительная терапия идёт в десяти областях.");
  const Entry second = On("DDR/02", "Терапия не заместительная; её нет.");
  const Entry third = On("DDR/03", "Substitution treatment goes on.");
  Take({first, second, third});
  ReadIn();
  EXPECT_THAT(Entries("ТЕРАПИЯ"), UnorderedElementsAre(first.id.Short(), second.id.Short()));
  EXPECT_THAT(Entries("\"заместительная терапия\""), ElementsAre(first.id.Short()));
  EXPECT_THAT(Entries("замест* идет"), ElementsAre(first.id.Short()));
  EXPECT_THAT(Entries("Ее"), ElementsAre(second.id.Short()));
  EXPECT_THAT(Entries("\"substitution treat*\""), ElementsAre(third.id.Short()));
  EXPECT_THAT(Entries("DDR/03"), ElementsAre(third.id.Short()));
  EXPECT_THAT(Entries("терапия treatment"), IsEmpty());
  EXPECT_THAT(Column(Find("областях"), "text")[0], HasSubstr("десяти областях"));
}

TEST_F(SearchTest, OnlyWhatStandsIsFound) {
  const Entry first = On("DDR/01", "methadone everywhere");
  Take({first});
  const std::string then = Frontier();
  const Entry second = On("DDR/01", "buprenorphine everywhere", {first.id});
  Take({second});
  ReadIn();
  EXPECT_THAT(Entries("methadone"), IsEmpty());
  EXPECT_THAT(Entries("everywhere"), ElementsAre(second.id.Short()));
  EXPECT_THAT(Entries("methadone", then), ElementsAre(first.id.Short()));
  const Entry gone =
      Written(pen_, plan_.kg_chain, 2,
              support::WithdrawalPayload("KG", support::ReportSlot("KG", "DDR/01"), {second.id}));
  Take({gone});
  ReadIn();
  EXPECT_THAT(Entries("everywhere"), IsEmpty());
}

TEST_F(SearchTest, TheMoreItIsAboutTheWordTheEarlier) {
  const Entry much = On("DDR/01", "naloxone naloxone kits");
  const Entry little = On("DDR/02",
                          "a long text about other things in which naloxone is named once among "
                          "many further words that have nothing to do with it");
  Take({little, much});
  ReadIn();
  EXPECT_THAT(Entries("naloxone"), ElementsAre(much.id.Short(), little.id.Short()));
}

TEST_F(SearchTest, WhatIsNotReadInYetIsSaid) {
  Take({On("DDR/01", "one")});
  ReadIn();
  Take({On("DDR/02", "two")});
  const v1::Table table = Find("one");
  ASSERT_EQ(table.notes_size(), 1);
  EXPECT_THAT(std::string(table.notes(0)), HasSubstr("1 entries are not read in yet"));
}

// KG's credentials say KG; the charter admits it anew under another code, and what was read in
// before counts from then on.
TEST_F(SearchTest, ADelegationWithANewCodeKeepsItsHistory) {
  const Entry entry =
      Written(pen_, plan_.kg_chain, 1, support::ReportPayload("KGZ", "DDR/01", "methadone", {}));
  Take({entry});
  ReadIn();
  EXPECT_THAT(Entries("methadone"), IsEmpty()) << "the record names nobody the key speaks for";
  support::Chain charter = plan_.charter;
  charter.Add({ledger::act::Admit{plan_.kg_chain.id(), "KGZ", ledger::DelegationRole::kParty}});
  store_.Notes(charter.files());
  Publish();
  const v1::Table table = Find("methadone");
  EXPECT_THAT(Column(table, "entry_id"), ElementsAre(entry.id.Short()));
  EXPECT_THAT(Column(table, "delegation"), ElementsAre("KGZ"));
  EXPECT_THAT(Column(table, "reference")[0], HasSubstr("/KGZ/"));
}

TEST_F(SearchTest, WhatIsFoundCanBeNarrowedToADelegationAndAKind) {
  const Entry report = On("DDR/01", "methadone");
  Take({report});
  ReadIn();
  auto found = [&](const std::string& delegation, const std::string& kind) {
    v1::SearchRequest request;
    request.set_text("methadone");
    request.set_delegation(delegation);
    request.set_kind(kind);
    return Column(*Search(Ask(), request), "entry_id");
  };
  EXPECT_THAT(found("KG", "report"), ElementsAre(report.id.Short()));
  EXPECT_THAT(found("KZ", ""), IsEmpty());
  EXPECT_THAT(found("", "comment"), IsEmpty());
}

TEST_F(SearchTest, AWordInFewerDocumentsThanPartsAndABeginningInMost) {
  std::vector<Entry> all;
  for (int n = 0; n < 30; ++n) {
    all.push_back(On(absl::StrCat("DDR/", 10 + n), n == 17 ? "rarely said" : "often said"));
    Take({all.back()});
    ReadIn();  // a part each; by eights they are joined
  }
  EXPECT_THAT(Entries("rarely"), ElementsAre(all[17].id.Short()));
  EXPECT_EQ(Entries("sai*").size(), all.size());
  EXPECT_EQ(Entries("\"often said\"").size(), all.size() - 1);
  size_t parts = 0;
  auto it = snapshot_->Scan(store::kLookup, plan_.charter.id().str() + "d");
  for (; it->Valid(); it->Next()) ++parts;
  EXPECT_LT(parts, 16u);
}

TEST_F(SearchTest, AnotherVersionOfTheRowsIsRemovedFirst) {
  const Entry entry = On("DDR/01", "one");
  Take({entry});
  v1::LookupState old;
  old.set_version(kLookupVersion + 1);
  old.set_through_arrival(1'000'000);
  store_.replica().PutLookup({{"some old row", "x"}}, old);
  store_.Commit();
  ReadIn();
  EXPECT_FALSE(store_.kv().Get(store::kLookup, "some old row")->has_value());
  EXPECT_THAT(Entries("one"), ElementsAre(entry.id.Short()));
}

TEST(ParseSearch, ReadsWordsQuotesAndBeginnings) {
  EXPECT_THAT(*ParseSearch("two words"),
              ElementsAre(Clause{{"two"}, false}, Clause{{"words"}, false}));
  EXPECT_THAT(*ParseSearch("\"two words\" beg*\"ne xt*\""),
              ElementsAre(Clause{{"two", "words"}, false}, Clause{{"beg"}, true},
                          Clause{{"ne", "xt"}, true}));
  EXPECT_THAT(*ParseSearch("\"no end"), ElementsAre(Clause{{"no", "end"}, false}));
  // NFD as some keyboards send it.
  EXPECT_EQ(*ParseSearch("\u0438\u0306\u043e\u0434"), *ParseSearch("йод"));
}

TEST(ParseSearch, RefusesNothingAndTooMuch) {
  for (const std::string& bad : {std::string(), std::string(" \"\" *"), std::string(1001, 'a')}) {
    EXPECT_EQ(ParseSearch(bad).status().code(), absl::StatusCode::kInvalidArgument) << bad;
  }
  std::string many;
  for (size_t n = 0; n <= kClausesMax; ++n) many += "w" + std::to_string(n) + " ";
  EXPECT_EQ(ParseSearch(many).status().code(), absl::StatusCode::kInvalidArgument);
}

// The oracle: goes through the words of every text, clause by clause.
bool Holds(const std::vector<std::vector<std::string>>& texts, const Clause& clause) {
  for (const std::vector<std::string>& words : texts) {
    for (size_t at = 0; at + clause.words.size() <= words.size(); ++at) {
      bool all = true;
      for (size_t n = 0; all && n < clause.words.size(); ++n) {
        const bool prefix = clause.prefix && n + 1 == clause.words.size();
        all = prefix ? words[at + n].rfind(clause.words[n], 0) == 0
                     : words[at + n] == clause.words[n];
      }
      if (all) return true;
    }
  }
  return false;
}

TEST_F(SearchTest, FindsWhatGoingThroughEveryTextFinds) {
  const uint64_t seed = testing::UnitTest::GetInstance()->random_seed() + 1;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  bench::Random random(seed);
  const std::vector<std::string> vocabulary = {"дом", "дома", "домой", "ёж",
                                               "еж",  "road", "roads", "o"};
  auto some = [&](size_t words) {
    std::string text;
    for (size_t n = 0; n < words; ++n)
      text += vocabulary[random.Below(vocabulary.size())] + (random.Below(5) == 0 ? ", " : " ");
    return text + ".";
  };
  std::map<std::string, std::vector<std::vector<std::string>>> texts;  // of what stands, by entry
  std::map<std::string, EntryId> newest;                               // by commitment
  for (int round = 0; round < 60; ++round) {
    std::vector<Entry> entries;
    for (uint64_t n = 1 + random.Below(3); n > 0; --n) {
      const std::string commitment = absl::StrCat("DDR/", 10 + random.Below(20));
      const std::string text = some(1 + random.Below(12));
      auto before = newest.find(commitment);
      std::vector<EntryId> supersedes;
      if (before != newest.end()) {
        supersedes.push_back(before->second);
        texts.erase(before->second.Short());
      }
      entries.push_back(On(commitment, text, supersedes));
      newest.insert_or_assign(commitment, entries.back().id);
      std::vector<std::string> words;
      for (meaning::SearchWord& word : meaning::SearchWords(text)) words.push_back(word.text);
      texts[entries.back().id.Short()] = {words};
    }
    Take(entries);
    if (random.Below(3) != 0) ReadIn();  // many small parts, which are joined
  }
  ReadIn();
  for (int question = 0; question < 60; ++question) {
    std::string asked;
    for (uint64_t n = 1 + random.Below(2); n > 0; --n) {
      const bool phrase = random.Below(2) == 0;
      std::string words = vocabulary[random.Below(vocabulary.size())];
      if (phrase) words += " " + vocabulary[random.Below(vocabulary.size())];
      if (random.Below(3) == 0) words += "*";
      asked += phrase ? "\"" + words + "\" " : words + " ";
    }
    const std::vector<Clause> clauses = *ParseSearch(asked);
    std::set<std::string> expected;
    for (const auto& [entry, all] : texts) {
      if (std::all_of(clauses.begin(), clauses.end(),
                      [&said = all](const Clause& clause) { return Holds(said, clause); }))
        expected.insert(entry);
    }
    const std::vector<std::string> found = Entries(asked);
    EXPECT_EQ(std::set<std::string>(found.begin(), found.end()), expected) << asked;
    EXPECT_EQ(found.size(), expected.size()) << asked;
  }
}

}  // namespace
}  // namespace entente::query
