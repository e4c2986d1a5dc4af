// Tables that are made here, of what the node gave as messages of other kinds.
#pragma once

#include <initializer_list>
#include <string>

#include "absl/types/span.h"
#include "entente/v1/local.pb.h"

namespace entente::client {

struct ColumnText {
  const char* name;   // snake_case, stable
  const char* title;  // for people; "" where a table is read line by line only
  bool number = false;
};

void AddColumns(v1::Table& table, absl::Span<const ColumnText> columns);
void AddCells(v1::Row& row, std::initializer_list<std::string> cells);

}  // namespace entente::client
