// entente draft import: drafts from a file of reports as `entente export` writes it.
#include <set>

#include "absl/strings/str_cat.h"
#include "client/base/files.h"
#include "client/base/render.h"
#include "client/base/table.h"
#include "client/commands/commands.h"
#include "client/commands/draft_calls.h"
#include "client/sheet/report_sheet.h"
#include "node/base/bytes.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/normalise.h"
#include "node/meaning/record/record.h"
#include "node/meaning/record/reference.h"
#include "node/meaning/record/slot.h"

namespace entente::client {

namespace {

constexpr size_t kFileBytesMax = size_t{64} << 20;
constexpr size_t kDraftsMax = 1000;

struct DraftImportOptions {
  std::string file;
  bool dry_run = false;
};

// What a report says, without what it stands on.
std::string SaidBy(v1::Report report) {
  report.mutable_common()->clear_supersedes();
  report.clear_cleared_by();
  return report.SerializeAsString();
}

// Does exactly this stand already?
absl::StatusOr<bool> StandsAlready(Context& context, const std::string& instrument,
                                   const std::string& reference, const v1::Report& report) {
  v1::GetRecordRequest request;
  request.set_instrument(instrument);
  request.set_reference(reference);
  absl::StatusOr<v1::Record> record = context.Call(local::kGetRecord, request);
  if (record.status().code() == absl::StatusCode::kNotFound) return false;
  RETURN_IF_ERROR(record.status());
  if (record->heads_size() != 1) return false;
  const v1::RecordHead& head = record->heads(0);
  const meaning::ReadRecord read = meaning::ReadPayload(head.kind(), head.schema(), head.payload());
  const auto* standing = std::get_if<v1::Report>(&read.record);
  return standing != nullptr && SaidBy(*standing) == SaidBy(report);
}

// All that is wrong with a file, a violation a fault. One fault is the whole message.
absl::Status Refused(const DraftImportOptions& o, absl::StatusCode code, absl::string_view reason,
                     const std::vector<SheetFault>& faults, absl::string_view hint) {
  std::vector<Violation> violations;
  for (const SheetFault& fault : faults) {
    violations.push_back({absl::StrCat("line ", fault.line),
                          absl::StrCat(o.file, ", line ", fault.line, ": ", fault.text)});
  }
  const std::string message =
      faults.size() == 1
          ? absl::StrCat(violations[0].message, "; no draft was made")
          : absl::StrCat(o.file, ": ", Count(faults.size(), "fault"), "; no draft was made");
  return WithViolations(Failure(code, reason, message, hint), violations);
}

absl::StatusOr<std::vector<SheetReport>> ReadReports(const DraftImportOptions& o,
                                                     const std::string& own) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(o.file, kFileBytesMax));
  SheetReports read = ReportsOfCsv(meaning::ReadCsv(text));
  if (!read.faults.empty()) {
    return Refused(o, absl::StatusCode::kInvalidArgument, "VALIDATION_FAILED", read.faults,
                   "entente export shows the columns");
  }
  if (read.reports.size() > kDraftsMax) {
    return Failure(
        absl::StatusCode::kInvalidArgument, "VALIDATION_FAILED",
        absl::StrCat(o.file, ": ", read.reports.size(), " reports, at most ", kDraftsMax),
        "import it in parts");
  }
  std::vector<SheetFault> foreign;
  std::set<std::string> whose;  // said once for each delegation, where it is met first
  for (SheetReport& one : read.reports) {
    const std::string& delegation = one.report.common().delegation();
    if (delegation != own && whose.insert(delegation).second) {
      foreign.push_back({one.line, absl::StrCat("E-AUTH delegation: the report is ", delegation,
                                                "'s; this node speaks for ", own)});
    }
    meaning::NormaliseReport(one.report);
  }
  if (!foreign.empty()) {
    return Refused(o, absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED", foreign,
                   "entente export --delegation " + own);
  }
  return std::move(read.reports);
}

// A line of the file as it will be told.
struct Planned {
  const SheetReport* one;
  std::string reference;
  bool same = false;  // stands already
  std::string draft;
};

