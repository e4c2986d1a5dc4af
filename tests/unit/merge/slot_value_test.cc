// The laws of the join, on seeded sets, beside a slow and obvious fold.
#include "node/merge/slot_value.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/merge/slot_operand.h"
#include "tests/support/slot_operand.h"

namespace entente::merge {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Id(int n) {
  std::string id(32, '\0');
  id[0] = static_cast<char>(n * 37);
  id[31] = static_cast<char>(n);
  return id;
}

base::EntryId AsEntryId(int n) { return *base::EntryId::FromBytes(Id(n)); }

v1::Contribution Of(int n, std::vector<int> supersedes = {}, std::string delegation = "KG") {
  v1::Contribution c;
  c.set_entry(Id(n));
  for (int s : supersedes) c.add_supersedes(Id(s));
  c.set_kind(1);
  c.set_delegation(delegation);
  c.set_hlc(static_cast<uint64_t>(n) << 16);
  c.set_key(std::string(32, 'k'));
  c.set_summary("summary " + std::to_string(n));
  return c;
}

std::string Operand(v1::Contribution c) { return SlotOperand("report/R/KG/instrument", c); }

std::string FoldAll(const std::vector<std::string>& operands) {
  std::string state;
  const std::string* existing = nullptr;
  for (const auto& operand : operands) {
    state = JoinSlot(existing, operand);
    existing = &state;
  }
  return state;
}

// Joins a random binary tree over the operands: any grouping.
std::string FoldAsTree(std::vector<std::string> operands, std::mt19937_64& random) {
  while (operands.size() > 1) {
    size_t i = random() % (operands.size() - 1);
    operands[i] = JoinSlot(&operands[i], operands[i + 1]);
    operands.erase(operands.begin() + static_cast<long>(i) + 1);
  }
  return operands.empty() ? "" : JoinSlot(nullptr, operands[0]);
}

std::vector<int> HeadNumbers(const v1::SlotValue& value) {
  std::vector<int> numbers;
  for (const auto* head : Heads(value)) numbers.push_back(head->entry()[31]);
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

struct Case {
  std::vector<v1::Contribution> contributions;
  std::vector<std::string> operands;  // with duplicates and garbage
};

Case MakeCase(std::mt19937_64& random) {
  Case made;
  int count = 1 + static_cast<int>(random() % 8);
  for (int n = 1; n <= count; ++n) {
    std::vector<int> supersedes;
    for (int older = 1; older < n; ++older) {
      if (random() % 3 == 0) supersedes.push_back(older);
    }
    std::shuffle(supersedes.begin(), supersedes.end(), random);
    made.contributions.push_back(Of(n, supersedes, random() % 4 == 0 ? "KZ" : "KG"));
    made.operands.push_back(Operand(made.contributions.back()));
  }
  int duplicates = static_cast<int>(random() % 4);
  for (int i = 0; i < duplicates; ++i) {
    made.operands.push_back(made.operands[random() % static_cast<size_t>(count)]);
  }
  if (random() % 4 == 0) made.operands.push_back("\x0a\xff garbage");
  if (random() % 4 == 0) made.operands.push_back("");
  return made;
}

TEST(JoinSlot, AnyOrderGroupingAndDuplicationGivesEqualBytes) {
  for (uint64_t seed = 1; seed <= 4000; ++seed) {
    std::mt19937_64 random(seed);
    Case made = MakeCase(random);
    std::string expected = FoldAll(made.operands);
    for (int shuffle = 0; shuffle < 3; ++shuffle) {
      std::shuffle(made.operands.begin(), made.operands.end(), random);
      ASSERT_EQ(FoldAll(made.operands), expected) << "seed " << seed;
      ASSERT_EQ(FoldAsTree(made.operands, random), expected) << "seed " << seed;
    }
    ASSERT_EQ(JoinSlot(&expected, expected), expected) << "seed " << seed;
  }
}

// The slow fold: a map of maps, heads by the definition word for word.
TEST(JoinSlot, AgreesWithTheObviousFold) {
  for (uint64_t seed = 1; seed <= 2000; ++seed) {
    std::mt19937_64 random(seed);
    Case made = MakeCase(random);
    v1::SlotValue joined = DecodeSlot(FoldAll(made.operands));

    std::map<std::string, v1::Contribution> obvious;
    for (const auto& c : made.contributions) obvious[c.entry()] = c;
    ASSERT_EQ(static_cast<size_t>(joined.contributions_size()), obvious.size()) << "seed " << seed;
    std::vector<int> heads;
    for (const auto& [id, c] : obvious) {
      bool superseded = false;
      for (const auto& [other_id, other] : obvious) {
        for (const auto& older : other.supersedes()) {
          superseded |= older == id && other.delegation() == c.delegation();
        }
      }
      if (!superseded) heads.push_back(id[31]);
    }
    std::sort(heads.begin(), heads.end());
    ASSERT_EQ(HeadNumbers(joined), heads) << "seed " << seed;
    ASSERT_FALSE(heads.empty()) << "a set with entries has a head; seed " << seed;
  }
}

std::string AppendedTo(std::string out, absl::string_view slot, const v1::Contribution& parts) {
  AppendSlotOperand(out, slot,
                    {.entry = parts.entry(),
                     .supersedes = &parts.supersedes(),
                     .kind = parts.kind(),
                     .delegation = parts.delegation(),
                     .hlc = parts.hlc(),
                     .key = parts.key(),
                     .summary = parts.summary()});
  return out;
}

// Written by hand, byte for byte as protobuf does; and known again for it.
TEST(AppendSlotOperand, IsWhatProtobufWrites) {
  for (uint32_t kind : {0u, 1u, 127u, 128u, 70'000u, UINT32_MAX}) {
    for (uint64_t hlc : {uint64_t{0}, uint64_t{1}, uint64_t{0x0123456789abcdef}, UINT64_MAX}) {
      for (size_t summary : {0u, 1u, 127u, 128u, 20'000u}) {
        v1::Contribution made = Of(7, {1, 2, 3}, kind % 2 == 0 ? "" : "KG");
        made.set_kind(kind);
        made.set_hlc(hlc);
        made.set_summary(std::string(summary, 's'));
        if (summary == 1) made.clear_key();
        v1::SlotValue whole;
        whole.set_slot(hlc == 0 ? "" : "report/R/KG/instrument");
        *whole.add_contributions() = made;
        ASSERT_EQ(AppendedTo("before", whole.slot(), made), "before" + whole.SerializeAsString())
            << kind << " " << hlc << " " << summary;
        ASSERT_TRUE(IsWrittenOperand(whole.SerializeAsString()))
            << kind << " " << hlc << " " << summary;
      }
    }
  }
}

// What is written is taken as it is without being read; whatever differs from it in a byte is read.
TEST(JoinSlot, ADamagedOperandIsNeverTakenForAWrittenOne) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 20'000; ++round) {
    const Case made = MakeCase(random);
    std::string bytes = made.operands[random() % made.operands.size()];
    ASSERT_EQ(JoinSlot(nullptr, bytes), EncodeSlot(DecodeSlot(bytes))) << "round " << round;
    if (bytes.empty()) continue;
    const size_t at = random() % bytes.size();
    switch (random() % 4) {
      case 0:
        bytes[at] = static_cast<char>(random());
        break;
      case 1:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
        break;
      case 2:
        bytes.insert(at, 1, static_cast<char>(random() % 3 == 0 ? 0 : random()));
        break;
      default:
        bytes.erase(at, 1 + random() % 40);
    }
    ASSERT_EQ(JoinSlot(nullptr, bytes), EncodeSlot(DecodeSlot(bytes))) << "round " << round;
  }
}

TEST(JoinSlot, WithoutUndoesExactlyOneContribution) {
  for (uint64_t seed = 1; seed <= 500; ++seed) {
    std::mt19937_64 random(seed);
    Case made = MakeCase(random);
    std::vector<std::string> others;
    for (size_t i = 1; i < made.contributions.size(); ++i) {
      others.push_back(Operand(made.contributions[i]));
    }
    v1::SlotValue all = DecodeSlot(FoldAll(made.operands));
    ASSERT_EQ(EncodeSlot(Without(all, AsEntryId(1))), FoldAll(others)) << "seed " << seed;
  }
}

TEST(JoinSlot, GarbageCountsAsNothing) {
  std::string good = Operand(Of(1));
  std::string garbage = "\xff\xff\xff";
  EXPECT_EQ(JoinSlot(&good, garbage), good);
  EXPECT_EQ(JoinSlot(&garbage, good), good);
  EXPECT_EQ(JoinSlot(nullptr, garbage), "");
}

TEST(JoinSlot, AContributionWithoutAnEntryIdCountsAsNothing) {
  v1::Contribution nameless = Of(1);
  nameless.set_entry("short");
  std::string good = Operand(Of(2));
  EXPECT_EQ(JoinSlot(&good, Operand(nameless)), good);
}

TEST(JoinSlot, TwoVersionsOfOneContributionSettleTheSameInEitherOrder) {
  v1::Contribution other = Of(1);
  other.set_summary("damaged");
  std::string a = Operand(Of(1)), b = Operand(other);
  EXPECT_EQ(JoinSlot(&a, b), JoinSlot(&b, a));
  EXPECT_EQ(DecodeSlot(JoinSlot(&a, b)).contributions_size(), 1);
}

TEST(Heads, TwoReportsApartAreAConflictUntilOneSupersedesBoth) {
  v1::SlotValue value = DecodeSlot(FoldAll({Operand(Of(2, {1})), Operand(Of(3, {1}))}));
  EXPECT_THAT(HeadNumbers(value), ElementsAre(2, 3));
  value = DecodeSlot(FoldAll({EncodeSlot(value), Operand(Of(4, {2, 3}))}));
  EXPECT_THAT(HeadNumbers(value), ElementsAre(4));
}

TEST(Heads, AnotherDelegationCannotSupersede) {
  v1::SlotValue value = DecodeSlot(FoldAll({Operand(Of(1)), Operand(Of(2, {1}, "KZ"))}));
  EXPECT_THAT(HeadNumbers(value), ElementsAre(1, 2));
}

TEST(Heads, OfNothingIsNothing) { EXPECT_THAT(Heads(v1::SlotValue()), IsEmpty()); }

TEST(VersionOf, IsOneMoreThanTheHighestSupersededVersionHeld) {
  v1::SlotValue value =
      DecodeSlot(FoldAll({Operand(Of(1)), Operand(Of(2, {1})), Operand(Of(3, {1})),
                          Operand(Of(4, {2, 3})), Operand(Of(5, {1, 4}))}));
  EXPECT_EQ(VersionOf(value, Id(1)), 1u);
  EXPECT_EQ(VersionOf(value, Id(2)), 2u);
  EXPECT_EQ(VersionOf(value, Id(3)), 2u);
  EXPECT_EQ(VersionOf(value, Id(4)), 3u);
  EXPECT_EQ(VersionOf(value, Id(5)), 4u);
  EXPECT_EQ(VersionOf(value, Id(9)), 0u);
}

// What a single author can write in a minute; each entry supersedes the 16 before it.
TEST(VersionOf, ALongHistoryIsWalkedOnce) {
  constexpr int kEntries = 4000;
  auto id = [](int n) {
    std::string out(32, 'i');
    out[0] = static_cast<char>(n >> 8);
    out[1] = static_cast<char>(n);
    return out;
  };
  v1::SlotValue value;
  for (int n = 0; n < kEntries; ++n) {
    v1::Contribution c = Of(0);
    c.set_entry(id(n));
    for (int older = std::max(0, n - 16); older < n; ++older) c.add_supersedes(id(older));
    *value.add_contributions() = c;
  }
  EXPECT_EQ(VersionOf(value, id(kEntries - 1)), static_cast<uint32_t>(kEntries));
  value.mutable_contributions(0)->add_supersedes(id(kEntries - 1));  // damaged: a cycle
  EXPECT_LE(VersionOf(value, id(kEntries - 1)), static_cast<uint32_t>(kEntries));
}

TEST(OpenSlot, ChangesAsJoinAndWithoutDo) {
  const uint64_t seed = 7;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  std::string state = Operand(Of(1));
  OpenSlot open(state);
  for (int step = 0; step < 400; ++step) {
    const int n = static_cast<int>(random() % 12);
    if (random() % 2 == 0) {
      const std::string operand = Operand(Of(n, {n / 2, n / 3}));
      state = JoinSlot(state.empty() ? nullptr : &state, operand);
      open.Join(operand);
    } else {
      state = EncodeSlot(Without(DecodeSlot(state), AsEntryId(n)));
      open.Without(AsEntryId(n));
    }
    ASSERT_EQ(open.Encode(), state) << "step " << step;
    EXPECT_EQ(FoldAll(open.Operands()), state);
  }
}

TEST(VersionOf, ASupersededEntryThatIsNotHeldDoesNotCount) {
  EXPECT_EQ(VersionOf(DecodeSlot(Operand(Of(2, {1}))), Id(2)), 1u);
}

}  // namespace
}  // namespace entente::merge
