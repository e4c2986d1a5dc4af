// Which of several texts is shown, and what is said about its language. Private to this room.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "client/brief/document.h"
#include "client/language/phrases.h"
#include "entente/v1/payload.pb.h"

namespace entente::client::brief {

using Texts = google::protobuf::RepeatedPtrField<v1::Text>;

// "uz" asks for "uz-Latn" too.
bool SameLanguage(absl::string_view wanted, absl::string_view tag);

// Of a name: the document's language, else English, else the first. Empty: `fallback`.
Text Named(const Texts& texts, const Phrases& phrases, absl::string_view fallback);

// Of what a delegation wrote: the document's language, else the round's working language, else the
// first, marked as an original without translation.
Text Written(const Texts& texts, const Phrases& phrases, const std::string& working_language);

// Words in a language that is known beside them; empty: the document's.
Text InLanguage(const std::string& lang, const std::string& words, const Phrases& phrases);

// The day of an instant, UTC, in words; empty for 0.
std::string Day(uint64_t unix_ms, const Phrases& phrases);

// An anchor: letters and digits as they are, a dot for a slash, a hyphen for anything else.
std::string Anchor(absl::string_view text);

}  // namespace entente::client::brief