absl::StatusOr<v1::Draft> MakeDraft(Context& context, const std::string& instrument,
                                    const v1::Report& report, bool validate_only) {
  v1::CreateDraftRequest request;
  request.set_instrument(instrument);
  *request.mutable_report() = report;
  request.mutable_report()->mutable_common()->clear_supersedes();
  request.set_validate_only(validate_only);
  return context.Call(local::kCreateDraft, request);
}

absl::Status AtLine(const absl::Status& status, const DraftImportOptions& o, size_t line,
                    absl::string_view made) {
  return Failure(
      status.code(), base::ReasonOf(status),
      absl::StrCat(o.file, ", line ", line, ": ", std::string(status.message()), "; ", made),
      HintOf(status));
}

// Every line is asked about before the first draft is made: a file with a mistake makes none.
absl::StatusOr<std::vector<Planned>> Plan(Context& context, const DraftImportOptions& o,
                                          const std::string& instrument, const std::string& own,
                                          const std::vector<SheetReport>& reports) {
  std::vector<Planned> plan;
  std::vector<SheetFault> faults;
  absl::Status first;
  for (const SheetReport& one : reports) {
    Planned planned{&one, "", false, ""};
    planned.reference =
        meaning::ReferenceOfSlot(instrument, meaning::ReportSlotText(one.report, own));
    const absl::Status could = MakeDraft(context, instrument, one.report, true).status();
    if (!could.ok()) {
      if (ExitOf(could) != Exit::kRefused) return AtLine(could, o, one.line, "no draft was made");
      first.Update(could);
      faults.push_back({one.line, std::string(could.message())});
      continue;
    }
    ASSIGN_OR_RETURN(planned.same,
                     StandsAlready(context, instrument, planned.reference, one.report));
    plan.push_back(std::move(planned));
  }
  if (!first.ok()) return Refused(o, first.code(), base::ReasonOf(first), faults, HintOf(first));
  return plan;
}

// A node that stops answering half-way leaves drafts behind; which ones is said.
absl::Status MakeAll(Context& context, const DraftImportOptions& o, const std::string& instrument,
                     std::vector<Planned>& plan) {
  std::string made;
  for (Planned& planned : plan) {
    if (planned.same) continue;
    const absl::StatusOr<v1::Draft> draft =
        MakeDraft(context, instrument, planned.one->report, false);
    if (!draft.ok()) {
      return AtLine(
          draft.status(), o, planned.one->line,
          made.empty() ? "no draft was made" : absl::StrCat("made before it, and kept:", made));
    }
    planned.draft = draft->name();
    absl::StrAppend(&made, " ", planned.draft);
  }
  return absl::OkStatus();
}

absl::StatusOr<Exit> ImportDrafts(Context& context, const DraftImportOptions& o) {
  ASSIGN_OR_RETURN(const std::string instrument, context.Instrument());
  ASSIGN_OR_RETURN(const v1::Node node, context.Call(local::kGetNode, v1::GetNodeRequest()));
  ASSIGN_OR_RETURN(const std::vector<SheetReport> reports, ReadReports(o, node.delegation_code()));
  ASSIGN_OR_RETURN(std::vector<Planned> plan,
                   Plan(context, o, instrument, node.delegation_code(), reports));
  if (!o.dry_run) RETURN_IF_ERROR(MakeAll(context, o, instrument, plan));
  v1::Table table;
  constexpr ColumnText kColumns[] = {
      {"line", "", true}, {"reference", ""}, {"draft", ""}, {"state", ""}};
  AddColumns(table, kColumns);
  for (const Planned& planned : plan) {
    AddCells(*table.add_rows(), {absl::StrCat(planned.one->line), planned.reference, planned.draft,
                                 planned.same ? "stands already"
                                 : o.dry_run  ? "would be a draft"
                                              : "draft"});
  }
  context.Emit(table);
  return Exit::kDone;
}

}  // namespace

void AddDraftImport(CLI::App& draft, Context& context) {
  auto o = std::make_shared<DraftImportOptions>();
  CLI::App* command =
      AddCommand(draft, context, "import", "Drafts from a CSV file as `entente export` writes it",
                 "entente export --delegation KG --out kg.csv && entente draft import kg.csv",
                 [&context, o] { return ImportDrafts(context, *o); });
  command->add_option("file", o->file, "The CSV file; - is standard input")
      ->type_name("FILE")
      ->required();
  command->add_flag("--dry-run", o->dry_run, "Only say what would become a draft");
}

}  // namespace entente::client
