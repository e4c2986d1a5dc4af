#include "client/commands/draft_calls.h"

#include "client/draft/draft_edit.h"

namespace entente::client {

absl::StatusOr<v1::Draft> GetDraft(Context& context, const std::string& name) {
  v1::GetDraftRequest request;
  request.set_name(name);
  return context.Call(local::kGetDraft, request);
}

absl::Status CheckOpen(const v1::Draft& draft) {
  if (draft.state() == "draft") return absl::OkStatus();
  const bool submitted = draft.state() == "submitted";
  return Failure(absl::StatusCode::kFailedPrecondition, "DRAFT_STATE",
                 absl::StrCat(draft.name(), " is ", draft.state(), " and does not change"),
                 submitted ? absl::StrCat("to correct what was submitted: entente draft new "
                                          "--correct ",
                                          draft.reference())
                           : absl::StrCat("entente draft reopen ", draft.name()));
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
  bool stands = false;
  for (const auto& finding : check.findings()) {
    if (finding.severity() != "refuse") continue;
    violations.push_back({finding.field(), finding.message()});
    stands = stands || finding.code() == "E-SUPERSEDE";
  }
  // What a draft replaces is settled when it begins; no field of it says so.
  const std::string hint =
      stands ? absl::StrCat("begin again from what stands: entente draft new --correct ",
                            check.reference(), ", or draft merge of it where several versions do")
             : "entente draft set or draft value corrects it; entente draft check looks again";
  return WithViolations(
      Failure(absl::StatusCode::kInvalidArgument, "VALIDATION_FAILED", message, hint), violations);
}

void EmitDraft(Context& context, const v1::Draft& draft) {
  context.EmitSaid(nlohmann::ordered_json::parse(DraftJsonText(draft), nullptr, false),
                   DraftText(draft, context.phrases()));
}

}  // namespace entente::client
