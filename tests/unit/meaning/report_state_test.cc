// What a report and a commitment come to, from what was said about them, in any order.
#include "node/meaning/state/report_state.h"

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/meaning/state/commitment_state.h"

namespace entente::meaning::report_state {
namespace {

using ::testing::ElementsAre;

ReviewFacts Said(const std::string& entry, const std::string& outcome,
                 std::vector<std::string> supersedes = {}, bool answered = false) {
  return {entry, std::move(supersedes), outcome, answered};
}

ReviewFacts Asks(const std::string& entry, std::vector<std::string> supersedes = {},
                 bool answered = false) {
  return Said(entry, "clarification_requested", std::move(supersedes), answered);
}

TEST(ReportState, WithoutReviewsTheRegisterDecides) {
  EXPECT_EQ(StateOfReport({}, false), ReportState::kSubmitted);
  EXPECT_EQ(StateOfReport({}, true), ReportState::kReceived);
}

TEST(ReportState, FollowsTheLastReview) {
  EXPECT_EQ(StateOfReport({Asks("a")}, true), ReportState::kClarificationRequested);
  EXPECT_EQ(StateOfReport({Asks("a", {}, true)}, true), ReportState::kClarified);
  EXPECT_EQ(StateOfReport({Asks("a"), Said("b", "accepted", {"a"})}, true), ReportState::kAccepted);
  EXPECT_EQ(StateOfReport({Said("a", "not_counted")}, false), ReportState::kNotCounted);
  EXPECT_EQ(StateOfReport({Said("a", "accepted"), Asks("b", {"a"})}, true),
            ReportState::kClarificationRequested);
}

TEST(ReportState, AQuestionWrittenApartPrevailsUntilBothAreSuperseded) {
  const auto accepted = Said("a", "accepted"), asked = Asks("b");
  EXPECT_EQ(StateOfReport({accepted, asked}, true), ReportState::kClarificationRequested);
  // A review that saw only the acceptance leaves the question open.
  EXPECT_EQ(StateOfReport({accepted, asked, Said("c", "accepted", {"a"})}, true),
            ReportState::kClarificationRequested);
  EXPECT_EQ(StateOfReport({accepted, asked, Said("c", "accepted", {"a", "b"})}, true),
            ReportState::kAccepted);
  EXPECT_EQ(StateOfReport({Said("a", "accepted"), Said("b", "not_counted")}, true),
            ReportState::kAccepted);
}

TEST(ReportState, AReviewThatNamesItselfStands) {
  EXPECT_THAT(StandingReviews({Asks("a", {"a"})}), ElementsAre(0));
}

// The slow and obvious twin: looks at every pair.
ReportState Obvious(const std::vector<ReviewFacts>& reviews, bool received) {
  auto standing = [&](const ReviewFacts& review) {
    return std::none_of(reviews.begin(), reviews.end(), [&](const ReviewFacts& other) {
      return other.entry != review.entry &&
             std::count(other.supersedes.begin(), other.supersedes.end(), review.entry) > 0;
    });
  };
  for (ReportState state : {ReportState::kClarificationRequested, ReportState::kClarified,
                            ReportState::kAccepted, ReportState::kNotCounted}) {
    for (const ReviewFacts& review : reviews) {
      const bool asks = review.outcome == "clarification_requested";
      const ReportState own =
          asks ? review.answered ? ReportState::kClarified : ReportState::kClarificationRequested
          : review.outcome == "accepted" ? ReportState::kAccepted
                                         : ReportState::kNotCounted;
      if (own == state && standing(review)) return state;
    }
  }
  return received ? ReportState::kReceived : ReportState::kSubmitted;
}

TEST(ReportState, TheOrderOfArrivalDecidesNothing) {
  const std::vector<std::string> outcomes = {"accepted", "clarification_requested", "not_counted"};
  for (uint32_t seed = 1; seed <= 500; ++seed) {
    std::mt19937 random(seed);
    std::vector<ReviewFacts> reviews;
    for (uint32_t i = 0, count = random() % 6; i < count; ++i) {
      ReviewFacts review = Said(absl::StrCat(i), outcomes[random() % 3], {}, random() % 2 == 0);
      for (uint32_t older = 0; older < i; ++older) {
        if (random() % 3 == 0) review.supersedes.push_back(absl::StrCat(older));
      }
      reviews.push_back(std::move(review));
    }
    const bool received = random() % 2 == 0;
    const ReportState wanted = Obvious(reviews, received);
    for (int round = 0; round < 4; ++round) {
      std::shuffle(reviews.begin(), reviews.end(), random);
      EXPECT_EQ(StateOfReport(reviews, received), wanted) << "seed " << seed;
    }
  }
}

constexpr uint64_t k2019 = 1'546'300'800'000;  // 2019-01-01
constexpr uint64_t k2021 = 1'609'459'200'000;  // 2021-01-01T00:00Z: 2020 is over

TEST(CommitmentState, MovesByDecisionsAndLapsesWithTheInstrument) {
  EXPECT_EQ(CommitmentState("undertaking", {}, "2014/2020", k2019), "in_force");
  EXPECT_EQ(CommitmentState("proposal", {}, "2014/2020", k2019), "proposed");
  EXPECT_EQ(CommitmentState("proposal", {{"2018-01-01", "a", "endorsed"}}, "", k2019), "endorsed");
  EXPECT_EQ(CommitmentState("undertaking", {}, "2014/2020", k2021 - 1), "in_force");
  EXPECT_EQ(CommitmentState("undertaking", {}, "2014/2020", k2021), "lapsed");
  EXPECT_EQ(CommitmentState("undertaking", {}, "2014/2020", 0), "in_force");
  EXPECT_EQ(CommitmentState("undertaking", {{"2018-01-01", "a", "completed"}}, "2014/2020", k2021),
            "completed");
}

TEST(CommitmentState, OfSeveralDecisionsTheLatestDayShowsInAnyOrder) {
  const Decision old{"2018-01-01", "b", "endorsed"}, late{"2018-03-01", "a", "completed"};
  EXPECT_EQ(CommitmentState("proposal", {old, late}, "", k2019), "completed");
  EXPECT_EQ(CommitmentState("proposal", {late, old}, "", k2019), "completed");
}

}  // namespace
}  // namespace entente::meaning::report_state
