#include "node/query/view/titles.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/record.h"
#include "node/meaning/record/summary.h"

namespace entente::query {

namespace {

using Texts = google::protobuf::RepeatedPtrField<v1::Text>;

std::string TextOnlyIn(const Texts& texts, absl::string_view lang) {
  for (const v1::Text& text : texts) {
    if (text.lang() == lang || absl::StartsWith(text.lang(), absl::StrCat(lang, "-")))
      return meaning::Shorten(text.text(), meaning::kSummaryTextBytes);
  }
  return "";
}

struct TitlesOf {
  const Texts* operator()(const v1::Chapter& chapter) const { return &chapter.titles(); }
  const Texts* operator()(const v1::Indicator& indicator) const { return &indicator.titles(); }
  const Texts* operator()(const v1::Commitment& commitment) const { return &commitment.texts(); }
  template <class Other>
  const Texts* operator()(const Other&) const {
    return nullptr;
  }
};

// "" where nothing of this code stands, or none of its texts is in the language.
absl::StatusOr<std::string> TitleOf(const Views& views, const std::string& code,
                                    absl::string_view lang) {
  for (const char* kind : {"chapter", "commitment", "indicator"}) {
    ASSIGN_OR_RETURN(const v1::SlotValue slot, views.Slot(absl::StrCat(kind, "/", code)));
    const v1::Contribution* head = ShownHead(slot);
    const auto id = head ? base::EntryId::FromBytes(head->entry()) : std::nullopt;
    if (!id) continue;
    ASSIGN_OR_RETURN(const ledger::Entry entry, views.Entry(*id));
    const meaning::ReadRecord read =
        meaning::ReadPayload(entry.header.kind, entry.header.schema, entry.payload);
    const Texts* texts = std::visit(TitlesOf{}, read.record);
    if (texts != nullptr) return TextOnlyIn(*texts, lang);
  }
  return std::string();
}

std::optional<int> ColumnOf(const v1::Table& table, absl::string_view name) {
  for (int c = 0; c < table.columns_size(); ++c) {
    if (table.columns(c).name() == name) return c;
  }
  return std::nullopt;
}

}  // namespace

absl::Status TitlesIn(const Views& views, absl::string_view lang, v1::Table& table) {
  if (lang.empty() || lang == "en") return absl::OkStatus();
  const std::optional<int> title = ColumnOf(table, "title");
  std::optional<int> code = ColumnOf(table, "subject");
  if (!code) code = ColumnOf(table, "code");
  if (!title || !code) return absl::OkStatus();
  std::map<std::string, std::string> known;  // many rows of a table are of one commitment
  for (v1::Row& row : *table.mutable_rows()) {
    if (row.cells_size() <= std::max(*title, *code) || row.cells(*title).empty()) continue;
    const std::string& name = row.cells(*code);
    auto found = known.find(name);
    if (found == known.end()) {
      ASSIGN_OR_RETURN(std::string text, TitleOf(views, name, lang));
      found = known.emplace(name, std::move(text)).first;
    }
    if (!found->second.empty()) row.set_cells(*title, found->second);
  }
  return absl::OkStatus();
}

}  // namespace entente::query
