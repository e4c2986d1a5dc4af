// From a report to rows of a sheet.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/sheet/report_columns.h"
#include "client/sheet/report_sheet.h"
#include "node/base/bytes.h"
#include "node/base/id.h"
#include "node/meaning/text/words.h"

namespace entente::client {

namespace {

constexpr char kListMark[] = ";";

std::string HexList(const google::protobuf::RepeatedPtrField<std::string>& ids) {
  return absl::StrJoin(ids, kListMark,
                       [](std::string* out, const std::string& id) { *out += base::ToHex(id); });
}

class Rows {
 public:
  explicit Rows(const SheetReport& report) : report_(report) {}

  std::vector<SheetCells> Make() {
    AddReport();
    for (const v1::Text& text : report_.report.narratives()) {
      SheetCells& row = Row(kPartNarrative);
      Put(row, kColLang, text.lang());
      Put(row, kColText, text.text());
    }
    for (const v1::Section& section : report_.report.sections()) {
      SheetCells& row = Row(kPartSection);
      Put(row, kColName, section.name());
      Put(row, kColLang, section.text().lang());
      Put(row, kColText, section.text().text());
    }
    for (const v1::Milestone& milestone : report_.report.milestones()) {
      SheetCells& row = Row(kPartMilestone);
      Put(row, kColText, milestone.text());
      Put(row, kColDate, milestone.date());
      Put(row, kColDone, milestone.done() ? kYes : "");
    }
    for (const v1::IndicatorValue& value : report_.report.values()) AddValue(value);
    for (const v1::Attachment& attachment : report_.report.attachments()) AddAttachment(attachment);
    return std::move(rows_);
  }

 private:
  SheetCells& Row(const char* part) {
    SheetCells row(ReportColumns().size());
    Put(row, kColPart, part);
    Put(row, kColReference, report_.reference);
    rows_.push_back(std::move(row));
    return rows_.back();
  }

  static void Put(SheetCells& row, ReportColumn column, std::string text) {
    row[column] = std::move(text);
  }

  void AddReport() {
    const v1::Report& report = report_.report;
    const v1::Common& common = report.common();
    SheetCells& row = Row(kPartReport);
    Put(row, kColState, report_.state);
    Put(row, kColEntry, report_.entry);
    Put(row, kColDelegation, common.delegation());
    Put(row, kColRound, report.round());
    Put(row, kColSubjectKind, base::Str(meaning::SubjectKindWord(report.subject().kind())));
    Put(row, kColSubject, report.subject().code());
    Put(row, kColPeriod, report.period());
    Put(row, kColImplementation, base::Str(meaning::ImplementationWord(report.implementation())));
    Put(row, kColAssessment, base::Str(meaning::AssessmentWord(report.assessment())));
    Put(row, kColReason, report.reason());
    Put(row, kColNilReason, report.nil_reason());
    Put(row, kColLang, common.lang());
    Put(row, kColPublic, common.classification() == v1::PUBLIC ? kYes : "");
    Put(row, kColDocRefs, absl::StrJoin(common.doc_refs(), kListMark));
    Put(row, kColSupersedes, HexList(common.supersedes()));
    Put(row, kColCites, HexList(common.cites()));
    Put(row, kColAnswers, base::ToHex(report.answers()));
  }

  void AddValue(const v1::IndicatorValue& value) {
    SheetCells& row = Row(kPartValue);
    Put(row, kColIndicator, value.indicator());
    Put(row, kColPeriod, value.period());
    Put(row, kColValue, value.value());
    Put(row, kColStatus, value.status());
    Put(row, kColUnit, value.unit());
    Put(row, kColTrend, base::Str(meaning::TrendWord(value.trend())));
    Put(row, kColApproximate, value.approximate() ? kYes : "");
    Put(row, kColDims,
        absl::StrJoin(value.dims(), kListMark, [](std::string* out, const auto& dim) {
          absl::StrAppend(out, dim.name(), "=", dim.code());
        }));
    Put(row, kColArea, value.ref_area());
    Put(row, kColSource, value.source());
    Put(row, kColMethod, value.method());
    Put(row, kColNote, value.note());
  }

  void AddAttachment(const v1::Attachment& attachment) {
    SheetCells& row = Row(kPartAttachment);
    Put(row, kColName, attachment.name());
    Put(row, kColText, attachment.title());
    Put(row, kColLang, attachment.lang());
    Put(row, kColMediaType, attachment.media_type());
    Put(row, kColSize, absl::StrCat(attachment.size()));
    Put(row, kColSha256, base::ToHex(attachment.sha256()));
    Put(row, kColRoot, base::ToHex(attachment.root()));
    Put(row, kColAttachmentKind, attachment.kind());
  }

  const SheetReport& report_;
  std::vector<SheetCells> rows_;
};

}  // namespace

const std::vector<SheetColumn>& ReportColumns() {
  // In the order of ReportColumn.
  static const auto* columns = new std::vector<SheetColumn>{
      {"part"},       {"reference"},    {"state"},      {"entry_id"},       {"delegation"},
      {"round"},      {"subject_kind"}, {"subject"},    {"period"},         {"implementation"},
      {"assessment"}, {"reason"},       {"nil_reason"}, {"lang"},           {"name"},
      {"text"},       {"date"},         {"done"},       {"indicator"},      {"value", true},
      {"status"},     {"unit"},         {"trend"},      {"approximate"},    {"dims"},
      {"ref_area"},   {"source"},       {"method"},     {"note"},           {"public"},
      {"doc_refs"},   {"supersedes"},   {"cites"},      {"answers"},        {"media_type"},
      {"size", true}, {"sha256"},       {"root"},       {"attachment_kind"}};
  return *columns;
}

std::vector<SheetCells> ReportRows(const SheetReport& report) { return Rows(report).Make(); }

}  // namespace entente::client
