// The targets without libFuzzer: a table of them, and one call of one that notices what a fuzzer
// would: a crash, a broken property, an input that takes too long or too much memory.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

// Names ascending.
std::vector<std::string> TargetNames();
// Null when there is no such target.
TargetFunction FindTarget(absl::string_view name);

// From now on an input that ends the process, or keeps it longer than this, is written to `path`
// first and named on stderr.
void KeepFailingInput(const std::string& path, int seconds_max);
// Calls the target. The input is the one that is kept.
void RunOne(TargetFunction target, absl::string_view input);

}  // namespace entente::fuzz
