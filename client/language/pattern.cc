#include "client/language/pattern.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "node/base/bytes.h"

namespace entente::client {

PlaceMark PlaceAt(absl::string_view text, size_t at) {
  const absl::string_view rest = text.substr(at);
  if (rest.size() < 3 || rest[0] != '{' ||
      !absl::ascii_isdigit(static_cast<unsigned char>(rest[1])))
    return {};
  const int number = rest[1] - '0';
  if (rest[2] == '}') return {{number, PlaceKind::kText}, 3};
  const bool kind = rest.size() >= 5 && rest[2] == ':' && rest[4] == '}' &&
                    absl::StrContains("ndzwmsl", rest.substr(3, 1));
  if (!kind) return {};
  return {{number, static_cast<PlaceKind>(rest[3])}, 5};
}

std::optional<Pattern> Pattern::Parse(absl::string_view text) {
  Pattern out;
  out.literals_.emplace_back();
  unsigned seen = 0;
  for (size_t at = 0; at < text.size();) {
    const PlaceMark mark = PlaceAt(text, at);
    if (mark.bytes == 0) {
      out.literals_.back() += text[at++];
      ++out.literal_bytes_;
      continue;
    }
    const unsigned bit = 1U << mark.place.number;
    const bool touches = !out.places_.empty() && out.literals_.back().empty();
    if (touches || (seen & bit) != 0) return std::nullopt;
    seen |= bit;
    out.places_.push_back(mark.place);
    out.literals_.emplace_back();
    at += mark.bytes;
  }
  if ((seen & (seen + 1)) != 0) return std::nullopt;  // a gap in the numbers
  return out;
}

std::optional<std::vector<absl::string_view>> Pattern::Match(absl::string_view line, Fits fits,
                                                             int& tries) const {
  if (line.size() < literal_bytes_ + places_.size()) return std::nullopt;
  if (!absl::StartsWith(line, literals_.front())) return std::nullopt;
  if (!absl::EndsWith(line, literals_.back())) return std::nullopt;
  std::vector<absl::string_view> out(places_.size());
  if (!MatchFrom(0, literals_.front().size(), line, fits, tries, out)) return std::nullopt;
  return out;
}

bool Pattern::MatchFrom(size_t place, size_t at, absl::string_view line, Fits fits, int& tries,
                        std::vector<absl::string_view>& out) const {
  if (place == places_.size()) return at == line.size();
  const std::string& next = literals_[place + 1];
  const bool last = place + 1 == places_.size();
  const size_t end = line.size() - next.size();
  for (size_t to = last ? end : line.find(next, at + 1); to != absl::string_view::npos;
       to = last ? absl::string_view::npos : line.find(next, to + 1)) {
    if (--tries < 0 || to <= at || to > end) return false;
    const absl::string_view text = line.substr(at, to - at);
    if (!fits(places_[place].kind, text)) continue;
    out[places_[place].number] = text;
    if (MatchFrom(place + 1, to + next.size(), line, fits, tries, out)) return true;
  }
  return false;
}

}  // namespace entente::client
