// What the local node holds of some keys' feeds, entry by entry, judged here from the notes and not
// by the node's word: what acts on keys and entries are proposed from and explained with.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "client/context/context.h"
#include "node/ledger/entry.h"
#include "node/ledger/status.h"

namespace entente::client {

struct FeedEntry {
  uint64_t sequence = 1;
  base::EntryId id;
  base::EntryId previous;
  base::NoteId credentials_head;
  uint64_t hlc = 0;
  uint32_t kind = 0;
  std::string reference;  // "" when this version cannot read the record
  ledger::Verdict verdict;
};
using Feeds =
    std::map<ledger::FeedKey, std::vector<FeedEntry>>;  // each ascending by (sequence, id)

// Entries of the delegation by these keys, in one instrument (code) or in every one joined here.
absl::StatusOr<Feeds> ReadFeeds(Context& context, absl::string_view instrument,
                                const base::DelegationId& delegation,
                                const std::vector<base::PublicKey>& keys);
absl::StatusOr<Feeds> ReadFeedsEverywhere(Context& context, const base::DelegationId& delegation,
                                          const std::vector<base::PublicKey>& keys);

// One entry as people name it: "number 13, R:EUCA-2014/MTR-2017/KG/DDR/08, dated 2026-11-22 10:04,
// 4af0c1d2".
std::string EntryInWords(const FeedEntry& entry);

// The path from `first` to `last` in one feed, ascending; empty when they are not on one line.
struct Path {
  ledger::FeedKey feed;
  std::vector<FeedEntry> entries;
};
Path PathBetween(const Feeds& feeds, const base::EntryId& first, const base::EntryId& last);

// The entries a word may mean: an entry id or its beginning (at least 4 characters), or a
// reference.
std::vector<FeedEntry> EntriesNamed(const Feeds& feeds, absl::string_view word);

// One branch of a feed that has several: its tip and where it leaves the others.
struct Branch {
  ledger::FeedKey feed;
  uint64_t fork = 0;  // lowest number two entries share
  FeedEntry tip;
  size_t entries = 0;  // of this branch, from the fork on
};
std::vector<Branch> BranchesOf(const Feeds& feeds);

}  // namespace entente::client
