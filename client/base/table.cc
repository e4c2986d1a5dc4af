#include "client/base/table.h"

namespace entente::client {

void AddColumns(v1::Table& table, absl::Span<const ColumnText> columns) {
  for (const ColumnText& column : columns) {
    v1::Column* added = table.add_columns();
    added->set_name(column.name);
    added->set_title(column.title);
    added->set_number(column.number);
  }
}

void AddCells(v1::Row& row, std::initializer_list<std::string> cells) {
  for (const std::string& cell : cells) row.add_cells(cell);
}

}  // namespace entente::client
