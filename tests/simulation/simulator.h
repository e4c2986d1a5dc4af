// One run: a world from a seed, a time of faults, healing, and the checkers. See
// docs/simulation.md.
#pragma once

#include "tests/simulation/options.h"

namespace entente::simulation {

SimResult Simulate(const SimOptions& options);

}  // namespace entente::simulation
