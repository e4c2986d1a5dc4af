// From rows of a sheet back to reports.
#include <algorithm>
#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/sheet/report_columns.h"
#include "client/sheet/report_sheet.h"
#include "node/base/bytes.h"
#include "node/base/id.h"
#include "node/meaning/record/suggest.h"
#include "node/meaning/text/words.h"

namespace entente::client {

namespace {

// One row by the names of its columns. The first mistake is kept; what is read after it is of no
// use.
class RowReader {
 public:
  RowReader(const std::map<size_t, ReportColumn>& columns, const meaning::CsvRow& row)
      : line_(row.line), cells_(ReportColumns().size()) {
    for (const auto& [at, column] : columns) {
      if (at < row.cells.size()) cells_[column] = meaning::PlainCell(row.cells[at]);
    }
  }

  const std::string& Text(ReportColumn column) const { return cells_[column]; }

  template <class Value, class Parse>
  Value Word(ReportColumn column, Parse parse, const std::vector<std::string>& known) {
    if (cells_[column].empty()) return Value();
    auto value = parse(cells_[column]);
    if (value) return *value;
    const std::string near = meaning::NearestWord(cells_[column], known);
    Fault(column, near.empty() ? absl::StrCat("known: ", absl::StrJoin(known, " "))
                               : absl::StrCat("did you mean ", near, "?"));
    return Value();
  }

  bool Yes(ReportColumn column) {
    const std::string& text = cells_[column];
    if (!text.empty() && text != kYes && text != "no")
      Fault(column, "write yes, or leave it empty");
    return text == kYes;
  }

  std::string Bytes(ReportColumn column) {
    auto raw = base::FromHex(cells_[column]);
    if (!raw) Fault(column, "hex digits are expected");
    return raw.value_or("");
  }

  std::vector<std::string> List(ReportColumn column) const {
    return absl::StrSplit(cells_[column], ';', absl::SkipEmpty());
  }

  template <class Field>
  void Ids(ReportColumn column, Field* ids) {
    for (const std::string& hex : List(column)) {
      auto raw = base::FromHex(hex);
      if (!raw || raw->size() != 32) return Fault(column, "ids of 64 hex digits are expected");
      *ids->Add() = *std::move(raw);
    }
  }

  uint64_t Number(ReportColumn column) {
    uint64_t value = 0;
    if (!cells_[column].empty() && !absl::SimpleAtoi(cells_[column], &value))
      Fault(column, "a number of bytes is expected");
    return value;
  }

  void Fault(ReportColumn column, absl::string_view what) {
    if (!fault_.empty()) return;
    fault_ = absl::StrCat(ReportColumns()[column].name, ": \"", cells_[column],
                          "\" is not understood; ", what);
  }
  const std::string& fault() const { return fault_; }  // "": none
  size_t line() const { return line_; }

