#include "node/ledger/text_rules.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/error.h"
#include "node/ledger/limits.h"

namespace entente::ledger {

namespace {

constexpr size_t kAddressBytesMax = 260;  // a host name of 253 bytes, brackets, a colon and a port

bool IsAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), absl::ascii_isascii);
}

// Calls keep(code point) for each; false if the text is not UTF-8 or keep refuses one.
template <class Keep>
bool EachCodePoint(absl::string_view text, Keep keep) {
  const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    utf8proc_int32_t point = 0;
    utf8proc_ssize_t used = utf8proc_iterate(at, left, &point);
    if (used <= 0 || !keep(point)) return false;
    at += used;
    left -= used;
  }
  return true;
}

bool IsControl(utf8proc_int32_t point) { return point < 0x20 || (point >= 0x7f && point <= 0x9f); }

bool IsUnicodeSpace(utf8proc_int32_t point) {
  utf8proc_category_t category = utf8proc_category(point);
  return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
         category == UTF8PROC_CATEGORY_ZP;
}

// Unicode Standard Annex 15: composed form. ASCII is its own.
bool IsNfc(absl::string_view text) {
  if (IsAscii(text)) return true;
  utf8proc_uint8_t* composed = nullptr;
  utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &composed,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(composed, &std::free);
  return size >= 0 &&
         text == absl::string_view(reinterpret_cast<char*>(composed), static_cast<size_t>(size));
}

// Two digits at `at`, or -1.
int TwoDigits(absl::string_view text, size_t at) {
  if (!absl::ascii_isdigit(text[at]) || !absl::ascii_isdigit(text[at + 1])) return -1;
  return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

int DaysInMonth(int year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

}  // namespace

absl::Status NoteMalformed(absl::string_view what) {
  return base::Error(absl::StatusCode::kInvalidArgument, "NOTE_MALFORMED", what);
}

absl::Status NoteMalformedAt(size_t line, absl::string_view what) {
  return NoteMalformed(absl::StrCat("line ", line, ": ", what));
}

std::optional<uint64_t> ParseDecimal(absl::string_view text) {
  uint64_t value = 0;
  if (text.empty() || !std::all_of(text.begin(), text.end(), absl::ascii_isdigit) ||
      (text.size() > 1 && text[0] == '0') || !absl::SimpleAtoi(text, &value)) {
    return std::nullopt;
  }
  return value;
}

std::string ToBase64(absl::string_view bytes) { return absl::Base64Escape(bytes); }

std::optional<std::string> ParseBase64(absl::string_view text) {
  std::string bytes;
  // Abseil skips spaces and missing padding; writing it again finds every other spelling.
  if (!absl::Base64Unescape(text, &bytes) || ToBase64(bytes) != text) return std::nullopt;
  return bytes;
}

bool IsTime(absl::string_view text) {
  if (text.size() != 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' ||
      text[16] != ':' || text[19] != 'Z') {
    return false;
  }
  int century = TwoDigits(text, 0), years = TwoDigits(text, 2), month = TwoDigits(text, 5);
  int day = TwoDigits(text, 8), hour = TwoDigits(text, 11), minute = TwoDigits(text, 14);
  int second = TwoDigits(text, 17);
  if (century < 0 || years < 0 || month < 1 || month > 12) return false;
  return day >= 1 && day <= DaysInMonth(century * 100 + years, month) && hour >= 0 && hour < 24 &&
         minute >= 0 && minute < 60 && second >= 0 && second < 60;
}

bool IsCode(absl::string_view text) {
  return text.size() >= 2 && text.size() <= 32 && absl::ascii_isupper(text[0]) &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return absl::ascii_isupper(c) || absl::ascii_isdigit(c) || c == '-';
         });
}

bool IsActWord(absl::string_view text) {
  return !text.empty() && absl::ascii_islower(text[0]) &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
         });
}

bool IsRoleWord(absl::string_view text) {
  return !text.empty() && text.size() <= 32 && absl::ascii_islower(text[0]) &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
         });
}

bool IsAddress(absl::string_view text) {
  if (text.size() > kAddressBytesMax ||
      !std::all_of(text.begin(), text.end(), absl::ascii_isgraph)) {
    return false;
  }
  size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos || colon == 0) return false;
  absl::string_view host = text.substr(0, colon);
  bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (!bracketed && host.find(':') != absl::string_view::npos) return false;
  std::optional<uint64_t> port = ParseDecimal(text.substr(colon + 1));
  return port && *port >= 1 && *port <= 65535;
}

bool IsPlainUtf8(absl::string_view text) {
  return EachCodePoint(text, [](utf8proc_int32_t point) { return !IsControl(point); });
}

bool IsKeyName(absl::string_view text) {
  return !text.empty() && EachCodePoint(text, [](utf8proc_int32_t point) {
    return !IsControl(point) && point != '+' && !IsUnicodeSpace(point);
  });
}

std::optional<std::string> FreeTextFault(absl::string_view text) {
  if (text.empty()) return "the text is empty";
  if (text.size() > kFreeTextBytesMax) {
    return absl::StrCat("the text has ", text.size(), " bytes, the most is ", kFreeTextBytesMax);
  }
  if (text.front() == ' ' || text.back() == ' ') return "the text begins or ends with a space";
  if (!IsPlainUtf8(text)) return "the text is not UTF-8 or holds a control character";
  if (!IsNfc(text)) return "the text is not in Unicode's composed form (NFC)";
  return std::nullopt;
}

std::optional<std::vector<absl::string_view>> SplitLines(absl::string_view text) {
  if (text.empty() || text.back() != '\n') return std::nullopt;
  std::vector<absl::string_view> lines;
  while (!text.empty()) {
    size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

}  // namespace entente::ledger
