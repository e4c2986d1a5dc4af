// The whole replica, one record at a time and in any order, against the oracle over the whole set:
// statuses, views, frontier and authority. Real notes, real signatures.
//   replica_oracle_test --scenarios=N --seed=S --shard=I/N
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <random>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "node/base/check.h"
#include "tests/property/replica_under_test.h"
#include "tests/property/status_oracle_attacks.h"
#include "tests/property/status_oracle_authority.h"
#include "tests/property/status_oracle_scenario.h"
#include "tests/property/status_oracle_world.h"
#include "tests/property/view_oracle.h"

namespace entente::oracle {

int g_scenarios = 500;
uint64_t g_seed = 1;
int g_shard = 0, g_shards = 1;

namespace {

using ledger::Entry;
using ledger::Status;

struct Wanted {
  Verdicts all;   // of every entry among the records
  Verdicts held;  // of those a node stores
  std::map<base::InstrumentId, base::Digest> views, frontiers;
};

std::vector<Entry> EntriesOf(const std::vector<Record>& records) {
  std::vector<Entry> out;
  for (const Record& r : records) {
    if (const auto* e = std::get_if<Entry>(&r)) out.push_back(*e);
  }
  return out;
}

Wanted WantedOf(const std::vector<Record>& records, const std::set<base::InstrumentId>& joined) {
  Wanted out;
  const OracleNotes notes(records);
  out.all = OracleStatus(notes, records);
  for (const Entry& e : OracleStored(notes, records)) out.held[e.id] = out.all.at(e.id);
  for (const base::InstrumentId& id : joined) {
    out.views[id] = OracleViews(notes, records, out.all, id);
    out.frontiers[id] = OracleFrontier(notes, records, id);
  }
  return out;
}

std::string Difference(const Verdicts& want, const Verdicts& got) {
  for (const auto& [id, verdict] : want) {
    auto it = got.find(id);
    const std::string says = it == got.end() ? "not held" : StatusInWords(it->second);
    if (it == got.end() || it->second != verdict) {
      return absl::StrCat(id.Short(), ": oracle says ", StatusInWords(verdict), ", the node ",
                          says);
    }
  }
  return want.size() == got.size() ? "" : "the node holds what the oracle does not store";
}

void ExpectAgrees(ReplicaUnderTest& node, const Wanted& want, const std::string& how) {
  ASSERT_EQ(Difference(want.held, node.Held()), "") << how;
  const Digests digests = node.Compared();
  for (const auto& [id, digest] : want.views) {
    ASSERT_EQ(digests.at("views of " + id.Short()).ToHex(), digest.ToHex()) << how;
    ASSERT_EQ(digests.at("frontier of " + id.Short()).ToHex(), want.frontiers.at(id).ToHex())
        << how;
  }
}

using Records = std::vector<Record>;

class Scenario {
 public:
  explicit Scenario(uint64_t seed) : random_(seed), records_(RandomScenario(seed)) {
    joined_ = ReplicaUnderTest(records_).replica().instruments();
    want_ = WantedOf(records_, joined_);
  }

  const Records& records() const { return records_; }
  const Wanted& want() const { return want_; }

  void Run() {
    for (const auto& [id, verdict] : want_.all) {
      if (!want_.held.contains(id)) {
        ASSERT_TRUE(verdict.status == Status::kPending || verdict.status == Status::kInvalid);
      }
    }
    ASSERT_NO_FATAL_FAILURE(NotesFirst());
    ASSERT_NO_FATAL_FAILURE(EntriesFirst());
    ASSERT_NO_FATAL_FAILURE(OneByOne());
    ASSERT_NO_FATAL_FAILURE(InFramesWithPowerLoss());
    ASSERT_NO_FATAL_FAILURE(SplitAndMerged());
    ASSERT_NO_FATAL_FAILURE(ThroughAuthorsNodes());
    ASSERT_NO_FATAL_FAILURE(FeedsApart());
  }

 private:
  Records Shuffled(const Records& records) {
    Records out = records;
    std::shuffle(out.begin(), out.end(), random_);
    return out;
  }
  // Everything, shuffled, a third of it a second time.
  Records WithDuplicates() {
    Records out = Shuffled(records_);
    const Records again = Shuffled(records_);
    out.insert(out.end(), again.begin(), again.begin() + again.size() / 3);
    return out;
  }
  static bool IsEntry(const Record& record) { return std::holds_alternative<Entry>(record); }

