#include "node/rpc/grpc_log.h"

#include <grpc/support/log.h>
#include <string.h>

#include "absl/strings/str_cat.h"
#include "node/runtime/log.h"

namespace entente::rpc {

namespace {

// What gRPC calls an error is mostly a connection that failed: for the node a warning.
runtime::LogLevel LevelOf(gpr_log_severity severity) {
  return severity == GPR_LOG_SEVERITY_ERROR ? runtime::LogLevel::kWarning
                                            : runtime::LogLevel::kDebug;
}

void Forward(gpr_log_func_args* message) {
  const char* slash = strrchr(message->file, '/');
  const std::string place =
      absl::StrCat(slash != nullptr ? slash + 1 : message->file, ":", message->line);
  runtime::LogEvery(absl::StrCat("grpc.", place), absl::Seconds(10), LevelOf(message->severity),
                    "grpc", {{"place", place}, {"message", message->message}});
}

}  // namespace

void RouteGrpcLog() { gpr_set_log_function(Forward); }

}  // namespace entente::rpc
