#include "node/query/lookup/lookup_rows.h"

#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"

namespace entente::query {

namespace {

constexpr size_t kIdBytes = 32;

std::string Numbered(std::string prefix, uint64_t number) {
  base::AppendU64(prefix, number);
  return prefix;
}

}  // namespace

std::string DocumentsKey(const base::InstrumentId& instrument, uint64_t part) {
  return Numbered(absl::StrCat(instrument.view(), "d"), part);
}

std::string WordPrefix(const base::InstrumentId& instrument) {
  return absl::StrCat(instrument.view(), "w");
}

std::string WordPrefix(const base::InstrumentId& instrument, uint64_t part) {
  return Numbered(WordPrefix(instrument), part);
}

std::string WordKey(const base::InstrumentId& instrument, uint64_t part, absl::string_view last) {
  return absl::StrCat(WordPrefix(instrument, part), last);
}

std::string SeriesPrefix(const base::InstrumentId& instrument, absl::string_view indicator) {
  constexpr char kEnd = '\0';
  return absl::StrCat(instrument.view(), "v", indicator, absl::string_view(&kEnd, 1));
}

std::string SeriesKey(const base::InstrumentId& instrument, absl::string_view indicator,
                      uint64_t arrival) {
  return Numbered(SeriesPrefix(instrument, indicator), arrival);
}

std::optional<uint64_t> PartOfWordKey(absl::string_view key) {
  if (key.size() < kIdBytes + 1 + sizeof(uint64_t) || key[kIdBytes] != 'w') return std::nullopt;
  return base::ReadU64(key.substr(kIdBytes + 1));
}

}  // namespace entente::query
