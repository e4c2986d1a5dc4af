// The names people use for records, and their slots.
//   EUCA-2014/DDR/08                 a commitment          EUCA-2014/DDR        a chapter
//   EUCA-2014/MTR-2017               a round               EUCA-2014/OST-CLIENTS  an indicator
//   EUCA-2014                        the instrument itself
//   R:EUCA-2014/MTR-2017/KG/DDR/08   a report on a commitment; .../KG/DDR on a chapter; .../KG on
//   all R:EUCA-2014/-/KG/2017-Q3/DDR/08  a report outside any round EUCA-2014/intervention/ENTRYHEX
//   any other record: its slot after the instrument
// Behind any of them: #2 for the second version, #2~2afb25f0 when two entries share that version.
// The instrument may be left out. Slot texts (slot.h) are references too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace entente::meaning {

struct Reference {
  std::string instrument;          // empty: not given
  std::vector<std::string> slots;  // what it may mean, likeliest first; never empty
  std::optional<uint32_t> version;
  std::string short_id;  // 8 hex of the entry id; only with a version
};

// `instrument_code` is the instrument the asker is in, if any: it settles what the first part
// means. INVALID_ARGUMENT (VALIDATION_FAILED) says what forms there are.
absl::StatusOr<Reference> ParseReference(absl::string_view text,
                                         absl::string_view instrument_code = "");

// The likeliest slot of a reference. Where a bare code could be a chapter, an indicator or a round,
// a caller that can look should try `slots` in order.
absl::StatusOr<std::string> SlotOfReference(const Reference& reference);

// The reference people see for a slot, without a version.
std::string ReferenceOfSlot(absl::string_view instrument_code, absl::string_view slot);

// With "#2", or "#2~2afb25f0" when a short id is given.
std::string VersionedReference(absl::string_view reference, uint32_t version,
                               absl::string_view short_id = "");

}  // namespace entente::meaning
