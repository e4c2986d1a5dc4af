// The simulator itself: it repeats a run exactly, and each of its checkers sees the fault it is
// there for.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>

#include "tests/simulation/simulator.h"
#include "tests/support/source_dir.h"

namespace entente::simulation {
namespace {

SimResult RunSeed(uint64_t seed, Bug bug = Bug::kNone) {
  SimOptions options;
  options.seed = seed;
  options.bug = bug;
  return Simulate(options);
}

// The names of the checkers that complain of this bug within the first seeds.
std::string FirstComplaint(Bug bug, const std::string& checker) {
  constexpr uint64_t kSeeds = 40;
  std::string others;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    for (const std::string& failure : RunSeed(seed, bug).failures) {
      if (failure.rfind(checker + ":", 0) == 0) return checker;
      others = failure;
    }
  }
  return "only: " + others;
}

TEST(Simulation, TheSameSeedGivesTheSameTrace) {
  const SimResult first = RunSeed(7), second = RunSeed(7);
  EXPECT_EQ(first.trace_hash, second.trace_hash);
  EXPECT_NE(first.trace_hash, RunSeed(8).trace_hash);
}

// The file is the same for every compiler: two draws in one argument list, or a container whose
// order varies, show here.
TEST(Simulation, TracesAreThoseOfTheGoldenFile) {
  std::ifstream golden(tests::SourceFile("tests/simulation/golden_traces.txt"));
  ASSERT_TRUE(golden.good());
  uint64_t seed = 0;
  std::string hash;
  int lines = 0;
  for (; golden >> seed >> hash; ++lines)
    EXPECT_EQ(RunSeed(seed).trace_hash, hash) << "seed " << seed;
  EXPECT_EQ(lines, 3);
}

TEST(PlantedBug, AcknowledgingBeforeTheCommitIsSeenAsLoss) {
  EXPECT_EQ(FirstComplaint(Bug::kAcknowledgeBeforeCommit, "durability"), "durability");
}

TEST(PlantedBug, DroppingEntriesOnIngestIsSeenAsDivergence) {
  EXPECT_EQ(FirstComplaint(Bug::kDropOnIngest, "convergence"), "convergence");
}

TEST(PlantedBug, SkippingTheMembershipCheckIsSeen) {
  EXPECT_EQ(FirstComplaint(Bug::kSkipMembership, "membership"), "membership");
}

TEST(PlantedBug, KeepingTheLastWriterOnlyIsSeenAsDroppedValue) {
  EXPECT_EQ(FirstComplaint(Bug::kLastWriterOnly, "nothing dropped"), "nothing dropped");
}

TEST(PlantedBug, AnEntryLeftOutOfAFeedIsSeenAsGap) {
  EXPECT_EQ(FirstComplaint(Bug::kSkipSequence, "no gap"), "no gap");
}

TEST(PlantedBug, ViewsThatForgetARetractionAreNotThoseOfTheLog) {
  EXPECT_EQ(FirstComplaint(Bug::kForgetRetraction, "rebuild"), "rebuild");
}

TEST(PlantedBug, TakingEverySignatureForGoodIsSeenAsForgery) {
  EXPECT_EQ(FirstComplaint(Bug::kTrustSignatures, "forgery"), "forgery");
}

TEST(PlantedBug, AToolThatForgetsItsMarkForksItsOwnFeedAfterARestore) {
  EXPECT_EQ(FirstComplaint(Bug::kForgetMark, "self-fork"), "self-fork");
}

TEST(PlantedBug, ARegisterThatForgetsItWasABackupSignsTwoRootsForOneSize) {
  EXPECT_EQ(FirstComplaint(Bug::kResumeAtOnce, "two roots"), "two roots");
}

TEST(PlantedBug, AWitnessThatCosignsWhateverItIsToldGoesBackwards) {
  EXPECT_EQ(FirstComplaint(Bug::kCosignAnything, "cosignature"), "cosignature");
}

TEST(PlantedBug, NewsOfARegisterThrownAwayIsSeenAsDifference) {
  EXPECT_EQ(FirstComplaint(Bug::kDropNews, "register"), "register");
}

TEST(PlantedBug, SeeingATreeThatNobodySignedIsSeen) {
  EXPECT_EQ(FirstComplaint(Bug::kForgeSeen, "seen"), "seen");
}

}  // namespace
}  // namespace entente::simulation
