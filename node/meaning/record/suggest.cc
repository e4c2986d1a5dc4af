#include "node/meaning/record/suggest.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "node/base/bytes.h"
#include "node/meaning/record/summary.h"

namespace entente::meaning {
namespace {
constexpr size_t kWordBytesMax =
    64;  // the distance is quadratic; longer input is no slip of the pen
constexpr size_t kListedMax = 12;
}  // namespace

size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t replace = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replace, above[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before = above;
    above = row;
  }
  return above[b.size()];
}

std::string NearestWord(absl::string_view given, const std::vector<std::string>& words) {
  if (given.empty() || given.size() > kWordBytesMax) return "";
  std::string folded = absl::AsciiStrToLower(given);
  std::string nearest;
  size_t best = 0;
  for (const auto& word : words) {
    if (word.size() > kWordBytesMax) continue;
    size_t distance = EditDistance(folded, absl::AsciiStrToLower(word));
    if (distance * 3 > std::max(given.size(), word.size())) continue;
    if (nearest.empty() || distance < best) {
      nearest = word;
      best = distance;
    }
  }
  return nearest;
}

std::string Suggestion(absl::string_view given, const std::vector<std::string>& words) {
  if (std::string nearest = NearestWord(given, words); !nearest.empty()) {
    return "; did you mean " + nearest + "?";
  }
  if (words.empty()) return "";
  std::string out = "; known:";
  for (size_t i = 0; i < std::min(words.size(), kListedMax); ++i) {
    out += (i == 0 ? " " : ", ") + words[i];
  }
  if (words.size() > kListedMax) out += ", …";
  return out;
}

std::string Quoted(absl::string_view text) {
  std::string shown = Shorten(base::Str(text), 80);
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return "\"" + shown + "\"";
}

}  // namespace entente::meaning
