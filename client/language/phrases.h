// What the client says to people, in the language of its reader. Phrases are written in English in
// the code and looked up by that text; a phrase without a translation is said in English. Dates and
// numbers follow the language too. Machine output (JSON, CSV) never comes through here. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace entente::client {

// Marks a phrase that is said elsewhere, so that scripts/check_phrases.py finds it.
constexpr const char* Phrase(const char* english) { return english; }

class Phrases {
 public:
  virtual ~Phrases() = default;

  // The tag people's output is marked with: en, fr, ru.
  virtual std::string language() const { return "en"; }

  std::string Say(absl::string_view english) const { return Find(english); }
  // {0}, {1}... stand for the arguments; the same set in every language (tests/style).
  std::string Say(absl::string_view english, const std::vector<std::string>& arguments) const;

  // "2017-09-14" as "14 September 2017"; anything else comes back as it is.
  std::string Date(absl::string_view iso) const;
  // "28800.5" as "28,800.5"; anything else comes back as it is.
  std::string Number(absl::string_view decimal) const;

 protected:
  virtual std::string Find(absl::string_view english) const;
};

}  // namespace entente::client
