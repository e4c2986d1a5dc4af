// Every catalogue in deploy/catalogues: it is read without a fault, every line says what it rests
// on, and its links to the others lead somewhere.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "entente/v1/entry.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/meaning/catalogue/csv.h"
#include "node/meaning/catalogue/write.h"
#include "node/meaning/rules/projection.h"
#include "tests/support/source_dir.h"

namespace entente::meaning {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

std::string FileText(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// Who would sign each; any code would do for reading.
std::string SecretariatOf(const std::string& code) {
  return code == "PP-2012" || code == "UNGASS-2016" ? "IO-UNODC" : "EU-GSC";
}

const std::map<std::string, CatalogueFile>& AllShipped() {
  static const auto* files = [] {
    auto* out = new std::map<std::string, CatalogueFile>();
    const std::string folder = tests::SourceFile("deploy/catalogues");
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      const std::string code = entry.path().stem().string();
      (*out)[code] = ParseCatalogueCsv(FileText(entry.path()), SecretariatOf(code));
    }
    return out;
  }();
  return *files;
}

template <class Message>
std::vector<const Message*> In(const CatalogueFile& file) {
  std::vector<const Message*> out;
  for (const auto& row : file.rows) {
    if (const auto* message = std::get_if<Message>(&row.record)) out.push_back(message);
  }
  return out;
}

template <class Message>
const Message* Coded(const CatalogueFile& file, const std::string& code) {
  for (const Message* message : In<Message>(file)) {
    if (message->code() == code) return message;
  }
  return nullptr;
}

std::string SourceOf(const CatalogueRow& row) {
  switch (row.kind) {
    case v1::INSTRUMENT:
      return std::get<v1::Instrument>(row.record).source();
    case v1::CHAPTER:
      return std::get<v1::Chapter>(row.record).source();
    case v1::COMMITMENT:
      return std::get<v1::Commitment>(row.record).source();
    case v1::INDICATOR:
      return std::get<v1::Indicator>(row.record).source();
    case v1::ROUND:
      return std::get<v1::Round>(row.record).source();
    default:
      return std::get<v1::Intervention>(row.record).source();
  }
}

// False only for a link into a shipped instrument that has no such record.
bool LeadsSomewhere(const std::string& link) {
  const size_t slash = link.find('/');
  auto instrument = AllShipped().find(link.substr(0, slash));
  if (instrument == AllShipped().end()) return true;
  if (slash == std::string::npos) return true;
  const std::string code = link.substr(slash + 1);
  return Coded<v1::Chapter>(instrument->second, code) != nullptr ||
         Coded<v1::Commitment>(instrument->second, code) != nullptr;
}

TEST(ShippedCatalogues, EverySystemTheDocumentsNameIsThere) {
  std::vector<std::string> codes;
  for (const auto& [code, unused] : AllShipped()) codes.push_back(code);
  EXPECT_THAT(codes, ElementsAre("CADAP-6", "CADAP-7", "EU-ACT", "EUAP-2017", "EUCA-2009",
                                 "EUCA-2014", "EURU-DLG", "PP-2012", "UNGASS-2016"));
}

TEST(ShippedCatalogues, EachIsReadWithoutErrorsOrWarnings) {
  for (const auto& [code, file] : AllShipped()) {
    SCOPED_TRACE(code);
    EXPECT_EQ(file.instrument, code);
    for (const auto& fault : file.errors) ADD_FAILURE() << fault.Print();
    for (const auto& fault : file.warnings) ADD_FAILURE() << fault.Print();
    EXPECT_EQ(In<v1::Instrument>(file).size(), 1u);
  }
}

TEST(ShippedCatalogues, EveryLineSaysWhatItRestsOnAndStandsInViews) {
  for (const auto& [code, file] : AllShipped()) {
    for (const auto& row : file.rows) {
      SCOPED_TRACE(code + ", line " + std::to_string(row.line));
      EXPECT_NE(SourceOf(row), "");
      RecordFacts facts;
      facts.kind = row.kind;
      facts.schema = 1;
      facts.delegation_code = SecretariatOf(code);
      Projection projection = Project(facts, row.payload);
      EXPECT_FALSE(projection.set_aside) << projection.set_aside->message;
    }
  }
}

// A sheet as CSV, every cell in quotes.
std::string CsvOf(const CatalogueSheet& sheet) {
  std::string text;
  auto add = [&text](const std::vector<std::string>& cells) {
    std::vector<std::string> quoted;
    for (const std::string& cell : cells)
      quoted.push_back("\"" + absl::StrReplaceAll(cell, {{"\"", "\"\""}}) + "\"");
    text += absl::StrJoin(quoted, ",") + "\r\n";
  };
  add(sheet.columns);
  for (const auto& row : sheet.rows) add(row);
  return text;
}

std::multiset<std::string> WordsOf(const CatalogueFile& file) {
  std::multiset<std::string> words;
  for (const auto& row : file.rows) words.insert(CatalogueWords(row.kind, row.payload));
  return words;
}

TEST(ShippedCatalogues, EachWrittenAndReadBackSaysTheSame) {
  for (const auto& [code, file] : AllShipped()) {
    SCOPED_TRACE(code);
    std::vector<Record> records;
    for (const auto& row : file.rows) records.push_back(row.record);
    const std::string text = CsvOf(WriteCatalogue(records));
    const CatalogueFile back = ParseCatalogueCsv(text, SecretariatOf(code));
    for (const auto& fault : back.errors) ADD_FAILURE() << fault.Print();
    EXPECT_EQ(back.rows.size(), file.rows.size());
    EXPECT_EQ(WordsOf(back), WordsOf(file));
    // Written again, whatever the order in which the records come.
    std::reverse(records.begin(), records.end());
    EXPECT_EQ(CsvOf(WriteCatalogue(records)), text);
  }
}

TEST(ShippedCatalogues, EachSaysThatItIsPartial) {
  for (const auto& [code, file] : AllShipped()) {
    EXPECT_EQ(In<v1::Instrument>(file).at(0)->completeness(), "partial") << code;
  }
}

TEST(ShippedCatalogues, InstrumentsAndChaptersAreNamedInThreeLanguages) {
  auto languages = [](const auto& titles) {
    std::vector<std::string> out;
    for (const auto& title : titles) out.push_back(title.lang());
    return out;
  };
  for (const auto& [code, file] : AllShipped()) {
    SCOPED_TRACE(code);
    EXPECT_THAT(languages(In<v1::Instrument>(file).at(0)->titles()), ElementsAre("en", "fr", "ru"));
    for (const auto* chapter : In<v1::Chapter>(file)) {
      EXPECT_THAT(languages(chapter->titles()), ElementsAre("en", "fr", "ru")) << chapter->code();
    }
  }
}

TEST(ShippedCatalogues, LinksLeadToWhatIsShipped) {
  size_t links = 0;
  for (const auto& [code, file] : AllShipped()) {
    for (const auto* commitment : In<v1::Commitment>(file)) {
      for (const auto& link : commitment->contributes_to()) {
        EXPECT_TRUE(LeadsSomewhere(link)) << code << "/" << commitment->code() << ": " << link;
        links += 1;
      }
    }
  }
  EXPECT_GT(links, 40u);
}

TEST(ShippedCatalogues, ThePlanAndItsProgrammesPointAtEachOther) {
  const auto& plan = AllShipped().at("EUCA-2014");
  const auto& programme = AllShipped().at("CADAP-6");
  EXPECT_THAT(In<v1::Instrument>(plan).at(0)->replaces(), ElementsAre("EUCA-2009"));
  EXPECT_THAT(In<v1::Instrument>(programme).at(0)->implements(), ElementsAre("EUCA-2014"));
  EXPECT_THAT(In<v1::Instrument>(AllShipped().at("CADAP-7")).at(0)->replaces(),
              ElementsAre("CADAP-6"));
  EXPECT_THAT(Coded<v1::Commitment>(plan, "DSR/01")->contributes_to(),
              IsSupersetOf({"EU-ACT/GEN/01", "SDG/16.a"}));
  for (const auto* result : In<v1::Commitment>(programme)) {
    ASSERT_FALSE(result->contributes_to().empty()) << result->code();
    const std::string& back = result->contributes_to(0);  // "EUCA-2014/IRM/01"
    ASSERT_EQ(back.rfind("EUCA-2014/", 0), 0u) << back;
    if (result->code() == "C2/06") continue;  // a further result of what C2/02 set up
    EXPECT_THAT(Coded<v1::Commitment>(plan, back.substr(10))->contributes_to(),
                Contains("CADAP-6/" + result->code()));
  }
}

TEST(ShippedCatalogues, WhatIsNotPublicIsNotInvented) {
  EXPECT_THAT(In<v1::Commitment>(AllShipped().at("UNGASS-2016")), IsEmpty());
  EXPECT_THAT(In<v1::Commitment>(AllShipped().at("EUCA-2009")), IsEmpty());
  EXPECT_EQ(In<v1::Chapter>(AllShipped().at("UNGASS-2016")).size(), 7u);
  EXPECT_EQ(In<v1::Commitment>(AllShipped().at("EUAP-2017")).size(), 7u);
}

}  // namespace
}  // namespace entente::meaning
