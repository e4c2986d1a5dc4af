// A draft for people and as JSON.
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "client/draft_edit.h"
#include "client/render.h"
#include "node/base/bytes.h"
#include "node/base/id.h"
#include "node/meaning/attachment.h"
#include "node/meaning/words.h"

namespace entente::client {

namespace {

using nlohmann::ordered_json;

std::string Words(absl::string_view word) { return base::Str(word); }

std::string SubjectText(const v1::Subject& subject) {
  std::string kind = Words(meaning::SubjectKindWord(subject.kind()));
  return subject.code().empty() ? kind : absl::StrCat(kind, " ", subject.code());
}

std::string ValueText(const v1::IndicatorValue& value) {
  std::string out = absl::StrCat(value.indicator(), " ", value.period());
  for (const auto& dim : value.dims()) absl::StrAppend(&out, " ", dim.name(), "=", dim.code());
  absl::StrAppend(&out, ": ", value.value().empty() ? "-" : value.value());
  if (!value.unit().empty()) absl::StrAppend(&out, " ", value.unit());
  if (!value.status().empty()) absl::StrAppend(&out, " (", value.status(), ")");
  if (value.trend() != v1::TREND_UNSPECIFIED)
    absl::StrAppend(&out, " trend ", Words(meaning::TrendWord(value.trend())));
  if (!value.source().empty()) absl::StrAppend(&out, "; source: ", value.source());
  if (!value.note().empty()) absl::StrAppend(&out, "; ", value.note());
  return out;
}

ordered_json ValueJson(const v1::IndicatorValue& value) {
  ordered_json dims = ordered_json::object();
  for (const auto& dim : value.dims()) dims[dim.name()] = dim.code();
  return {{"indicator", value.indicator()},
          {"period", value.period()},
          {"dims", dims},
          {"value", value.value()},
          {"status", value.status()},
          {"trend", Words(meaning::TrendWord(value.trend()))},
          {"unit", value.unit()},
          {"source", value.source()},
          {"note", value.note()}};
}

void Line(std::string& out, absl::string_view name, absl::string_view value) {
  if (value.empty()) return;
  std::string padded =
      absl::StrCat(name, std::string(name.size() < 15 ? 15 - name.size() : 1, ' '));
  absl::StrAppend(&out, padded, Printable(value), "\n");
}

// Text of several lines, indented under its name.
void Block(std::string& out, absl::string_view name, absl::string_view text) {
  absl::StrAppend(&out, name, "\n");
  std::string line;
  for (char c : text) {
    if (c == '\n') {
      absl::StrAppend(&out, "  ", Printable(line), "\n");
      line.clear();
    } else {
      line += c;
    }
  }
  absl::StrAppend(&out, "  ", Printable(line), "\n");
}

ordered_json ReportJson(const v1::Report& report) {
  ordered_json out = {
      {"round", report.round()},
      {"subject", SubjectText(report.subject())},
      {"period", report.period()},
      {"lang", report.common().lang()},
      {"implementation", Words(meaning::ImplementationWord(report.implementation()))},
      {"assessment", Words(meaning::AssessmentWord(report.assessment()))},
      {"reason", report.reason()},
      {"nil", report.nil_reason()}};
  for (const char* list :
       {"narratives", "sections", "milestones", "values", "attachments", "supersedes"})
    out[list] = ordered_json::array();
  for (const auto& text : report.narratives())
    out["narratives"].push_back({{"lang", text.lang()}, {"text", text.text()}});
  for (const auto& section : report.sections()) {
    out["sections"].push_back({{"name", section.name()},
                               {"lang", section.text().lang()},
                               {"text", section.text().text()}});
  }
  for (const auto& m : report.milestones()) {
    out["milestones"].push_back({{"text", m.text()}, {"date", m.date()}, {"done", m.done()}});
  }
  for (const auto& value : report.values()) out["values"].push_back(ValueJson(value));
  for (const auto& a : report.attachments()) {
    out["attachments"].push_back({{"name", a.name()},
                                  {"title", a.title()},
                                  {"kind", a.kind()},
                                  {"lang", a.lang()},
                                  {"media_type", a.media_type()},
                                  {"size", a.size()},
                                  {"sha256", base::ToHex(a.sha256())}});
  }
  for (const auto& id : report.common().supersedes()) out["supersedes"].push_back(base::ToHex(id));
  return out;
}

}  // namespace

std::string DraftText(const v1::Draft& draft) {
  const v1::Report& report = draft.report();
  std::string out;
  Line(out, "draft", absl::StrCat(draft.name(), " (", draft.state(), ")"));
  Line(out, "reference", draft.reference());
  Line(out, "round",
       absl::StrCat(draft.instrument(), "/", report.round().empty() ? "-" : report.round()));
  Line(out, "subject", SubjectText(report.subject()));
  Line(out, "period", report.period());
  Line(out, "language", report.common().lang());
  Line(out, "implementation", Words(meaning::ImplementationWord(report.implementation())));
  Line(out, "assessment", Words(meaning::AssessmentWord(report.assessment())));
  Line(out, "reason", report.reason());
  Line(out, "nil report", report.nil_reason());
  for (const auto& value : report.values()) Line(out, "value", ValueText(value));
  for (const auto& m : report.milestones()) {
    Line(out, "milestone",
         absl::StrCat(m.date(), m.date().empty() ? "" : " ", m.text(), m.done() ? " (done)" : ""));
  }
  for (const auto& a : report.attachments()) {
    Line(out, "attachment",
         absl::StrCat(a.name(), "  ", meaning::BinarySize(a.size()), "  ", a.media_type(),
                      a.lang().empty() ? "" : absl::StrCat("  ", a.lang()),
                      a.kind().empty() ? "" : absl::StrCat("  ", a.kind()),
                      a.title().empty() ? "" : absl::StrCat("  ", a.title())));
  }
  for (const auto& id : report.common().supersedes())
    Line(out, "replaces", base::ToHex(id).substr(0, 8));
  for (const auto& question : draft.questions()) Line(out, "to settle", question.message());
  for (const auto& text : report.narratives())
    Block(out, absl::StrCat("narrative (", text.lang(), ")"), text.text());
  for (const auto& s : report.sections())
    Block(out, absl::StrCat(s.name(), " (", s.text().lang(), ")"), s.text().text());
  return out;
}

std::string DraftJsonText(const v1::Draft& draft) {
  ordered_json out = {{"draft", draft.name()},
                      {"instrument", draft.instrument()},
                      {"state", draft.state()},
                      {"reference", draft.reference()},
                      {"entry_id", base::ToHex(draft.entry_id())}};
  out.update(ReportJson(draft.report()));
  out["questions"] = ordered_json::array();
  for (const auto& question : draft.questions()) {
    out["questions"].push_back({{"field", question.field()}, {"message", question.message()}});
  }
  return JsonText(out);
}

}  // namespace entente::client
