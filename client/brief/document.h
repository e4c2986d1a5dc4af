// The brief of a round as plain values: what stands in it and in which order, in words of its
// language, before anybody decides how it looks. Made by compose.h, shown by html.h and markdown.h.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace entente::client::brief {

// Words somebody wrote, with the language they are in.
struct Text {
  std::string lang;  // BCP 47; empty: the document's own
  std::string words;
  std::string remark;  // "original ru, no translation", or empty
};

// Where one delegation stands on one subject.
struct Status {
  std::string key;    // stable: completed, in_progress, ..., nil, conflict, withdrawn, not_counted,
                      // absent, unasked, after_close
  std::string words;  // "in progress, at risk"
  std::string mark;   // "!" off track, "~" at risk, "?" a question is open, "‡" conflict
  bool reported = false;
};

struct Value {
  std::string indicator, title, period, of_what;  // of_what: area and dimensions, "sex=T"
  std::string shown;                              // "430 person", or "–"
  std::string letter, letter_words;               // SDMX status; empty: a normal value
  std::string trend;
  Text source, note;
  bool approximate = false;
};

struct Milestone {
  Text text;
  std::string date;
  bool done = false;
};

struct AttachedFile {
  std::string name, size, lang;  // lang: of the file, BCP 47; empty: in none
  Text title;
};

// One version that stands. Several of one item are a conflict.
struct Version {
  std::string reference, author, signed_on;
  std::string late;               // that it came after the close; empty: it did not
  std::optional<Text> withdrawn;  // reason; only of a withdrawal
  std::optional<Text> nil;        // reason of a nil report
  std::optional<Text> reason;     // why discontinued or not applicable
  std::string review;             // what the secretariat said of it; empty: nothing yet
  std::string complete;           // "7 of 9; missing: obstacles"; empty: nothing was asked for
  std::optional<Text> narrative;
  std::vector<std::pair<std::string, Text>> sections;  // heading, text
  std::vector<Milestone> milestones;
  std::vector<Value> values;
  std::vector<AttachedFile> attachments;
};

// What was said on a record: in words who and when, and the text.
struct Comment {
  std::string heading;
  Text text;
};

// One delegation on one subject.
struct Item {
  std::string id;  // anchor
  std::string heading;
  Text subject;  // set where the heading is a code
  Status now;
  std::string before;  // words of the status in the previous round; empty: nothing to compare with
  bool changed = false;
  std::vector<Version> versions;
  std::vector<Comment> comments;  // on any version of it, by time
};

struct Cell {
  Status now;
  bool changed = false;
  std::string before;
  std::string link;      // anchor of the item; empty: none
  std::string complete;  // "complete: 7 of 9"; empty: nothing in particular was asked for
};
struct MatrixRow {
  std::string delegation, name;
  std::vector<Cell> cells;
};
struct Matrix {
  std::string caption;
  std::vector<std::pair<std::string, Text>> columns;  // code, title
  std::vector<MatrixRow> rows;
};

// What was said at the meeting, as minuted.
struct Said {
  std::string speaker, kind, source;
  Text summary;
};

// A chapter, a commitment, or a delegation: with whatever stands below it.
struct Group {
  std::string id, code;
  Text title;
  std::vector<std::pair<std::string, std::string>> facts;
  std::vector<Matrix> matrices;
  std::vector<Item> items;
  std::vector<Said> said;
  std::vector<Group> groups;
};

struct Bar {
  std::string delegation, label;  // label: period and dimensions
  std::optional<double> value;    // for the length only
  std::string shown;              // what is written beside it
  bool estimate = false;          // hatched
};
struct Chart {
  std::string code, unit;
  Text title;
  std::vector<Bar> bars;
  std::string description;  // the same in a sentence, for who cannot see it
};

struct Silent {
  std::string delegation, name, word, reach;  // reach: how far its records held here go
  std::vector<std::string> subjects;
};
struct Change {
  std::string delegation, subject, before, now;
};
struct Note {
  std::string delegation, subject, kind;
  Text text;
};

struct Document {
  std::string lang, title, round;
  std::vector<std::pair<std::string, std::string>> facts;       // of the round and its meeting
  std::vector<std::pair<std::string, std::string>> provenance;  // what it was made from
  std::string previous;                                         // round before this one, or empty
  bool compared = false;        // a report of it is there to compare with
  std::vector<Comment> closes;  // of the round: who, when, and the synthesis
  std::vector<Matrix> overview;
  bool asked = false;  // is anybody asked for anything?
  std::vector<Silent> silent;
  std::vector<Change> changes;
  std::vector<Note> questions, needs;
  std::vector<Chart> charts;
  std::vector<Group> body;
};

}  // namespace entente::client::brief
