// The second signature of a report (docs/protocol.md, "Second signature"): what it is over, and
// whether it verifies. Whose key it is, and whether one is asked for, is for the credentials to say
// (node/query/view/second_signer.h).
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "entente/v1/payload.pb.h"
#include "node/base/id.h"

namespace entente::meaning {

// The bytes that are signed: of the instrument, so that a signature for one is none for another,
// and of the content.
std::string SecondSignatureText(const base::InstrumentId& instrument, absl::string_view content);

// What a payload says before its last field, cleared_by; nothing when it does not end in that field
// as it is written: 32 and 64 bytes, each once, in their order. The bytes are taken as they came.
std::optional<absl::string_view> ClearedContent(absl::string_view payload);

// Does the payload end in a second signature that verifies?
bool SecondSignatureVerifies(const base::InstrumentId& instrument, absl::string_view payload);

}  // namespace entente::meaning
