// The part of an audited file that remembers a log, as bytes.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "client/audit/audited.h"

namespace entente::client {

std::string EncodeAuditedLog(const AuditedLog& log);
// Nothing: not what EncodeAuditedLog gives.
std::optional<AuditedLog> DecodeAuditedLog(absl::string_view bytes);

}  // namespace entente::client
