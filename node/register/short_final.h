// A final checkpoint told shortly: its size, and which known key signed what. Origin and names
// stand in the charter, and the root is that of the tree the receiver holds, so a lie leads to a
// text nobody signed.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "entente/v1/register.pb.h"
#include "node/register/trust.h"

namespace entente::reg {

// Nothing: it cannot be told so (a line of a key that the charter does not name now, extension
// lines), and goes as it is.
std::optional<v1::ShortCheckpoint> Shorten(const Trust& trust,
                                           const tlog::SignedCheckpoint& checkpoint);
// The checkpoint over this root with the lines of keys known here; none of them is checked.
// INVALID_ARGUMENT, PROOF_MALFORMED: keys and signatures do not go together.
absl::StatusOr<tlog::SignedCheckpoint> Lengthen(const Trust& trust, const v1::ShortCheckpoint& told,
                                                const Digest& root);

}  // namespace entente::reg
