// The deciding code against the oracle: named attacks with exact answers, then random histories.
//   status_oracle_test --scenarios=N --seed=S
#include "tests/property/status_oracle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <random>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "tests/property/status_oracle_attacks.h"
#include "tests/property/status_oracle_scenario.h"

namespace entente::oracle {

int g_scenarios = 200;
uint64_t g_seed = 1;

namespace {

using base::EntryId;
using ledger::Authority;
using ledger::Entry;
using ledger::FeedKey;
using ledger::JudgedEntry;
using ledger::Status;
using ledger::StatusReason;
using ledger::Verdict;
using Verdicts = std::map<EntryId, Verdict>;

std::vector<std::string> Files(const std::vector<Record>& records) {
  std::vector<std::string> out;
  for (const Record& record : records) {
    if (const auto* note = std::get_if<NoteFile>(&record)) out.push_back(note->file);
    if (const auto* suspend = std::get_if<SuspendFile>(&record)) out.push_back(suspend->file);
  }
  return out;
}

using Feeds = std::map<FeedKey, std::vector<JudgedEntry>>;

Feeds FeedsOf(const std::vector<Entry>& entries) {
  Feeds out;
  for (const Entry& e : entries) {
    const auto& h = e.header;
    out[e.feed()].push_back(
        {h.sequence, e.id, h.previous, h.charter_head, h.credentials_head, h.kind});
  }
  for (auto& [feed, list] : out) {
    std::sort(list.begin(), list.end(), [](const JudgedEntry& a, const JudgedEntry& b) {
      return std::tie(a.sequence, a.id) < std::tie(b.sequence, b.id);
    });
  }
  return out;
}

Verdicts JudgeAll(const Feeds& feeds, const Authority& authority) {
  Verdicts out;
  for (const auto& [feed, entries] : feeds) {
    auto verdicts = ledger::JudgeFeed(feed, entries, authority);
    for (size_t i = 0; i < entries.size(); ++i) out[entries[i].id] = verdicts[i];
  }
  return out;
}

Verdicts Only(const Verdicts& all, const std::vector<Entry>& entries) {
  Verdicts out;
  for (const Entry& e : entries) out[e.id] = all.at(e.id);
  return out;
}

std::string Difference(const Verdicts& want, const Verdicts& got) {
  for (const auto& [id, verdict] : want) {
    auto it = got.find(id);
    if (it == got.end()) return id.Short() + " has no verdict";
    if (it->second != verdict) {
      return id.Short() + ": oracle says " + StatusInWords(verdict) + ", the node " +
             StatusInWords(it->second);
    }
  }
  return want.size() == got.size() ? "" : "verdicts on entries that are not held";
}

Authority With(const std::vector<std::string>& files) {
  Authority authority(&TestVerifier());
  for (const std::string& file : files) authority.Add(file);
  return authority;
}

class NamedCaseTest : public testing::TestWithParam<NamedCase> {};

TEST_P(NamedCaseTest, OracleGivesTheExactStatuses) {
  const Verdicts verdicts = OracleStatus(GetParam().records);
  std::string got;
  for (const EntryId& id : GetParam().entries) got += LetterOf(verdicts.at(id).status);
  EXPECT_EQ(got, GetParam().expected) << GetParam().name;
}

TEST_P(NamedCaseTest, NodeGivesTheExactStatusesInAnyOrderOfNotes) {
  std::vector<std::string> files = Files(GetParam().records);
  const auto stored = OracleStored(GetParam().records);
  const Feeds feeds = FeedsOf(stored);
  std::mt19937_64 random(7);
  for (int order = 0; order < 6; ++order) {
    const Verdicts verdicts = JudgeAll(feeds, With(files));
    std::string got;
    for (const EntryId& id : GetParam().entries) {
      // What is not authentic or not stored never reaches the judge: the caller keeps it pending.
      got += verdicts.contains(id) ? LetterOf(verdicts.at(id).status) : 'P';
    }
    EXPECT_EQ(got, GetParam().expected) << GetParam().name << ", order " << order;
    std::shuffle(files.begin(), files.end(), random);
  }
}

std::string TestName(const testing::TestParamInfo<NamedCase>& tested) {
  std::string name = tested.param.name;
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name + "_" + std::to_string(tested.index);
}
INSTANTIATE_TEST_SUITE_P(Attacks, NamedCaseTest, testing::ValuesIn(NamedCases()), TestName);

bool Rooted(const Verdict& v) {
  return v.reason != StatusReason::kHead && v.reason != StatusReason::kPrevious &&
         v.reason != StatusReason::kDelegation && v.reason != StatusReason::kNewerVersion;
}

// On a feed that is plain, judging the last entry alone gives what judging the feed gives.
int CheckPlainAppends(const Feeds& feeds, const Verdicts& want, const Authority& authority) {
  int checked = 0;
  for (const auto& [feed, entries] : feeds) {
    if (entries.back().sequence != entries.size()) continue;  // forked
    const ledger::Note* first = authority.Find(entries[0].credentials_head);
    if (first == nullptr || !ledger::IsPlainFeed(feed, first->chain_id(), authority)) continue;
    for (const JudgedEntry& entry : entries) {
      const Verdict got = JudgePlainAppend(feed, first->chain_id(), entry, authority);
      EXPECT_EQ(StatusInWords(got), StatusInWords(want.at(entry.id)));
      ++checked;
      if (!Rooted(got)) break;
    }
  }
  return checked;
}

struct Tally {
  std::map<std::string, int> statuses;
  int records = 0, forked_chains = 0, plain = 0;
};

void CheckScenario(uint64_t seed, Tally& tally) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const std::vector<Record> records = RandomScenario(seed);
  const Verdicts all = OracleStatus(records);
  const auto stored = OracleStored(records);
  const Verdicts want = Only(all, stored);
  const Feeds feeds = FeedsOf(stored);
  std::vector<std::string> files = Files(records);
  std::optional<base::Digest> digest;
  for (int order = 0; order < 3; ++order) {
    const Authority authority = With(files);
    ASSERT_EQ(Difference(want, JudgeAll(feeds, authority)), "") << "order " << order;
    const auto charters = authority.Chains(ledger::ChainKind::kCharter);
    ASSERT_FALSE(charters.empty());
    const base::Digest now = authority.AuthorityDigest(charters[0]);
    ASSERT_EQ(digest.value_or(now), now);
    digest = now;
    if (order == 0) tally.plain += CheckPlainAppends(feeds, want, authority);
    std::shuffle(files.begin(), files.end(), random);
    files.push_back(files.front());  // again
  }
  Authority grown = With(files);
  for (const auto chain : grown.Chains(ledger::ChainKind::kCredentials)) {
    std::map<uint64_t, int> at;
    for (const auto* note : grown.ChainNotes(chain)) ++at[note->position];
    tally.forked_chains +=
        std::any_of(at.begin(), at.end(), [](const auto& p) { return p.second > 1; });
  }
  for (const auto& [id, verdict] : all) ++tally.statuses[StatusInWords(verdict)];
  tally.records += static_cast<int>(records.size());
}

TEST(RandomHistories, NodeAgreesWithTheOracleInAnyOrderOfNotes) {
  Tally tally;
  for (int i = 0; i < g_scenarios && !HasFailure(); ++i)
    CheckScenario(g_seed * 1'000'003 + i, tally);
  std::printf(
      "%d scenarios from seed %llu: %d records, %d forked credentials chains, %d plain appends\n",
      g_scenarios, static_cast<unsigned long long>(g_seed), tally.records, tally.forked_chains,
      tally.plain);
  for (const auto& [words, count] : tally.statuses) std::printf("  %6d %s\n", count, words.c_str());
  EXPECT_GE(tally.statuses.size(), g_scenarios >= 200 ? 14u : 1u)
      << "a status the scenarios never reach";
}

TEST(RandomHistories, WhatIsHeldHalfWayIsJudgedAsTheOracleJudgesThatHalf) {
  for (int i = 0; i < std::min(g_scenarios, 100) && !HasFailure(); ++i) {
    const uint64_t seed = g_seed * 2'000'003 + i;
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    std::vector<Record> records = RandomScenario(seed);
    std::shuffle(records.begin(), records.end(), random);
    const std::vector<Record> half(records.begin(), records.begin() + records.size() / 2);
    const auto stored = OracleStored(half);
    const Feeds feeds = FeedsOf(stored);
    const Verdicts want = Only(OracleStatus(half), stored);
    Authority authority = With(Files(half));
    ASSERT_EQ(Difference(want, JudgeAll(feeds, authority)), "");
    // A copy keeps its answers while the original goes on.
    const Authority copy = authority;
    for (const std::string& file : Files(records)) authority.Add(file);
    ASSERT_EQ(Difference(want, JudgeAll(feeds, copy)), "") << "in the copy";
    const auto everything = OracleStored(records);
    ASSERT_EQ(Difference(Only(OracleStatus(records), everything),
                         JudgeAll(FeedsOf(everything), authority)),
              "");
  }
}

TEST(RandomHistories, ASuspendOnlyTakesAway) {
  for (int i = 0; i < std::min(g_scenarios, 100) && !HasFailure(); ++i) {
    const uint64_t seed = g_seed * 3'000'017 + i;
    SCOPED_TRACE("seed " + std::to_string(seed));
    const std::vector<Record> records = RandomScenario(seed);
    std::vector<Record> without;
    for (const Record& r : records) {
      if (!std::holds_alternative<SuspendFile>(r)) without.push_back(r);
    }
    const Verdicts less = OracleStatus(without);
    for (const auto& [id, verdict] : OracleStatus(records)) {
      if (verdict.status != Status::kAdmitted) continue;
      ASSERT_EQ(less.at(id).status, Status::kAdmitted) << id.ToHex();
    }
  }
}

}  // namespace
}  // namespace entente::oracle

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    absl::string_view arg = argv[i];
    const bool known =
        (absl::ConsumePrefix(&arg, "--scenarios=") &&
         absl::SimpleAtoi(arg, &entente::oracle::g_scenarios)) ||
        (absl::ConsumePrefix(&arg, "--seed=") && absl::SimpleAtoi(arg, &entente::oracle::g_seed));
    if (!known) {
      std::fprintf(stderr, "%s: unknown argument; use --scenarios=N or --seed=N\n", argv[i]);
      return 2;
    }
  }
  return RUN_ALL_TESTS();
}
