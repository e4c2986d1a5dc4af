// The languages the client speaks: English, and those it has translations of.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/language/phrases.h"
#include "client/language/retelling.h"

namespace entente::client {

struct CompiledLanguage {
  const char* language;
  absl::string_view bytes;  // what msgfmt made
};
// Ascending by language; made by the build.
const std::vector<CompiledLanguage>& CompiledLanguages();

// The patterns of its lines, as they stand in its .po file.
std::vector<RetoldRule> RetoldRulesOf(const CompiledLanguage& compiled);

// "en", then the others.
std::vector<std::string> SpokenLanguages();

// The first of these that is spoken decides: `tag` (BCP 47: "fr-CH" is fr), else the locales as
// people's environments name them ("ru_RU.UTF-8", or several parted by colons); else English.
std::unique_ptr<Phrases> PhrasesIn(absl::string_view tag,
                                   const std::vector<std::string>& locales = {});

// Is it one of the languages spoken, by its first part?
bool Spoken(absl::string_view tag);

}  // namespace entente::client
