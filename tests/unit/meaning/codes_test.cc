// The list of codes in docs/validation.md and the codes in the rules are the same.
#include "tests/unit/meaning/codes.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "gtest/gtest.h"
#include "node/meaning/catalogue/columns.h"
#include "tests/support/source_dir.h"

namespace entente::meaning {

static std::string Read(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::set<std::string> CodesIn(const std::string& text, char quote) {
  std::set<std::string> codes;
  for (size_t at = text.find(quote); at != std::string::npos; at = text.find(quote, at + 1)) {
    size_t end = text.find(quote, at + 1);
    if (end == std::string::npos) break;
    std::string word = text.substr(at + 1, end - at - 1);
    bool is_code = word.size() > 2 && (word[0] == 'E' || word[0] == 'W') && word[1] == '-' &&
                   word.size() <= 16 && std::all_of(word.begin(), word.end(), [](char c) {
                     return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
                   });
    if (is_code) codes.insert(word);
  }
  return codes;
}

std::set<std::string> CodesOfDocument() {
  return CodesIn(Read(tests::SourceFile("docs/validation.md")), '`');
}

static std::set<std::string> CodesUnder(const std::string& folder) {
  std::set<std::string> codes;
  const std::filesystem::path root = tests::SourceFile("");
  for (const auto& file : std::filesystem::recursive_directory_iterator(root / folder)) {
    if (file.path().extension() == ".cc") codes.merge(CodesIn(Read(file.path()), '"'));
  }
  return codes;
}

std::set<std::string> CodesOfDrafts() {
  std::set<std::string> codes = CodesUnder("node/query");
  codes.merge(CodesUnder("node/rpc"));
  for (const std::string& code : CodesUnder("node/meaning")) codes.erase(code);
  return codes;
}

namespace {

TEST(Codes, TheDocumentListsExactlyTheCodesOfTheRules) {
  std::set<std::string> in_code = CodesUnder("node/meaning");
  ASSERT_GT(in_code.size(), 30u) << "the rules were not found";
  EXPECT_EQ(CodesOfDrafts(), (std::set<std::string>{"E-MERGE", "W-ATT-PENDING", "W-MERGE"}));
  in_code.merge(CodesOfDrafts());
  EXPECT_EQ(CodesOfDocument(), in_code);
}

TEST(Columns, TheDocumentNamesEveryColumnOfACatalogueFile) {
  std::string text = Read(tests::SourceFile("docs/catalogue.md"));
  for (const auto& column : CatalogueColumns()) {
    EXPECT_NE(text.find("`" + column + "`"), std::string::npos) << column;
  }
}

}  // namespace
}  // namespace entente::meaning
