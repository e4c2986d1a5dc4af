// Every record of a kind that stands, with every version where several do, for files.
#pragma once

#include <functional>

#include "entente/v1/question.pb.h"
#include "node/query/view/views.h"

namespace entente::query {

// False: nobody reads any more.
using RecordWrite = std::function<bool(const v1::Record&)>;

// Slots ascending. INVALID_ARGUMENT for an unknown kind, with the known ones; CANCELLED when
// `write` says so.
absl::Status Export(const Views& views, const v1::ExportRequest& request, const RecordWrite& write);

}  // namespace entente::query
