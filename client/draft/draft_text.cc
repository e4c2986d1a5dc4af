// A draft for people and as JSON.
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "client/base/field_language.h"
#include "client/base/render.h"
#include "client/draft/draft_edit.h"
#include "node/base/bytes.h"
#include "node/base/id.h"
#include "node/meaning/record/attachment.h"
#include "node/meaning/text/words.h"

namespace entente::client {

namespace {

using nlohmann::ordered_json;

std::string Words(absl::string_view word) { return base::Str(word); }

std::string SubjectText(const v1::Subject& subject, const Phrases& phrases = Phrases()) {
  std::string kind = Words(meaning::SubjectKindWord(subject.kind()));
  kind = phrases.Word(kind).value_or(kind);
  return subject.code().empty() ? kind : absl::StrCat(kind, " ", subject.code());
}

std::string ValueText(const v1::IndicatorValue& value, const Phrases& phrases) {
  std::string out = absl::StrCat(value.indicator(), " ", value.period());
  if (!value.ref_area().empty())
    absl::StrAppend(&out, " ", phrases.Say("in {0}", {value.ref_area()}));
  for (const auto& dim : value.dims()) absl::StrAppend(&out, " ", dim.name(), "=", dim.code());
  std::string figure = value.value().empty() ? "-" : FieldValueIn("value", value.value(), phrases);
  if (!value.unit().empty()) absl::StrAppend(&figure, " ", value.unit());
  absl::StrAppend(&out, ": ",
                  value.approximate() ? phrases.Say("approximately {0}", {figure}) : figure);
  if (!value.status().empty()) absl::StrAppend(&out, " (", value.status(), ")");
  if (value.trend() != v1::TREND_UNSPECIFIED) {
    const std::string trend = Words(meaning::TrendWord(value.trend()));
    absl::StrAppend(&out, " ", phrases.Say("trend {0}", {phrases.Word(trend).value_or(trend)}));
  }
  if (!value.source().empty())
    absl::StrAppend(&out, "; ", phrases.Say("source: {0}", {value.source()}));
  if (!value.method().empty())
    absl::StrAppend(&out, "; ", phrases.Say("method: {0}", {value.method()}));
  if (!value.note().empty()) absl::StrAppend(&out, "; ", value.note());
  return out;
}

std::string MilestoneText(const v1::Milestone& m, const Phrases& phrases) {
  return absl::StrCat(phrases.ShortDate(m.date()), m.date().empty() ? "" : " ", m.text(),
                      m.done() ? absl::StrCat(" (", phrases.Say("done"), ")") : "");
}

std::string AttachmentText(const v1::Attachment& a, const Phrases& phrases) {
  return absl::StrCat(a.name(), "  ", phrases.ShortSize(meaning::BinarySize(a.size())), "  ",
                      a.media_type(), a.lang().empty() ? "" : absl::StrCat("  ", a.lang()),
                      a.kind().empty() ? "" : "  ", phrases.Word(a.kind()).value_or(a.kind()),
                      a.title().empty() ? "" : absl::StrCat("  ", a.title()), "  SHA-256 ",
                      base::ToHex(a.sha256()), "  ",
                      phrases.Say("root {0}", {base::ToHex(a.root())}));
}

std::string ShortId(const std::string& id) { return base::ToHex(id).substr(0, 8); }

std::string Classification(const v1::Report& report) {
  return report.common().classification() == v1::PUBLIC ? "public" : "parties";
}

ordered_json ValueJson(const v1::IndicatorValue& value) {
  ordered_json dims = ordered_json::object();
  for (const auto& dim : value.dims()) dims[dim.name()] = dim.code();
  return {{"indicator", value.indicator()},
          {"period", value.period()},
          {"area", value.ref_area()},
          {"dims", dims},
          {"value", value.value()},
          {"status", value.status()},
          {"trend", Words(meaning::TrendWord(value.trend()))},
          {"unit", value.unit()},
          {"approximate", value.approximate()},
          {"source", value.source()},
          {"method", value.method()},
          {"note", value.note()}};
}

// Names and values, a line each; the values begin in one column.
class Lines {
 public:
  explicit Lines(const Phrases& phrases) : phrases_(phrases) {}

  void Add(const std::string& name, absl::string_view value) {
    if (value.empty()) return;
    const int missing = kNameColumns - DisplayWidth(name);
    absl::StrAppend(&text_, name, std::string(missing > 0 ? missing : 1, ' '), Printable(value),
                    "\n");
  }
  std::string Word(absl::string_view word) const {
    return phrases_.Word(word).value_or(base::Str(word));
  }
  std::string& text() { return text_; }

