// The help of the command tree in the reader's language: what each command and each option is for,
// and the words around them. What is typed stays English.
#pragma once

#include <memory>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "client/language/phrases.h"

namespace entente::client {

// Lays help out by what a reader sees: CLI11 counts bytes, of which a Cyrillic letter has two.
// Given to the root before anything hangs on it.
std::shared_ptr<CLI::Formatter> HelpLayout();

// Changes the descriptions of `app` and of everything below it.
void SayHelpIn(CLI::App& app, const Phrases& phrases);

}  // namespace entente::client
