// A round as people name it, and what to say of one that is not held here.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "node/query/view/views.h"

namespace entente::query {

// "EUCA-2014/MTR-2017" and "MTR-2017" are the same round.
std::string RoundCodeOf(absl::string_view given);

// NOT_FOUND; names the rounds that are held.
absl::Status RoundNotHeld(const Views& views, const std::string& code);

}  // namespace entente::query
