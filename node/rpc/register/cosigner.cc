#include "node/rpc/register/cosigner.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/register/registers.h"
#include "node/tlog/witness.h"

namespace entente::rpc {

namespace {

constexpr uint64_t kMsInSecond = 1000;

// The instrument, common with the peer, whose register has this origin.
std::optional<base::InstrumentId> InstrumentOfOrigin(const store::Published& published,
                                                     const base::Spki& peer,
                                                     const std::string& origin) {
  for (const auto& [instrument, head] : published.registers) {
    if (head->trust.log->name == origin &&
        published.AccessOf(peer, instrument) == store::NodeAccess::kEntries) {
      return instrument;
    }
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<std::string> CosignRequest(NodeCore& core, RegisterKeys& keys,
                                          const base::Spki& peer, const std::string& body) {
  ASSIGN_OR_RETURN(const tlog::AddCheckpoint request, tlog::ParseAddCheckpoint(body));
  const store::PublishedPtr published = core.published();
  const auto instrument =
      InstrumentOfOrigin(*published, peer, request.checkpoint.checkpoint.origin);
  ASSIGN_OR_RETURN(const auto witness, keys.FindWitness());
  const bool asked =
      instrument && witness && published->registers.at(*instrument)->trust.Knows(witness->name);
  if (!asked) {
    return tlog::WitnessStatus(tlog::WitnessAnswer::kUnknownOrigin, request, tlog::Cosigned());
  }
  const reg::Head& head = *published->registers.at(*instrument);
  // The decision and the new mark are one step of the writer; the cosignature comes after it.
  absl::Status decided;
  RETURN_IF_ERROR(core.Write([&](driver::Replica& replica) {
    return replica.ChangeRegisters(
        [&](reg::Registers& registers, storage::WriteBatch& batch) -> absl::Status {
          const tlog::Checkpoint last = registers.Cosigned(head.log);
          const tlog::Cosigned cosigned{last.size, last.root};
          const tlog::WitnessAnswer answer =
              tlog::DecideWitness(request, {*head.trust.log}, cosigned, core.verifier());
          decided = tlog::WitnessStatus(answer, request, cosigned);
          if (answer == tlog::WitnessAnswer::kCosign) {
            registers.MarkCosigned(head.log, request.checkpoint.checkpoint, batch);
          } else if (answer == tlog::WitnessAnswer::kInconsistent) {
            // Where it contradicts the tree held here, the proof is made and kept.
            auto taken = registers.TakeCheckpoint(*instrument, request.checkpoint.File(), batch);
            if (!taken.ok()) return taken.status();
          }
          return absl::OkStatus();
        });
  }));
  RETURN_IF_ERROR(decided);
  tlog::SignedCheckpoint line;
  line.checkpoint = request.checkpoint.checkpoint;
  line.text = request.checkpoint.text;
  line.lines = {
      tlog::Cosign(line.text, core.clock().WallMs() / kMsInSecond, witness->name, *witness->key)};
  const std::string file = line.File();
  return file.substr(line.text.size() + 1);
}

}  // namespace entente::rpc
