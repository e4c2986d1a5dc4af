// The node's draft calls, as the draft and submit commands share them.
#pragma once

#include <google/protobuf/repeated_field.h>

#include <string>

#include "absl/status/statusor.h"
#include "client/context/context.h"

namespace entente::client {

absl::StatusOr<v1::Draft> GetDraft(Context& context, const std::string& name);
// DRAFT_STATE when it is finalised, cleared or submitted, with what helps.
absl::Status CheckOpen(const v1::Draft& draft);
// Refused with HEAD_MOVED's exit if somebody changed the draft since it was read.
absl::StatusOr<v1::Draft> SaveDraft(Context& context, const v1::Draft& draft);
absl::StatusOr<v1::CheckDraftResponse> CheckDraft(Context& context, const std::string& name);

using FindingList = google::protobuf::RepeatedPtrField<v1::Finding>;
int CountRefusals(const v1::CheckDraftResponse& check);
nlohmann::ordered_json FindingsJson(const FindingList& findings);
// VALIDATION_FAILED with every refusal as a violation.
absl::Status RefusedBy(const v1::CheckDraftResponse& check, absl::string_view message);

void EmitDraft(Context& context, const v1::Draft& draft);

}  // namespace entente::client
