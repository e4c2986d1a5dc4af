// absl::Status <-> grpc::Status, both ways, in this one file. On the wire the details are a
// google.rpc.Status (AIP-193): ErrorInfo{reason, domain "entente", metadata}, BadRequest,
// RetryInfo, so that any gRPC client reads them; inside, they are the payloads of
// node/base/error.h.
//
// The canonical codes of the two types are numerically equal. What a peer sends is not trusted:
// details that do not parse, or that speak of another code than the call's own, are dropped and the
// plain code and message stay.
#pragma once

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace entente::wire {

inline constexpr char kErrorDomain[] = "entente";

grpc::Status ToGrpc(const absl::Status& status);
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace entente::wire
