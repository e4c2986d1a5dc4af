#include "client/commands/draft_calls.h"

#include "client/draft/draft_edit.h"

namespace entente::client {

absl::StatusOr<v1::Draft> GetDraft(Context& context, const std::string& name) {
  v1::GetDraftRequest request;
  request.set_name(name);
  return context.Call(local::kGetDraft, request);
}

absl::StatusOr<v1::Draft> SaveDraft(Context& context, const v1::Draft& draft) {
  v1::UpdateDraftRequest request;
  *request.mutable_draft() = draft;
  request.set_expected_changed_ms(draft.changed_ms());
  return context.Call(local::kUpdateDraft, request);
}

absl::StatusOr<v1::CheckDraftResponse> CheckDraft(Context& context, const std::string& name) {
  v1::CheckDraftRequest request;
  request.set_name(name);
  return context.Call(local::kCheckDraft, request);
}

int CountRefusals(const v1::CheckDraftResponse& check) {
  int count = 0;
  for (const auto& finding : check.findings()) count += finding.severity() == "refuse";
  return count;
}

nlohmann::ordered_json FindingsJson(const FindingList& findings) {
  auto out = nlohmann::ordered_json::array();
  for (const auto& finding : findings) {
    out.push_back({{"code", finding.code()},
                   {"field", finding.field()},
                   {"message", finding.message()},
                   {"severity", finding.severity()}});
  }
  return out;
}

absl::Status RefusedBy(const v1::CheckDraftResponse& check, absl::string_view message) {
  std::vector<Violation> violations;
  for (const auto& finding : check.findings()) {
    if (finding.severity() == "refuse") violations.push_back({finding.field(), finding.message()});
  }
  return WithViolations(
      Failure(absl::StatusCode::kInvalidArgument, "VALIDATION_FAILED", message,
              "entente draft set or draft value corrects it; entente draft check looks again"),
      violations);
}

void EmitDraft(Context& context, const v1::Draft& draft) {
  context.EmitSaid(nlohmann::ordered_json::parse(DraftJsonText(draft), nullptr, false),
                   DraftText(draft, context.phrases()));
}

}  // namespace entente::client
