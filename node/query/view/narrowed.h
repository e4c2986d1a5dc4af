// What a question is narrowed to, as people name it. A code that nobody here knows is refused with
// the nearest and all there are: an empty answer to a slip of the pen would read as "there is
// none".
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/query/view/views.h"

namespace entente::query {

// The code of the chapter that people call by its code, by its title in any language of the
// catalogue, or by an alias; capitals and punctuation do not count. NOT_FOUND_RECORD.
absl::StatusOr<std::string> ChapterNamed(const Views& views, absl::string_view given);

// NOT_FOUND_RECORD: `given` to an option that takes one of a closed list of words.
absl::Status UnknownWord(absl::string_view option, absl::string_view given,
                         const std::vector<std::string>& known);

struct Narrowed {
  std::string round, chapter;  // codes; "": all
  // Not OK: a round or a chapter that is not held here. Records may be here before their round and
  // their chapter are, so it is the answer only where nothing is found.
  absl::Status unknown;
};
absl::StatusOr<Narrowed> NarrowTo(const Views& views, absl::string_view round,
                                  absl::string_view chapter);

// "DDR/08" and "DDR" are of the chapter DDR; all are of "".
bool OfChapter(absl::string_view subject, absl::string_view chapter);

}  // namespace entente::query
