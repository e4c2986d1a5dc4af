// One pass over a payload's encoded bytes that nearly every payload passes: only fields its message
// defines, written as protobuf writes them, and texts no rule could object to. Whoever passes need
// not be walked field by field through reflection, which costs several times as much; the others
// are, and the slower rules say what is wrong with them, if anything.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace entente::meaning {

// True: if the bytes parse as a `type`, a message of the payload proto, then it has no unknown
// field at any depth and CheckTexts finds nothing. False: unknown. Total; any thread.
bool IsPlainPayload(const google::protobuf::Descriptor* type, absl::string_view payload);
// The same. Where it is plain, `brief` becomes the payload with each narrative of a report emptied:
// most of its bytes, which whoever judges and lists plain records has no need to take in again.
bool IsPlainPayload(const google::protobuf::Descriptor* type, absl::string_view payload,
                    std::string& brief);

}  // namespace entente::meaning
