// entente export: every record of a kind that stands, for spreadsheets and programs.
#include <cerrno>
#include <cstdio>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/base/files.h"
#include "client/commands/commands.h"
#include "client/context/question_methods.h"
#include "client/draft/record_text.h"
#include "client/sheet/report_columns.h"
#include "client/sheet/report_sheet.h"
#include "client/sheet/sheet.h"
#include "client/sheet/xlsx_file.h"
#include "node/base/bytes.h"
#include "node/base/id.h"
#include "node/base/status_macros.h"
#include "node/meaning/catalogue/csv_table.h"
#include "node/meaning/record/record.h"

namespace entente::client {

namespace {

struct ExportOptions {
  std::string kind = "report", delegation, round, chapter, out, format;
  bool excel = false;
};

// Kinds but reports: a row a field.
const std::vector<SheetColumn>& FieldColumns() {
  static const auto* columns = new std::vector<SheetColumn>{{"reference"},  {"state"}, {"entry_id"},
                                                            {"delegation"}, {"field"}, {"value"}};
  return *columns;
}

std::vector<SheetCells> FieldRows(const v1::Record& record, const v1::RecordHead& head) {
  std::vector<SheetCells> rows;
  for (auto& [field, value] : PayloadFields(head.kind(), head.schema(), head.payload())) {
    rows.push_back({record.reference(), record.state(), base::ToHex(head.entry_id()),
                    head.delegation(), field, value});
  }
  return rows;
}

struct HeadRows {
  const std::vector<SheetColumn>* columns = nullptr;
  std::vector<SheetCells> rows;
};

// A report that was withdrawn is a withdrawal: of the other kinds.
HeadRows RowsOf(const v1::Record& record, const v1::RecordHead& head, bool reports) {
  if (!reports) return {&FieldColumns(), FieldRows(record, head)};
  HeadRows out{&ReportColumns(), {}};
  const meaning::ReadRecord read = meaning::ReadPayload(head.kind(), head.schema(), head.payload());
  if (const auto* report = std::get_if<v1::Report>(&read.record)) {
    out.rows =
        ReportRows({record.reference(), base::ToHex(head.entry_id()), record.state(), *report, 0});
  }
  return out;
}

// Where the records go: one of the three formats.
class Writer {
 public:
  virtual ~Writer() = default;
  // Is anything of it in the file now?
  virtual absl::StatusOr<bool> Add(const v1::Record& record) = 0;
  virtual absl::Status Finish() = 0;
};

class TextWriter : public Writer {
 public:
  TextWriter(Context& context, const ExportOptions& o) : context_(context), o_(o) {}
  // Before the node is asked for anything.
  absl::Status Open() {
    if (o_.out.empty()) return absl::OkStatus();
    errno = 0;
    file_.open(o_.out + ".part", std::ios::binary | std::ios::trunc);
    return file_ ? absl::OkStatus() : FileUnwritable(o_.out, errno);
  }
  absl::Status Finish() override {
    if (o_.out.empty()) return absl::OkStatus();
    file_.close();
    const std::string beside = o_.out + ".part";
    if (!file_ || std::rename(beside.c_str(), o_.out.c_str()) != 0)
      return FileUnwritable(o_.out, errno);
    SyncFolderOf(o_.out);
    return absl::OkStatus();
  }

 protected:
  std::ostream& out() { return o_.out.empty() ? context_.out() : file_; }
  absl::Status Written() { return out() ? absl::OkStatus() : FileUnwritable(o_.out, errno); }
  const ExportOptions& options() const { return o_; }

 private:
  Context& context_;
  const ExportOptions& o_;
  std::ofstream file_;
};

class CsvWriter final : public TextWriter {
 public:
  using TextWriter::TextWriter;
  absl::StatusOr<bool> Add(const v1::Record& record) override {
    const bool reports = options().kind == "report";
    bool added = false;
    if (!begun_) Begin(reports ? ReportColumns() : FieldColumns());
    for (const v1::RecordHead& head : record.heads()) {
      const HeadRows rows = RowsOf(record, head, reports);
      for (const SheetCells& cells : rows.rows) out() << SheetLine(*rows.columns, cells);
      added = added || !rows.rows.empty();
    }
    RETURN_IF_ERROR(Written());
    return added;
  }
  absl::Status Finish() override {
    if (!begun_) Begin(options().kind == "report" ? ReportColumns() : FieldColumns());
    return TextWriter::Finish();
  }

