// What one run is made of. Everything not given here is drawn from the seed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace entente::simulation {

// A fault planted in the product, to show that the checker that should see it does.
enum class Bug : uint8_t {
  kNone,
  kAcknowledgeBeforeCommit,  // the client is told before the batch is on disk
  kDropOnIngest,             // some entries of a frame are thrown away
  kSkipMembership,           // anyone is served
  kLastWriterOnly,           // a slot keeps the newest contribution only
  kSkipSequence,             // one entry in the middle of a feed is not written
  kForgetRetraction,         // views keep what an authority act took away
  kTrustSignatures,          // a signature is taken for good
  kForgetMark,               // an author's tool does not look at its own mark
  kResumeAtOnce,             // a register that came out of a backup goes on without asking anybody
  kCosignAnything,           // a witness cosigns whatever it is told, also what comes late
  kDropNews,                 // a node throws away what it is told of registers
  kForgeSeen,                // authors sign to have seen a tree that nobody signed
};

struct SimOptions {
  uint64_t seed = 1;
  Bug bug = Bug::kNone;
  bool trace = false;  // print every event
};

struct SimResult {
  std::string trace_hash;             // hex SHA-256 over the events
  std::vector<std::string> failures;  // empty: clean; each begins with the checker's name
  std::string parameters;             // drawn from the seed, in one line
  uint64_t events = 0, entries = 0, acknowledged = 0, crashes = 0, contacts = 0, notes = 0,
           conflicts = 0, restores = 0, checkpoints = 0, cosignatures = 0;
  uint64_t not_admitted = 0;
};

}  // namespace entente::simulation
