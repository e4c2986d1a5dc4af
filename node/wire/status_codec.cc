#include "node/wire/status_codec.h"

#include <string>
#include <utility>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "node/base/bytes.h"
#include "node/base/error.h"

namespace entente::wire {

namespace {

static_assert(static_cast<int>(absl::StatusCode::kOk) == grpc::StatusCode::OK);
static_assert(static_cast<int>(absl::StatusCode::kCancelled) == grpc::StatusCode::CANCELLED);
static_assert(static_cast<int>(absl::StatusCode::kUnknown) == grpc::StatusCode::UNKNOWN);
static_assert(static_cast<int>(absl::StatusCode::kInvalidArgument) ==
              grpc::StatusCode::INVALID_ARGUMENT);
static_assert(static_cast<int>(absl::StatusCode::kResourceExhausted) ==
              grpc::StatusCode::RESOURCE_EXHAUSTED);
static_assert(static_cast<int>(absl::StatusCode::kUnauthenticated) ==
              grpc::StatusCode::UNAUTHENTICATED);

// Header lists are bounded by 8 KiB (GRPC_ARG_MAX_METADATA_SIZE) and gRPC sends the details in
// base64: past this the details are left out rather than the whole answer lost.
constexpr size_t kDetailBytesMax = 4096;
// What BadRequest may take of them, so that the reason and the delay always fit beside it.
constexpr size_t kViolationBytesMax = 3072;
// Percent-encoded in a header: at most three bytes on the wire per byte here.
constexpr size_t kMessageBytesMax = 600;

std::string Shortened(absl::string_view message) {
  if (message.size() <= kMessageBytesMax) return base::Str(message);
  size_t end = kMessageBytesMax;
  // Not in the middle of a UTF-8 character.
  while (end > 0 && (static_cast<unsigned char>(message[end]) & 0xC0) == 0x80) --end;
  // Nor in a line, of several: what is left out is told whole by the violations.
  const size_t line = message.rfind('\n', end);
  if (line != absl::string_view::npos && line > 0) return base::Str(message.substr(0, line));
  return base::Str(message.substr(0, end)) + "...";
}

void AddErrorInfo(const absl::Status& status, google::rpc::Status& out) {
  const std::string reason = base::ReasonOf(status);
  const auto metadata = base::MetadataOf(status);
  if (reason.empty() && metadata.empty()) return;
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain(kErrorDomain);
  for (const auto& [key, value] : metadata) (*info.mutable_metadata())[key] = value;
  out.add_details()->PackFrom(info);
}

void AddBadRequest(const absl::Status& status, google::rpc::Status& out) {
  google::rpc::BadRequest request;
  for (const auto& violation : base::ViolationsOf(status)) {
    auto* field = request.add_field_violations();
    field->set_field(violation.field);
    field->set_description(violation.description);
  }
  while (request.ByteSizeLong() > kViolationBytesMax) {
    request.mutable_field_violations()->RemoveLast();
  }
  if (request.field_violations_size() > 0) out.add_details()->PackFrom(request);
}

void AddRetryInfo(const absl::Status& status, google::rpc::Status& out) {
  const auto delay = base::RetryDelayOf(status);
  if (!delay) return;
  google::rpc::RetryInfo retry;
  const int64_t ms = absl::ToInt64Milliseconds(*delay);
  retry.mutable_retry_delay()->set_seconds(ms / 1000);
  retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(ms % 1000 * 1000000));
  out.add_details()->PackFrom(retry);
}

absl::Status WithDetail(absl::Status status, const google::protobuf::Any& detail) {
  if (google::rpc::ErrorInfo info; detail.UnpackTo(&info) && info.domain() == kErrorDomain) {
    if (!info.reason().empty()) status = base::WithReason(std::move(status), info.reason());
    for (const auto& [key, value] : info.metadata()) {
      status = base::WithMetadata(std::move(status), key, value);
    }
  } else if (google::rpc::BadRequest request; detail.UnpackTo(&request)) {
    for (const auto& field : request.field_violations()) {
      status = base::WithViolation(std::move(status), field.field(), field.description());
    }
  } else if (google::rpc::RetryInfo retry; detail.UnpackTo(&retry)) {
    status =
        base::WithRetryDelay(std::move(status), absl::Seconds(retry.retry_delay().seconds()) +
                                                    absl::Nanoseconds(retry.retry_delay().nanos()));
  }
  return status;
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  google::rpc::Status rpc;
  AddErrorInfo(status, rpc);
  AddRetryInfo(status, rpc);
  AddBadRequest(status, rpc);
  const auto code = static_cast<grpc::StatusCode>(status.code());
  const std::string message = Shortened(status.message());
  if (rpc.details_size() == 0) return grpc::Status(code, message);
  rpc.set_code(static_cast<int>(code));
  rpc.set_message(message);
  while (rpc.details_size() > 1 && rpc.ByteSizeLong() > kDetailBytesMax) {
    rpc.mutable_details()->RemoveLast();
  }
  if (rpc.ByteSizeLong() > kDetailBytesMax) return grpc::Status(code, message);
  return grpc::Status(code, message, rpc.SerializeAsString());
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status out(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  if (status.error_details().empty() || status.error_details().size() > 2 * kDetailBytesMax) {
    return out;
  }
  google::rpc::Status rpc;
  if (!rpc.ParseFromString(status.error_details()) ||
      rpc.code() != static_cast<int>(status.error_code())) {
    return out;
  }
  for (const auto& detail : rpc.details()) out = WithDetail(std::move(out), detail);
  return out;
}

}  // namespace entente::wire
