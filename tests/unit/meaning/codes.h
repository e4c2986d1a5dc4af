// The codes of findings as texts name them.
#pragma once

#include <set>
#include <string>

namespace entente::meaning {

// Every `quote` + E- or W- code + `quote` in the text.
std::set<std::string> CodesIn(const std::string& text, char quote);
// Of docs/validation.md.
std::set<std::string> CodesOfDocument();
// What the node says of a draft or a submission by what it holds beside the records, and no rule of
// node/meaning says: files that are not here, versions that are being merged.
std::set<std::string> CodesOfDrafts();

}  // namespace entente::meaning
