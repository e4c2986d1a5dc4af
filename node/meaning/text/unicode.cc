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

// Bytes looked at together: a vector register of every processor we run on.
using Block = uint8_t __attribute__((vector_size(16)));
constexpr size_t kBlock = sizeof(Block);

Block BlockAt(const char* at) {
  Block block;
  std::memcpy(&block, at, kBlock);
  return block;
}

// All bits of every byte that is not within 0x20..0x7E.
Block Odd(Block bytes) { return reinterpret_cast<Block>((bytes - 0x20) > 0x7E - 0x20); }

bool Any(Block bits) {
  uint64_t halves[2];
  std::memcpy(halves, &bits, kBlock);
  return (halves[0] | halves[1]) != 0;
}

// How many bytes at the front are surely plain: ASCII without control characters. All, or whole
// blocks.
size_t PlainPrefix(absl::string_view text) {
  const char* const begin = text.data();
  if (text.size() < kBlock) {
    char filled[kBlock] = {' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ',
                           ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' '};
    std::memcpy(filled, begin, text.size());
    return Any(Odd(BlockAt(filled))) ? 0 : text.size();
  }
  size_t at = 0;
  // Four at a time have no need to wait for each other.
  for (; at + 4 * kBlock <= text.size(); at += 4 * kBlock) {
    const char* here = begin + at;
    if (Any(Odd(BlockAt(here)) | Odd(BlockAt(here + kBlock)) | Odd(BlockAt(here + 2 * kBlock)) |
            Odd(BlockAt(here + 3 * kBlock))))
      break;
  }
  for (; at + kBlock <= text.size(); at += kBlock) {
    if (Any(Odd(BlockAt(begin + at)))) return at;
  }
  // The last block overlaps the one before it, which is plain.
  return Any(Odd(BlockAt(begin + text.size() - kBlock))) ? at : text.size();
}

}  // namespace

TextFacts Inspect(absl::string_view text) {
  TextFacts facts;
  while (!text.empty()) {
    const size_t plain = PlainPrefix(text);
    facts.characters += plain;
    text.remove_prefix(plain);
    // From a block that is not plain on, some characters are looked at one by one.
    for (size_t i = 0; i < kBlock && !text.empty(); ++i) {
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

bool IsBlank(absl::string_view text) {
  utf8proc_int32_t point = -1;
  while (!text.empty()) {
    if (!Next(text, point)) return false;
    switch (utf8proc_category(point)) {
      case UTF8PROC_CATEGORY_ZS:
      case UTF8PROC_CATEGORY_ZL:
      case UTF8PROC_CATEGORY_ZP:
      case UTF8PROC_CATEGORY_CC:
      case UTF8PROC_CATEGORY_CF:
        break;
      default:
        return false;
    }
  }
  return true;
}

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
