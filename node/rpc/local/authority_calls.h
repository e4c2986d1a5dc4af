// The Local service's calls about authority: founding, joining, publishing notes, reading chains.
// Each is a plain function; errors are typed (entente/v1/error_reason.proto).
#pragma once

#include "entente/v1/local.pb.h"
#include "node/rpc/node_core.h"

namespace entente::rpc {

absl::Status FoundDelegation(NodeCore& core, const v1::FoundDelegationRequest& request,
                             v1::FoundDelegationResponse& response);
absl::Status JoinInstrument(NodeCore& core, const v1::JoinInstrumentRequest& request,
                            v1::JoinInstrumentResponse& response);
absl::Status PublishNotes(NodeCore& core, const v1::PublishNotesRequest& request,
                          v1::PublishNotesResponse& response);
absl::Status GetChain(NodeCore& core, const v1::GetChainRequest& request, v1::Chain& response);
absl::Status ListInstruments(NodeCore& core, v1::ListInstrumentsResponse& response);

// The joined instrument a request names by code (empty: the only one). NOT_FOUND,
// UNKNOWN_INSTRUMENT, lists the joined ones.
absl::StatusOr<base::InstrumentId> InstrumentOf(const store::Published& published,
                                                absl::string_view code);

}  // namespace entente::rpc
