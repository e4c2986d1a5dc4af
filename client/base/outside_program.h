// Runs a program that is not ours and waits for it. Its standard input is empty; what it says goes
// to standard error.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace entente::client {

// NOT_FOUND when there is no such program in the PATH, ABORTED when it did not end well.
absl::Status RunOutsideProgram(const std::vector<std::string>& words);

}  // namespace entente::client