 private:
  const size_t line_;
  SheetCells cells_;
  std::string fault_;
};

void ReadReport(RowReader& row, SheetReport& out) {
  out.line = row.line();
  out.reference = row.Text(kColReference);
  out.state = row.Text(kColState);
  out.entry = row.Text(kColEntry);
  v1::Report& report = out.report;
  v1::Common& common = *report.mutable_common();
  common.set_delegation(row.Text(kColDelegation));
  common.set_lang(row.Text(kColLang));
  if (row.Yes(kColPublic)) common.set_classification(v1::PUBLIC);
  for (std::string& ref : row.List(kColDocRefs)) common.add_doc_refs(std::move(ref));
  row.Ids(kColSupersedes, common.mutable_supersedes());
  row.Ids(kColCites, common.mutable_cites());
  report.set_round(row.Text(kColRound));
  const auto kind = row.Word<v1::SubjectKind>(kColSubjectKind, meaning::ParseSubjectKind,
                                              {"commitment", "chapter", "instrument"});
  if (kind == v1::SUBJECT_UNSPECIFIED)
    row.Fault(kColSubjectKind, "write commitment, chapter or instrument");
  report.mutable_subject()->set_kind(kind);
  report.mutable_subject()->set_code(row.Text(kColSubject));
  report.set_period(row.Text(kColPeriod));
  report.set_implementation(row.Word<v1::Implementation>(
      kColImplementation, meaning::ParseImplementation, meaning::ImplementationWords()));
  report.set_assessment(row.Word<v1::Assessment>(kColAssessment, meaning::ParseAssessment,
                                                 meaning::AssessmentWords()));
  report.set_reason(row.Text(kColReason));
  report.set_nil_reason(row.Text(kColNilReason));
  report.set_answers(row.Bytes(kColAnswers));
}

void ReadText(const RowReader& row, v1::Text& text) {
  text.set_lang(row.Text(kColLang));
  text.set_text(row.Text(kColText));
}

void ReadValue(RowReader& row, v1::IndicatorValue& value) {
  value.set_indicator(row.Text(kColIndicator));
  value.set_period(row.Text(kColPeriod));
  value.set_ref_area(row.Text(kColArea));
  for (const std::string& dim : row.List(kColDims)) {
    const std::vector<std::string> parts = absl::StrSplit(dim, absl::MaxSplits('=', 1));
    if (parts.size() != 2) return row.Fault(kColDims, "write sex=T;setting=prison");
    v1::DimensionValue* out = value.add_dims();
    out->set_name(parts[0]);
    out->set_code(parts[1]);
  }
  value.set_value(row.Text(kColValue));
  value.set_status(row.Text(kColStatus));
  value.set_unit(row.Text(kColUnit));
  value.set_trend(row.Word<v1::Trend>(kColTrend, meaning::ParseTrend, meaning::TrendWords()));
  value.set_approximate(row.Yes(kColApproximate));
  value.set_source(row.Text(kColSource));
  value.set_method(row.Text(kColMethod));
  value.set_note(row.Text(kColNote));
}

void ReadAttachment(RowReader& row, v1::Attachment& attachment) {
  attachment.set_name(row.Text(kColName));
  attachment.set_title(row.Text(kColText));
  attachment.set_lang(row.Text(kColLang));
  attachment.set_media_type(row.Text(kColMediaType));
  attachment.set_size(row.Number(kColSize));
  attachment.set_sha256(row.Bytes(kColSha256));
  attachment.set_root(row.Bytes(kColRoot));
  attachment.set_kind(row.Text(kColAttachmentKind));
}

// A row that belongs to the report above it.
void ReadPart(RowReader& row, v1::Report& report) {
  const std::string& part = row.Text(kColPart);
  if (part == kPartNarrative) {
    ReadText(row, *report.add_narratives());
  } else if (part == kPartSection) {
    v1::Section* section = report.add_sections();
    section->set_name(row.Text(kColName));
    if (!row.Text(kColLang).empty() || !row.Text(kColText).empty())
      ReadText(row, *section->mutable_text());
  } else if (part == kPartMilestone) {
    v1::Milestone* milestone = report.add_milestones();
    milestone->set_text(row.Text(kColText));
    milestone->set_date(row.Text(kColDate));
    milestone->set_done(row.Yes(kColDone));
  } else if (part == kPartValue) {
    ReadValue(row, *report.add_values());
  } else if (part == kPartAttachment) {
    ReadAttachment(row, *report.add_attachments());
  } else {
    row.Fault(kColPart, "known: report narrative section milestone value attachment");
  }
}

// Fewer cells are a line cut short, more a comma that stood outside quotes: neither may become a
// report that says less.
std::string WidthFault(const meaning::CsvRow& row, size_t columns) {
  if (row.cells.size() == columns) return "";
  return absl::StrCat(row.cells.size(), " cells under ", columns, " columns; ",
                      row.cells.size() < columns
                          ? "give every column a cell, empty or not"
                          : "a comma inside a text needs quotes around the cell");
}

using Columns = std::map<size_t, ReportColumn>;  // by place in the row

Columns ColumnsOf(const meaning::CsvRow& header, std::vector<SheetFault>& faults) {
  Columns out;
  std::vector<std::string> known;
  for (const SheetColumn& column : ReportColumns()) known.emplace_back(column.name);
  for (size_t at = 0; at < header.cells.size(); ++at) {
    auto it = std::find(known.begin(), known.end(), header.cells[at]);
    if (it == known.end()) {
      const std::string near = meaning::NearestWord(header.cells[at], known);
      faults.push_back(
          {header.line,
           absl::StrCat("column \"", header.cells[at], "\" is not known; ",
                        near.empty() ? absl::StrCat("known: ", absl::StrJoin(known, " "))
                                     : absl::StrCat("did you mean ", near, "?"))});
      continue;
    }
    const auto column = static_cast<ReportColumn>(it - known.begin());
    const bool twice = std::any_of(out.begin(), out.end(),
                                   [&](const auto& other) { return other.second == column; });
    if (twice) {
      faults.push_back(
          {header.line, absl::StrCat("column \"", *it, "\" stands twice; keep one of the two")});
    }
    out.emplace(at, column);
  }
  return out;
}

}  // namespace

SheetReports ReportsOfCsv(const meaning::CsvTable& table) {
  SheetReports out;
  if (!table.fault.empty()) {
    out.faults.push_back({table.fault_line, table.fault});
    return out;
  }
  if (table.rows.empty()) {
    out.faults.push_back({1, "the file is empty; its first row names the columns"});
    return out;
  }
  const Columns columns = ColumnsOf(table.rows[0], out.faults);
  if (!out.faults.empty()) return out;  // what stands under them would all be misread
  for (size_t n = 1; n < table.rows.size(); ++n) {
    const size_t line = table.rows[n].line;
    if (std::string width = WidthFault(table.rows[n], table.rows[0].cells.size()); !width.empty()) {
      out.faults.push_back({line, std::move(width)});
      continue;
    }
    RowReader row(columns, table.rows[n]);
    if (row.Text(kColPart) == kPartReport) {
      ReadReport(row, out.reports.emplace_back());
    } else if (out.reports.empty()) {
      row.Fault(kColPart, "the first row under the header begins a report: part is report");
    } else {
      ReadPart(row, out.reports.back().report);
    }
    if (!row.fault().empty()) out.faults.push_back({line, row.fault()});
  }
  return out;
}

}  // namespace entente::client
