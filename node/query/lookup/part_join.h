// Small parts become large ones: entries that come one by one make a part each, and a question
// looks into every part. Joined by eights, an instrument has a handful of each size, and each place
// is written again once a size.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "entente/v1/store.pb.h"
#include "node/base/id.h"
#include "node/query/lookup/word_rows.h"
#include "storage/kv.h"

namespace entente::query {

// So many of about one size are joined.
inline constexpr int kPartsJoined = 8;

// What growing parts an instrument has, as [begin, end) of them: those to be joined now. Empty:
// none.
struct JoinRange {
  int begin = 0, end = 0;
  bool empty() const { return begin == end; }
};
JoinRange PartsToJoin(const v1::LookupFigures& figures);

// A part that is half full grows no more; it leaves the list.
void KeepGrowing(v1::LookupPart part, v1::LookupFigures& figures);

// Joins those parts: the rows to put, the keys of those to remove, and the figures after it. A part
// whose rows do not add up is left out.
absl::Status JoinParts(const storage::Snapshot& snapshot, JoinRange range,
                       v1::LookupFigures& figures, WordRowMaker::Rows& rows,
                       std::vector<std::string>& old);

}  // namespace entente::query
