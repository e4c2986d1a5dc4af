// The file `views` of an audit pack: the set that its entries are and the tables they give, as
// whoever made the pack made them from it. It is not trusted; an auditor makes them again.
//
//   entente-views/1 LF
//   program 0.1.0 LF        what made them; another version may make other tables
//   entries 600 LF
//   authority HEX64 LF  frontier HEX64 LF  views HEX64 LF        as `entente status --digest`
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "entente/v1/operator.pb.h"

namespace entente::client {

std::string PackViewsText(const v1::RebuiltViews& made);
// INVALID_ARGUMENT: not as PackViewsText writes it.
absl::StatusOr<v1::RebuiltViews> ParsePackViews(absl::string_view text);

}  // namespace entente::client
