#include "node/meaning/record/index_key.h"

#include "node/base/bytes.h"
#include "node/base/check.h"

namespace entente::meaning {
namespace {
constexpr size_t kIdBytes = 32;
}  // namespace

std::string IndexPrefix(const base::InstrumentId& instrument, Index index,
                        const std::vector<std::string>& fields) {
  size_t size = 2 * kIdBytes + 1;  // with the entry IndexKey puts after it
  for (const auto& field : fields) size += field.size() + 1;
  std::string out;
  out.reserve(size);
  out.append(instrument.view().data(), kIdBytes);
  out.push_back(static_cast<char>(index));
  for (const auto& field : fields) {
    out += field;
    out.push_back('\0');
  }
  return out;
}

std::string IndexKey(const base::InstrumentId& instrument, Index index,
                     const std::vector<std::string>& fields, const base::EntryId& entry) {
  // Records are checked; what somebody asks for is not, and may find nothing.
  for (const auto& field : fields) ENTENTE_CHECK(field.find('\0') == std::string::npos);
  std::string key = IndexPrefix(instrument, index, fields);
  key.append(entry.view().data(), kIdBytes);
  return key;
}

std::optional<IndexRow> ParseIndexKey(absl::string_view key) {
  if (key.size() < 2 * kIdBytes + 1) return std::nullopt;
  IndexRow row;
  row.instrument = *base::InstrumentId::FromBytes(key.substr(0, kIdBytes));
  uint8_t index = static_cast<uint8_t>(key[kIdBytes]);
  if (index < 1 || index > static_cast<uint8_t>(Index::kAbout)) return std::nullopt;
  row.index = static_cast<Index>(index);
  row.entry = *base::EntryId::FromBytes(key.substr(key.size() - kIdBytes));
  absl::string_view fields = key.substr(kIdBytes + 1, key.size() - 2 * kIdBytes - 1);
  while (!fields.empty()) {
    size_t end = fields.find('\0');
    if (end == absl::string_view::npos) return std::nullopt;
    row.fields.push_back(base::Str(fields.substr(0, end)));
    fields.remove_prefix(end + 1);
  }
  return row;
}

}  // namespace entente::meaning
