// What the client says to people, in the language of its reader. Phrases are written in English in
// the code and looked up by that text; a phrase without a translation is said in English. Dates and
// numbers follow the language too. Machine output (JSON, CSV) never comes through here. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace entente::client {

// Marks a phrase that is said elsewhere, so that scripts/check_phrases.py finds it.
constexpr const char* Phrase(const char* english) { return english; }

// "28800", "-3" or "28800.5"
bool IsDecimal(absl::string_view text);
// "2017-09-14", "2017-09-14T08:02Z" or "2017-09-14T08:02:31Z"
bool IsIsoTime(absl::string_view text);
// "900 bytes", "6.9 kB" or "2.9 KiB"
bool IsSize(absl::string_view text);

class Phrases {
 public:
  virtual ~Phrases() = default;

  // The tag people's output is marked with: en, fr, ru.
  virtual std::string language() const { return "en"; }

  std::string Say(absl::string_view english) const { return Find(english); }
  // {0}, {1}... stand for the arguments; the same set in every language (tests/style).
  std::string Say(absl::string_view english, const std::vector<std::string>& arguments) const;

  // A line that the node or the client wrote in English (client/language/retelling.h); itself where
  // no translation of it is known.
  virtual std::string Retell(absl::string_view line) const;
  // The same of what stands in a cell: it may be a part of a line, too.
  virtual std::string RetellPart(absl::string_view part) const;
  // Each line of a text.
  std::string RetellLines(absl::string_view text) const;
  // "in_progress" or "in progress", in the reader's language; none where it is not known.
  virtual std::optional<std::string> Word(absl::string_view english) const;
  // A field of a record, "implementation"; none where it is not known.
  virtual std::optional<std::string> Field(absl::string_view english) const;

  // "2017-09-14" or "2017-09-14T08:02Z" as the language writes it in a table: "14.09.2017 08:02
  // UTC". English tables keep the form of ISO 8601: of others it cannot be said which number is the
  // month. Anything else comes back as it is.
  std::string ShortDate(absl::string_view iso) const;
  // "2017-09-14" as "14 September 2017"; anything else comes back as it is.
  std::string Date(absl::string_view iso) const;
  // "28800.5" as "28,800.5"; anything else comes back as it is.
  std::string Number(absl::string_view decimal) const;
  // "2.9 KiB" as "2,9 Kio"; anything else comes back as it is.
  std::string ShortSize(absl::string_view english) const;
  // "900 B", "1.5 kB", "1.5 MB"
  std::string Size(uint64_t bytes) const;

 protected:
  virtual std::string Find(absl::string_view english) const;
};

}  // namespace entente::client
