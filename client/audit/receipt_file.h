// Receipts checked without a node and without a network. Whom to believe comes from outside: a
// policy file, or the register's key; never out of the receipt.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/id.h"
#include "node/tlog/policy.h"
#include "node/tlog/receipt.h"

namespace entente::client {

// The file's policy; USAGE names the file and the line that is wrong.
absl::StatusOr<tlog::Policy> ReadPolicy(const std::string& path);
// A policy that believes this register and asks for no witness.
absl::StatusOr<tlog::Policy> PolicyOfLog(const std::string& vkey);

struct ReceiptWords {
  nlohmann::ordered_json json;
  std::string text;
};

// What a receipt says, nothing of it verified. VERIFICATION_FAILED when it is none.
absl::StatusOr<ReceiptWords> ShowReceiptText(absl::string_view file);

// VERIFICATION_FAILED, saying what does not hold: the file proves nothing, or not what the policy
// asks for. `pin`: the instrument the entry has to belong to; empty: any.
absl::StatusOr<ReceiptWords> VerifyReceiptText(absl::string_view file, const tlog::Policy& policy,
                                               const std::string& pin);

}  // namespace entente::client
