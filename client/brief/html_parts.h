// The small pieces HTML is made of: escaping, texts with their language. Private to this room.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "client/brief/document.h"

namespace entente::client::brief {

// For text and for attributes in double quotes. Control characters but line feed and tab are
// dropped.
std::string Escaped(absl::string_view text);

// <span lang="ru" dir="auto">...</span>, or the bare words where they are in the document's
// language.
std::string Span(const Text& text);

// Paragraphs as they were written: an empty line parts them, a line end breaks the line.
std::string Paragraphs(const Text& text);

// The style sheet: print and screen, black and white as well as colour.
const char* StyleSheet();

}  // namespace entente::client::brief