  void Finish(ReplicaUnderTest& node, const std::string& how) {
    ASSERT_NO_FATAL_FAILURE(ExpectAgrees(node, want_, how));
    if (digests_.empty()) digests_ = node.Compared();
    ASSERT_EQ(node.Compared(), digests_) << how;
  }

  void NotesFirst() {
    ReplicaUnderTest node(records_);
    Records order = records_;
    std::stable_partition(order.begin(), order.end(), [](const Record& r) { return !IsEntry(r); });
    node.Give(order);
    Finish(node, "notes first, in one frame");
    node.Restart();
    Finish(node, "read back from disk");
  }

  void EntriesFirst() {
    ReplicaUnderTest node(records_);
    Records order(records_.rbegin(), records_.rend());
    std::stable_partition(order.begin(), order.end(), IsEntry);
    for (const Record& r : order) node.Give(r);
    Finish(node, "entries first, backwards, one by one");
  }

  // An entry touches its own feed only, and half way is judged as the oracle judges that half.
  void OneByOne() {
    ReplicaUnderTest node(records_);
    std::map<base::EntryId, ledger::FeedKey> feed_of;
    for (const Entry& e : EntriesOf(records_)) feed_of[e.id] = e.feed();
    Records given;
    for (const Record& r : records_) {
      const auto* file = std::get_if<NoteFile>(&r);
      auto note = file == nullptr ? absl::NotFoundError("") : ledger::ParseNote(file->file);
      if (note.ok() && note->kind == ledger::ChainKind::kCharter && note->position == 1)
        given.push_back(r);
    }
    const Records order = WithDuplicates();
    const size_t check_at = 1 + random_() % order.size();
    Verdicts before = node.Held();
    for (const Record& r : order) {
      node.Give(r);
      given.push_back(r);
      const Verdicts now = node.Held();
      if (const auto* e = std::get_if<Entry>(&r)) {
        for (const auto& [id, verdict] : before) {
          ASSERT_TRUE(now.at(id) == verdict || feed_of.at(id) == e->feed())
              << "an entry of another feed changed " << id.Short();
        }
      }
      for (const auto& [id, verdict] : before)
        ASSERT_TRUE(now.contains(id)) << "the set only grows";
      before = now;
      if (given.size() == check_at) {
        ASSERT_NO_FATAL_FAILURE(ExpectAgrees(node, WantedOf(given, joined_), "half way"));
      }
    }
    Finish(node, "shuffled, one by one, with duplicates");
  }

  void InFramesWithPowerLoss() {
    ReplicaUnderTest node(records_);
    const Records order = WithDuplicates();
    const size_t loss_at = random_() % order.size();
    bool lost = false;
    for (size_t at = 0; at < order.size();) {
      const size_t size = std::min<size_t>(1 + random_() % 12, order.size() - at);
      node.Give(Records(order.begin() + at, order.begin() + at + size));
      at += size;
      if (at <= loss_at || lost) continue;
      lost = true;
      node.Restart();
      // Notes that wait for others are not kept over a restart: they are asked for again.
      Records notes(order.begin(), order.begin() + at);
      notes.erase(std::remove_if(notes.begin(), notes.end(), IsEntry), notes.end());
      node.Give(notes);
    }
    Finish(node, "in frames, with a power loss");
  }

  // Two nodes with half each, then each takes over what the other was given.
  void SplitAndMerged() {
    const Records order = WithDuplicates();
    const size_t half = order.size() / 2;
    const Records left(order.begin(), order.begin() + half),
        right(order.begin() + half, order.end());
    ReplicaUnderTest a(records_), b(records_);
    for (const Record& r : left) a.Give(r);
    b.Give(right);
    a.Give(right);
    b.Give(Shuffled(left));
    Finish(a, "left, then right");
    Finish(b, "right, then left");
  }

  // Every entry is first tried as its author's: what the node takes counts there and then, and what
  // it refuses comes from a peer instead.
  void ThroughAuthorsNodes() {
    ReplicaUnderTest node(records_);
    for (const Record& r : WithDuplicates()) {
      const auto* e = std::get_if<Entry>(&r);
      if (e == nullptr || !node.replica().instruments().contains(e->header.instrument)) {
        node.Give(r);
        continue;
      }
      const bool held = node.Letter(e->id) != '-';
      const bool taken = node.Submit({*e}).ok();
      if (taken && !held) {
        ASSERT_EQ(node.Letter(e->id), 'A') << "taken and does not count";
        continue;
      }
      node.Give(r);
    }
    Finish(node, "through the nodes of their authors");
  }

