#include "node/query/draft/submission.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/error.h"
#include "node/ledger/status.h"
#include "node/meaning/record/author_roles.h"
#include "node/meaning/record/reference.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/rules/validate.h"
#include "node/meaning/text/words.h"
#include "node/merge/slot_value.h"
#include "node/query/view/attachments.h"
#include "node/query/view/second_signer.h"

namespace entente::query {

using absl::StatusCode;
using base::Error;

namespace {

meaning::Finding AuthFault(const std::string& what) {
  return {"E-AUTH", "key", absl::StrCat("E-AUTH key: ", what), meaning::Severity::kRefuse};
}

// In whatever part the charter ever admitted the delegation.
bool DelegationMayWrite(const ledger::CharterView* charter, const base::DelegationId& delegation,
                        uint32_t kind) {
  if (charter == nullptr || !charter->EverAdmitted(delegation)) return true;  // the ledger's to say
  const auto& roles = charter->roles.at(delegation);
  return std::any_of(roles.begin(), roles.end(), [&](const auto& role) {
    return ledger::DelegationRoleMayWrite(role.first, kind);
  });
}

std::string PartsOf(const ledger::CharterView& charter, const base::DelegationId& delegation) {
  std::vector<std::string> words;
  for (const auto& role : charter.roles.at(delegation))
    words.emplace_back(ledger::RoleWord(role.first));
  return absl::StrJoin(words, " and ");
}

std::string PartsThatMayWrite(uint32_t kind) {
  std::vector<std::string> words;
  using Role = ledger::DelegationRole;
  for (const Role role : {Role::kParty, Role::kSecretariat, Role::kObserver, Role::kImplementer}) {
    if (ledger::DelegationRoleMayWrite(role, kind)) words.emplace_back(ledger::RoleWord(role));
  }
  return absl::StrJoin(words, " or ");
}

// E-AUTH: neither the delegation nor the key's roles may write this kind. A key that is not
// enrolled is the ledger's to refuse.
std::optional<meaning::Finding> RoleFault(const Views& views, const ledger::Entry& entry,
                                          const ledger::Note* credentials) {
  const ledger::CredentialsView* view =
      credentials
          ? views.published().authority.Credentials(views.instrument(), credentials->chain_id())
          : nullptr;
  if (view == nullptr) return std::nullopt;
  auto key = view->keys.find(entry.header.key);
  if (key == view->keys.end()) return std::nullopt;
  const std::string word(meaning::KindWord(entry.header.kind));
  if (!DelegationMayWrite(views.charter(), credentials->chain_id(), entry.header.kind)) {
    return AuthFault(absl::StrCat(view->code, " is admitted to ", views.code(), " as ",
                                  PartsOf(*views.charter(), credentials->chain_id()),
                                  "; records of kind ", word, " are written by who is admitted as ",
                                  PartsThatMayWrite(entry.header.kind)));
  }
  const std::vector<std::string> may = meaning::RolesThatMayWrite(entry.header.kind);
  for (const std::string& role : key->second.roles) {
    if (meaning::Contains(may, role)) return std::nullopt;
  }
  return AuthFault(absl::StrCat(key->second.label, " of ", view->code, " is enrolled as ",
                                absl::StrJoin(key->second.roles, ","), "; records of kind ", word,
                                " are signed as ", absl::StrJoin(may, " or "),
                                "; sign with such a key"));
}

// A catalogue is imported before its parties come.
bool WaitsForParty(const meaning::Finding& finding) {
  return finding.severity == meaning::Severity::kHold && finding.code == "E-DELEG";
}

}  // namespace

SubmissionChecker::SubmissionChecker(const storage::Snapshot* snapshot,
                                     const store::Published* published,
                                     const InstrumentId& instrument, RecordCache* kept)
    : views_(snapshot, published, instrument), catalogue_(&views_, kept) {}

void SubmissionChecker::ExpectFile(std::set<std::string> slots) { file_slots_ = std::move(slots); }

absl::StatusOr<CheckedRecord> SubmissionChecker::Check(const ledger::Entry& entry,
                                                       uint64_t now_ms) {
  const uint32_t kind = entry.header.kind;
  meaning::ReadRecord read = meaning::ReadPayload(kind, entry.header.schema, entry.payload);
  if (read.fault) {
    return base::WithViolation(
        Error(StatusCode::kInvalidArgument, "VALIDATION_FAILED", read.fault->message),
        read.fault->field, read.fault->message);
  }
  if (read.newer) {
    return Error(StatusCode::kInvalidArgument, "NEWER_VERSION_NEEDED",
                 absl::StrCat("kind ", kind, ", schema ", entry.header.schema,
                              " is not known to this version; submit it through a newer node"));
  }
  const ledger::Note* credentials =
      views_.published().authority.Find(entry.header.credentials_head);
  const std::string code =
      credentials ? views_.published().DelegationCode(views_.instrument(), credentials->chain_id())
                  : "";
  CheckedRecord out;
  out.slot = meaning::SlotOfRecord(read.record, code, entry.id);
  out.reference = meaning::ReferenceOfSlot(views_.code(), out.slot);
  // A retry of what is held already: it was judged when it came, and stands in its own slot now.
  // A log has no gaps, so what continues an entry that is not held is not held either.
  if (!not_held_ || entry.header.previous != *not_held_) {
    auto held = store::LogReader(&views_.snapshot()).Find(entry.id);
    if (held.ok() && held->has_value()) return out;
  }
  not_held_ = entry.id;
  const v1::Common* common = meaning::CommonOf(read.record);
  if (common && common->delegation() != code) {
    out.findings.push_back(
        {"E-AUTH", "key",
         absl::StrCat("E-AUTH key: ", entry.header.key.Short(), " is enrolled for ", code,
                      "; the record is for ", common->delegation(), "; sign with a key of ",
                      common->delegation()),
         meaning::Severity::kRefuse});
  }
  if (auto role = RoleFault(views_, entry, credentials)) out.findings.push_back(*std::move(role));
  const bool of_file = !file_slots_.empty() && meaning::IsCatalogueKind(kind);
  catalogue_.Expect(of_file ? &file_slots_ : nullptr);
  for (meaning::Finding& finding :
       meaning::CheckRecord(read.record, catalogue_, meaning::Moment::kSubmit, now_ms)) {
    if (of_file && WaitsForParty(finding)) continue;
    out.findings.push_back(std::move(finding));
  }
  catalogue_.Expect(nullptr);
  if (auto time = meaning::CheckSignedTime(read.record, entry.header.hlc))
    out.findings.push_back(*std::move(time));
  if (const auto* report = std::get_if<v1::Report>(&read.record)) {
    auto contents = CheckContents(views_, *report);
    if (!contents.ok()) return contents.status();
    out.findings.insert(out.findings.end(), contents->begin(), contents->end());
    if (auto fault = meaning::SecondSignatureFault(*report, entry.payload, views_.instrument(),
                                                   entry.header.key))
      out.findings.push_back(*std::move(fault));
  }
  if (auto fault = SecondSignerFault(views_, entry.header, read.record, meaning::Moment::kSubmit))
    out.findings.push_back(*std::move(fault));
  if (auto clock = meaning::CheckClock(entry.header.hlc, now_ms))
    out.findings.push_back(*std::move(clock));
  return out;
}

CheckedRecord SubmissionChecker::CheckDraft(const v1::Report& report,
                                            const std::string& delegation_code,
                                            uint64_t now_ms) const {
  CheckedRecord out;
  out.slot = meaning::ReportSlotText(report, delegation_code);
  out.reference = meaning::ReferenceOfSlot(views_.code(), out.slot);
  out.findings = meaning::CheckReport(report, catalogue_, meaning::Moment::kDraft, now_ms);
  out.completeness = meaning::CompletenessOf(report, catalogue_);
  if (auto contents = CheckContents(views_, report); contents.ok()) {
    out.findings.insert(out.findings.end(), contents->begin(), contents->end());
  }
  return out;
}

absl::Status RefuseOnFindings(const std::vector<CheckedRecord>& records, bool accept_warnings) {
  std::vector<const meaning::Finding*> refused, flagged;
  std::set<std::pair<std::string, std::string>> said;  // of many records alike, once
  for (const CheckedRecord& record : records) {
    for (const meaning::Finding& finding : record.findings) {
      if (!said.emplace(finding.field, finding.message).second) continue;
      (finding.severity == meaning::Severity::kRefuse ? refused : flagged).push_back(&finding);
    }
  }
  const bool refuse = !refused.empty();
  if (!refuse && (flagged.empty() || accept_warnings)) return absl::OkStatus();
  const auto& named = refuse ? refused : flagged;
  std::string text =
      absl::StrJoin(named, "\n", [](std::string* out, const meaning::Finding* finding) {
        absl::StrAppend(out, finding->message);
      });
  if (!refuse) absl::StrAppend(&text, "\npass --accept-warnings to submit all the same");
  absl::Status status = refuse
                            ? Error(StatusCode::kInvalidArgument, "VALIDATION_FAILED", text)
                            : Error(StatusCode::kFailedPrecondition, "WARNINGS_NOT_ACCEPTED", text);
  for (const meaning::Finding* finding : named) {
    status = base::WithViolation(std::move(status), finding->field, finding->message);
  }
  return status;
}

void FillCompleteness(const meaning::Completeness& completeness, v1::Completeness& out) {
  out.set_answered(static_cast<uint32_t>(completeness.answered));
  out.set_asked(static_cast<uint32_t>(completeness.asked));
  for (const std::string& part : completeness.missing) out.add_missing(part);
}

void FillFindings(const std::vector<meaning::Finding>& findings,
                  google::protobuf::RepeatedPtrField<v1::Finding>& out) {
  for (const meaning::Finding& finding : findings) {
    v1::Finding* to = out.Add();
    to->set_code(finding.code);
    to->set_field(finding.field);
    to->set_message(finding.message);
    to->set_severity(std::string(meaning::SeverityWord(finding.severity)));
  }
}

}  // namespace entente::query
