#include "client/brief/markdown.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace entente::client::brief {

namespace {

class Pages {
 public:
  Pages(const Document& document, const Phrases& phrases) : d_(document), phrases_(phrases) {}

  std::string Write() {
    Add("# ", MarkdownEscaped(d_.title), "\n\n",
        Said("Brief for the review meeting, round {0}", {d_.round}), "\n\n");
    FactList(d_.facts);
    Heading(2, Said("Overview"));
    for (const Matrix& matrix : d_.overview) Table(matrix);
    Closes();
    Lists();
    if (!d_.charts.empty()) Heading(2, Said("Indicators"));
    for (const Chart& chart : d_.charts) Figure(chart);
    for (const Group& group : d_.body) Part(group, 2);
    Heading(2, Said("What this was made from"));
    FactList(d_.provenance);
    Add(Said("Any node that holds this set makes the same file, byte for byte. Nothing in it "
             "depends on a clock or on who was in contact with whom."),
        "\n");
    return std::move(out_);
  }

 private:
  template <class... Pieces>
  void Add(const Pieces&... pieces) {
    absl::StrAppend(&out_, pieces...);
  }
  std::string Said(absl::string_view english,
                   const std::vector<std::string>& arguments = {}) const {
    return MarkdownEscaped(phrases_.Say(english, arguments));
  }
  void Heading(int level, const std::string& words) {
    Add(std::string(static_cast<size_t>(std::min(level, 6)), '#'), " ", words, "\n\n");
  }
  void FactList(const std::vector<std::pair<std::string, std::string>>& facts) {
    for (const auto& [name, value] : facts) {
      Add("- **", MarkdownEscaped(name), ":** ", MarkdownEscaped(value), "\n");
    }
    if (!facts.empty()) Add("\n");
  }
  void Row(const std::vector<std::string>& cells) {
    Add("| ", absl::StrJoin(cells, " | "), " |\n");
  }
  void HeaderRow(const std::vector<std::string>& cells) {
    Row(cells);
    Row(std::vector<std::string>(cells.size(), "---"));
  }
  std::vector<std::string> Titles(const std::vector<const char*>& titles) const {
    std::vector<std::string> out;
    for (const char* title : titles) out.push_back(Said(title));
    return out;
  }
  static std::string Line(const Text& text) {
    return absl::StrCat(
        text.remark.empty() ? "" : MarkdownEscaped(absl::StrCat("[", text.remark, "] ")),
        MarkdownEscaped(text.words));
  }

  void Table(const Matrix& matrix) {
    Add("**", MarkdownEscaped(matrix.caption), "**\n\n");
    std::vector<std::string> titles = {Said("Delegation")};
    for (const auto& [code, title] : matrix.columns) {
      titles.push_back(absl::StrCat(MarkdownEscaped(code), " ", MarkdownEscaped(title.words)));
    }
    HeaderRow(titles);
    for (const MatrixRow& row : matrix.rows) {
      std::vector<std::string> cells = {MarkdownEscaped(row.delegation)};
      for (const Cell& cell : row.cells) {
        std::string words = MarkdownEscaped(
            absl::StrCat(cell.now.mark, cell.now.mark.empty() ? "" : " ", cell.now.words));
        if (!cell.complete.empty())
          absl::StrAppend(&words, " (", MarkdownEscaped(cell.complete), ")");
        if (cell.changed) absl::StrAppend(&words, " (", Said("before: {0}", {cell.before}), ")");
        cells.push_back(std::move(words));
      }
      Row(cells);
    }
    Add("\n");
  }

  std::string Reassurance() const {
    return d_.asked ? Said("Every delegation reported on all it was asked about.")
                    : Said("This round asks nobody for a report on a commitment.");
  }
  void Lists() {
    Heading(2, Said("Who has not reported"));
    Add(Said("\u201cNot submitted\u201d: the delegation\u2019s own records held here reach past "
             "the deadline, and no report is among them. \u201cNot seen here yet\u201d: they do "
             "not reach that far; a report may be on its way."),
        "\n\n");
    if (d_.silent.empty()) {
      Add(Reassurance(), "\n\n");
    } else {
      HeaderRow(Titles({Phrase("Delegation"), Phrase("State"), Phrase("How far its records reach"),
                        Phrase("Subjects")}));
      for (const Silent& silent : d_.silent) {
        Row({MarkdownEscaped(silent.delegation), MarkdownEscaped(silent.word),
             MarkdownEscaped(silent.reach), MarkdownEscaped(absl::StrJoin(silent.subjects, ", "))});
      }
      Add("\n");
    }
    Heading(2, Said("What changed since the previous round"));
    Changes();
    Heading(2, Said("Open questions"));
    Notes(d_.questions, Phrase("No question is open."));
    Heading(2, Said("Needs for assistance"));
    Notes(d_.needs, Phrase("No need was stated."));
  }

