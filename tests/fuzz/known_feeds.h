// Feeds a node under test holds, made from numbers: three keys, one of them forked.
#pragma once

#include <string>
#include <vector>

#include "node/crypto/sha256.h"
#include "node/sync/frontier/frontier.h"
#include "node/sync/frontier/plan.h"
#include "node/sync/frontier/sip_hash.h"

namespace entente::fuzz {

inline constexpr uint64_t kKnownLength = 40;
inline constexpr uint64_t kKnownFork = 30;  // the last key's feed has two branches from here
inline constexpr size_t kKnownTips = 4;

inline std::vector<base::PublicKey> KnownKeys() {
  std::vector<base::PublicKey> keys;
  for (const char* name : {"fuzz key 1", "fuzz key 2", "fuzz key 3"}) {
    keys.push_back(crypto::Sha256As<base::PublicKey>({name}));
  }
  return keys;
}

inline base::EntryId KnownId(const sync::FeedRef& feed, uint64_t sequence, int branch) {
  return crypto::Sha256As<base::EntryId>(
      {feed.key.str(), std::to_string(sequence), branch == 0 ? "" : "branch"});
}

inline const sync::Frontier& KnownFrontier() {
  static const sync::Frontier* frontier = [] {
    auto* out = new sync::Frontier;
    const std::vector<base::PublicKey> keys = KnownKeys();
    for (size_t i = 0; i < keys.size(); ++i) {
      const sync::FeedRef feed{keys[i], 1};
      std::vector<sync::EntryRef> tips = {{kKnownLength, KnownId(feed, kKnownLength, 0)}};
      if (i + 1 == keys.size()) tips.push_back({kKnownLength, KnownId(feed, kKnownLength, 1)});
      out->Set(feed, tips);
    }
    return out;
  }();
  return *frontier;
}

inline sync::SipKey KnownSketchKey() { return sync::SipKey::FromBytes(std::string(16, 'k')); }

// What is held; counts how often it was asked.
inline sync::IdsAtFn KnownIds(uint64_t* asked) {
  return [asked](const sync::FeedRef& feed,
                 uint64_t sequence) -> absl::StatusOr<std::vector<base::EntryId>> {
    ++*asked;
    std::vector<base::EntryId> ids;
    const auto* tips = KnownFrontier().Find(feed);
    if (tips == nullptr || sequence < 1 || sequence > kKnownLength) return ids;
    ids.push_back(KnownId(feed, sequence, 0));
    if (tips->size() > 1 && sequence >= kKnownFork) ids.push_back(KnownId(feed, sequence, 1));
    return ids;
  };
}

}  // namespace entente::fuzz
