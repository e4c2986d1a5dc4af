#include "client/language/pattern.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace entente::client {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

bool Digits(PlaceKind kind, absl::string_view text) {
  return kind != PlaceKind::kNumber ||
         text.find_first_not_of("0123456789") == absl::string_view::npos;
}

std::optional<std::vector<absl::string_view>> Held(const char* pattern, absl::string_view line) {
  int tries = 100;
  return Pattern::Parse(pattern)->Match(line, Digits, tries);
}

TEST(Pattern, PlacesAreNumberedWithoutGapAndPartedByText) {
  for (const char* good :
       {"", "no place", "{0}", "{1} of {0}", "{0:n}, {1:d}; {2:w}", "{x} {", "{0"})
    EXPECT_TRUE(Pattern::Parse(good)) << good;
  for (const char* bad : {"{0}{1}", "{1}", "{0} {0}", "{0} {2}"})
    EXPECT_FALSE(Pattern::Parse(bad)) << bad;
}

TEST(Pattern, AWholeLineIsHeldAgainstIt) {
  EXPECT_THAT(Held("{0} has {1:n} warnings", "d-1 has 3 warnings"),
              Optional(ElementsAre("d-1", "3")));
  EXPECT_THAT(Held("{1} of {0}", "a of b"), Optional(ElementsAre("b", "a")));
  EXPECT_THAT(Held("read the warnings", "read the warnings"), Optional(ElementsAre()));
  for (const char* other :
       {"d-1 has 3 warnings!", "d-1 has no warnings", " has 3 warnings", "", "has"})
    EXPECT_FALSE(Held("{0} has {1:n} warnings", other)) << other;
}

TEST(Pattern, ALaterCutIsTakenWhereTheFirstDoesNotFit) {
  EXPECT_THAT(Held("{0}: {1:n} errors", "a: b: 2 errors"), Optional(ElementsAre("a: b", "2")));
  EXPECT_THAT(Held("{0} as {1}", "a as b as c"), Optional(ElementsAre("a", "b as c")));
}

// Somebody sends a line that can be cut in very many ways, none of which fits.
TEST(Pattern, TheWaysToCutAreBounded) {
  std::string line;
  for (int i = 0; i < 1000; ++i) line += ": x";
  int tries = 10'000;
  EXPECT_FALSE(Pattern::Parse("{0}: {1}: {2}: {3}: {4:n}")->Match(line, Digits, tries));
  EXPECT_LT(tries, 0);
}

}  // namespace
}  // namespace entente::client
