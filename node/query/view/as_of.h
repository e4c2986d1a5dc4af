// Past states of the answers. A frontier this node stood on means: what was held then. A date or a
// time means: what had been received by then, by the register's time where the register knows the
// entry and by the time the entry claims where it does not; so it is the same answer on every node
// that holds the same entries and checkpoints. Either way what was held is judged by what is known
// today of who might write: an entry that a later act struck out is in no answer.
#pragma once

#include <optional>
#include <string>

#include "node/query/view/views.h"

namespace entente::query {

struct AsOf {
  Views::Includes includes;              // nothing: all that is held now
  std::optional<base::Digest> frontier;  // the one the answer stands on; nothing: not known
  std::optional<uint64_t> arrival;       // of a past frontier: the newest arrival number then
  std::optional<int64_t> moment_ms;      // of a date or time: its last millisecond
  std::string words;                     // what is said under the answer; "" for now
};

// `text`: "" for now, 8 digits of a frontier or more, 2017-09-01 (to the end of that day, UTC) or
// 2017-09-14T08:02Z. INVALID_ARGUMENT says what forms there are; NOT_FOUND: no such frontier here.
// `views` outlives what is returned. `field` is what the question calls it.
absl::StatusOr<AsOf> AsOfText(const Views& views, absl::string_view text,
                              absl::string_view field = "as_of");

}  // namespace entente::query
