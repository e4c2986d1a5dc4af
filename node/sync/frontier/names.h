// How an instrument is named in Hello, and the answers that give nothing away.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "node/sync/frontier/frontier.h"

namespace entente::sync {

inline constexpr uint32_t kProtocolMin = 1;
inline constexpr uint32_t kProtocolMax = 1;
inline constexpr size_t kNonceBytes = 16;
inline constexpr size_t kInstrumentNameBytes = 16;
inline constexpr int kHelloInstrumentsMax = 256;

// First 16 bytes of HMAC-SHA-256(nonce, instrument id): who does not know the instrument learns
// nothing.
std::string InstrumentName(absl::string_view nonce, const InstrumentId& instrument);

// NOT_FOUND, reason UNKNOWN_INSTRUMENT: the same for "not here" and "not yours".
absl::Status UnknownInstrument();
// INVALID_ARGUMENT, reason ENTRY_MALFORMED: a sync message that is not one.
absl::Status MalformedMessage(absl::string_view what);

}  // namespace entente::sync
