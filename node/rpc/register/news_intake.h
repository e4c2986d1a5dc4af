// What another node told of a register, on its way into the store: places are turned into ids from
// what is on disk here, and the tree takes what leads to a signed checkpoint.
#pragma once

#include "absl/status/statusor.h"
#include "entente/v1/register.pb.h"
#include "node/register/registers.h"
#include "node/rpc/node_core.h"

namespace entente::rpc {

enum class Intake : uint8_t {
  kTaken,         // on disk, or nothing new
  kLacksEntries,  // of what it names by places not everything is held: again when more came
  kSpellOut,      // the places do not lead to the checkpoint here: ask for the ids
};
struct NewsIntake {
  Intake intake = Intake::kTaken;
  reg::TakenNews taken;
};
// INVALID_ARGUMENT: the sender's fault. Not on the writer thread.
absl::StatusOr<NewsIntake> TakeNews(NodeCore& core, v1::RegisterNews news);

}  // namespace entente::rpc
