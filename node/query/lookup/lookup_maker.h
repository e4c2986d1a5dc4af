// Making the lookup rows: what the log holds beyond what was read in already, one slice at a time.
// A function of the log and of where the last slice ended; the caller writes rows and state in one
// batch, so a crash costs at most a slice of work.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "entente/v1/store.pb.h"
#include "node/store/log_reader.h"
#include "node/store/published.h"

namespace entente::query {

struct LookupSlice {
  std::vector<std::pair<std::string, std::string>> rows;  // to put
  std::vector<std::string> old;                           // to remove first: of another version,
                                                          // or parts that were joined
  v1::LookupState state;                                  // with them
  bool done = false;                                      // nothing is left to read in
};

// Bounds memory and the batch. What is written does not grow with the number of slices, so they are
// large: a part of many documents costs little more to make and to ask than one of few.
inline constexpr size_t kSliceEntriesMax = 8192;
inline constexpr size_t kSliceBytesMax = size_t{8} << 20;
inline constexpr size_t kSliceOldMax = 10'000;

absl::StatusOr<v1::LookupState> LookupStateOf(const storage::Snapshot& snapshot);
// `published` is no older than the snapshot.
absl::StatusOr<LookupSlice> NextSlice(const storage::Snapshot& snapshot,
                                      const store::Published& published);

}  // namespace entente::query
