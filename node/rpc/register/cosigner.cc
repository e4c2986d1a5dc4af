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
  // A register's own node would vouch for itself; its clock does that already.
  const bool asked = instrument && witness && !published->registers.at(*instrument)->kept_here &&
                     published->registers.at(*instrument)->trust.Knows(witness->name);
  if (!asked) {
    return tlog::WitnessStatus(tlog::WitnessAnswer::kUnknownOrigin, request, tlog::Cosigned());
  }
  const reg::Head& head = *published->registers.at(*instrument);
  // The decision and the new mark are one step of the writer; the cosignature comes after it.
  absl::Status decided;
  RETURN_IF_ERROR(core.Write([&](driver::Replica& replica) {
    return replica.ChangeRegisters([&](reg::Registers& registers,
                                       storage::WriteBatch& batch) -> absl::Status {
      const tlog::Checkpoint last = registers.Cosigned(head.log);
      const tlog::Cosigned cosigned{last.size, last.root};
      tlog::WitnessAnswer answer =
          tlog::DecideWitness(request, {*head.trust.log}, cosigned, core.verifier());
      if (answer == tlog::WitnessAnswer::kCosign || answer == tlog::WitnessAnswer::kInconsistent) {
        // The tree held here says more than what was cosigned last. Where the two contradict,
        // the proof is made and kept; and of a register that contradicted itself nothing is
        // cosigned any more.
        ASSIGN_OR_RETURN(const reg::TakenNews taken,
                         registers.TakeCheckpoint(*instrument, request.checkpoint.File(), batch));
        if (taken.contradicts || registers.HeadOf(*instrument)->evidence > 0) {
          answer = tlog::WitnessAnswer::kInconsistent;
        }
      }
      decided = tlog::WitnessStatus(answer, request, cosigned);
      if (answer == tlog::WitnessAnswer::kCosign) {
        registers.MarkCosigned(head.log, request.checkpoint.checkpoint, batch);
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