  void Changes() {
    if (d_.previous.empty()) {
      Add(Said("There is no earlier round to compare with."), "\n\n");
      return;
    }
    if (!d_.compared) {
      Add(Said("No report of round {0} is held here to compare with.", {d_.previous}), "\n\n");
      return;
    }
    if (d_.changes.empty()) {
      Add(Said("Nothing changed since round {0}.", {d_.previous}), "\n\n");
      return;
    }
    HeaderRow(Titles({Phrase("Delegation"), Phrase("Subject"), Phrase("Before"), Phrase("Now")}));
    for (const Change& change : d_.changes) {
      Row({MarkdownEscaped(change.delegation), MarkdownEscaped(change.subject),
           MarkdownEscaped(change.before), MarkdownEscaped(change.now)});
    }
    Add("\n");
  }

  void Notes(const std::vector<Note>& notes, const char* none) {
    if (notes.empty()) {
      Add(Said(none), "\n\n");
      return;
    }
    HeaderRow(Titles({Phrase("Delegation"), Phrase("Subject"), Phrase("From"), Phrase("Text")}));
    for (const Note& note : notes) {
      Row({MarkdownEscaped(note.delegation), MarkdownEscaped(note.subject),
           MarkdownEscaped(note.kind), Line(note.text)});
    }
    Add("\n");
  }

  void Closes() {
    if (d_.closes.empty()) return;
    Heading(2, Said("How the round was closed"));
    for (const Comment& close : d_.closes) Commented(close);
    Add(Said("What came after the close is shown, marked, and counted in no figure."), "\n\n");
  }

  void Commented(const Comment& comment) {
    Add("**", MarkdownEscaped(comment.heading), "**\n\n");
    if (!comment.text.words.empty()) Quote(comment.text);
  }

  void Figure(const Chart& chart) {
    Heading(3, absl::StrCat(MarkdownEscaped(chart.code), " ", MarkdownEscaped(chart.title.words),
                            chart.unit.empty() ? "" : " (", MarkdownEscaped(chart.unit),
                            chart.unit.empty() ? "" : ")"));
    HeaderRow(Titles({Phrase("Delegation"), Phrase("Period"), Phrase("Value")}));
    for (const Bar& bar : chart.bars) {
      Row({MarkdownEscaped(bar.delegation), MarkdownEscaped(bar.label),
           MarkdownEscaped(bar.shown)});
    }
    Add("\n");
  }

  void Part(const Group& group, int level) {
    Heading(level, absl::StrCat(MarkdownEscaped(group.code), group.code.empty() ? "" : " ",
                                MarkdownEscaped(group.title.words)));
    FactList(group.facts);
    for (const Matrix& matrix : group.matrices) Table(matrix);
    if (!group.said.empty()) {
      HeaderRow(Titles({Phrase("Speaker"), Phrase("Kind"), Phrase("Summary"), Phrase("Source")}));
      for (const brief::Said& one : group.said) {
        Row({MarkdownEscaped(one.speaker), MarkdownEscaped(one.kind), Line(one.summary),
             MarkdownEscaped(one.source)});
      }
      Add("\n");
    }
    for (const Item& item : group.items) Entry(item, level + 1);
    for (const Group& within : group.groups) Part(within, level + 1);
  }

  void Entry(const Item& item, int level) {
    Heading(level,
            absl::StrCat(MarkdownEscaped(item.heading), item.subject.words.empty() ? "" : " ",
                         MarkdownEscaped(item.subject.words)));
    Add("**", MarkdownEscaped(item.now.mark), item.now.mark.empty() ? "" : " ",
        MarkdownEscaped(item.now.words), "**");
    if (!item.before.empty()) {
      Add(" (",
          item.changed ? Said("changed, before: {0}", {item.before})
                       : Said("unchanged, before: {0}", {item.before}),
          ")");
    }
    Add("\n\n");
    for (const Version& version : item.versions) Stated(version);
    for (const Comment& comment : item.comments) Commented(comment);
  }

