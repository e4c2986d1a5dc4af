#include "client/brief/html.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/brief/chart.h"
#include "client/brief/html_parts.h"

namespace entente::client::brief {

namespace {

class Page {
 public:
  Page(const Document& document, const Phrases& phrases) : d_(document), phrases_(phrases) {}

  std::string Write() {
    Head();
    Contents();
    Add("<main id=\"main\">\n");
    Section("overview", Phrase("Overview"), true);
    for (const Matrix& matrix : d_.overview) Table(matrix, &matrix == &d_.overview[0]);
    Legend();
    Closes();
    Lists();
    if (!d_.charts.empty()) {
      Section("charts", Phrase("Indicators"), false);
      Add("<p>",
          Said("A hatched bar is an estimate. No bar: no number was given, and why. \u2021 "
               "versions of "
               "one report are in conflict."),
          "</p>\n");
      for (const Chart& chart : d_.charts) Figure(chart);
    }
    for (const Group& group : d_.body) Part(group, 2);
    Add("</main>\n");
    Footer();
    return std::move(out_);
  }

 private:
  template <class... Pieces>
  void Add(const Pieces&... pieces) {
    absl::StrAppend(&out_, pieces...);
  }
  std::string Said(absl::string_view english) const { return Escaped(phrases_.Say(english)); }
  std::string Said(absl::string_view english, const std::vector<std::string>& arguments) const {
    return Escaped(phrases_.Say(english, arguments));
  }

  void Head() {
    Add("<!DOCTYPE html>\n<html lang=\"", Escaped(d_.lang),
        "\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
        Escaped(d_.round), " \u2013 ", Escaped(d_.title), "</title>\n<style>", StyleSheet(),
        "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">", Said("To the contents"),
        "</a>\n<header>\n<h1>", Escaped(d_.title), "</h1>\n<p class=\"sub\">",
        Said("Brief for the review meeting, round {0}", {d_.round}), "</p>\n");
    FactList(d_.facts);
    Add("</header>\n");
  }

  void Contents() {
    Add("<nav aria-label=\"", Said("Contents"), "\">\n<ol>\n");
    Entry("overview", Said("Overview"));
    if (!d_.closes.empty()) Entry("close", Said("How the round was closed"));
    Entry("silent", Said("Who has not reported"));
    Entry("changes", Said("What changed since the previous round"));
    Entry("questions", Said("Open questions"));
    Entry("needs", Said("Needs for assistance"));
    if (!d_.charts.empty()) Entry("charts", Said("Indicators"));
    for (const Group& group : d_.body) Entry(group.id, HeadingOf(group));
    Add("</ol>\n</nav>\n");
  }
  void Entry(const std::string& id, const std::string& words) {
    Add("<li><a href=\"#", Escaped(id), "\">", words, "</a></li>\n");
  }

  void Section(const char* id, const char* english, bool first) {
    Add("<h2 id=\"", id, "\"", first ? " class=\"first\"" : "", ">", Said(english), "</h2>\n");
  }

  void FactList(const std::vector<std::pair<std::string, std::string>>& facts) {
    if (facts.empty()) return;
    Add("<dl class=\"facts\">\n");
    for (const auto& [name, value] : facts) {
      Add("<dt>", Escaped(name), "</dt><dd>", Escaped(value), "</dd>\n");
    }
    Add("</dl>\n");
  }

  // ---- matrices

  void Table(const Matrix& matrix, bool overview) {
    Add("<table class=\"matrix", overview ? " overview" : "", "\">\n<caption>",
        Escaped(matrix.caption), "</caption>\n<thead><tr><th scope=\"col\">", Said("Delegation"),
        "</th>");
    for (const auto& [code, title] : matrix.columns) {
      Add("<th scope=\"col\">", Escaped(code), "<span class=\"title\">", Span(title),
          "</span></th>");
    }
    Add("</tr></thead>\n<tbody>\n");
    for (const MatrixRow& row : matrix.rows) {
      Add("<tr><th scope=\"row\">", Escaped(row.delegation));
      if (!row.name.empty() && row.name != row.delegation)
        Add("<span class=\"title\">", Escaped(row.name), "</span>");
      Add("</th>");
      for (const Cell& cell : row.cells) TableCell(cell);
      Add("</tr>\n");
    }
    Add("</tbody>\n</table>\n");
  }

