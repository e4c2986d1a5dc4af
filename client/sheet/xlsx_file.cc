#include "client/sheet/xlsx_file.h"

#include <unistd.h>
#include <xlsxwriter.h>

#include <cerrno>
#include <cstdio>
#include <map>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/base/errors.h"
#include "client/base/files.h"
#include "node/base/error.h"
#include "node/meaning/value/decimal.h"

namespace entente::client {

namespace {

constexpr uint32_t kSheetRowsMax = 1'048'576;  // of the format
constexpr size_t kExactDigits = 15;            // of the numbers a spreadsheet calculates with

absl::Status DoesNotFit(absl::string_view what) {
  return base::Error(absl::StatusCode::kInvalidArgument, "VALIDATION_FAILED",
                     absl::StrCat("xlsx: ", what, "; export as csv or json"));
}

// A number that a spreadsheet would show as it was written.
bool IsExactNumber(const std::string& text) {
  return text.size() <= kExactDigits && meaning::Decimal::Parse(text).has_value();
}

}  // namespace

struct XlsxFile::Parts {
  std::string path, beside;
  lxw_workbook* book = nullptr;
  lxw_format* heading = nullptr;
  struct Sheet {
    lxw_worksheet* sheet = nullptr;
    uint32_t rows = 0;
  };
  std::map<std::string, Sheet> sheets;
};

XlsxFile::XlsxFile(std::string path) : parts_(std::make_unique<Parts>()) {
  parts_->beside = absl::StrCat(path, ".part");
  parts_->path = std::move(path);
  lxw_workbook_options options{};
  options.constant_memory = LXW_TRUE;
  parts_->book = workbook_new_opt(parts_->beside.c_str(), &options);
  if (parts_->book == nullptr) return;
  parts_->heading = workbook_add_format(parts_->book);
  format_set_bold(parts_->heading);
}

XlsxFile::~XlsxFile() {
  if (parts_->book == nullptr) return;
  (void)workbook_close(parts_->book);
  unlink(parts_->beside.c_str());
}

absl::Status XlsxFile::AddRow(const std::string& name, const std::vector<SheetColumn>& columns,
                              const SheetCells& cells) {
  if (parts_->book == nullptr) return FileUnwritable(parts_->path, ENOMEM);
  Parts::Sheet& at = parts_->sheets[name];
  if (at.sheet == nullptr) {
    at.sheet = workbook_add_worksheet(parts_->book, name.c_str());
    for (size_t c = 0; c < columns.size(); ++c) {
      (void)worksheet_write_string(at.sheet, 0, static_cast<lxw_col_t>(c), columns[c].name,
                                   parts_->heading);
    }
    worksheet_freeze_panes(at.sheet, 1, 0);
    at.rows = 1;
  }
  if (at.rows >= kSheetRowsMax)
    return DoesNotFit(absl::StrCat("a sheet takes ", kSheetRowsMax, " rows at most"));
  for (size_t c = 0; c < columns.size(); ++c) {
    if (cells[c].empty()) continue;
    const auto column = static_cast<lxw_col_t>(c);
    double number = 0;
    const lxw_error failed =
        columns[c].number && IsExactNumber(cells[c]) && absl::SimpleAtod(cells[c], &number)
            ? worksheet_write_number(at.sheet, at.rows, column, number, nullptr)
            : worksheet_write_string(at.sheet, at.rows, column, cells[c].c_str(), nullptr);
    if (failed != LXW_NO_ERROR) {
      return DoesNotFit(
          absl::StrCat("row ", at.rows + 1, ", ", columns[c].name, ": ", lxw_strerror(failed)));
    }
  }
  ++at.rows;
  return absl::OkStatus();
}

absl::Status XlsxFile::Finish() {
  if (parts_->book == nullptr) return FileUnwritable(parts_->path, ENOMEM);
  const lxw_error failed = workbook_close(std::exchange(parts_->book, nullptr));
  if (failed != LXW_NO_ERROR) {
    const int error = errno == 0 ? EIO : errno;
    unlink(parts_->beside.c_str());
    return FileUnwritable(parts_->path, error);
  }
  if (std::rename(parts_->beside.c_str(), parts_->path.c_str()) != 0)
    return FileUnwritable(parts_->path, errno);
  SyncFolderOf(parts_->path);
  return absl::OkStatus();
}

}  // namespace entente::client
