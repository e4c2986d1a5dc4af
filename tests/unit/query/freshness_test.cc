// When it may be said that what is not here was not submitted.
#include "node/query/view/freshness.h"

#include "gtest/gtest.h"

namespace entente::query {
namespace {

constexpr uint64_t kDay = 24 * 60 * 60 * 1000, kNow = 1000 * kDay, kDeadline = 900 * kDay;

DelegationFreshness ContactAt(uint64_t ms) { return {.last_contact_ms = ms}; }

TEST(Freshness, NotSubmittedIsSaidOnlyWhereItIsKnown) {
  EXPECT_TRUE(KnownNotSubmitted({.own = true}, kDeadline, kNow));
  EXPECT_FALSE(KnownNotSubmitted(ContactAt(0), kDeadline, kNow));
  // Within the last day.
  EXPECT_TRUE(KnownNotSubmitted(ContactAt(kNow), 0, kNow));
  EXPECT_TRUE(KnownNotSubmitted(ContactAt(kNow - kDay), 0, kNow));
  EXPECT_FALSE(KnownNotSubmitted(ContactAt(kNow - kDay - 1), 0, kNow));
  // After the deadline had passed.
  EXPECT_TRUE(KnownNotSubmitted(ContactAt(kDeadline + 1), kDeadline, kNow));
  EXPECT_FALSE(KnownNotSubmitted(ContactAt(kDeadline), kDeadline, kNow));
}

}  // namespace
}  // namespace entente::query
