// The exit statuses of both programs. Scripts branch on them: a number never changes its meaning.
#pragma once

namespace entente::client {

enum class Exit : int {
  kDone = 0,
  kSomeFound = 1,    // done, and with --fail-if-any the answer is "yes, there are some"
  kUsage = 2,        // the command line itself
  kUnreachable = 3,  // no node answers
  kFindings = 4,     // verification failed, or an audit has findings
  kRefused = 5,      // validation, permission
  kNotFound = 6,
  kConflict = 7,  // needs a person
  kAgain = 8,     // interrupted, timed out, a peer not reached: nothing lost, run again
  kMachine = 9,   // failed on this machine: disk full, damaged or unreadable file, port in use
};

}  // namespace entente::client
