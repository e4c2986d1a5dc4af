#include "node/base/error.h"

#include <utility>

#include "absl/strings/cord.h"
#include "node/base/bytes.h"

namespace entente::base {

namespace {

constexpr char kReasonUrl[] = "entente.reason";
constexpr char kMetadataUrl[] = "entente.metadata";
constexpr char kViolationUrl[] = "entente.violations";
constexpr char kRetryUrl[] = "entente.retry_ms";

std::string PayloadOf(const absl::Status& status, const char* url) {
  auto payload = status.GetPayload(url);
  return payload ? std::string(*payload) : std::string();
}

// Payloads that hold pairs: u32 length and bytes of the first, the same of the second, and so on.
void AppendText(std::string& out, absl::string_view text) {
  AppendU32(out, static_cast<uint32_t>(text.size()));
  out.append(text.data(), text.size());
}

std::optional<std::string> TakeText(absl::string_view& in) {
  if (in.size() < 4) return std::nullopt;
  const uint32_t size = ReadU32(in);
  in.remove_prefix(4);
  if (in.size() < size) return std::nullopt;
  std::string text = Str(in.substr(0, size));
  in.remove_prefix(size);
  return text;
}

std::vector<std::pair<std::string, std::string>> PairsOf(const absl::Status& status,
                                                         const char* url) {
  const std::string payload = PayloadOf(status, url);
  absl::string_view rest = payload;
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!rest.empty()) {
    auto first = TakeText(rest);
    auto second = TakeText(rest);
    if (!first || !second) break;
    pairs.emplace_back(std::move(*first), std::move(*second));
  }
  return pairs;
}

absl::Status WithPair(absl::Status status, const char* url, absl::string_view first,
                      absl::string_view second) {
  std::string payload = PayloadOf(status, url);
  AppendText(payload, first);
  AppendText(payload, second);
  status.SetPayload(url, absl::Cord(std::move(payload)));
  return status;
}

}  // namespace

absl::Status Error(absl::StatusCode code, absl::string_view reason, absl::string_view message) {
  return WithReason(absl::Status(code, message), reason);
}

std::string ReasonOf(const absl::Status& status) { return PayloadOf(status, kReasonUrl); }

absl::Status WithReason(absl::Status status, absl::string_view reason) {
  status.SetPayload(kReasonUrl, absl::Cord(reason));
  return status;
}

absl::Status WithMetadata(absl::Status status, absl::string_view key, absl::string_view value) {
  return WithPair(std::move(status), kMetadataUrl, key, value);
}

std::map<std::string, std::string> MetadataOf(const absl::Status& status) {
  std::map<std::string, std::string> metadata;
  for (auto& [key, value] : PairsOf(status, kMetadataUrl)) metadata[key] = std::move(value);
  return metadata;
}

absl::Status WithViolation(absl::Status status, absl::string_view field,
                           absl::string_view description) {
  return WithPair(std::move(status), kViolationUrl, field, description);
}

std::vector<Violation> ViolationsOf(const absl::Status& status) {
  std::vector<Violation> violations;
  for (auto& [field, description] : PairsOf(status, kViolationUrl)) {
    violations.push_back({std::move(field), std::move(description)});
  }
  return violations;
}

absl::Status WithRetryDelay(absl::Status status, absl::Duration delay) {
  std::string payload;
  AppendU64(payload, static_cast<uint64_t>(absl::ToInt64Milliseconds(delay)));
  status.SetPayload(kRetryUrl, absl::Cord(std::move(payload)));
  return status;
}

std::optional<absl::Duration> RetryDelayOf(const absl::Status& status) {
  const std::string payload = PayloadOf(status, kRetryUrl);
  if (payload.size() != 8) return std::nullopt;
  return absl::Milliseconds(static_cast<int64_t>(ReadU64(payload)));
}

}  // namespace entente::base
