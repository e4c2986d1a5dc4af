#include "client/language/phrases.h"

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "node/base/bytes.h"

namespace entente::client {

namespace {

constexpr absl::string_view kUnits[] = {"B",   "kB",  "MB",  "GB",    "TB",
                                        "KiB", "MiB", "GiB", "bytes", "byte"};

bool AllDigits(absl::string_view text) {
  for (const char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return false;
  }
  return !text.empty();
}

constexpr const char* kMonths[] = {Phrase("January"), Phrase("February"), Phrase("March"),
                                   Phrase("April"),   Phrase("May"),      Phrase("June"),
                                   Phrase("July"),    Phrase("August"),   Phrase("September"),
                                   Phrase("October"), Phrase("November"), Phrase("December")};

// Group separator and decimal mark. French and Russian group by a no-break space and write a comma.
struct Marks {
  const char* group;
  const char* decimal;
};
Marks MarksOf(absl::string_view language) {
  if (language == "fr") return {"\u202f", ","};
  if (language == "ru") return {"\u00a0", ","};
  return {",", "."};
}

bool IsIsoDate(absl::string_view text) {
  return text.size() == 10 && text[4] == '-' && text[7] == '-' && AllDigits(text.substr(0, 4)) &&
         AllDigits(text.substr(5, 2)) && AllDigits(text.substr(8, 2));
}

// "T08:02Z", "T08:02:31Z"
bool IsIsoClock(absl::string_view text) {
  if (text.size() != 7 && text.size() != 10) return false;
  if (text[0] != 'T' || text[3] != ':' || text.back() != 'Z') return false;
  return AllDigits(text.substr(1, 2)) && AllDigits(text.substr(4, 2)) &&
         (text.size() == 7 || (text[6] == ':' && AllDigits(text.substr(7, 2))));
}

}  // namespace

bool IsDecimal(absl::string_view text) {
  if (!text.empty() && text[0] == '-') text.remove_prefix(1);
  const size_t dot = text.find('.');
  return AllDigits(text.substr(0, dot)) &&
         (dot == absl::string_view::npos || AllDigits(text.substr(dot + 1)));
}

bool IsIsoTime(absl::string_view text) {
  return IsIsoDate(text.substr(0, 10)) && (text.size() == 10 || IsIsoClock(text.substr(10)));
}

bool IsSize(absl::string_view text) {
  const size_t space = text.find(' ');
  return space != absl::string_view::npos && IsDecimal(text.substr(0, space)) &&
         absl::c_linear_search(kUnits, text.substr(space + 1));
}

std::string Phrases::Retell(absl::string_view line) const { return base::Str(line); }
std::string Phrases::RetellPart(absl::string_view part) const { return Retell(part); }

std::string Phrases::RetellLines(absl::string_view text) const {
  std::vector<std::string> lines;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) lines.push_back(Retell(line));
  return absl::StrJoin(lines, "\n");
}

std::optional<std::string> Phrases::Word(absl::string_view) const { return std::nullopt; }
std::optional<std::string> Phrases::Field(absl::string_view) const { return std::nullopt; }

std::string Phrases::ShortDate(absl::string_view iso) const {
  const char* mark = language() == "ru" ? "." : language() == "fr" ? "/" : nullptr;
  if (mark == nullptr || !IsIsoTime(iso)) return base::Str(iso);
  std::string out = absl::StrCat(iso.substr(8, 2), mark, iso.substr(5, 2), mark, iso.substr(0, 4));
  if (iso.size() == 10) return out;
  return absl::StrCat(out, " ", iso.substr(11, iso.size() - 12), " UTC");
}

std::string Phrases::Find(absl::string_view english) const { return base::Str(english); }

std::string Phrases::Say(absl::string_view english,
                         const std::vector<std::string>& arguments) const {
  const std::string pattern = Find(english);
  std::string out;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const bool place = pattern[i] == '{' && i + 2 < pattern.size() && pattern[i + 2] == '}' &&
                       absl::ascii_isdigit(static_cast<unsigned char>(pattern[i + 1]));
    const size_t which = place ? static_cast<size_t>(pattern[i + 1] - '0') : arguments.size();
    if (which < arguments.size()) {
      out += arguments[which];
      i += 2;
    } else {
      out += pattern[i];
    }
  }
  return out;
}

std::string Phrases::Date(absl::string_view iso) const {
  const int month = IsIsoDate(iso) ? (iso[5] - '0') * 10 + (iso[6] - '0') : 0;
  if (month < 1 || month > 12) return base::Str(iso);
  absl::string_view day = iso.substr(8, 2);
  if (day[0] == '0') day.remove_prefix(1);
  return Say("{0} {1} {2}",
             {base::Str(day), Find(kMonths[month - 1]), base::Str(iso.substr(0, 4))});
}

std::string Phrases::Number(absl::string_view decimal) const {
  if (!IsDecimal(decimal)) return base::Str(decimal);
  const bool negative = decimal[0] == '-';
  const absl::string_view rest = decimal.substr(negative ? 1 : 0);
  const size_t dot = rest.find('.');
  const absl::string_view whole = rest.substr(0, dot);
  const absl::string_view part = dot == absl::string_view::npos ? "" : rest.substr(dot + 1);
  const Marks marks = MarksOf(language());
  std::string out = negative ? "\u2212" : "";
  for (size_t i = 0; i < whole.size(); ++i) {
    const size_t left = whole.size() - i;
    // Four digits read well without: 2017 people, 4000 parents.
    if (i > 0 && left % 3 == 0 && whole.size() > 4) out += marks.group;
    out += whole[i];
  }
  return part.empty() ? out : absl::StrCat(out, marks.decimal, part);
}

std::string Phrases::ShortSize(absl::string_view english) const {
  if (!IsSize(english)) return base::Str(english);
  const size_t space = english.find(' ');
  const std::optional<std::string> unit = Word(english.substr(space + 1));
  if (!unit) return base::Str(english);
  return absl::StrCat(Number(english.substr(0, space)), "\u00a0", *unit);
}

std::string Phrases::Size(uint64_t bytes) const {
  const auto in = [&](double unit) { return absl::StrFormat("%.1f", bytes / unit); };
  if (bytes < 1'000) return Say("{0} B", {absl::StrCat(bytes)});
  if (bytes < 1'000'000) return Say("{0} kB", {Number(in(1e3))});
  return Say("{0} MB", {Number(in(1e6))});
}

}  // namespace entente::client