  // A node that holds one feed only, and every note, says of it what the others say.
  void FeedsApart() {
    const OracleNotes notes(records_);
    std::map<ledger::FeedKey, Records> feeds;
    for (const Record& r : records_) {
      if (const auto* e = std::get_if<Entry>(&r)) feeds[e->feed()].push_back(r);
    }
    for (const auto& [feed, records] : feeds) {
      for (const auto& [id, verdict] : OracleStatus(notes, records)) {
        ASSERT_EQ(StatusInWords(verdict), StatusInWords(want_.all.at(id)))
            << id.Short() << " depends on another feed";
      }
    }
  }

  std::mt19937_64 random_;
  Records records_;
  std::set<base::InstrumentId> joined_;
  Wanted want_;
  Digests digests_;
};

uint64_t SeedOf(int scenario) { return g_seed * 1'000'003 + scenario; }
bool Mine(int scenario) { return scenario % g_shards == g_shard; }

struct Tally {
  std::map<std::string, int> statuses, acts;
  int scenarios = 0;
  size_t records = 0;
};

TEST(RandomHistories, EveryReplicaAgreesWithTheOracleInAnyOrder) {
  Tally tally;
  for (int i = 0; i < g_scenarios && !HasFailure(); ++i) {
    if (!Mine(i)) continue;
    SCOPED_TRACE(absl::StrCat("seed ", SeedOf(i)));
    TestVerifier().Forget();
    Scenario scenario(SeedOf(i));
    scenario.Run();
    ++tally.scenarios;
    tally.records += scenario.records().size();
    for (const auto& [id, verdict] : scenario.want().all) ++tally.statuses[StatusInWords(verdict)];
  }
  std::printf("%d scenarios from seed %llu, %zu records, eight orders each\n", tally.scenarios,
              static_cast<unsigned long long>(g_seed), tally.records);
  for (const auto& [words, count] : tally.statuses) std::printf("  %6d %s\n", count, words.c_str());
  EXPECT_GE(tally.statuses.size(), tally.scenarios >= 200 ? 16u : 1u)
      << "a status the scenarios never reach";
}

// What somebody who has no key of the feed can add: entries with a signature that does not verify.
Records UnsignedBeside(const std::vector<Entry>& entries) {
  Records out;
  auto spoil = [&](const ledger::EntryHeader& header, const std::string& body, const Entry& like) {
    ledger::EntryHeader changed = header;
    changed.payload_size = body.size();
    changed.payload_hash = crypto::Sha256(body);
    auto entry =
        ledger::MakeEntry(ledger::EncodeHeader(changed), crypto::View(like.signature), body);
    ENTENTE_CHECK(entry.ok());
    out.push_back(*std::move(entry));
  };
  for (const Entry& e : entries) {
    spoil(e.header, "instead", e);
    ledger::EntryHeader after = e.header;
    ++after.sequence;
    after.previous = e.id;
    ++after.hlc;
    spoil(after, "after", e);
  }
  return out;
}

TEST(RandomHistories, ARelayThatAddsUnsignedEntriesChangesNothing) {
  for (int i = 0; i < std::min(g_scenarios, 50) && !HasFailure(); ++i) {
    if (!Mine(i)) continue;
    const uint64_t seed = g_seed * 4'000'037 + i;
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    const Records records = RandomScenario(seed);
    const Records junk = UnsignedBeside(EntriesOf(records));
    ReplicaUnderTest before(records), after(records);
    before.Give(records);
    const Verdicts verdicts = before.Held();
    const Digests digests = before.Compared();
    before.Give(junk);
    after.Give(junk);
    after.Give(records);
    for (ReplicaUnderTest* node : {&before, &after}) {
      ASSERT_EQ(Difference(verdicts, node->Held()), "");
      ASSERT_EQ(node->Compared(), digests);
    }
  }
}

// A key that a chain in force has closed can sign what it likes: what its tips cover stays as it
// is, and nothing new counts.
TEST(RandomHistories, AThiefOfAClosedKeyChangesNothing) {
  int forged = 0;
  for (int i = 0; i < std::min(g_scenarios, 50) && !HasFailure(); ++i) {
    if (!Mine(i)) continue;
    const uint64_t seed = g_seed * 5'000'011 + i;
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    const Records records = RandomScenario(seed);
    const OracleNotes notes(records);
    const std::map<std::string, base::PublicKey> keys = {
        {"k0", PublicNamed("k0")}, {"k1", PublicNamed("k1")}, {"n0", PublicNamed("n0")},
        {"n1", PublicNamed("n1")}, {"c0", PublicNamed("c0")}, {"c1", PublicNamed("c1")}};
    Records forge;
    std::set<base::EntryId> watched, forgeries;
    for (const Entry& e : EntriesOf(records)) {
      auto head = notes.held.find(e.header.credentials_head);
      if (head == notes.held.end() || head->second.kind != ledger::ChainKind::kCredentials)
        continue;
      const OracleCharter charter(notes, e.header.instrument);
      const auto anchors = charter.anchors.find(head->second.chain_id());
      const OracleCredentials credentials(
          notes, head->second.chain_id(),
          anchors == charter.anchors.end() ? std::vector<NoteId>{} : anchors->second);
      if (!credentials.closed_keys.contains(e.header.key)) continue;
      watched.insert(e.id);
      for (const auto& [name, key] : keys) {
        if (key != e.header.key) continue;
        ledger::EntryHeader header = e.header;
        forge.push_back(ledger::SignEntry(header, "rewritten", KeyNamed(name)));
        header.incarnation = 3;
        header.sequence = 1;
        header.previous = {};
        forge.push_back(ledger::SignEntry(header, "another incarnation", KeyNamed(name)));
      }
    }
    for (const Record& r : forge) forgeries.insert(std::get<Entry>(r).id);
    forged += static_cast<int>(forge.size());
    ReplicaUnderTest node(records);
    node.Give(records);
    const Verdicts before = node.Held();
    node.Give(forge);
    const Verdicts after = node.Held();
    for (const auto& [id, verdict] : before) {
      if (!watched.contains(id) || verdict.status == Status::kPending) continue;
      ASSERT_EQ(StatusInWords(after.at(id)), StatusInWords(verdict)) << id.Short();
    }
    for (const base::EntryId& id : forgeries) {
      if (before.contains(id) || !after.contains(id)) continue;
      ASSERT_NE(after.at(id).status, Status::kAdmitted) << id.Short();
    }
    Records all = records;
    all.insert(all.end(), forge.begin(), forge.end());
    ASSERT_NO_FATAL_FAILURE(
        ExpectAgrees(node, WantedOf(all, node.replica().instruments()), "with forgeries"));
  }
  EXPECT_GT(forged, g_scenarios >= 50 ? 100 / g_shards : 0);
}

class NamedCaseTest : public testing::TestWithParam<NamedCase> {};

TEST_P(NamedCaseTest, ReplicaGivesTheExactStatusesInAnyOrder) {
  const NamedCase& named = GetParam();
  std::mt19937_64 random(7);
  Records order = named.records;
  for (int i = 0; i < 6; ++i) {
    ReplicaUnderTest node(named.records);
    for (const Record& r : order) node.Give(r);
    std::string got;
    for (const EntryId& id : named.entries) {
      const char letter = node.Letter(id);
      got += letter == '-' ? 'P' : letter;  // what is not held waits aside
    }
    EXPECT_EQ(got, named.expected) << named.name << ", order " << i;
    i == 0 ? std::reverse(order.begin(), order.end())
           : std::shuffle(order.begin(), order.end(), random);
  }
}

std::string TestName(const testing::TestParamInfo<NamedCase>& tested) {
  std::string name = tested.param.name;
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return absl::StrCat(name, "_", tested.index);
}
INSTANTIATE_TEST_SUITE_P(Attacks, NamedCaseTest, testing::ValuesIn(NamedCases()), TestName);

bool ReadShard(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  return parts.size() == 2 && absl::SimpleAtoi(parts[0], &g_shard) &&
         absl::SimpleAtoi(parts[1], &g_shards) && g_shards > 0 && g_shard >= 0 &&
         g_shard < g_shards;
}

}  // namespace

bool ReadArgument(absl::string_view arg) {
  if (absl::ConsumePrefix(&arg, "--scenarios=")) return absl::SimpleAtoi(arg, &g_scenarios);
  if (absl::ConsumePrefix(&arg, "--seed=")) return absl::SimpleAtoi(arg, &g_seed);
  return absl::ConsumePrefix(&arg, "--shard=") && ReadShard(arg);
}

}  // namespace entente::oracle

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    if (entente::oracle::ReadArgument(argv[i])) continue;
    std::fprintf(stderr,
                 "%s: unknown argument; use --scenarios=N, --seed=N or --shard=I/N (I from 0)\n",
                 argv[i]);
    return 2;
  }
  return RUN_ALL_TESTS();
}
