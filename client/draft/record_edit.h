// What a person types to change a record of the catalogue: NAME=VALUE, by the names of
// entente/v1/payload.proto. Pure.
#pragma once

#include "absl/status/status.h"
#include "client/draft/draft_edit.h"
#include "google/protobuf/message.h"

namespace entente::client {

// A text or number as it stands; a list of words by commas; a text of a language as NAME.LANG,
// such as texts.en. An empty value clears. USAGE names the fields there are.
absl::Status SetRecordField(google::protobuf::Message& record, const Assignment& field);

}  // namespace entente::client
