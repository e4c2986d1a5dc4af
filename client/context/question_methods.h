// Every method of the node's Questions service, as typed constants; see local_methods.h.
#pragma once

#include "client/context/channel.h"
#include "entente/v1/question.pb.h"

namespace entente::client::questions {

inline constexpr Method<v1::ChangesRequest, v1::Table> kChanges{"/entente.v1.Questions/Changes"};
inline constexpr Method<v1::InboxRequest, v1::Table> kInbox{"/entente.v1.Questions/Inbox"};
inline constexpr Method<v1::SearchRequest, v1::Table> kSearch{"/entente.v1.Questions/Search"};
inline constexpr Method<v1::SeriesRequest, v1::Table> kSeries{"/entente.v1.Questions/Series"};
inline constexpr StreamMethod<v1::ExportRequest, v1::Record> kExport{
    "/entente.v1.Questions/Export"};

}  // namespace entente::client::questions