 private:
  static constexpr int kNameColumns = 15;
  const Phrases& phrases_;
  std::string text_;
};

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
      {"nil", report.nil_reason()},
      {"delegation", report.common().delegation()},
      {"classification", Classification(report)},
      {"answers", base::ToHex(report.answers())}};
  for (const char* list : {"narratives", "sections", "milestones", "values", "attachments",
                           "supersedes", "cites", "doc_refs"})
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
                                  {"sha256", base::ToHex(a.sha256())},
                                  {"root", base::ToHex(a.root())}});
  }
  for (const auto& id : report.common().supersedes()) out["supersedes"].push_back(base::ToHex(id));
  for (const auto& id : report.common().cites()) out["cites"].push_back(base::ToHex(id));
  for (const auto& reference : report.common().doc_refs()) out["doc_refs"].push_back(reference);
  return out;
}

void AddFacts(const v1::Report& report, const std::string& instrument, const Phrases& phrases,
              Lines& out) {
  out.Add(phrases.Say("delegation"), report.common().delegation());
  out.Add(phrases.Say("round"),
          absl::StrCat(instrument, "/", report.round().empty() ? "-" : report.round()));
  out.Add(phrases.Say("subject"), SubjectText(report.subject(), phrases));
  out.Add(phrases.Say("period"), report.period());
  out.Add(phrases.Say("language"), report.common().lang());
  out.Add(phrases.Say("may be read by"), report.common().classification() == v1::PUBLIC
                                             ? phrases.Say("everybody (public)")
                                             : phrases.Say("the parties"));
  out.Add(phrases.Say("implementation"),
          out.Word(meaning::ImplementationWord(report.implementation())));
  out.Add(phrases.Say("assessment"), out.Word(meaning::AssessmentWord(report.assessment())));
  out.Add(phrases.Say("reason"), report.reason());
  out.Add(phrases.Say("nil report"), report.nil_reason());
}

void AddLists(const v1::Report& report, const Phrases& phrases, Lines& out) {
  for (const auto& value : report.values())
    out.Add(phrases.Say("value"), ValueText(value, phrases));
  for (const auto& m : report.milestones())
    out.Add(phrases.Say("milestone"), MilestoneText(m, phrases));
  for (const auto& a : report.attachments())
    out.Add(phrases.Say("attachment"), AttachmentText(a, phrases));
  for (const auto& reference : report.common().doc_refs())
    out.Add(phrases.Say("document"), reference);
}

void AddLinks(const v1::Report& report, const Phrases& phrases, Lines& out) {
  for (const auto& id : report.common().supersedes()) out.Add(phrases.Say("replaces"), ShortId(id));
  for (const auto& id : report.common().cites()) out.Add(phrases.Say("cites"), ShortId(id));
  if (!report.answers().empty()) out.Add(phrases.Say("answers"), ShortId(report.answers()));
}

// Who gave the second signature, as the node knows the key, and the signature itself.
std::string ClearedBy(const v1::Draft& draft, const Phrases& phrases) {
  if (!draft.report().has_cleared_by()) return draft.cleared_by();
  const v1::SecondSignature& second = draft.report().cleared_by();
  return absl::StrCat(
      draft.cleared_by(), draft.cleared_by().empty() ? "" : ", ",
      phrases.Say("key {0}, signature {1}", {ShortId(second.key()), ShortId(second.signature())}));
}

}  // namespace

std::string DraftText(const v1::Draft& draft, const Phrases& phrases) {
  const v1::Report& report = draft.report();
  Lines out(phrases);
  out.Add(phrases.Say("draft"), absl::StrCat(draft.name(), " (", out.Word(draft.state()), ")"));
  out.Add(phrases.Say("reference"), draft.reference());
  AddFacts(report, draft.instrument(), phrases, out);
  AddLists(report, phrases, out);
  AddLinks(report, phrases, out);
  out.Add(phrases.Say("cleared by"), ClearedBy(draft, phrases));
  for (const auto& question : draft.questions())
    out.Add(phrases.Say("to settle"), phrases.Retell(question.message()));
  for (const auto& text : report.narratives())
    Block(out.text(), absl::StrCat(phrases.Say("narrative"), " (", text.lang(), ")"), text.text());
  for (const auto& s : report.sections())
    Block(out.text(), absl::StrCat(out.Word(s.name()), " (", s.text().lang(), ")"),
          s.text().text());
  return out.text();
}

std::string DraftJsonText(const v1::Draft& draft) {
  ordered_json out = {{"draft", draft.name()},
                      {"instrument", draft.instrument()},
                      {"state", draft.state()},
                      {"reference", draft.reference()},
                      {"entry_id", base::ToHex(draft.entry_id())}};
  out.update(ReportJson(draft.report()));
  out["cleared_by"] = draft.cleared_by();
  out["second_signature"] = {{"key", base::ToHex(draft.report().cleared_by().key())},
                             {"signature", base::ToHex(draft.report().cleared_by().signature())}};
  out["questions"] = ordered_json::array();
  for (const auto& question : draft.questions()) {
    out["questions"].push_back({{"field", question.field()}, {"message", question.message()}});
  }
  return JsonText(out);
}

}  // namespace entente::client
