// What an auditor keeps of an audit of their own that found nothing: up to which checkpoint every
// signature was verified. In the next one the same bytes, known by the tree they lead to, need no
// second verification, so that its cost follows what is new. The file is trusted as one's own note
// is; it must not come from whoever is audited.
//
//   entente-audited/1 LF  instrument HEX64 LF  size 600 LF  root HEX64 LF
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/id.h"

namespace entente::client {

struct Audited {
  base::InstrumentId instrument;
  uint64_t size = 0;
  base::Digest root;
};

std::string AuditedText(const Audited& audited);
// INVALID_ARGUMENT: not as AuditedText writes it.
absl::StatusOr<Audited> ParseAudited(absl::string_view text);

// `first`: leaf hashes in a register's order, from any hand. Ascending, those that were verified:
// all of the first `size` if they lead to the root, else none.
std::vector<base::EntryId> VerifiedBefore(const Audited& audited,
                                          const std::vector<base::EntryId>& first);

// For the report, where a register is shorter than that: no fault, it may lag.
std::string TooShortForAudited(const Audited& audited, uint64_t size);

}  // namespace entente::client