  void Stated(const Version& version) {
    Add("*", MarkdownEscaped(version.reference), ", ",
        Said("signed by {0} on {1}", {version.author, version.signed_on}),
        version.late.empty() ? "" : ", ", MarkdownEscaped(version.late), "*\n\n");
    Labelled(Phrase("Withdrawn"), version.withdrawn);
    Labelled(Phrase("Nil report"), version.nil);
    Labelled(Phrase("Reason"), version.reason);
    if (!version.review.empty()) Labelled(Phrase("Review"), Text{"", version.review, ""});
    if (!version.complete.empty()) Labelled(Phrase("Complete"), Text{"", version.complete, ""});
    if (version.narrative) Quote(*version.narrative);
    for (const auto& [heading, text] : version.sections) {
      Add("**", MarkdownEscaped(heading), "**\n\n");
      Quote(text);
    }
    for (const Milestone& one : version.milestones) {
      Add("- ", one.done ? Said("done") : Said("still open"), one.date.empty() ? "" : ", ",
          MarkdownEscaped(one.date), ": ", MarkdownEscaped(one.text.words), "\n");
    }
    if (!version.milestones.empty()) Add("\n");
    Values(version.values);
    for (const AttachedFile& file : version.attachments) {
      Add("- ", Said("Attachment"), ": ", MarkdownEscaped(file.name),
          file.title.words.empty() ? "" : ", ", MarkdownEscaped(file.title.words), ", ",
          MarkdownEscaped(file.size), file.lang.empty() ? "" : ", ", MarkdownEscaped(file.lang),
          "\n");
    }
    if (!version.attachments.empty()) Add("\n");
  }

  void Labelled(const char* english, const std::optional<Text>& text) {
    if (text) Add("**", Said(english), ":** ", Line(*text), "\n\n");
  }

  void Quote(const Text& text) {
    if (!text.remark.empty()) Add("> *", MarkdownEscaped(text.remark), "*\n>\n");
    for (absl::string_view line : absl::StrSplit(text.words, '\n')) {
      Add("> ", MarkdownEscaped(line), "\n");
    }
    Add("\n");
  }

  void Values(const std::vector<Value>& values) {
    if (values.empty()) return;
    HeaderRow(Titles({Phrase("Indicator"), Phrase("Period"), Phrase("Of"), Phrase("Value"),
                      Phrase("Status"), Phrase("Source and note")}));
    for (const Value& value : values) {
      const std::string& source = value.source.words;
      const bool both = !source.empty() && !value.note.words.empty();
      Row({MarkdownEscaped(value.indicator), MarkdownEscaped(value.period),
           MarkdownEscaped(value.of_what),
           MarkdownEscaped(absl::StrCat(value.shown, value.shown.empty() ? "" : " ", value.trend)),
           MarkdownEscaped(
               absl::StrCat(value.letter, value.letter.empty() ? "" : " ", value.letter_words)),
           MarkdownEscaped(absl::StrCat(source, both ? "; " : "", value.note.words))});
    }
    Add("\n");
  }

  const Document& d_;
  const Phrases& phrases_;
  std::string out_;
};

}  // namespace

std::string MarkdownEscaped(absl::string_view text) {
  static constexpr absl::string_view kSpecial = "\\`*_{}[]<>#|~&!+";
  std::string out;
  text = absl::StripAsciiWhitespace(text);
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) {
      out += ' ';
      continue;
    }
    // "1. x", "- x" and "= x" at the start would be a list or a heading.
    const bool starts = i == 0 && (c == '-' || c == '=');
    const bool numbered =
        (c == '.' || c == ')') && i > 0 &&
        text.substr(0, i).find_first_not_of("0123456789") == absl::string_view::npos;
    if (starts || numbered || kSpecial.find(c) != absl::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string Markdown(const Document& document, const Phrases& phrases) {
  return Pages(document, phrases).Write();
}

}  // namespace entente::client::brief
