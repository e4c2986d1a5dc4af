#include "client/language/retelling.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/language/phrases.h"
#include "node/base/bytes.h"

namespace entente::client {

namespace {

// Pieces between `separator`s that stand outside of quotation marks.
std::vector<absl::string_view> Pieces(absl::string_view text, absl::string_view separator) {
  std::vector<absl::string_view> out;
  bool quoted = false;
  size_t begin = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (quoted || !absl::StartsWith(text.substr(i), separator)) continue;
    out.push_back(text.substr(begin, i - begin));
    begin = i + separator.size();
  }
  out.push_back(text.substr(begin));
  return out;
}

// "E-NUM values[OST-CLIENTS].value: " of a finding; 0 of anything else.
size_t FindingHead(absl::string_view text) {
  if (!absl::StartsWith(text, "E-") && !absl::StartsWith(text, "W-")) return 0;
  const size_t space = text.find(' '), colon = text.find(": ");
  if (space == absl::string_view::npos || colon == absl::string_view::npos || space > colon)
    return 0;
  for (const char c : text.substr(0, space)) {
    if (c != '-' && !absl::ascii_isupper(static_cast<unsigned char>(c))) return 0;
  }
  return colon + 2;
}

}  // namespace

Retelling::Retelling(const std::vector<RetoldRule>& rules, Wording wording)
    : wording_(std::move(wording)) {
  for (const RetoldRule& rule : rules) {
    if (rule.said.empty()) continue;
    for (const std::string& english : rule.english) {
      std::optional<Pattern> pattern = Pattern::Parse(english);
      if (pattern) patterns_.push_back({*std::move(pattern), rule.part, rule.said});
    }
  }
  // Stable: of two with as much text of their own, the first in the order of the file.
  std::stable_sort(patterns_.begin(), patterns_.end(), [](const Sentence& a, const Sentence& b) {
    return a.pattern.literal_bytes() > b.pattern.literal_bytes();
  });
}

std::string Retelling::Said(absl::string_view line, bool within) const {
  if (line.size() > kRetoldBytesMax) return base::Str(line);
  const absl::string_view text = absl::StripAsciiWhitespace(line);
  if (text.empty()) return base::Str(line);
  Work work;
  const Told told = Tell(text, within, work);
  if (!told) return base::Str(line);
  const size_t begin = static_cast<size_t>(text.data() - line.data());
  return absl::StrCat(line.substr(0, begin), *told, line.substr(begin + text.size()));
}

bool Retelling::Fits(PlaceKind kind, absl::string_view text, bool strict, Work& work) const {
  switch (kind) {
    case PlaceKind::kText:
      return !strict ||
             (Pieces(text, "; ").size() == 1 && FindingHead(absl::StrCat(text, ": ")) == 0);
    case PlaceKind::kSize:
      return IsSize(text);
    case PlaceKind::kNumber:
      return IsDecimal(text);
    case PlaceKind::kDate:
      return IsIsoTime(text);
    case PlaceKind::kWord:
      return wording_.word(text).has_value();
    case PlaceKind::kMessage:
      if (!strict || Pieces(text, "; ").size() == 1) return true;
      return Tell(text, /*within=*/true, work).has_value();
    case PlaceKind::kKnown:
      return Tell(text, /*within=*/true, work).has_value();
    default:
      return true;
  }
}

Retelling::Told Retelling::Whole(absl::string_view text, bool within, bool strict,
                                 Work& work) const {
  const auto fits = [&](PlaceKind kind, absl::string_view part) {
    return Fits(kind, part, strict, work);
  };
  for (const Sentence& sentence : patterns_) {
    if (sentence.part && !within) continue;
    if (auto texts = sentence.pattern.Match(text, fits, work.tries))
      return Fill(sentence, *texts, work);
  }
  return std::nullopt;
}

// The code and the field of a finding stay: they are looked up in the documentation.
Retelling::Told Retelling::Finding(absl::string_view text, bool within, Work& work) const {
  const size_t head = FindingHead(text);
  if (head == 0) return std::nullopt;
  const Told rest = Tell(text.substr(head), within, work);
  if (!rest) return std::nullopt;
  return absl::StrCat(text.substr(0, head), *rest);
}

// All or none: half a sentence in each language helps nobody.
Retelling::Told Retelling::Clauses(absl::string_view text, bool within, Work& work) const {
  const std::vector<absl::string_view> pieces = Pieces(text, "; ");
  if (pieces.size() < 2) return std::nullopt;
  std::vector<std::string> said;
  for (const absl::string_view piece : pieces) {
    Told told = Whole(piece, within, /*strict=*/true, work);
    if (!told) return std::nullopt;
    said.push_back(*std::move(told));
  }
  return absl::StrJoin(said, "; ");
}

Retelling::Told Retelling::Tell(absl::string_view text, bool within, Work& work) const {
  if (work.depth >= kDepthMax) return std::nullopt;
  ++work.depth;
  Told told = Whole(text, within, /*strict=*/true, work);
  if (!told) told = Finding(text, within, work);
  if (!told) told = Clauses(text, within, work);
  if (!told) told = Whole(text, within, /*strict=*/false, work);
  --work.depth;
  return told;
}

std::string Retelling::Message(absl::string_view text, Work& work) const {
  if (Told told = Tell(text, /*within=*/true, work)) return *told;
  return wording_.word(text).value_or(base::Str(text));
}

std::string Retelling::Argument(PlaceKind kind, absl::string_view text, Work& work) const {
  switch (kind) {
    case PlaceKind::kText:
      break;
    case PlaceKind::kNumber:
      return wording_.number(text);
    case PlaceKind::kDate:
      return wording_.date(text);
    case PlaceKind::kSize:
      return wording_.size(text);
    case PlaceKind::kWord:
      return wording_.word(text).value_or(base::Str(text));
    case PlaceKind::kMessage:
    case PlaceKind::kKnown:
      return Message(text, work);
    case PlaceKind::kList: {
      std::vector<std::string> said;
      for (const absl::string_view piece : Pieces(text, ", ")) said.push_back(Message(piece, work));
      return absl::StrJoin(said, ", ");
    }
  }
  return base::Str(text);
}

std::string Retelling::Fill(const Sentence& sentence, const std::vector<absl::string_view>& texts,
                            Work& work) const {
  std::vector<std::string> arguments(texts.size());
  size_t form = 0;
  for (auto place = sentence.pattern.places().rbegin(); place != sentence.pattern.places().rend();
       ++place) {
    const absl::string_view text = texts[place->number];
    arguments[place->number] = Argument(place->kind, text, work);
    // The first number of the sentence decides.
    if (place->kind == PlaceKind::kNumber) form = wording_.form(text);
  }
  const std::string& said = sentence.said[std::min(form, sentence.said.size() - 1)];
  std::string out;
  for (size_t at = 0; at < said.size();) {
    const PlaceMark mark = PlaceAt(said, at);
    const auto number = static_cast<size_t>(mark.place.number);
    if (mark.bytes > 0 && number < arguments.size()) {
      out += arguments[number];
      at += mark.bytes;
    } else {
      out += said[at++];
    }
  }
  return out;
}

}  // namespace entente::client
