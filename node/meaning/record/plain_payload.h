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
//
// `shortened`, unless null, becomes the short form of what is plain: each narrative of a report is
// there, but empty. It parses exactly where the payload does, to the same message but for them.
// They are most of the bytes of a report, and whoever judges a plain one by itself or lists it
// reads none of them. Anything where the payload is not plain.
bool IsPlainPayload(const google::protobuf::Descriptor* type, absl::string_view payload,
                    std::string* shortened = nullptr);

}  // namespace entente::meaning
