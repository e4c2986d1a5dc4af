// The brief as Markdown (CommonMark with tables): the same contents as the HTML page in the same
// order, charts as tables. Everything that came from a record is escaped.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "client/brief/document.h"
#include "client/language/phrases.h"

namespace entente::client::brief {

std::string Markdown(const Document& document, const Phrases& phrases);

// For one line: punctuation that means something to Markdown or HTML is escaped, line ends are
// blanks.
std::string MarkdownEscaped(absl::string_view text);

}  // namespace entente::client::brief