  void TableCell(const Cell& cell) {
    Add("<td class=\"s-", Escaped(cell.now.key), "\">");
    std::string words = Escaped(cell.now.words);
    if (!cell.now.mark.empty())
      words = absl::StrCat("<span class=\"mark\" aria-hidden=\"true\">", Escaped(cell.now.mark),
                           "</span> ", words);
    if (cell.link.empty()) {
      Add(words);
    } else {
      Add("<a href=\"#", Escaped(cell.link), "\">", words, "</a>");
    }
    if (!cell.complete.empty()) Add("<span class=\"was\">", Escaped(cell.complete), "</span>");
    if (cell.changed) Add("<span class=\"was\">", Said("before: {0}", {cell.before}), "</span>");
    Add("</td>");
  }

  void Legend() {
    Add("<p class=\"remark\">",
        Said("! off track, ~ at risk, ? question open, \u2021 conflict: two or more versions "
             "stand. Dashed and "
             "hatched: nothing here. A cell that names what was before has changed."),
        "</p>\n");
  }

  void Closes() {
    if (d_.closes.empty()) return;
    Section("close", Phrase("How the round was closed"), false);
    for (const Comment& close : d_.closes) Commented(close);
    Add("<p class=\"remark\">",
        Said("What came after the close is shown, marked, and counted in no figure."), "</p>\n");
  }

  void Commented(const Comment& comment) {
    Add("<p><strong>", Escaped(comment.heading), "</strong></p>\n", Paragraphs(comment.text));
  }

  // ---- the lists at the front

  std::string Reassurance() const {
    return d_.asked ? Said("Every delegation reported on all it was asked about.")
                    : Said("This round asks nobody for a report on a commitment.");
  }
  void Lists() {
    Add("<div class=\"lists\">\n");
    Section("silent", Phrase("Who has not reported"), false);
    SilentTable();
    Section("changes", Phrase("What changed since the previous round"), false);
    ChangeTable();
    Section("questions", Phrase("Open questions"), false);
    NoteTable(d_.questions, Phrase("No question is open."));
    Section("needs", Phrase("Needs for assistance"), false);
    NoteTable(d_.needs, Phrase("No need was stated."));
    Add("</div>\n");
  }

  void HeaderRow(const std::vector<const char*>& titles, const char* caption) {
    Add("<table>\n<caption>", Said(caption), "</caption>\n<thead><tr>");
    for (const char* title : titles) Add("<th scope=\"col\">", Said(title), "</th>");
    Add("</tr></thead>\n<tbody>\n");
  }
  void EndTable() { Add("</tbody>\n</table>\n"); }

  void SilentTable() {
    Add("<p>",
        Said("\u201cNot submitted\u201d: the delegation\u2019s own records held here reach past "
             "the deadline, and no report is among them. \u201cNot seen here yet\u201d: they do "
             "not reach that far; a report may be on its way."),
        "</p>\n");
    if (d_.silent.empty()) {
      Add("<p>", Reassurance(), "</p>\n");
      return;
    }
    HeaderRow({Phrase("Delegation"), Phrase("State"), Phrase("How far its records reach"),
               Phrase("Subjects")},
              Phrase("Delegations with subjects not reported on"));
    for (const Silent& silent : d_.silent) {
      Add("<tr><th scope=\"row\">", Escaped(silent.delegation), "</th><td>", Escaped(silent.word),
          "</td><td>", Escaped(silent.reach), "</td><td class=\"code\">",
          Escaped(absl::StrJoin(silent.subjects, ", ")), "</td></tr>\n");
    }
    EndTable();
  }

