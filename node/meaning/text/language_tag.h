// Language tags (BCP 47, RFC 5646): well-formedness and canonical case. Whether a subtag is
// registered is not checked, except for country codes people mistake for languages.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace entente::meaning {

bool IsWellFormedLanguageTag(absl::string_view tag);  // any case

// A quick yes for the usual case: two lower-case letters that need no second look.
bool IsPlainLanguageTag(absl::string_view tag);

// "uz-cyrl" becomes "uz-Cyrl", "EN-gb" becomes "en-GB". "" when not well-formed.
std::string CanonicalLanguageTag(absl::string_view tag);

// For a primary subtag that is a country and no language: the likely language ("kz": "kk"), else
// "".
std::string LanguageMeantByCountry(absl::string_view tag);

// What script a tag promises: "Cyrl", "Latn", or "" when it does not say and usage is mixed.
std::string ScriptOfTag(absl::string_view tag);

}  // namespace entente::meaning
