#include "node/meaning/record/search_words.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>

#include "entente/v1/payload.pb.h"
#include "node/meaning/record/message_fields.h"

namespace entente::meaning {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

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

void Append(utf8proc_int32_t point, std::string& out) {
  std::array<utf8proc_uint8_t, 4> bytes{};
  const utf8proc_ssize_t used = utf8proc_encode_char(point, bytes.data());
  if (used > 0 && out.size() + static_cast<size_t>(used) <= kSearchWordBytesMax)
    out.append(reinterpret_cast<const char*>(bytes.data()), static_cast<size_t>(used));
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

void Collect(const Message& message, std::vector<absl::string_view>& out) {
  const auto* reflection = message.GetReflection();
  for (const FieldDescriptor* field : FieldsOf(message.GetDescriptor()).inner) {
    const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (is_message ? field->message_type() == v1::Common::descriptor() : field->name() == "lang")
      continue;
    if (field->is_repeated()) {
      for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
        if (is_message) {
          Collect(reflection->GetRepeatedMessage(message, field, i), out);
        } else {
          out.push_back(reflection->GetRepeatedStringReference(message, field, i, nullptr));
        }
      }
    } else if (is_message) {
      if (reflection->HasField(message, field))
        Collect(reflection->GetMessage(message, field), out);
    } else if (const std::string& text = reflection->GetStringReference(message, field, nullptr);
               !text.empty()) {
      out.push_back(text);
    }
  }
}

}  // namespace

std::vector<SearchWord> SearchWords(absl::string_view text) {
  std::vector<SearchWord> words;
  SearchWord word;
  utf8proc_int32_t before = 0;  // folded, within the word
  size_t at = 0;
  for (;;) {
    const Point point = PointAt(text, at);
    const bool uzbek =
        point.value >= 0 && !word.text.empty() && MakesUzbekLetter(text, at, before, point);
    if (point.value >= 0 && (uzbek || InWord(point.value))) {
      if (word.text.empty()) word.begin = at;
      before = uzbek ? kTurnedComma : Folded(point.value);
      Append(before, word.text);
    } else if (!word.text.empty()) {
      word.end = at;
      words.push_back(std::move(word));
      word = SearchWord();
      before = 0;
    }
    if (point.value < 0) return words;
    at += point.bytes;
  }
}

std::vector<absl::string_view> SearchTexts(const Record& record) {
  std::vector<absl::string_view> out;
  std::visit(
      [&](const auto& message) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(message)>, std::monostate>)
          Collect(message, out);
      },
      record);
  return out;
}

}  // namespace entente::meaning
