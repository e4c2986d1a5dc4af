#include "node/query/view/table.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "node/base/check.h"
#include "node/base/error.h"
#include "node/meaning/record/suggest.h"

namespace entente::query {

TableBuilder::TableBuilder(const std::vector<Column>& columns) {
  for (const Column& column : columns) {
    v1::Column* out = table_.add_columns();
    out->set_name(column.name);
    out->set_title(column.title);
    out->set_number(column.number);
  }
}

void TableBuilder::Row(std::vector<std::string> cells) {
  ENTENTE_CHECK(static_cast<int>(cells.size()) == table_.columns_size());
  v1::Row* row = table_.add_rows();
  for (std::string& cell : cells) row->add_cells(std::move(cell));
}

std::string NearestAndKnown(absl::string_view given, const std::vector<std::string>& known,
                            absl::string_view listed) {
  const std::string nearest = meaning::NearestWord(given, known);
  return absl::StrCat(nearest.empty() ? "" : absl::StrCat("did you mean ", nearest, "? "),
                      "known: ", listed.empty() ? absl::StrJoin(known, " ") : std::string(listed));
}

absl::Status NotHeld(absl::string_view what, absl::string_view given,
                     const std::vector<std::string>& known, bool then, absl::string_view listed) {
  if (known.empty()) listed = then ? "none yet" : "none yet, sync with the secretariat";
  const std::string all = listed.empty() ? absl::StrJoin(known, " ") : std::string(listed);
  // A sync brings nothing into the past.
  return base::Error(
      absl::StatusCode::kNotFound, "NOT_FOUND_RECORD",
      absl::StrCat(what, " \"", given, "\" ",
                   then ? absl::StrCat("was not held here then; known then: ", all)
                        : absl::StrCat("is not held here; ", NearestAndKnown(given, known, all))));
}

std::string TimeText(uint64_t unix_ms) {
  if (unix_ms == 0) return "";
  return absl::FormatTime("%Y-%m-%dT%H:%MZ", absl::FromUnixMillis(static_cast<int64_t>(unix_ms)),
                          absl::UTCTimeZone());
}

std::string AgeText(uint64_t then_ms, uint64_t now_ms) {
  if (then_ms == 0) return "never";
  const uint64_t minutes = now_ms > then_ms ? (now_ms - then_ms) / 60000 : 0;
  if (minutes < 60) return absl::StrCat(minutes, "min");
  if (minutes < 48 * 60) return absl::StrCat(minutes / 60, "h");
  return absl::StrCat(minutes / (24 * 60), "d");
}

}  // namespace entente::query
