// The small rules the line formats share. Every value has exactly one spelling, so that the hash of
// a text is the hash of its meaning.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace entente::ledger {

// INVALID_ARGUMENT with reason NOTE_MALFORMED.
absl::Status NoteMalformed(absl::string_view what);
// The same, naming the line (from 1).
absl::Status NoteMalformedAt(size_t line, absl::string_view what);

// Digits without sign or leading zero, at most 2^64 - 1.
std::optional<uint64_t> ParseDecimal(absl::string_view text);

// RFC 4648 section 4 with padding; only the canonical spelling.
std::optional<std::string> ParseBase64(absl::string_view text);
std::string ToBase64(absl::string_view bytes);

// YYYY-MM-DDTHH:MM:SSZ, a day that exists; no leap second.
bool IsTime(absl::string_view text);

// [A-Z][A-Z0-9-]{1,31}
bool IsCode(absl::string_view text);

// [a-z][a-z0-9-]* : the first word of an act.
bool IsActWord(absl::string_view text);

// [a-z][a-z0-9_]{0,31} : a key's role.
bool IsRoleWord(absl::string_view text);

// HOST:PORT without spaces, printable ASCII, at most 260 bytes; an IPv6 host stands in brackets.
bool IsAddress(absl::string_view text);

// The name of a C2SP key: not empty, UTF-8, no space of Unicode, no "+", no control character.
bool IsKeyName(absl::string_view text);

// Valid UTF-8 without control characters (U+0000..001F, U+007F..009F).
bool IsPlainUtf8(absl::string_view text);

// Why this is not free text, or nothing: 1..200 bytes, NFC, no control character, no space at
// either end.
std::optional<std::string> FreeTextFault(absl::string_view text);

// The lines of a text, without their LF. Nothing if it does not end in LF.
std::optional<std::vector<absl::string_view>> SplitLines(absl::string_view text);

}  // namespace entente::ledger
