// A record's fields as its reader's language names them. Machines, and what is typed, keep the
// names as they are: implementation, values[OST-CLIENTS].value. Pure.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "client/language/phrases.h"

namespace entente::client {

// "values[OST-CLIENTS].value" as "valeurs[OST-CLIENTS] › valeur"; in English, and where one of its
// names is not known, as it is. What stands in brackets is a code or a tag and stays.
std::string FieldIn(absl::string_view field, const Phrases& phrases);

// What such a field holds: a word of a closed list, a date and a number as the language writes
// them; all else is a code or somebody's text and stays.
std::string FieldValueIn(absl::string_view field, absl::string_view value, const Phrases& phrases);

}  // namespace entente::client
