// The codes of findings as texts name them.
#pragma once

#include <set>
#include <string>

namespace entente::meaning {

// Every `quote` + E- or W- code + `quote` in the text.
std::set<std::string> CodesIn(const std::string& text, char quote);
// Of docs/validation.md.
std::set<std::string> CodesOfDocument();

}  // namespace entente::meaning
