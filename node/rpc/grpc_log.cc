#include "node/rpc/grpc_log.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>
#include <string.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/runtime/log.h"

namespace entente::rpc {

namespace {

// What gRPC calls an error is mostly a connection that failed: for the node a warning. One message
// comes with every good connection and says nothing here, because nodes are named by key and not by
// host.
runtime::LogLevel LevelOf(const gpr_log_func_args& message) {
  if (message.severity != GPR_LOG_SEVERITY_ERROR) return runtime::LogLevel::kDebug;
  return absl::StartsWith(message.message, "No match found for server name")
             ? runtime::LogLevel::kDebug
             : runtime::LogLevel::kWarning;
}

void Forward(gpr_log_func_args* message) {
  const char* slash = strrchr(message->file, '/');
  const std::string place =
      absl::StrCat(slash != nullptr ? slash + 1 : message->file, ":", message->line);
  runtime::LogEvery(absl::StrCat("grpc.", place), absl::Seconds(10), LevelOf(*message), "grpc",
                    {{"place", place}, {"message", message->message}});
}

// Protobuf writes a line to stderr for each text of a message that is not UTF-8: a peer could fill
// a disk with them. What such a message is worth is said elsewhere.
void ForwardProtobuf(google::protobuf::LogLevel, const char* file, int line,
                     const std::string& message) {
  const char* slash = strrchr(file, '/');
  const std::string place = absl::StrCat(slash != nullptr ? slash + 1 : file, ":", line);
  runtime::LogEvery(absl::StrCat("protobuf.", place), absl::Seconds(10), runtime::LogLevel::kDebug,
                    "protobuf", {{"place", place}, {"message", message}});
}

}  // namespace

void RouteGrpcLog() {
  gpr_set_log_function(Forward);
  google::protobuf::SetLogHandler(&ForwardProtobuf);
}

}  // namespace entente::rpc
