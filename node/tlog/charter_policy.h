// The policy an instrument's charter asks for. As trustworthy as the charter: whoever pins the
// instrument's id may use it, and whoever does not takes a policy from elsewhere.
#pragma once

#include <optional>

#include "node/ledger/authority.h"
#include "node/tlog/policy.h"

namespace entente::tlog {

// Logs: every register key of the charter (`register` acts of type 0x01) whose name is the origin,
// the newest first. Quorum: as `witness-policy` says; without one, the register's own clock (a
// `register` act of type 0x04) alone. Nothing when the charter names no register.
std::optional<Policy> PolicyOf(const ledger::CharterView& charter);

}  // namespace entente::tlog
