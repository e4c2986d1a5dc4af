// What a peer asks for in a Pull: bounded work for each want, and only what is held is named.
#include <algorithm>

#include "tests/fuzz/known_feeds.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

namespace {

constexpr int kHaveLooked = 160;

void CheckWant(const v1::Want& want) {
  uint64_t asked = 0;
  const auto resolved = sync::ResolveWant(want, KnownIds(&asked));
  FUZZ_CHECK(asked <= kHaveLooked + 1);
  if (!resolved.ok()) return;
  FUZZ_CHECK(resolved->paths.size() <= 2);
  FUZZ_CHECK(!resolved->unlinked || resolved->paths.empty());
  uint64_t ignored = 0;
  const sync::IdsAtFn held = KnownIds(&ignored);
  auto is_held = [&held](const sync::FeedRef& feed, const sync::EntryRef& entry) {
    const auto ids = held(feed, entry.sequence);
    return std::find(ids->begin(), ids->end(), entry.id) != ids->end();
  };
  for (const sync::Path& path : resolved->paths) {
    FUZZ_CHECK(path.tip.sequence == want.tip_sequence() && is_held(path.feed, path.tip));
    FUZZ_CHECK(path.have.size() <= kHaveLooked);
    for (const sync::EntryRef& entry : path.have) FUZZ_CHECK(is_held(path.feed, entry));
  }
}

}  // namespace

FUZZ_TARGET(want, input) {
  v1::PullRequest request;
  if (!request.ParseFromArray(input.data(), static_cast<int>(input.size()))) return;
  for (const v1::Want& want : request.wants()) CheckWant(want);
}

}  // namespace entente::fuzz
