// Registers beside the entries of a contact: one exchange per instrument.
#pragma once

#include "node/rpc/peer/peers.h"
#include "node/rpc/register/registrar.h"

namespace entente::rpc {

// Both outlive every contact.
Peers::MakeCompanion RegisterCompanions(NodeCore* core, Registrar* registrar);

}  // namespace entente::rpc
