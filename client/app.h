// The command tree of `entente`: global options, every command, and the edge where a status becomes
// text on stderr and an exit status. The same tree feeds --help and the completions.
#pragma once

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "client/context/context.h"

namespace entente::client {

// Fills `app` with the whole tree; the chosen command ends in context.action.
void BuildApp(CLI::App& app, Context& context);

// What an interrupt leaves on stderr: in English, and once the command line is read in its reader's
// language. Safe in a signal handler.
const char* InterruptText();

// Parses, runs, reports. Never throws.
int RunApp(int argc, const char* const* argv, Streams streams);

}  // namespace entente::client
