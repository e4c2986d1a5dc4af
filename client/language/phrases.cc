#include "client/language/phrases.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"

namespace entente::client {

namespace {

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

}  // namespace

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
  const bool date = iso.size() == 10 && iso[4] == '-' && iso[7] == '-' &&
                    AllDigits(iso.substr(0, 4)) && AllDigits(iso.substr(5, 2)) &&
                    AllDigits(iso.substr(8, 2));
  const int month = date ? (iso[5] - '0') * 10 + (iso[6] - '0') : 0;
  if (month < 1 || month > 12) return base::Str(iso);
  absl::string_view day = iso.substr(8, 2);
  if (day[0] == '0') day.remove_prefix(1);
  return Say("{0} {1} {2}",
             {base::Str(day), Find(kMonths[month - 1]), base::Str(iso.substr(0, 4))});
}

std::string Phrases::Number(absl::string_view decimal) const {
  const bool negative = !decimal.empty() && decimal[0] == '-';
  const absl::string_view rest = decimal.substr(negative ? 1 : 0);
  const size_t dot = rest.find('.');
  const absl::string_view whole = rest.substr(0, dot);
  const absl::string_view part = dot == absl::string_view::npos ? "" : rest.substr(dot + 1);
  if (!AllDigits(whole) || (dot != absl::string_view::npos && !AllDigits(part))) {
    return base::Str(decimal);
  }
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

}  // namespace entente::client
