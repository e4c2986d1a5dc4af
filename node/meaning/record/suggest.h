// "Did you mean ...?": the nearest word of a list by edit distance (Damerau-Levenshtein with
// adjacent swaps, bytes; case does not count).
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace entente::meaning {

// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
size_t EditDistance(absl::string_view a, absl::string_view b);

// The nearest word, or "" when none is near: at most a third of the longer word's letters differ.
std::string NearestWord(absl::string_view given, const std::vector<std::string>& words);

// "; did you mean in_progress?" or "; known: a, b, c" (at most 12 of them), for the end of a
// message.
std::string Suggestion(absl::string_view given, const std::vector<std::string>& words);

// The text in double quotes, control characters shown as '?', cut to 80 bytes.
std::string Quoted(absl::string_view text);

}  // namespace entente::meaning
