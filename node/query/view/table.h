// Building the tables that answer questions: columns once, rows of cells, and the line that says
// how fresh the local copy is.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "entente/v1/local.pb.h"

namespace entente::query {

class TableBuilder {
 public:
  struct Column {
    const char* name;
    const char* title;
    bool number = false;
  };
  explicit TableBuilder(const std::vector<Column>& columns);

  // REQUIRES: as many cells as columns.
  void Row(std::vector<std::string> cells);
  void Note(std::string line) { table_.add_notes(std::move(line)); }
  v1::Table Finish() { return std::move(table_); }
  int rows() const { return table_.rows_size(); }

 private:
  v1::Table table_;
};

// "did you mean MTR-2017? known: MTR-2017 SOD-2015": the nearest, if one is near, and all there
// are: `known`, or as `listed` writes them.
std::string NearestAndKnown(absl::string_view given, const std::vector<std::string>& known,
                            absl::string_view listed = "");

// NOT_FOUND_RECORD: `what` "round" of this name is not held, or was not `then`: in the past state
// the question is asked of. Says the nearest, and all there are: `known`, or as `listed` writes
// them.
absl::Status NotHeld(absl::string_view what, absl::string_view given,
                     const std::vector<std::string>& known, bool then,
                     absl::string_view listed = "");

// UTC, "2017-09-14T08:02Z"; "" for 0.
std::string TimeText(uint64_t unix_ms);
// "3h", "42d": how long before `now_ms`.
std::string AgeText(uint64_t then_ms, uint64_t now_ms);
// The wall part of a hybrid logical clock.
inline uint64_t WallMs(uint64_t hlc) { return hlc >> 16; }

}  // namespace entente::query
