#include "node/meaning/text/unicode.h"

#include <utf8proc.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "node/base/bytes.h"

namespace entente::meaning {
namespace {

// Takes the first character off `text`; false, and nothing taken, where the bytes are not UTF-8.
// REQUIRES: text is not empty.
bool Next(absl::string_view& text, utf8proc_int32_t& point) {
  const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  utf8proc_ssize_t used = 1;
  if (*at < 0x80) {
    point = *at;
  } else if (text.size() > 1 && *at >= 0xC2 && *at < 0xE0 && (at[1] & 0xC0) == 0x80) {
    // Two bytes hold Latin and Cyrillic, which is nearly all we see; no call for those.
    point = (*at & 0x1F) << 6 | (at[1] & 0x3F);
    used = 2;
  } else {
    used = utf8proc_iterate(at, static_cast<utf8proc_ssize_t>(text.size()), &point);
    if (used <= 0) return false;
  }
  text.remove_prefix(static_cast<size_t>(used));
  return true;
}

// Characters that stand in NFC wherever they are: no combining mark, nothing that composes with one
// before it, nothing that decomposes for good. Latin up to U+02FF, Cyrillic letters, and the
// dashes, quotes and ellipsis of General Punctuation.
bool NeverMoves(utf8proc_int32_t point) {
  return point < 0x300 || (point >= 0x400 && point <= 0x482) ||
         (point >= 0x48A && point <= 0x52F) || (point >= 0x2010 && point <= 0x2027) ||
         point == 0x2116 /* № */;
}

bool IsForbiddenControl(utf8proc_int32_t point) {
  return (point < 0x20 && point != '\n' && point != '\t') || (point >= 0x7F && point <= 0x9F);
}

// Bytes looked at together, in one register.
constexpr size_t kWord = sizeof(uint64_t);
constexpr uint64_t kEach = 0x0101010101010101;  // times n: n in every byte

constexpr uint64_t kTop = kEach * 0x80;

uint64_t WordAt(const char* at) {
  uint64_t word = 0;
  std::memcpy(&word, at, kWord);
  return word;
}

// Every byte is within 0x20..0x7E, or else the top bit of some byte comes out set: of its own from
// 0x80 on, by adding 1 to 0x7F, by taking 0x20 from less.
uint64_t Odd(uint64_t bytes) { return bytes | (bytes + kEach) | ((bytes - kEach * 0x20) & ~bytes); }

// After a word that is not plain.
constexpr size_t kOneByOne = 2 * kWord;

// How many bytes at the front are surely plain: ASCII without control characters.
size_t PlainPrefix(absl::string_view text) {
  const char* const begin = text.data();
  size_t at = 0;
  // Four words at a time have no need to wait for each other.
  for (; at + 4 * kWord <= text.size(); at += 4 * kWord) {
    const char* here = begin + at;
    const uint64_t odd = Odd(WordAt(here)) | Odd(WordAt(here + kWord)) |
                         Odd(WordAt(here + 2 * kWord)) | Odd(WordAt(here + 3 * kWord));
    if ((odd & kTop) != 0) break;
  }
  for (; at + kWord <= text.size(); at += kWord) {
    if ((Odd(WordAt(begin + at)) & kTop) != 0) return at;
  }
  // What is left is shorter than a word: blanks fill it up.
  uint64_t rest = kEach * ' ';
  std::memcpy(&rest, begin + at, text.size() - at);
  return (Odd(rest) & kTop) == 0 ? text.size() : at;
}

}  // namespace

TextFacts Inspect(absl::string_view text) {
  TextFacts facts;
  while (!text.empty()) {
    const size_t plain = PlainPrefix(text);
    facts.characters += plain;
    text.remove_prefix(plain);
    for (size_t i = 0; i < kOneByOne && !text.empty(); ++i) {
      utf8proc_int32_t point = -1;
      facts.utf8 = Next(text, point);
      if (!facts.utf8) return facts;
      ++facts.characters;
      facts.control |= IsForbiddenControl(point);
      facts.surely_nfc &= NeverMoves(point);
    }
  }
  return facts;
}

bool IsUtf8(absl::string_view text) { return Inspect(text).utf8; }

bool IsNfc(absl::string_view text) {
  TextFacts facts = Inspect(text);
  return facts.utf8 && (facts.surely_nfc || ToNfc(text) == base::Str(text));
}

std::string ToNfc(absl::string_view text) {
  utf8proc_uint8_t* out = nullptr;
  utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &out,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  if (size < 0) return base::Str(text);
  std::string result(reinterpret_cast<char*>(out), static_cast<size_t>(size));
  std::free(out);  // utf8proc allocates with malloc
  return result;
}

bool HasForbiddenControl(absl::string_view text) { return Inspect(text).control; }

size_t CountCharacters(absl::string_view text) {
  size_t count = 0;
  for (char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

Letters CountLetters(absl::string_view text) {
  Letters letters;
  utf8proc_int32_t point = -1;
  while (!text.empty() && Next(text, point)) {
    bool latin = (point >= 'A' && point <= 'Z') || (point >= 'a' && point <= 'z') ||
                 (point >= 0xC0 && point <= 0x24F && point != 0xD7 && point != 0xF7);
    if (latin) {
      ++letters.latin;
    } else if (point >= 0x400 && point <= 0x52F) {
      ++letters.cyrillic;
    } else if (point >= 0x370) {
      auto category = utf8proc_category(point);
      letters.other += category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
    }
  }
  return letters;
}

}  // namespace entente::meaning
