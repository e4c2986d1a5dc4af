// The brief as one HTML page: nothing outside it is needed, no script runs in it. Tables have
// captions and scopes, texts carry their language, charts have a description; what a colour says is
// said by a word and a border too. Everything that came from a record is escaped.
#pragma once

#include <string>

#include "client/brief/document.h"
#include "client/language/phrases.h"

namespace entente::client::brief {

std::string Html(const Document& document, const Phrases& phrases);

}  // namespace entente::client::brief
