// What was typed, once it is known for which options: text that is sent to the node has to be text.
// One place for every command, before anything is done.
#pragma once

#include "CLI/App.hpp"
#include "absl/status/status.h"

namespace entente::client {

// USAGE names the first option or word, from `reached` upwards, whose value is not UTF-8. Names of
// files are any bytes: an option says by its type name (FILE, DIR, PATH) that it takes one. Where
// it may be something else as well ("HEX|FILE") the file has to be there; behind an @
// ("TEXT|@FILE") anything goes.
absl::Status CheckArguments(const CLI::App& reached);

}  // namespace entente::client
