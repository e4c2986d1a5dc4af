// Every bound of the ledger in one place. Over a bound the answer is typed and names it.
#pragma once

#include <cstdint>

namespace entente::ledger {

inline constexpr uint64_t kPayloadBytesMax = 60'000;
inline constexpr uint32_t kIncarnationMax = 8;
inline constexpr uint64_t kHeaderBytesMax = 400;  // the longest header is 331 bytes
inline constexpr uint64_t kSignatureBytes = 64;
inline constexpr uint64_t kLeafBytesMax = kHeaderBytesMax + 128;
inline constexpr uint64_t kNoteTextBytesMax = 60'000;
inline constexpr uint32_t kNoteActsMax = 1000;
inline constexpr uint32_t kNoteSignaturesMax = 64;  // lines kept per note text
inline constexpr uint32_t kSignersMax = 16;
inline constexpr uint32_t kFreeTextBytesMax = 200;
inline constexpr uint32_t kEntriesPerSubmitMax = 256;
inline constexpr uint64_t kAsideEntriesMax = 10'000;  // per instrument
inline constexpr uint64_t kAsideEntriesPerPeerMax = 2'000;

static_assert(kLeafBytesMax + kPayloadBytesMax < 65'536, "a leaf fits a C2SP tile entry");

}  // namespace entente::ledger
