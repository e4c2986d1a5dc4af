// The witness: what is marked as cosigned before the signature is made.
#include <algorithm>

#include "node/base/check.h"
#include "node/register/registers.h"
#include "node/store/schema.h"

namespace entente::reg {

tlog::Checkpoint Registers::Cosigned(const LogId& id) const {
  tlog::Checkpoint out;
  auto it = logs_.find(id);
  if (it == logs_.end() || it->second.state.cosigned_size() == 0) return out;
  out.origin = it->second.key.name;
  out.size = it->second.state.cosigned_size();
  out.root = *Digest::FromBytes(it->second.state.cosigned_root());
  return out;
}

void Registers::MarkCosigned(const LogId& id, const tlog::Checkpoint& checkpoint,
                             storage::WriteBatch& batch) {
  Log& log = logs_.at(id);
  ENTENTE_CHECK(checkpoint.size >= log.state.cosigned_size());
  log.state.set_cosigned_size(checkpoint.size);
  log.state.set_cosigned_root(checkpoint.root.str());
  StageState(log, batch);
}

std::optional<tlog::SignedCheckpoint> Registers::ToCosign(const InstrumentId& instrument,
                                                          const VerifierKey& witness,
                                                          storage::WriteBatch& batch) {
  const Log* log = Find(instrument);
  const Trust* trust = TrustFor(instrument);
  // A register's own node would vouch for itself; its clock does that already.
  if (log == nullptr || log->kept || !log->newest || log->evidence > 0) return std::nullopt;
  if (std::find(trust->witnesses.begin(), trust->witnesses.end(), witness) ==
      trust->witnesses.end()) {
    return std::nullopt;
  }
  const tlog::SignedCheckpoint& newest = *log->newest;
  for (const tlog::SignatureLine& line : newest.lines) {
    if (tlog::LineIsOf(line, witness)) return std::nullopt;
  }
  const tlog::Checkpoint last = Cosigned(log->id);
  if (last.size > newest.checkpoint.size) return std::nullopt;
  if (last.size > 0) {
    auto holds = HoldsHere(*log, last);
    if (!holds.ok() || !*holds) return std::nullopt;
  }
  MarkCosigned(log->id, newest.checkpoint, batch);
  return newest;
}

}  // namespace entente::reg
