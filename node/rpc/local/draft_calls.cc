#include "node/rpc/local/draft_calls.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/reference.h"
#include "node/meaning/record/second_signature.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/text/unicode.h"
#include "node/query/draft/draft_start.h"
#include "node/query/draft/submission.h"
#include "node/query/view/directory.h"
#include "node/query/view/second_signer.h"
#include "node/rpc/local/authority_calls.h"

namespace entente::rpc {

using absl::StatusCode;
using base::Error;

namespace {

absl::Status Refused(absl::string_view code, absl::string_view field, absl::string_view what) {
  const std::string message = absl::StrCat(code, " ", field, ": ", what);
  return base::WithViolation(Error(StatusCode::kInvalidArgument, "VALIDATION_FAILED", message),
                             field, message);
}

absl::StatusOr<v1::DraftRecord> Load(const storage::Snapshot& snapshot, const std::string& name) {
  ASSIGN_OR_RETURN(std::optional<std::string> row, snapshot.Get(store::kDrafts, name));
  v1::DraftRecord record;
  if (!row || !record.ParseFromString(*row)) {
    return Error(StatusCode::kNotFound, "NOT_FOUND_RECORD",
                 absl::StrCat("there is no draft \"", name,
                              "\" on this node; entente draft list shows the drafts"));
  }
  return record;
}

// Of this node's delegation as the draft's instrument reads them; null: not held.
const ledger::CredentialsView* OwnCredentials(const store::Published& published,
                                              const v1::DraftRecord& record) {
  const auto instrument = base::InstrumentId::FromBytes(record.instrument());
  if (!instrument || !published.delegation) return nullptr;
  return published.authority.Credentials(*instrument, *published.delegation);
}

void Fill(const store::Published& published, const v1::DraftRecord& record, v1::Draft& out) {
  out.set_name(record.name());
  if (auto instrument = base::InstrumentId::FromBytes(record.instrument())) {
    out.set_instrument(published.InstrumentCode(*instrument));
  }
  out.mutable_report()->ParseFromString(record.payload());
  out.set_cleared_by(
      query::LabelIn(OwnCredentials(published, record), out.report().cleared_by().key()));
  out.set_state(record.state());
  out.set_changed_ms(record.changed_ms());
  out.set_reference(record.reference());
  out.set_entry_id(record.entry_id());
  for (const std::string& field : record.questions()) {
    v1::Finding* question = out.add_questions();
    question->set_code("W-MERGE");
    question->set_field(field);
    question->set_severity("flag");
    question->set_message(
        absl::StrCat("W-MERGE ", field, ": the versions say different things; set it anew"));
  }
}

absl::StatusOr<std::string> OwnCode(const store::Published& published,
                                    const base::InstrumentId& instrument) {
  if (!published.delegation) {
    return Error(StatusCode::kFailedPrecondition, "NOT_FOUNDED",
                 "this node serves no delegation yet; use entente delegation found or delegation "
                 "join first");
  }
  return published.DelegationCode(instrument, *published.delegation);
}

absl::Status Store(NodeCore& core, v1::DraftRecord& record) {
  record.set_changed_ms(core.clock().WallMs());
  return core.Write([&](driver::Replica& replica) {
    if (record.name().empty()) record.set_name(absl::StrCat("d-", replica.TakeDraftNumber()));
    replica.PutDraft(record);
    return absl::OkStatus();
  });
}

// Fills what the report starts from. What the request's report sets already prevails over an
// earlier round's text.
absl::StatusOr<query::DraftStart> Start(const query::Views& views,
                                        const v1::CreateDraftRequest& request,
                                        const std::string& own) {
  if (!request.correct().empty()) {
    ASSIGN_OR_RETURN(meaning::Reference reference, meaning::ParseReference(request.correct()));
    ASSIGN_OR_RETURN(std::string slot, meaning::SlotOfReference(reference));
    auto parsed = meaning::ParseReportSlot(slot);
    if (!parsed) {
      return Error(StatusCode::kInvalidArgument, "VALIDATION_FAILED",
                   absl::StrCat("\"", request.correct(),
                                "\" does not name a report; write R:EUCA-2014/MTR-2017/KG/DDR/08"));
    }
    if (parsed->delegation != own) {
      return Error(StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED",
                   absl::StrCat("E-AUTH delegation: the report is ", parsed->delegation,
                                "'s; this node speaks for ", own, " and may only correct its own"));
    }
    return request.merge() ? query::StartMerge(views, slot) : query::StartCorrection(views, slot);
  }
  query::DraftStart start;
  start.report = request.report();
  if (request.from_previous()) {
    ASSIGN_OR_RETURN(v1::Report previous, query::FromPrevious(views, request.report(), own));
    v1::Report wanted = request.report();
    wanted.clear_subject();
    previous.MergeFrom(wanted);
    start.report = std::move(previous);
  }
  // A slot that is taken already is corrected, never doubled.
  const std::string slot = meaning::ReportSlotText(start.report, own);
  auto correction = query::StartCorrection(views, slot);
  if (correction.ok()) {
    *start.report.mutable_common()->mutable_supersedes() = correction->report.common().supersedes();
    start.report.set_answers(correction->report.answers());
  } else if (correction.status().code() != StatusCode::kNotFound) {
    return correction.status();
  }
  return start;
}

// In which language the texts will be that carry no tag of their own: as given, as in what the
// draft goes on from, or as the delegation wrote last. A guess beyond that would stay unseen until
// somebody reads it.
absl::Status SetLanguage(const query::Views& views, const v1::CreateDraftRequest& request,
                         const std::string& own, v1::Report& report) {
  v1::Common& common = *report.mutable_common();
  if (!request.report().common().lang().empty()) {
    common.set_lang(request.report().common().lang());
  } else if (common.lang().empty() && report.narratives_size() == 1) {
    common.set_lang(report.narratives(0).lang());
  }
  const bool to_be_written = report.narratives().empty() && report.sections().empty();
  if (!common.lang().empty() || !to_be_written) return absl::OkStatus();
  ASSIGN_OR_RETURN(*common.mutable_lang(), query::UsualLanguage(views, own));
  if (!common.lang().empty() || !report.nil_reason().empty()) return absl::OkStatus();
  return Refused(
      "E-LANG", "lang",
      absl::StrCat("no language is given, and no report of ", own,
                   " is held here to take it from; say in which one you write, such as --lang ru"));
}

// What no further writing mends: a code or a language tag that is none.
absl::Status CheckStart(const query::SubmissionChecker& checker, const v1::Report& report,
                        const std::string& own, uint64_t now_ms) {
  query::CheckedRecord checked = checker.CheckDraft(report, own, now_ms);
  std::erase_if(checked.findings, [](const meaning::Finding& finding) {
    const bool code = (finding.code == "E-CODE" || finding.code == "E-REF-ANCHOR") &&
                      (finding.field == "round" || finding.field == "subject");
    const bool language = finding.code == "E-LANG" && finding.field == "lang";
    return finding.severity != meaning::Severity::kRefuse || !(code || language);
  });
  return query::RefuseOnFindings({std::move(checked)}, false);
}

}  // namespace

absl::Status CreateDraft(NodeCore& core, const v1::CreateDraftRequest& request,
                         v1::Draft& response) {
  const store::PublishedPtr published = core.published();
  ASSIGN_OR_RETURN(base::InstrumentId instrument, InstrumentOf(*published, request.instrument()));
  ASSIGN_OR_RETURN(std::string own, OwnCode(*published, instrument));
  auto snapshot = core.NewSnapshot();
  const query::Views views(snapshot.get(), published.get(), instrument);
  ASSIGN_OR_RETURN(query::DraftStart start, Start(views, request, own));
  start.report.mutable_common()->set_delegation(own);
  start.report.clear_cleared_by();
  RETURN_IF_ERROR(SetLanguage(views, request, own, start.report));
  const query::SubmissionChecker checker(snapshot.get(), published.get(), instrument,
                                         &core.records());
  RETURN_IF_ERROR(CheckStart(checker, start.report, own, core.clock().WallMs()));
  v1::DraftRecord record;
  record.set_instrument(instrument.str());
  record.set_payload(start.report.SerializeAsString());
  record.set_state("draft");
  for (const std::string& field : start.questions) record.add_questions(field);
  if (!request.validate_only()) RETURN_IF_ERROR(Store(core, record));
  Fill(*published, record, response);
  return absl::OkStatus();
}

absl::Status GetDraft(NodeCore& core, const v1::GetDraftRequest& request, v1::Draft& response) {
  ASSIGN_OR_RETURN(v1::DraftRecord record, Load(*core.NewSnapshot(), request.name()));
  Fill(*core.published(), record, response);
  return absl::OkStatus();
}

absl::Status ListDrafts(NodeCore& core, const v1::ListDraftsRequest& request,
                        v1::ListDraftsResponse& response) {
  auto snapshot = core.NewSnapshot();
  const store::PublishedPtr published = core.published();
  auto it = snapshot->Scan(store::kDrafts, "");
  for (; it->Valid(); it->Next()) {
    v1::DraftRecord record;
    if (!record.ParseFromArray(it->value().data(), static_cast<int>(it->value().size()))) continue;
    if (record.state() == "submitted" && !request.show_submitted()) continue;
    Fill(*published, record, *response.add_drafts());
  }
  // d-2 before d-10.
  std::sort(response.mutable_drafts()->begin(), response.mutable_drafts()->end(),
            [](const v1::Draft& a, const v1::Draft& b) {
              return std::pair(a.name().size(), a.name()) < std::pair(b.name().size(), b.name());
            });
  return it->status();
}

namespace {

bool SameContent(v1::Report a, v1::Report b) {
  a.clear_cleared_by();
  b.clear_cleared_by();
  return a.SerializeAsString() == b.SerializeAsString();
}

absl::Status DraftState(const std::string& name, absl::string_view what) {
  return Error(StatusCode::kFailedPrecondition, "DRAFT_STATE",
               absl::StrCat("draft ", name, " ", what));
}

absl::Status CheckMove(const v1::DraftRecord& record, const std::string& to, bool same_content) {
  const std::string& from = record.state();
  const std::string& name = record.name();
  if (from == "submitted") {
    return DraftState(
        name, absl::StrCat("was submitted as ", record.reference(),
                           "; correct it with entente draft new --correct ", record.reference()));
  }
  if (to != "submitted" && to != "cleared" && to != "finalised" && to != "draft") {
    return Error(StatusCode::kInvalidArgument, "DRAFT_STATE",
                 absl::StrCat("\"", to,
                              "\" is not a state of a draft; draft, finalised, cleared or "
                              "submitted"));
  }
  if (from != "draft" && !same_content) {
    return DraftState(name,
                      absl::StrCat("is ", from, "; entente draft reopen ", name, " first",
                                   from == "cleared" ? ", which drops the second signature" : ""));
  }
  if (to == "cleared" && from == "draft") {
    return DraftState(name, absl::StrCat("is not finalised; entente draft finalise ", name,
                                         " first, so that what is cleared is what is submitted"));
  }
  if (to == "finalised" && from == "cleared") {
    return DraftState(name, absl::StrCat("is cleared already; entente submit ", name,
                                         " signs it, entente draft reopen ", name,
                                         " drops the second signature"));
  }
  return absl::OkStatus();
}

// E-CLEARED, at the moment a second officer signs: by one who may, over what stands there.
absl::Status CheckCleared(NodeCore& core, const v1::DraftRecord& record, const v1::Report& report) {
  const store::PublishedPtr published = core.published();
  const ledger::CredentialsView* credentials = OwnCredentials(*published, record);
  const auto instrument = base::InstrumentId::FromBytes(record.instrument());
  const auto key = base::PublicKey::FromBytes(report.cleared_by().key());
  std::string why;
  if (!instrument || !credentials || !key ||
      !meaning::SecondSignatureVerifies(*instrument, report.SerializeAsString())) {
    why = "the second signature does not verify; clear it again with entente draft clear";
  } else {
    auto snapshot = core.NewSnapshot();
    const query::Views views(snapshot.get(), published.get(), *instrument);
    why = query::WhyNoSecondSigner(views, *credentials, *key);
  }
  if (why.empty()) return absl::OkStatus();
  return Refused("E-CLEARED", "cleared_by", why);
}

// A question of a merge is settled when its part changed, or when the request says so (severity
// "settled" in the draft's questions): that there is none is an answer too.
void SettleQuestions(const v1::Report& before, const v1::Draft& after, v1::DraftRecord& record) {
  std::set<std::string> settled;
  for (const v1::Finding& question : after.questions()) {
    if (question.severity() == "settled") settled.insert(question.field());
  }
  for (int i = record.questions_size(); i-- > 0;) {
    const std::string& part = record.questions(i);
    if (settled.contains(part) ||
        query::PartOf(before, part) != query::PartOf(after.report(), part))
      record.mutable_questions()->DeleteSubrange(i, 1);
  }
}

// Where a draft's part is written, and where it is said that there is none.
std::pair<std::string, std::string> WritesPart(const std::string& draft, const std::string& part) {
  const size_t open = part.find('[');
  const std::string list = part.substr(0, open);
  std::vector<std::string> words;
  if (open != std::string::npos)
    words = absl::StrSplit(part.substr(open + 1, part.size() - open - 2), ' ');
  if (list == "values" && words.size() >= 2) {
    std::string command = absl::StrCat("entente draft value ", draft, " ", words[0], " ", words[1]);
    for (size_t i = 2; i < words.size(); ++i) {
      const bool dim = words[i].find('=') != std::string::npos;
      absl::StrAppend(&command, dim ? " --dim " : " --area ", words[i]);
    }
    return {absl::StrCat(command, " NUMBER"), absl::StrCat(command, " --remove")};
  }
  if (list == "attachments" && open != std::string::npos) {
    const std::string command = absl::StrCat("entente draft attach ", draft);
    const std::string file = part.substr(open + 1, part.size() - open - 2);
    return {absl::StrCat(command, " FILE --name ", file),
            absl::StrCat(command, " --remove ", file)};
  }
  std::string field = list;
  if (list == "nil_reason") field = "nil";
  if (list == "milestones") field = "milestone";
  if (list == "narratives") field = "narrative";
  if (list == "sections") field = "section";
  for (const std::string& word : words) absl::StrAppend(&field, ".", word);
  const std::string command = absl::StrCat("entente draft set ", draft, " ", field, "=");
  return {absl::StrCat(command, "..."), command};
}

}  // namespace

absl::Status UpdateDraft(NodeCore& core, const v1::UpdateDraftRequest& request,
                         v1::Draft& response) {
  ASSIGN_OR_RETURN(v1::DraftRecord record, Load(*core.NewSnapshot(), request.draft().name()));
  if (request.expected_changed_ms() != 0 && request.expected_changed_ms() != record.changed_ms()) {
    return Error(
        StatusCode::kAborted, "DRAFT_STATE",
        absl::StrCat("draft ", record.name(), " was changed meanwhile; look at it and try again"));
  }
  v1::Report before;
  before.ParseFromString(record.payload());
  v1::Report report = request.draft().report();
  const std::string to = request.draft().state().empty() ? record.state() : request.draft().state();
  RETURN_IF_ERROR(CheckMove(record, to, SameContent(report, before)));
  // A second signature is for what was read: with the next change it is gone.
  if (to == "cleared") {
    RETURN_IF_ERROR(CheckCleared(core, record, report));
  } else if (to != "submitted") {
    report.clear_cleared_by();
  }
  SettleQuestions(before, request.draft(), record);
  record.set_payload(report.SerializeAsString());
  record.set_state(to);
  record.set_reference(request.draft().reference());
  record.set_entry_id(request.draft().entry_id());
  RETURN_IF_ERROR(Store(core, record));
  Fill(*core.published(), record, response);
  return absl::OkStatus();
}

absl::Status DeleteDraft(NodeCore& core, const v1::DeleteDraftRequest& request) {
  RETURN_IF_ERROR(Load(*core.NewSnapshot(), request.name()).status());
  return core.Write([&](driver::Replica& replica) {
    replica.DeleteDraft(request.name());
    return absl::OkStatus();
  });
}

absl::Status CheckDraft(NodeCore& core, const v1::CheckDraftRequest& request,
                        v1::CheckDraftResponse& response) {
  auto snapshot = core.NewSnapshot();
  ASSIGN_OR_RETURN(v1::DraftRecord record, Load(*snapshot, request.name()));
  const store::PublishedPtr published = core.published();
  auto instrument = base::InstrumentId::FromBytes(record.instrument());
  if (!instrument || !published->instruments.contains(*instrument)) {
    return Error(StatusCode::kNotFound, "UNKNOWN_INSTRUMENT",
                 "the draft's instrument is not joined here");
  }
  ASSIGN_OR_RETURN(std::string own, OwnCode(*published, *instrument));
  v1::Report report;
  report.ParseFromString(record.payload());
  const query::SubmissionChecker checker(snapshot.get(), published.get(), *instrument,
                                         &core.records());
  query::CheckedRecord checked = checker.CheckDraft(report, own, core.clock().WallMs());
  for (const std::string& part : record.questions()) {
    const auto [set, none] = WritesPart(record.name(), part);
    checked.findings.push_back(
        {"E-MERGE", part,
         absl::StrCat("E-MERGE ", part,
                      ": the versions being merged say different things; none was chosen; set it "
                      "with ",
                      set, ", or say that there is none with ", none),
         meaning::Severity::kRefuse});
  }
  query::FillFindings(checked.findings, *response.mutable_findings());
  response.set_slot(checked.slot);
  response.set_reference(checked.reference);
  query::FillCompleteness(checked.completeness, *response.mutable_completeness());
  return absl::OkStatus();
}

}  // namespace entente::rpc