  void ChangeTable() {
    if (d_.previous.empty()) {
      Add("<p>", Said("There is no earlier round to compare with."), "</p>\n");
      return;
    }
    if (!d_.compared) {
      Add("<p>", Said("No report of round {0} is held here to compare with.", {d_.previous}),
          "</p>\n");
      return;
    }
    if (d_.changes.empty()) {
      Add("<p>", Said("Nothing changed since round {0}.", {d_.previous}), "</p>\n");
      return;
    }
    HeaderRow({Phrase("Delegation"), Phrase("Subject"), Phrase("Before"), Phrase("Now")},
              Phrase("Status before and now"));
    for (const Change& change : d_.changes) {
      Add("<tr><th scope=\"row\">", Escaped(change.delegation), "</th><td class=\"code\">",
          Escaped(change.subject), "</td><td>", Escaped(change.before), "</td><td>",
          Escaped(change.now), "</td></tr>\n");
    }
    EndTable();
  }

  void NoteTable(const std::vector<Note>& notes, const char* none) {
    if (notes.empty()) {
      Add("<p>", Said(none), "</p>\n");
      return;
    }
    HeaderRow({Phrase("Delegation"), Phrase("Subject"), Phrase("From"), Phrase("Text")},
              Phrase("By delegation and subject"));
    for (const Note& note : notes) {
      Add("<tr><th scope=\"row\">", Escaped(note.delegation), "</th><td class=\"code\">",
          Escaped(note.subject), "</td><td>", Escaped(note.kind), "</td><td>",
          Paragraphs(note.text), "</td></tr>\n");
    }
    EndTable();
  }

  void Figure(const Chart& chart) {
    Add("<figure>\n<figcaption>", Escaped(chart.code), " ", Span(chart.title),
        chart.unit.empty() ? "" : absl::StrCat(" (", Escaped(chart.unit), ")"), "</figcaption>\n",
        ChartSvg(chart), "</figure>\n");
  }

  // ---- the body

  static std::string HeadingOf(const Group& group) {
    return absl::StrCat(Escaped(group.code),
                        group.code.empty() || group.title.words.empty() ? "" : " ",
                        Span(group.title));
  }

  void Part(const Group& group, int level) {
    Add("<section aria-labelledby=\"", Escaped(group.id), "\">\n<h", level, " id=\"",
        Escaped(group.id), "\">", HeadingOf(group), "</h", level, ">\n");
    FactList(group.facts);
    for (const Matrix& matrix : group.matrices) Table(matrix, false);
    if (!group.said.empty()) SaidTable(group.said);
    for (const Item& item : group.items) Entry(item, std::min(level + 1, 6));
    for (const Group& within : group.groups) Part(within, level + 1);
    Add("</section>\n");
  }

  void SaidTable(const std::vector<brief::Said>& said) {
    HeaderRow({Phrase("Speaker"), Phrase("Kind"), Phrase("Summary"), Phrase("Source")},
              Phrase("Said at the meeting, as minuted"));
    for (const brief::Said& one : said) {
      Add("<tr><th scope=\"row\">", Escaped(one.speaker), "</th><td>", Escaped(one.kind),
          "</td><td>", Paragraphs(one.summary), "</td><td>", Escaped(one.source), "</td></tr>\n");
    }
    EndTable();
  }

  void Entry(const Item& item, int level) {
    Add("<div class=\"item\">\n<h", level, " id=\"", Escaped(item.id), "\"><span>",
        Escaped(item.heading), item.subject.words.empty() ? "" : " ", Span(item.subject),
        "</span> <span class=\"status s-", Escaped(item.now.key), "\">", Escaped(item.now.mark),
        item.now.mark.empty() ? "" : " ", Escaped(item.now.words), "</span>");
    if (!item.before.empty()) {
      Add(" <span class=\"before", item.changed ? " changed" : "", "\">",
          item.changed ? Said("changed, before: {0}", {item.before})
                       : Said("unchanged, before: {0}", {item.before}),
          "</span>");
    }
    Add("</h", level, ">\n");
    for (const Version& version : item.versions) Stated(version, item.versions.size() > 1);
    for (const Comment& comment : item.comments) Commented(comment);
    Add("</div>\n");
  }

