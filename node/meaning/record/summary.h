// What tables need of a record, small enough to live beside its slot (Contribution.summary), so
// that no table opens entries. One message per kind; see entente/v1/store.proto.
#pragma once

#include <cstddef>
#include <string>

#include "entente/v1/store.pb.h"
#include "node/meaning/record/record.h"

namespace entente::meaning {

inline constexpr size_t kSummaryTextBytes = 200;  // longer texts are cut

// Into `out`, in the memory it has: the serialised summary message of the record's kind; "" for
// monostate.
void Summarise(const Record& record, std::string& out);

// Which sections a report has, and which indicators it answers; a missing value that says why is an
// answer.
void FillAnswered(const v1::Report& report, v1::ReportSummary& out);

// The text in `lang`, else English, else the first; "" when there is none.
std::string TextIn(const google::protobuf::RepeatedPtrField<v1::Text>& texts,
                   absl::string_view lang);

// At most `bytes` bytes, cut between characters, with an ellipsis when cut.
std::string Shorten(const std::string& text, size_t bytes);

}  // namespace entente::meaning
