// Merged slots: total on any bytes, canonical, and a join whatever the three states are.
// Input: two pieces with their lengths, the rest is the third.
#include <set>

#include "node/merge/slot_value.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

namespace {

std::string Joined(const std::string& a, absl::string_view b) { return merge::JoinSlot(&a, b); }

void CheckState(const std::string& canonical) {
  const v1::SlotValue value = merge::DecodeSlot(canonical);
  FUZZ_CHECK(merge::EncodeSlot(value) == canonical);
  FUZZ_CHECK(Joined(canonical, canonical) == canonical);
  const auto heads = merge::Heads(value);
  FUZZ_CHECK(heads.size() <= static_cast<size_t>(value.contributions_size()));
  std::set<std::string> seen;
  for (const v1::Contribution& contribution : value.contributions()) {
    FUZZ_CHECK(contribution.entry().size() == 32 && seen.insert(contribution.entry()).second);
    const uint32_t version = merge::VersionOf(value, contribution.entry());
    FUZZ_CHECK(version >= 1 && version <= 1u + static_cast<uint32_t>(value.contributions_size()));
    const v1::SlotValue without =
        merge::Without(value, *base::EntryId::FromBytes(contribution.entry()));
    FUZZ_CHECK(without.contributions_size() == value.contributions_size() - 1);
  }
}

}  // namespace

FUZZ_TARGET(slot, input) {
  if (input.size() > 8192) return;
  Choices choices(input);
  const absl::string_view raw_a = choices.Piece(), raw_b = choices.Piece(), raw_c = choices.Rest();
  const std::string a = merge::JoinSlot(nullptr, raw_a);
  const std::string b = merge::JoinSlot(nullptr, raw_b);
  const std::string c = merge::JoinSlot(nullptr, raw_c);
  FUZZ_CHECK(a.size() <= raw_a.size());
  FUZZ_CHECK(a == merge::EncodeSlot(merge::DecodeSlot(raw_a)));
  FUZZ_CHECK(Joined(a, b) == Joined(b, a));
  FUZZ_CHECK(Joined(a, raw_b) == Joined(a, b));
  FUZZ_CHECK(Joined(Joined(a, b), c) == Joined(a, Joined(b, c)));
  CheckState(a);
  CheckState(Joined(Joined(a, b), c));
}

}  // namespace entente::fuzz
