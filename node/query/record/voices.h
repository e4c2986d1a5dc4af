// Lists of the records that stand alone: comments, translations, extensions, meetings, proposals...
#pragma once

#include <string>
#include <vector>

#include "entente/v1/local.pb.h"
#include "node/query/view/views.h"

namespace entente::query {

// Kind words that ListVoices knows.
const std::vector<std::string>& VoiceKinds();
bool IsVoice(const std::string& kind);

// Those that stand, and those that were taken back, by time claimed; of one delegation or round
// where the request says so. REQUIRES: IsVoice(request.kind()).
absl::StatusOr<v1::Table> ListVoices(const Views& views, const v1::ListRecordsRequest& request);

}  // namespace entente::query
