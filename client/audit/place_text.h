// Where in a log something is, for people.
#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "node/ledger/entry.h"

namespace entente::client {

inline std::string FeedText(const ledger::FeedKey& feed) {
  std::string out = absl::StrCat("key ", feed.key.Short());
  return feed.incarnation > 1 ? absl::StrCat(out, "/", feed.incarnation) : out;
}

inline std::string PlaceText(const ledger::FeedKey& feed, uint64_t sequence) {
  return absl::StrCat(FeedText(feed), " number ", sequence);
}

}  // namespace entente::client
