// The names that the catalogue gives chapters, commitments and indicators in a reader's language,
// in a table that was made with the English ones. Machines do not ask for a language.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "entente/v1/local.pb.h"
#include "node/query/view/views.h"

namespace entente::query {

// Cells of the column "title" whose row names a record of the catalogue in its column "code" or
// "subject"; where the catalogue has no text in `lang` (a BCP 47 tag; "uz" finds "uz-Latn" too) the
// cell stays. "" and "en" change nothing.
absl::Status TitlesIn(const Views& views, absl::string_view lang, v1::Table& table);

}  // namespace entente::query
