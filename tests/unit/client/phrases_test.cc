#include "client/language/phrases.h"

#include <gtest/gtest.h>

namespace entente::client {
namespace {

class Tongue final : public Phrases {
 public:
  explicit Tongue(std::string language) : language_(std::move(language)) {}
  std::string language() const override { return language_; }

 private:
  const std::string language_;
};

TEST(Phrases, ArgumentsStandWhereTheirNumberIs) {
  const Phrases phrases;
  EXPECT_EQ(phrases.Say("{1} of {0}, {1}", {"5", "3"}), "3 of 5, 3");
  EXPECT_EQ(phrases.Say("{0} {2} {x} {", {"a"}), "a {2} {x} {");
  // What an argument holds is never looked at again.
  EXPECT_EQ(phrases.Say("{0} {1}", {"{1}", "b"}), "{1} b");
}

TEST(Phrases, DatesAreSaidInWords) {
  const Phrases phrases;
  EXPECT_EQ(phrases.Date("2017-09-04"), "4 September 2017");
  for (const char* other : {"", "2017", "2017-13-01", "2017-09-xx", "2014/2020"}) {
    EXPECT_EQ(phrases.Date(other), other);
  }
}

TEST(Phrases, NumbersAreGroupedAsTheLanguageDoes) {
  EXPECT_EQ(Phrases().Number("28800.5"), "28,800.5");
  EXPECT_EQ(Phrases().Number("-1234567"), "\u22121,234,567");
  EXPECT_EQ(Phrases().Number("4000"), "4000");
  EXPECT_EQ(Tongue("fr").Number("28800.5"), "28\u202f800,5");
  EXPECT_EQ(Tongue("ru").Number("28800.5"), "28\u00a0800,5");
  for (const char* other : {"", "-", "1 234", "1e5", "12.", ".5"}) {
    EXPECT_EQ(Phrases().Number(other), other);
  }
}

}  // namespace
}  // namespace entente::client
