#include "node/query/draft/draft_steps.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "node/query/draft/submission.h"

namespace entente::query {

namespace {

std::string Errors(const CheckedRecord& checked, int questions) {
  const auto refused = std::count_if(
      checked.findings.begin(), checked.findings.end(),
      [](const auto& finding) { return finding.severity == meaning::Severity::kRefuse; });
  const auto errors = refused + questions;
  if (errors == 0) return "no errors";
  return absl::StrCat(errors, errors == 1 ? " error" : " errors");
}

}  // namespace

absl::StatusOr<std::map<std::string, DraftStep>> DraftSteps(const Views& views,
                                                            const std::string& delegation,
                                                            RecordCache* kept, uint64_t now_ms) {
  const SubmissionChecker checker(&views.snapshot(), &views.published(), views.instrument(), kept);
  std::map<std::string, std::pair<uint64_t, DraftStep>> newest;  // changed when
  auto it = views.snapshot().Scan(store::kDrafts, "");
  for (; it->Valid(); it->Next()) {
    v1::DraftRecord draft;
    v1::Report report;
    if (!draft.ParseFromArray(it->value().data(), static_cast<int>(it->value().size())) ||
        draft.instrument() != views.instrument().view() || draft.state() == "submitted" ||
        !report.ParseFromString(draft.payload()))
      continue;
    const CheckedRecord checked = checker.CheckDraft(report, delegation, now_ms);
    const std::string errors = Errors(checked, draft.questions_size());
    DraftStep step{report.round(), report.subject().code(), "", ""};
    if (draft.state() == "finalised" || draft.state() == "cleared") {
      step.state = absl::StrCat(draft.state(), ", ", draft.name());
      step.todo = absl::StrCat("entente submit ", draft.name(), " --key FILE");
    } else {
      step.state = absl::StrCat("draft ", draft.name(), ", ", errors);
      step.todo = absl::StrCat(
          errors == "no errors" ? "entente draft finalise " : "entente draft check ", draft.name());
    }
    auto& [changed, kept_step] = newest[checked.slot];
    if (changed > draft.changed_ms()) continue;
    changed = draft.changed_ms();
    kept_step = std::move(step);
  }
  if (absl::Status status = it->status(); !status.ok()) return status;
  std::map<std::string, DraftStep> out;
  for (auto& [slot, step] : newest) out.emplace(slot, std::move(step.second));
  return out;
}

}  // namespace entente::query
