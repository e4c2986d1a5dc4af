// Shell completions, written from the command tree itself, so that they never lag behind it.
#pragma once

#include <string>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/strings/string_view.h"

namespace entente::client {

// `shell` is bash, zsh or fish; anything else gives an empty text.
std::string CompletionScript(const CLI::App& root, absl::string_view shell);

}  // namespace entente::client