  void Stated(const Version& version, bool conflicting) {
    Add("<div class=\"version", conflicting ? " conflicting" : "", "\">\n<p class=\"by\">",
        "<span class=\"code\">", Escaped(version.reference), "</span>, ",
        Said("signed by {0} on {1}", {version.author, version.signed_on}),
        version.late.empty() ? "" : ", ", Escaped(version.late), "</p>\n");
    Labelled(Phrase("Withdrawn"), version.withdrawn);
    Labelled(Phrase("Nil report"), version.nil);
    Labelled(Phrase("Reason"), version.reason);
    if (!version.review.empty()) Labelled(Phrase("Review"), Text{"", version.review, ""});
    if (!version.complete.empty()) Labelled(Phrase("Complete"), Text{"", version.complete, ""});
    if (version.narrative) Add(Paragraphs(*version.narrative));
    for (const auto& [heading, text] : version.sections) {
      Add("<p><strong>", Escaped(heading), "</strong></p>\n", Paragraphs(text));
    }
    Milestones(version.milestones);
    Values(version.values);
    Attachments(version.attachments);
    Add("</div>\n");
  }

  void Labelled(const char* english, const std::optional<Text>& text) {
    if (!text) return;
    Add("<p><strong>", Said(english), ":</strong> ");
    if (!text->remark.empty()) Add("<span class=\"remark\">", Escaped(text->remark), "</span> ");
    Add(Span(*text), "</p>\n");
  }

  void Attachments(const std::vector<AttachedFile>& files) {
    if (files.empty()) return;
    Add("<p><strong>", Said("Attachments"), "</strong></p>\n<ul>\n");
    for (const AttachedFile& file : files) {
      Add("<li><span class=\"code\">", Escaped(file.name), "</span>",
          file.title.words.empty() ? "" : ", ", Span(file.title), ", ", Escaped(file.size),
          file.lang.empty() ? "" : ", ", Escaped(file.lang), "</li>\n");
    }
    Add("</ul>\n");
  }

  void Milestones(const std::vector<Milestone>& milestones) {
    if (milestones.empty()) return;
    Add("<ul>\n");
    for (const Milestone& one : milestones) {
      Add("<li>", one.done ? Said("done") : Said("still open"), one.date.empty() ? "" : ", ",
          Escaped(one.date), ": ", Span(one.text), "</li>\n");
    }
    Add("</ul>\n");
  }

  void Values(const std::vector<Value>& values) {
    if (values.empty()) return;
    HeaderRow({Phrase("Indicator"), Phrase("Period"), Phrase("Of"), Phrase("Value"),
               Phrase("Status"), Phrase("Source and note")},
              Phrase("Indicator values"));
    for (const Value& value : values) {
      Add("<tr><th scope=\"row\">", Escaped(value.indicator), "<br><span class=\"by\">",
          Escaped(value.title), "</span></th><td>", Escaped(value.period), "</td><td>",
          Escaped(value.of_what), "</td><td class=\"number\">", Escaped(value.shown),
          value.shown.empty() || value.trend.empty() ? "" : " ", Escaped(value.trend), "</td><td>",
          Escaped(value.letter), value.letter.empty() ? "" : " ", Escaped(value.letter_words),
          "</td><td>", Span(value.source),
          value.source.words.empty() || value.note.words.empty() ? "" : "; ", Span(value.note),
          "</td></tr>\n");
    }
    EndTable();
  }

  void Footer() {
    Add("<footer>\n<h2 id=\"made-from\">", Said("What this was made from"), "</h2>\n");
    FactList(d_.provenance);
    Add("<p>",
        Said("Any node that holds this set makes the same file, byte for byte. Nothing in it "
             "depends on a clock or on who was in contact with whom."),
        "</p>\n</footer>\n</body>\n</html>\n");
  }

  const Document& d_;
  const Phrases& phrases_;
  std::string out_;
};

}  // namespace

std::string Html(const Document& document, const Phrases& phrases) {
  return Page(document, phrases).Write();
}

}  // namespace entente::client::brief
