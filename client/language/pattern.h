// A sentence with places, against which a line is held: "{0} has {1:n} warnings". Pure.
//
// Invariants
//  1. Between two places stands some text, so a line is cut in a bounded number of ways.
//  2. A match is of the whole line, and nothing of it is in no place and no text.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"

namespace entente::client {

// What may stand in a place, and how it is said again.
enum class PlaceKind : char {
  kText = 't',     // {0}    anything: a code, a name, somebody's words; said as it stands
  kNumber = 'n',   // {0:n}  digits, perhaps with decimals; written as the language does
  kDate = 'd',     // {0:d}  2017-09-14 or 2017-09-14T08:02Z; written as the language does
  kSize = 'z',     // {0:z}  "6.9 kB"; written as the language does
  kWord = 'w',     // {0:w}  a word that has a translation
  kMessage = 'm',  // {0:m}  a sentence; said in the language where it is known
  kKnown = 's',    // {0:s}  a sentence that is known
  kList = 'l',     // {0:l}  sentences parted by ", "
};

class Pattern {
 public:
  struct Place {
    int number;  // 0 to 9
    PlaceKind kind;
  };
  using Fits = absl::FunctionRef<bool(PlaceKind, absl::string_view)>;

  // None: two places touch, a number stands twice or is not one of 0, 1, 2... without a gap.
  static std::optional<Pattern> Parse(absl::string_view text);

  // What stands in its places, by their numbers. Each way to cut takes one from `tries`; none are
  // left: no match.
  std::optional<std::vector<absl::string_view>> Match(absl::string_view line, Fits fits,
                                                      int& tries) const;

  size_t literal_bytes() const { return literal_bytes_; }
  const std::vector<Place>& places() const { return places_; }

 private:
  bool MatchFrom(size_t place, size_t at, absl::string_view line, Fits fits, int& tries,
                 std::vector<absl::string_view>& out) const;

  std::vector<std::string> literals_;  // one more than places
  std::vector<Place> places_;
  size_t literal_bytes_ = 0;
};

// The place that begins at `at`, and how many bytes its mark takes; 0: there is none.
struct PlaceMark {
  Pattern::Place place{0, PlaceKind::kText};
  size_t bytes = 0;
};
PlaceMark PlaceAt(absl::string_view text, size_t at);

}  // namespace entente::client
