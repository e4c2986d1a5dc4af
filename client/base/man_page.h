// The manual page entente(1), made from the command tree: the same words as --help. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"

namespace entente::client {

// `topics`: name and text of the help topics, a section each. In the language of man(7).
std::string ManPage(const CLI::App& root,
                    const std::vector<std::pair<std::string, std::string>>& topics);

}  // namespace entente::client
