// The details of an error a peer answers with. Input: code, message with its length, details.
#include "node/base/bytes.h"
#include "node/wire/status_codec.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

FUZZ_TARGET(status, input) {
  Choices choices(input);
  const auto code = static_cast<grpc::StatusCode>(choices.Byte() % 17);
  const std::string message = base::Str(choices.Piece());
  const absl::Status status =
      wire::FromGrpc(grpc::Status(code, message, base::Str(choices.Rest())));
  FUZZ_CHECK(status.code() == static_cast<absl::StatusCode>(code));
  if (status.ok()) return;
  const absl::Status again = wire::FromGrpc(wire::ToGrpc(status));
  FUZZ_CHECK(again.code() == status.code());
}

}  // namespace entente::fuzz
