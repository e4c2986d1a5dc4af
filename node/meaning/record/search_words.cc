#include "node/meaning/record/search_words.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>

#include "node/base/bytes.h"

namespace entente::meaning {

namespace {

constexpr utf8proc_int32_t kYo = 0x451, kYe = 0x435;             // ё е
constexpr utf8proc_int32_t kFinalSigma = 0x3C2, kSigma = 0x3C3;  // ς σ
constexpr utf8proc_int32_t kTurnedComma = 0x2BB;                 // ʻ
constexpr std::array<utf8proc_int32_t, 6> kApostrophes{'\'',   '`',          0x2018,
                                                       0x2019, kTurnedComma, 0x2BC};

struct Point {
  utf8proc_int32_t value = -1;  // -1: at the end, or no UTF-8
  size_t bytes = 0;
};

Point PointAt(absl::string_view text, size_t at) {
  Point out;
  if (at >= text.size()) return out;
  const auto* begin = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  if (begin[at] < 0x80) return {begin[at], 1};
  const utf8proc_ssize_t used =
      utf8proc_iterate(begin + at, static_cast<utf8proc_ssize_t>(text.size() - at), &out.value);
  if (used <= 0) return Point();
  out.bytes = static_cast<size_t>(used);
  return out;
}

bool InWord(utf8proc_int32_t point) {
  if (point < 0x80)
    return (point >= '0' && point <= '9') || ((point | 0x20) >= 'a' && (point | 0x20) <= 'z');
  const auto category = utf8proc_category(point);
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

bool IsLetter(utf8proc_int32_t point) { return point >= 0 && InWord(point); }

utf8proc_int32_t Folded(utf8proc_int32_t point) {
  if (point < 0x80) return point >= 'A' && point <= 'Z' ? point + 0x20 : point;
  const utf8proc_int32_t lower = utf8proc_tolower(point);
  return lower == kYo ? kYe : lower == kFinalSigma ? kSigma : lower;
}

// After o or g an apostrophe makes another letter of it, but for the English genitive ("drug's").
bool MakesUzbekLetter(absl::string_view text, size_t at, utf8proc_int32_t before,
                      const Point& mark) {
  if (before != 'o' && before != 'g') return false;
  if (std::find(kApostrophes.begin(), kApostrophes.end(), mark.value) == kApostrophes.end())
    return false;
  const Point next = PointAt(text, at + mark.bytes);
  if (next.value != 's' && next.value != 'S') return true;
  return IsLetter(PointAt(text, at + mark.bytes + next.bytes).value);
}

// What an ASCII letter or digit is in a word; 0: it is none, or no ASCII.
constexpr std::array<char, 256> kPlain = [] {
  std::array<char, 256> out{};
  for (char c = '0'; c <= '9'; ++c) out[static_cast<unsigned char>(c)] = c;
  for (char c = 'a'; c <= 'z'; ++c) {
    out[static_cast<unsigned char>(c)] = c;
    out[static_cast<unsigned char>(c - 0x20)] = c;
  }
  return out;
}();

}  // namespace

void WordReader::Append(int32_t point) {
  std::array<utf8proc_uint8_t, 4> bytes{};
  const utf8proc_ssize_t used = utf8proc_encode_char(point, bytes.data());
  if (used <= 0 || size_ + static_cast<size_t>(used) > word_.size()) return;
  std::copy_n(bytes.begin(), used, word_.begin() + static_cast<ptrdiff_t>(size_));
  size_ += static_cast<size_t>(used);
}

// Most of most texts: one table's look a letter.
void WordReader::TakePlain() {
  while (at_ < text_.size()) {
    const char folded = kPlain[static_cast<unsigned char>(text_[at_])];
    if (folded == 0) return;
    if (size_ == 0) begin_ = at_;
    if (size_ < word_.size()) word_[size_++] = folded;
    before_ = folded;
    ++at_;
  }
}

bool WordReader::Next() {
  size_ = 0;
  before_ = 0;
  for (;;) {
    TakePlain();
    const Point point = PointAt(text_, at_);
    const bool uzbek =
        point.value >= 0 && size_ > 0 && MakesUzbekLetter(text_, at_, before_, point);
    end_ = at_;
    if (point.value < 0) {
      text_ = text_.substr(0, at_);  // what is no UTF-8 ends the words
      return size_ > 0;
    }
    if (uzbek || InWord(point.value)) {
      if (size_ == 0) begin_ = at_;
      before_ = uzbek ? kTurnedComma : Folded(point.value);
      Append(before_);
      at_ += point.bytes;
      continue;
    }
    at_ += point.bytes;
    if (size_ > 0) return true;
  }
}

std::vector<SearchWord> SearchWords(absl::string_view text) {
  std::vector<SearchWord> words;
  for (WordReader reader(text); reader.Next();)
    words.push_back({base::Str(reader.word()), reader.begin(), reader.end()});
  return words;
}

}  // namespace entente::meaning
