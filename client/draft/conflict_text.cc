#include "client/draft/conflict_text.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/base/clock.h"
#include "client/base/field_language.h"
#include "client/base/render.h"
#include "client/draft/record_text.h"
#include "node/base/bytes.h"
#include "node/base/id.h"
#include "node/meaning/record/part_name.h"

namespace entente::client {

namespace {

using nlohmann::ordered_json;

constexpr int kColumnMin = 16;
constexpr char kGap[] = "  ";

std::vector<std::string> SplitWords(const std::string& text) {
  return absl::StrSplit(text, absl::ByAnyChar(" \n\t"), absl::SkipEmpty());
}

// Which words of `text` stand in a longest common subsequence with `other`.
std::vector<bool> Common(const std::vector<std::string>& text,
                         const std::vector<std::string>& other) {
  std::vector<bool> common(text.size(), false);
  size_t front = 0;
  while (front < text.size() && front < other.size() && text[front] == other[front])
    common[front++] = true;
  size_t back = 0;
  while (front + back < text.size() && front + back < other.size() &&
         text[text.size() - 1 - back] == other[other.size() - 1 - back]) {
    common[text.size() - 1 - back++] = true;
  }
  const size_t rows = text.size() - front - back, columns = other.size() - front - back;
  if (rows > kMarkedWordsMax || columns > kMarkedWordsMax) return common;
  // longest[i][j]: of what is behind i and j.
  std::vector<std::vector<int>> longest(rows + 1, std::vector<int>(columns + 1, 0));
  for (size_t i = rows; i-- > 0;) {
    for (size_t j = columns; j-- > 0;) {
      longest[i][j] = text[front + i] == other[front + j]
                          ? longest[i + 1][j + 1] + 1
                          : std::max(longest[i + 1][j], longest[i][j + 1]);
    }
  }
  for (size_t i = 0, j = 0; i < rows && j < columns;) {
    if (text[front + i] == other[front + j]) {
      common[front + i] = true;
      ++i;
      ++j;
    } else if (longest[i + 1][j] >= longest[i][j + 1]) {
      ++i;
    } else {
      ++j;
    }
  }
  return common;
}

// What a version replaces and who cleared it is nothing it says.
bool IsLink(const std::string& field) {
  return field.rfind("common.supersedes", 0) == 0 || field.rfind("cleared_by", 0) == 0;
}

std::string TextIn(const ordered_json& json, const char* name) {
  return json.contains(name) && json[name].is_string() ? json[name].get<std::string>() : "";
}

// Elements of two versions that say something about the same thing have one name, wherever they
// stand in their lists: those a person knows by name have it, others are numbered in the order in
// which they are met.
class ElementNames {
 public:
  std::string Name(const std::string& list, const ordered_json& element) {
    std::string name;
    if (list == "values") name = ValueName(element);
    if (list == "sections" && element.contains("text"))
      name = meaning::SectionName(TextIn(element, "name"), TextIn(element["text"], "lang"));
    if (list == "attachments") name = meaning::AttachmentName(TextIn(element, "name"));
    if (!name.empty()) return name;
    if (element.is_object() && element.contains("lang"))
      return absl::StrCat(list, "[", TextIn(element, "lang"), "]");
    std::string key = element.dump();
    if (element.is_object() && element.contains("text")) key = element["text"].dump();
    return absl::StrCat(list, "[", Number(list, key), "]");
  }

 private:
  static std::string ValueName(const ordered_json& json) {
    v1::IndicatorValue value;
    value.set_indicator(TextIn(json, "indicator"));
    value.set_period(TextIn(json, "period"));
    value.set_ref_area(TextIn(json, "ref_area"));
    const ordered_json none = ordered_json::array();
    for (const ordered_json& dim : json.contains("dims") ? json["dims"] : none) {
      value.add_dims()->set_name(TextIn(dim, "name"));
      value.mutable_dims()->rbegin()->set_code(TextIn(dim, "code"));
    }
    return meaning::PartName(value);
  }

  size_t Number(const std::string& list, const std::string& key) {
    std::map<std::string, size_t>& known = numbers_[list];
    return known.try_emplace(key, known.size() + 1).first->second;
  }

