// The help of the command tree in the reader's language: what each command is for, and the words
// around it. What is typed, and what an option means, stay English.
#pragma once

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "client/language/phrases.h"

namespace entente::client {

// Changes the descriptions of `app` and of everything below it.
void SayHelpIn(CLI::App& app, const Phrases& phrases);

}  // namespace entente::client