 private:
  void Begin(const std::vector<SheetColumn>& columns) {
    begun_ = true;
    out() << (options().excel ? meaning::kByteOrderMark : "") << SheetHeader(columns);
  }
  bool begun_ = false;
};

// A JSON object a line, one for each record.
class JsonWriter final : public TextWriter {
 public:
  using TextWriter::TextWriter;
  absl::StatusOr<bool> Add(const v1::Record& record) override {
    out() << RecordJson(record).dump(-1, ' ', false,
                                     nlohmann::ordered_json::error_handler_t::replace)
          << "\n";
    RETURN_IF_ERROR(Written());
    return true;
  }
};

// Reports in sheets by what their rows state; other kinds in one.
class XlsxWriter final : public Writer {
 public:
  explicit XlsxWriter(const ExportOptions& o) : o_(o), file_(o.out) {}
  absl::StatusOr<bool> Add(const v1::Record& record) override {
    bool added = false;
    const bool reports = o_.kind == "report";
    for (const v1::RecordHead& head : record.heads()) {
      const HeadRows rows = RowsOf(record, head, reports);
      for (const SheetCells& cells : rows.rows) {
        RETURN_IF_ERROR(
            file_.AddRow(reports ? SheetOf(cells[kColPart]) : o_.kind, *rows.columns, cells));
        added = true;
      }
    }
    return added;
  }
  absl::Status Finish() override { return file_.Finish(); }

 private:
  static std::string SheetOf(const std::string& part) {
    if (part == kPartReport || part == kPartValue || part == kPartAttachment) return part + "s";
    return "texts";
  }
  const ExportOptions& o_;
  XlsxFile file_;
};

template <class Text>
absl::StatusOr<std::unique_ptr<Writer>> Opened(Context& context, const ExportOptions& o) {
  auto writer = std::make_unique<Text>(context, o);
  RETURN_IF_ERROR(writer->Open());
  return writer;
}

absl::StatusOr<std::unique_ptr<Writer>> WriterFor(Context& context, const ExportOptions& o) {
  std::string format = o.format;
  if (format.empty()) format = context.format() == Format::kJson ? "json" : "csv";
  if (o.excel && format != "csv")
    return UsageError("--excel marks a CSV file for Excel", "leave it out, or --format csv");
  if (format == "json") return Opened<JsonWriter>(context, o);
  if (format == "csv") return Opened<CsvWriter>(context, o);
  if (o.out.empty())
    return UsageError("a spreadsheet file has to have a name", "--out reports.xlsx");
  return std::make_unique<XlsxWriter>(o);
}

absl::StatusOr<Exit> ExportRecords(Context& context, ExportOptions o) {
  if (o.out == "-") o.out.clear();  // stdout
  v1::ExportRequest request;
  ASSIGN_OR_RETURN(const std::string instrument, context.Instrument(o.round));
  request.set_instrument(instrument);
  request.set_kind(o.kind);
  request.set_delegation(o.delegation);
  absl::string_view round = o.round;
  absl::ConsumePrefix(&round, instrument + "/");
  request.set_round(base::Str(round));
  request.set_chapter(o.chapter);
  request.set_as_of(context.options.as_of);
  ASSIGN_OR_RETURN(const std::unique_ptr<Writer> writer, WriterFor(context, o));
  uint64_t records = 0;
  std::string freshness;
  RETURN_IF_ERROR(context.Read(questions::kExport, request, std::chrono::seconds(3600),
                               [&](const v1::Record& record) -> absl::Status {
                                 freshness = record.freshness();
                                 if (record.heads().empty()) return absl::OkStatus();
                                 ASSIGN_OR_RETURN(const bool added, writer->Add(record));
                                 records += added ? 1 : 0;
                                 return absl::OkStatus();
                               }));
  RETURN_IF_ERROR(writer->Finish());
  context.Say(absl::StrCat(Count(records, "record"), o.out.empty() ? "" : " written to ", o.out,
                           ". ", freshness));
  return Exit::kDone;
}

}  // namespace

void AddExport(CLI::App& root, Context& context) {
  auto o = std::make_shared<ExportOptions>();
  CLI::App* command =
      AddCommand(root, context, "export", "Records for spreadsheets and programs",
                 "entente export --round MTR-2017 --format xlsx --out mtr-2017.xlsx\n"
                 "  entente export --round MTR-2017 --excel --out mtr-2017.csv",
                 [&context, o] { return ExportRecords(context, *o); });
  command->add_option("--format", o->format, "csv, xlsx or json (an object a line); default: csv")
      ->check(CLI::IsMember({"csv", "xlsx", "json"}));
  command->add_option("--kind", o->kind, "report, commitment, indicator, ...; default: report");
  command->add_option("--delegation", o->delegation, "Only this delegation's");
  command->add_option("--round", o->round, "Of reports: only this round's");
  command->add_option("--chapter", o->chapter,
                      "Of reports: only on this chapter; its code, title or alias");
  command->add_option("--out", o->out, "The file; default, and -: stdout")->type_name("FILE");
  command->add_flag("--excel", o->excel, "Begin with the mark by which Excel knows UTF-8");
  AddAsOf(*command, context);
}

}  // namespace entente::client
