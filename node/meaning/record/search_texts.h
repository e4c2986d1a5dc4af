// What can be looked for in a payload: all its texts and codes but Common and language tags. Taken
// from the bytes as they lie, which costs a fraction of making the message: an index goes through
// every entry. Nothing is judged; whoever finds an entry asks whether it counts.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"

namespace entente::meaning {

// In the order they are written; none that is empty. They live as long as the payload. Of a kind or
// schema that a newer version writes: none. Total; what is no field ends it.
std::vector<absl::string_view> SearchTexts(uint32_t kind, uint32_t schema,
                                           absl::string_view payload);

// Does the payload have this field at all? It need not parse for that.
bool HasField(absl::string_view payload, int field_number);

}  // namespace entente::meaning