  std::map<std::string, std::map<std::string, size_t>> numbers_;
};

std::string Letter(int n) { return std::string(1, static_cast<char>('A' + n % 26)); }

// Words in lines of at most `width` columns; a longer word has a line of its own.
std::vector<std::string> Wrapped(const std::string& text, int width) {
  std::vector<std::string> lines(1);
  for (const std::string& word : SplitWords(text)) {
    const int taken = DisplayWidth(lines.back());
    if (taken > 0 && taken + 1 + DisplayWidth(word) > width) lines.emplace_back();
    if (!lines.back().empty()) lines.back() += ' ';
    lines.back() += word;
  }
  return lines;
}

std::string PaddedTo(const std::string& text, int width) {
  const int missing = width - DisplayWidth(text);
  return missing > 0 ? text + std::string(static_cast<size_t>(missing), ' ') : text;
}

// One difference as a row of columns, as many lines as its longest value needs.
void AppendRow(const std::string& name, const std::vector<std::string>& cells, int name_width,
               int width, std::string& out) {
  std::vector<std::vector<std::string>> columns;
  size_t lines = 1;
  for (const std::string& cell : cells) {
    columns.push_back(Wrapped(cell, width));
    lines = std::max(lines, columns.back().size());
  }
  for (size_t line = 0; line < lines; ++line) {
    std::string row = "  " + PaddedTo(line == 0 ? name : "", name_width);
    for (const std::vector<std::string>& column : columns)
      row += kGap + PaddedTo(line < column.size() ? column[line] : "", width);
    row.erase(row.find_last_not_of(' ') + 1);
    out += row + "\n";
  }
}

std::string VersionName(const v1::RecordHead& head) {
  return absl::StrCat("#", head.version(), "~", base::ToHex(head.entry_id()).substr(0, 8));
}

}  // namespace

std::vector<Difference> DifferencesOf(const v1::Record& record) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<std::string>> values;
  ElementNames names;
  const auto heads = static_cast<size_t>(record.heads_size());
  for (size_t n = 0; n < heads; ++n) {
    const v1::RecordHead& head = record.heads(static_cast<int>(n));
    const auto name = [&](const std::string& list, const ordered_json& elements, size_t i) {
      return names.Name(list, elements[i]);
    };
    for (auto& [field, value] : PayloadFields(head.kind(), head.schema(), head.payload(), name)) {
      if (IsLink(field)) continue;
      auto [it, fresh] = values.try_emplace(field, heads);
      if (fresh) order.push_back(field);
      it->second[n] = value;
    }
  }
  std::vector<Difference> out;
  for (const std::string& field : order) {
    std::vector<std::string>& said = values.at(field);
    const bool same = std::all_of(said.begin(), said.end(),
                                  [&](const std::string& value) { return value == said[0]; });
    if (!same) out.push_back({field, std::move(said)});
  }
  return out;
}

std::string Marked(const std::string& text, const std::string& other) {
  const std::vector<std::string> words = SplitWords(text);
  const std::vector<bool> common = Common(words, SplitWords(other));
  std::string out;
  bool open = false;
  for (size_t n = 0; n < words.size(); ++n) {
    if (open && common[n]) out += ']';
    if (n > 0) out += ' ';
    if (!open && !common[n]) out += '[';
    open = !common[n];
    out += words[n];
  }
  return open ? out + "]" : out;
}

std::string ConflictText(const v1::Record& record, int width, const Phrases& phrases) {
  std::string out =
      absl::StrCat(Printable(record.reference()), "  ",
                   phrases.Retell(absl::StrCat(record.heads_size(), " versions stand")), "\n");
  for (int n = 0; n < record.heads_size(); ++n) {
    const v1::RecordHead& head = record.heads(n);
    const std::string signed_at = phrases.ShortDate(UtcText(HlcMs(head.hlc())));
    absl::StrAppend(&out, "  ", Letter(n), "  ", VersionName(head), "  ", head.delegation(), ", ",
                    Printable(head.key_label()), ", ",
                    phrases.Say("signed {0} (claimed)", {signed_at}), "\n");
  }
  std::vector<Difference> differences = DifferencesOf(record);
  for (Difference& one : differences) {
    for (std::string& value : one.values) value = FieldValueIn(one.field, value, phrases);
    one.field = FieldIn(one.field, phrases);
  }
  const std::string heading = phrases.Say("FIELD");
  int name_width = DisplayWidth(heading);
  std::vector<std::string> letters;
  for (const Difference& one : differences)
    name_width = std::max(name_width, DisplayWidth(Printable(one.field)));
  for (int n = 0; n < record.heads_size(); ++n) letters.push_back(Letter(n));
  const int columns = std::max(1, record.heads_size());
  const int column = std::max(kColumnMin, (width - 2 - name_width) / columns - 2);
  AppendRow(heading, letters, name_width, column, out);
  for (const Difference& one : differences) {
    std::vector<std::string> cells;
    for (size_t n = 0; n < one.values.size(); ++n)
      cells.push_back(Printable(Marked(one.values[n], one.values[n == 0 ? 1 : 0])));
    AppendRow(Printable(one.field), cells, name_width, column, out);
  }
  const std::string rest =
      absl::StrCat("everything else is the same; ", record.heads(0).delegation(),
                   " settles it: ", "entente draft merge ", Printable(record.reference()));
  return absl::StrCat(out, "  ", phrases.Retell(rest), "\n");
}

ordered_json ConflictJson(const v1::Record& record) {
  ordered_json out = {{"reference", record.reference()}};
  out["versions"] = ordered_json::array();
  for (const v1::RecordHead& head : record.heads()) {
    out["versions"].push_back({{"version", VersionName(head)},
                               {"entry_id", base::ToHex(head.entry_id())},
                               {"delegation", head.delegation()},
                               {"key_label", head.key_label()},
                               {"signed_at", UtcText(HlcMs(head.hlc()))}});
  }
  out["differences"] = ordered_json::array();
  for (const Difference& one : DifferencesOf(record))
    out["differences"].push_back({{"field", one.field}, {"values", one.values}});
  out["settle_with"] = absl::StrCat("entente draft merge ", record.reference());
  return out;
}

}  // namespace entente::client
