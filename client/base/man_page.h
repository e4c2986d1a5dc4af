// The manual page entente(1), made from the command tree: the same words as --help, in the same
// language. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "client/language/phrases.h"

namespace entente::client {

// `root` and `topics` (name and text of the help topics, a section each) are said already: see
// SayHelpIn. In the language of man(7).
std::string ManPage(const CLI::App& root,
                    const std::vector<std::pair<std::string, std::string>>& topics,
                    const Phrases& phrases);

}  // namespace entente::client
