#include "node/register/equivocation.h"

#include "node/base/status_macros.h"
#include "node/tlog/equivocation.h"

namespace entente::reg {

absl::StatusOr<std::string> ProveContradiction(const Get& get, const LogId& log,
                                               const VerifierKey& key,
                                               const tlog::SignedCheckpoint& told,
                                               const tlog::SignedCheckpoint& held,
                                               const crypto::Verifier& verifier) {
  const uint64_t larger = held.checkpoint.size;
  if (told.checkpoint.size > larger) return std::string();
  auto made = tlog::MakeLogEquivocation(key, told, held, NodesOf(get, log, larger));
  RETURN_IF_ERROR(made.status());
  if (!tlog::CheckEquivocation(*made, verifier).ok()) return std::string();
  return tlog::EquivocationText(*made);
}

bool Proves(absl::string_view file, const VerifierKey& key, const crypto::Verifier& verifier) {
  auto parsed = tlog::ParseEquivocation(file);
  if (!parsed.ok() || parsed->vkey != key) return false;
  auto checked = tlog::CheckEquivocation(*parsed, verifier);
  return checked.ok() && checked->vkey == key;
}

}  // namespace entente::reg
