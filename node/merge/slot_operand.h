// The bytes of an operand: the state of a slot that holds one contribution (slot_value.h). Written
// and recognised without protobuf, which takes several times as long for so few fields, and every
// entry that comes in makes one.
#pragma once

#include <google/protobuf/repeated_field.h>

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace entente::merge {

// What a contribution is made of, in memory of others.
struct ContributionParts {
  absl::string_view entry;
  const google::protobuf::RepeatedPtrField<std::string>* supersedes = nullptr;
  uint32_t kind = 0;
  absl::string_view delegation;
  uint64_t hlc = 0;
  absl::string_view key, summary;
};
// Behind what `out` holds an operand: the state of a slot that holds this contribution only, in
// canonical form. REQUIRES: a 32-byte id of an entry, and of those it supersedes 32-byte ids,
// ascending, each once.
void AppendSlotOperand(std::string& out, absl::string_view slot, const ContributionParts& parts);

// Whether these are bytes that AppendSlotOperand writes, told without making a message of them.
// Only ever yes where they are: no, when in doubt. RocksDB asks for the join of nothing and an
// operand with every read of a row that no compaction has settled yet, and nearly all are of this
// form.
bool IsWrittenOperand(absl::string_view bytes);

}  // namespace entente::merge
