#include "node/query/lookup/lookup_rows.h"

#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"

namespace entente::query {

namespace {

constexpr size_t kIdBytes = 32;
constexpr char kEnd = '\0';

std::string FieldPrefix(const base::InstrumentId& instrument, char row, absl::string_view field) {
  return absl::StrCat(instrument.view(), absl::string_view(&row, 1), field,
                      absl::string_view(&kEnd, 1));
}

std::string Numbered(std::string prefix, uint64_t arrival) {
  base::AppendU64(prefix, arrival);
  return prefix;
}

}  // namespace

std::string DocumentKey(const base::InstrumentId& instrument, uint64_t arrival) {
  return Numbered(absl::StrCat(instrument.view(), "d"), arrival);
}

std::string WordPrefix(const base::InstrumentId& instrument, absl::string_view word, bool whole) {
  std::string prefix = FieldPrefix(instrument, 'w', word);
  if (!whole) prefix.pop_back();
  return prefix;
}

std::string WordKey(const base::InstrumentId& instrument, absl::string_view word,
                    uint64_t arrival) {
  return Numbered(FieldPrefix(instrument, 'w', word), arrival);
}

std::string SeriesPrefix(const base::InstrumentId& instrument, absl::string_view indicator) {
  return FieldPrefix(instrument, 'v', indicator);
}

std::string SeriesKey(const base::InstrumentId& instrument, absl::string_view indicator,
                      uint64_t arrival) {
  return Numbered(FieldPrefix(instrument, 'v', indicator), arrival);
}

std::optional<WordRow> ParseWordKey(absl::string_view key) {
  constexpr size_t kFixedBytes = kIdBytes + 2 + sizeof(uint64_t);
  if (key.size() < kFixedBytes || key[kIdBytes] != 'w') return std::nullopt;
  const size_t word_bytes = key.size() - kFixedBytes;
  if (key[kIdBytes + 1 + word_bytes] != kEnd) return std::nullopt;
  return WordRow{key.substr(kIdBytes + 1, word_bytes),
                 base::ReadU64(key.substr(kIdBytes + 2 + word_bytes))};
}

}  // namespace entente::query
