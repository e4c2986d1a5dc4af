#include "node/meaning/text/language_tag.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "node/base/bytes.h"

namespace entente::meaning {
namespace {

bool Alpha(const std::string& s) {
  return std::all_of(s.begin(), s.end(), [](unsigned char c) { return absl::ascii_isalpha(c); });
}
bool Alnum(const std::string& s) {
  return std::all_of(s.begin(), s.end(), [](unsigned char c) { return absl::ascii_isalnum(c); });
}
bool Digits(const std::string& s) {
  return std::all_of(s.begin(), s.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
}

bool IsScript(const std::string& s) { return s.size() == 4 && Alpha(s); }
bool IsRegion(const std::string& s) {
  return (s.size() == 2 && Alpha(s)) || (s.size() == 3 && Digits(s));
}
bool IsVariant(const std::string& s) {
  return Alnum(s) && ((s.size() >= 5 && s.size() <= 8) ||
                      (s.size() == 4 && absl::ascii_isdigit(static_cast<unsigned char>(s[0]))));
}

// One or more subtags of `min`..8 alphanumerics from `at` on; moves `at` past them.
bool EatMany(const std::vector<std::string>& parts, size_t& at, size_t min) {
  size_t start = at;
  while (at < parts.size() && parts[at].size() >= min && parts[at].size() <= 8 &&
         Alnum(parts[at])) {
    ++at;
  }
  return at > start;
}

// RFC 5646 section 2.1, without the grandfathered list and extended language subtags.
bool WellFormed(const std::vector<std::string>& parts) {
  size_t at = 0;
  if (absl::AsciiStrToLower(parts[0]) != "x") {
    if (parts[0].size() < 2 || parts[0].size() > 8 || !Alpha(parts[0])) return false;
    at = 1;
    if (at < parts.size() && IsScript(parts[at])) ++at;
    if (at < parts.size() && IsRegion(parts[at])) ++at;
    while (at < parts.size() && IsVariant(parts[at])) ++at;
    while (at < parts.size() && parts[at].size() == 1 && Alnum(parts[at]) &&
           absl::AsciiStrToLower(parts[at]) != "x") {
      ++at;
      if (!EatMany(parts, at, 2)) return false;
    }
  }
  if (at < parts.size() && absl::AsciiStrToLower(parts[at]) == "x") {
    ++at;
    if (!EatMany(parts, at, 1)) return false;
  }
  return at == parts.size();
}

struct Pair {
  absl::string_view from, to;
};

// Only codes that are no language in ISO 639-1; "kg" (Kongo) is one and is warned about instead.
constexpr Pair kCountries[] = {{"kz", "kk"}, {"tj", "tg"}, {"tm", "tk"}, {"cz", "cs"},
                               {"dk", "da"}, {"gr", "el"}, {"jp", "ja"}, {"cn", "zh"},
                               {"ua", "uk"}, {"gb", "en"}, {"us", "en"}};

std::string Lookup(const Pair* begin, const Pair* end, const std::string& key) {
  for (const Pair* p = begin; p != end; ++p) {
    if (p->from == key) return base::Str(p->to);
  }
  return "";
}

std::string Primary(absl::string_view tag) {
  return absl::AsciiStrToLower(tag.substr(0, tag.find('-')));
}

}  // namespace

bool IsWellFormedLanguageTag(absl::string_view tag) {
  if (tag.size() > 64) return false;
  return WellFormed(absl::StrSplit(tag, '-'));
}

bool IsPlainLanguageTag(absl::string_view tag) {
  return tag.size() == 2 && tag != "kg" &&
         absl::ascii_islower(static_cast<unsigned char>(tag[0])) &&
         absl::ascii_islower(static_cast<unsigned char>(tag[1])) &&
         std::none_of(std::begin(kCountries), std::end(kCountries), [&](const Pair& pair) {
           return tag[0] == pair.from[0] && tag[1] == pair.from[1];
         });
}

std::string CanonicalLanguageTag(absl::string_view tag) {
  if (!IsWellFormedLanguageTag(tag)) return "";
  std::vector<std::string> parts = absl::StrSplit(absl::AsciiStrToLower(tag), '-');
  for (size_t i = 1; i < parts.size() && parts[i].size() > 1; ++i) {
    if (IsScript(parts[i])) {
      parts[i][0] = absl::ascii_toupper(static_cast<unsigned char>(parts[i][0]));
    } else if (parts[i].size() == 2) {
      parts[i] = absl::AsciiStrToUpper(parts[i]);
    }
  }
  return absl::StrJoin(parts, "-");
}

std::string LanguageMeantByCountry(absl::string_view tag) {
  return Lookup(std::begin(kCountries), std::end(kCountries), Primary(tag));
}

std::string ScriptOfTag(absl::string_view tag) {
  std::vector<std::string> parts = absl::StrSplit(CanonicalLanguageTag(tag), '-');
  if (parts.size() > 1 && IsScript(parts[1])) return parts[1];
  static constexpr Pair kUsual[] = {{"ru", "Cyrl"}, {"ky", "Cyrl"}, {"tg", "Cyrl"}, {"en", "Latn"},
                                    {"fr", "Latn"}, {"es", "Latn"}, {"de", "Latn"}, {"tk", "Latn"}};
  return Lookup(std::begin(kUsual), std::end(kUsual), Primary(tag));
}

}  // namespace entente::meaning
