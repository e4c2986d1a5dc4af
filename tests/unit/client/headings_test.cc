// Tables are headed in the reader's language; what machines read is the same in every language.
#include <cstdlib>
#include <sstream>

#include "client/context/context.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace entente::client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The environment of one test.
class Locale {
 public:
  Locale(const char* language, const char* all, const char* lang) {
    Set("LANGUAGE", language);
    Set("LC_ALL", all);
    Set("LC_MESSAGES", nullptr);
    Set("LANG", lang);
  }
  ~Locale() {
    for (const char* name : {"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"}) unsetenv(name);
  }

 private:
  static void Set(const char* name, const char* value) {
    if (value == nullptr) {
      unsetenv(name);
    } else {
      setenv(name, value, 1);
    }
  }
};

v1::Table SomeTable() {
  v1::Table table;
  for (const char* name : {"delegation", "expected"}) table.add_columns()->set_name(name);
  table.mutable_columns(0)->set_title("DELEGATION");
  table.mutable_columns(1)->set_title("EXPECTED");
  table.mutable_columns(1)->set_number(true);
  for (const char* cell : {"KG", "28800"}) {
    if (table.rows().empty()) table.add_rows();
    table.mutable_rows(0)->add_cells(cell);
  }
  return table;
}

std::string Emitted(const std::string& format, const std::string& lang) {
  std::stringstream in, out, err;
  Context context(Streams{&in, &out, &err});
  context.options.format = format;
  context.options.lang = lang;
  context.Emit(SomeTable());
  return out.str();
}

TEST(Headings, FollowLang) {
  const Locale none(nullptr, nullptr, nullptr);
  EXPECT_THAT(Emitted("table", ""), HasSubstr("DELEGATION  EXPECTED"));
  EXPECT_THAT(Emitted("table", "fr"), HasSubstr("DÉLÉGATION  ATTENDUS"));
  EXPECT_THAT(Emitted("table", "ru"), HasSubstr("ДЕЛЕГАЦИЯ  ОЖИДАЕТСЯ"));
  EXPECT_THAT(Emitted("table", "kk"), HasSubstr("DELEGATION"));
}

TEST(Headings, FollowTheLocaleAsGettextDoes) {
  {
    const Locale locale(nullptr, nullptr, "ru_RU.UTF-8");
    EXPECT_THAT(Emitted("table", ""), HasSubstr("ДЕЛЕГАЦИЯ"));
    EXPECT_THAT(Emitted("table", "en"), HasSubstr("DELEGATION"));
  }
  {
    const Locale locale("de:fr", nullptr, "ru_RU.UTF-8");
    EXPECT_THAT(Emitted("table", ""), HasSubstr("DÉLÉGATION"));
  }
  const Locale locale("fr", "C.UTF-8", "ru_RU.UTF-8");
  EXPECT_THAT(Emitted("table", ""), HasSubstr("DELEGATION"));
}

TEST(Headings, MachinesReadTheSameInEveryLanguage) {
  const Locale locale("ru", nullptr, "ru_RU.UTF-8");
  for (const char* format : {"json", "csv"}) {
    const std::string english = Emitted(format, "en");
    EXPECT_THAT(english, HasSubstr("delegation"));
    EXPECT_THAT(english, Not(HasSubstr("28,800")));
    for (const char* lang : {"", "fr", "ru"}) EXPECT_EQ(Emitted(format, lang), english) << lang;
  }
}

}  // namespace
}  // namespace entente::client
