// How long the texts of a record may be (E-LEN, docs/validation.md).
#pragma once

#include <cstddef>

#include "absl/strings/string_view.h"

namespace entente::meaning {

inline constexpr size_t kPayloadBytesMax = 60'000;  // ledger limit: one entry's payload

// In characters, of every text at or below this field of the record itself.
size_t TextLimit(absl::string_view top_field);

}  // namespace entente::meaning
