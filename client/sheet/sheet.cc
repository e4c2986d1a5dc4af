#include "client/sheet/sheet.h"

#include "client/base/render.h"
#include "node/meaning/value/decimal.h"

namespace entente::client {

std::string SheetLine(const std::vector<SheetColumn>& columns, const SheetCells& cells) {
  std::string out;
  for (size_t c = 0; c < columns.size(); ++c) {
    const bool number = columns[c].number && meaning::Decimal::Parse(cells[c]).has_value();
    out += (c > 0 ? "," : "") + CsvField(cells[c], number);
  }
  return out + "\r\n";
}

std::string SheetHeader(const std::vector<SheetColumn>& columns) {
  std::string out;
  for (const SheetColumn& column : columns)
    out += (out.empty() ? "" : ",") + std::string(column.name);
  return out + "\r\n";
}

}  // namespace entente::client
