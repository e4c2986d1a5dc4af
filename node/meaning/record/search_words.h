// Words as people look for them, in any script: lower case, ё as е, the letters of Kazakh, Kyrgyz,
// Tajik and Uzbek as they are (ә is not а, ҳ is not х), and the Uzbek oʻ and gʻ one letter each
// however their apostrophe was typed. Runs of letters, digits and combining marks; everything else
// stands between words. No stems: a word is found as it was written, or by its beginning.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace entente::meaning {

struct SearchWord {
  std::string text;           // folded
  size_t begin = 0, end = 0;  // bytes of the text it stands in
};
// A longer word is cut here; so a word that is asked for is found all the same.
inline constexpr size_t kSearchWordBytesMax = 64;

// The words of a text, one after the other, none of them kept. What is no UTF-8 ends them. Texts
// are NFC, as entries hold them.
class WordReader {
 public:
  // `text` outlives this.
  explicit WordReader(absl::string_view text) : text_(text) {}

  bool Next();
  // Folded; until the next call of Next.
  absl::string_view word() const { return {word_.data(), size_}; }
  // Bytes of the text it stands in.
  size_t begin() const { return begin_; }
  size_t end() const { return end_; }

 private:
  void TakePlain();
  void Append(int32_t point);

  absl::string_view text_;
  size_t at_ = 0, begin_ = 0, end_ = 0, size_ = 0;
  int32_t before_ = 0;  // folded, within the word
  std::array<char, kSearchWordBytesMax> word_;
};

// All of them, for who needs them together.
std::vector<SearchWord> SearchWords(absl::string_view text);

}  // namespace entente::meaning
