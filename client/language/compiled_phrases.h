// Reads what msgfmt makes of a .po file (GNU gettext manual, "The Format of GNU MO Files"): an
// index of phrases, sorted, beside one of translations. The bytes are part of the program. Private
// to this room.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/string_view.h"

namespace entente::client {

class CompiledPhrases {
 public:
  // The bytes outlive the reader. Bytes that are no such file hold no phrase.
  explicit CompiledPhrases(absl::string_view bytes);

  std::optional<absl::string_view> Find(absl::string_view phrase) const;
  uint32_t size() const { return count_; }

  // One phrase of those that begin with `prefix`, ascending: from `which` = 0 on; none after the
  // last.
  std::optional<std::pair<absl::string_view, absl::string_view>> OfPrefix(absl::string_view prefix,
                                                                          uint32_t which) const;

 private:
  uint32_t LowerBound(absl::string_view phrase) const;
  uint32_t Number(size_t at) const;  // 0 outside the bytes
  absl::string_view Text(uint32_t index, uint32_t which) const;

  const absl::string_view bytes_;
  uint32_t count_ = 0, phrases_ = 0, translations_ = 0;
};

}  // namespace entente::client
