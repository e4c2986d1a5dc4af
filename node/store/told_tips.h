// What a node of a delegation said it holds of an instrument: by a file, which is its newest
// receipt or a bundle after which this node held exactly what the maker did; or by what it
// acknowledged in contacts that broke off. Rows "basis/", "basis-tips/" and "acknowledged/" of the
// family "meta".
//
// An entry is known to be there when a tip that was told is held here and the entry is that tip or
// stands before it. A tip that is not held here says nothing of what is: it may be of another
// branch. So what is known to be there is there, and what is not may be.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "entente/v1/bundle.pb.h"
#include "node/store/log_reader.h"

namespace entente::store {

std::string BasisKey(const InstrumentId& instrument, const base::DelegationId& party);
std::string BasisTipsKey(const InstrumentId& instrument, const base::DelegationId& party,
                         uint32_t row);

// Nothing: it told nothing, or nobody can read it.
absl::StatusOr<std::optional<v1::BasisRecord>> ReadBasis(const storage::Snapshot& snapshot,
                                                         const InstrumentId& instrument,
                                                         const base::DelegationId& party);
// The same, of one node: nothing where another node of the delegation told it.
absl::StatusOr<std::optional<v1::BasisRecord>> ReadBasisOf(const storage::Snapshot& snapshot,
                                                           const InstrumentId& instrument,
                                                           const base::DelegationId& party,
                                                           const base::Spki& node);
// key[32] incarnation[4] sequence[8] id[32] each, ascending.
absl::StatusOr<std::string> ReadBasisTips(const storage::Snapshot& snapshot,
                                          const InstrumentId& instrument,
                                          const base::DelegationId& party,
                                          const v1::BasisRecord& record);

// Both, of one node; empty: it told nothing. `party` is its delegation.
absl::StatusOr<std::string> ReadToldTips(const storage::Snapshot& snapshot,
                                         const InstrumentId& instrument,
                                         const base::DelegationId& party, const base::Spki& node);

class ToldTips {
 public:
  // `log` outlives it; `tips` as ReadBasisTips, in any order.
  ToldTips(const LogReader* log, std::string tips);
  // The slices point into the string.
  ToldTips(const ToldTips&) = delete;
  ToldTips& operator=(const ToldTips&) = delete;

  // REQUIRES: the entry is held, and of this feed. Costs a seek for each feed asked about; in a
  // feed that forked also one for each entry between a tip and the lowest entry asked about.
  absl::StatusOr<bool> Cover(const FeedKey& feed, const EntryPlace& place);

 private:
  struct Line {  // how far back from a tip the entries are in `passed`
    uint64_t sequence = 0;
    EntryId id;
  };
  struct Told {
    uint32_t number = 0;
    bool forked = false;
    uint64_t through = 0;  // of a feed that is one line
    std::vector<Line> lines;
    std::set<EntryId> passed;
  };
  absl::StatusOr<Told*> Of(const FeedKey& feed);
  absl::Status WalkTo(uint64_t sequence, Told& told, Line& line);

  const LogReader& log_;
  const std::string bytes_;
  std::vector<absl::string_view> tips_;  // ascending
  std::map<FeedKey, Told> feeds_;
};

// The highest arrival number, at least `from`, up to which all of the instrument is known to be on
// the node: told, or come from it. `from`: as LogReader::HeldThrough.
absl::StatusOr<uint64_t> ToldThrough(const LogReader& log, const InstrumentId& instrument,
                                     const base::Spki& node, uint64_t from, ToldTips& told);

}  // namespace entente::store
