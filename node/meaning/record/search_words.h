// Words as people look for them, in any script: lower case, ё as е, the letters of Kazakh, Kyrgyz,
// Tajik and Uzbek as they are (ә is not а, ҳ is not х), and the Uzbek oʻ and gʻ one letter each
// however their apostrophe was typed. Runs of letters, digits and combining marks; everything else
// stands between words. No stems: a word is found as it was written, or by its beginning.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "node/meaning/record/record.h"

namespace entente::meaning {

struct SearchWord {
  std::string text;           // folded
  size_t begin = 0, end = 0;  // bytes of the text it stands in
};
// A longer word is cut here; so a word that is asked for is found all the same.
inline constexpr size_t kSearchWordBytesMax = 64;

// REQUIRES: nothing; what is no UTF-8 ends the words. Texts are NFC, as entries hold them.
std::vector<SearchWord> SearchWords(absl::string_view text);

// What can be looked for in a record: all its texts and codes but Common and language tags, in
// field order. The views live as long as the record.
std::vector<absl::string_view> SearchTexts(const Record& record);

}  // namespace entente::meaning
