// What entries may hold as text: UTF-8 in Normalization Form C (Unicode TR 15), no control
// characters but line feed and tab. Through utf8proc; text of the scripts our parties write is
// recognised as NFC without it.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace entente::meaning {

// What one pass over a text shows. With utf8 false the rest is of no meaning.
struct TextFacts {
  bool utf8 = true;
  bool control = false;    // a control character but LF and TAB (C0, DEL, C1)
  bool surely_nfc = true;  // only characters that stand in NFC wherever they are; false: unknown
  size_t characters = 0;   // code points
};
TextFacts Inspect(absl::string_view text);

bool IsUtf8(absl::string_view text);
bool IsNfc(absl::string_view text);                // false for text that is not UTF-8
std::string ToNfc(absl::string_view text);         // text that is not UTF-8 comes back as it is
bool HasForbiddenControl(absl::string_view text);  // C0 but LF and TAB, DEL, C1
bool IsBlank(absl::string_view text);              // empty, or shows nothing: spaces of any kind
size_t CountCharacters(absl::string_view text);    // code points

struct Letters {
  size_t latin = 0, cyrillic = 0, other = 0;
};
Letters CountLetters(absl::string_view text);

}  // namespace entente::meaning
