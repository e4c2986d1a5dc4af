#include "client/language/compiled_phrases.h"

#include "absl/strings/match.h"

namespace entente::client {

namespace {

constexpr uint32_t kMagic = 0x950412de;

}  // namespace

CompiledPhrases::CompiledPhrases(absl::string_view bytes) : bytes_(bytes) {
  if (Number(0) != kMagic) return;
  count_ = Number(8);
  phrases_ = Number(12);
  translations_ = Number(16);
}

// Little-endian, as msgfmt writes unless told otherwise.
uint32_t CompiledPhrases::Number(size_t at) const {
  if (at > bytes_.size() || bytes_.size() - at < 4) return 0;
  uint32_t out = 0;
  for (int i = 3; i >= 0; --i) out = out << 8 | static_cast<unsigned char>(bytes_[at + i]);
  return out;
}

absl::string_view CompiledPhrases::Text(uint32_t table, uint32_t which) const {
  const size_t row = size_t{table} + size_t{which} * 8;
  const size_t length = Number(row), at = Number(row + 4);
  if (at > bytes_.size() || length > bytes_.size() - at) return "";
  return bytes_.substr(at, length);
}

// The first phrase that is not less.
uint32_t CompiledPhrases::LowerBound(absl::string_view phrase) const {
  uint32_t low = 0, high = count_;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (Text(phrases_, middle) < phrase) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

std::optional<absl::string_view> CompiledPhrases::Find(absl::string_view phrase) const {
  const uint32_t at = LowerBound(phrase);
  if (at >= count_ || Text(phrases_, at) != phrase) return std::nullopt;
  return Text(translations_, at);
}

std::optional<std::pair<absl::string_view, absl::string_view>> CompiledPhrases::OfPrefix(
    absl::string_view prefix, uint32_t which) const {
  const uint32_t first = LowerBound(prefix);
  if (which >= count_ - first) return std::nullopt;
  const absl::string_view phrase = Text(phrases_, first + which);
  if (!absl::StartsWith(phrase, prefix)) return std::nullopt;
  return std::make_pair(phrase, Text(translations_, first + which));
}

}  // namespace entente::client
