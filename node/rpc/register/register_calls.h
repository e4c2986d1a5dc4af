// The LocalRegister service's calls: what the register says, receipts, checkpoints, the tree for a
// check elsewhere. Each is a plain function; errors are typed.
#pragma once

#include <functional>

#include "entente/v1/register.pb.h"
#include "node/rpc/node_core.h"
#include "node/rpc/register/registrar.h"
#include "node/rpc/tls/identity.h"

namespace entente::rpc {

absl::Status GetRegister(NodeCore& core, Registrar& registrar, const std::string& instrument_code,
                         v1::RegisterInfo& response);
absl::Status MakeRegisterKeys(NodeCore& core, Registrar& registrar,
                              const v1::MakeRegisterKeysRequest& request,
                              v1::RegisterKeys& response);
absl::Status GetReceipt(NodeCore& core, const Identity& identity,
                        const v1::GetReceiptRequest& request, v1::GetReceiptResponse& response);
absl::Status ListCheckpoints(NodeCore& core, const v1::ListCheckpointsRequest& request,
                             v1::ListCheckpointsResponse& response);
absl::Status ExportRegister(NodeCore& core, const v1::ExportRegisterRequest& request,
                            const std::function<bool(const v1::RegisterChunk&)>& write);
absl::Status ProveRoots(NodeCore& core, const v1::ProveRootsRequest& request,
                        v1::ProveRootsResponse& response);
absl::Status ResumeRegister(NodeCore& core, Registrar& registrar,
                            const v1::ResumeRegisterRequest& request, v1::RegisterInfo& response);

}  // namespace entente::rpc
