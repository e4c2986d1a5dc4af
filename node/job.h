// The node's program run for one job on a directory, without a node: listing, verifying and
// restoring backups, examining a node that is down, making views again from a log, checking its
// settings. `entente` starts it so; the answer is one serialized v1::JobAnswer on the standard
// output. It is part of entented and not of entente because only entented can read a store.
//
//   entented --job list    --from DIR
//   entented --job verify  --from DIR [--backup N]
//   entented --job restore --from DIR [--backup N] --data NEWDIR [--new-identity true]
//                          [--validate-only true]
//                          [--mark INSTRUMENT:KEY:INCARNATION:SEQUENCE:ENTRY]...
//   entented --job examine --data DIR [--all true]
//   entented --job config  [--config FILE] [--data DIR]     (the environment's settings count too)
//   entented --job rebuild --log FILE --work NEWDIR --instrument HEX       (rebuild.h)
#pragma once

#include <map>
#include <string>
#include <vector>

#include "entente/v1/operator.pb.h"

namespace entente {

// `words` follow --job. Never fails: what went wrong is in the answer.
v1::JobAnswer RunJob(const std::vector<std::string>& words,
                     const std::map<std::string, std::string>& environment);

}  // namespace entente
