// Lines that the node and the client write in English, said in the reader's language. Logs, JSON,
// CSV and errors as objects stay English, byte for byte; only what a person reads comes through
// here, last of all. A line is held against the patterns of the .po files (msgctxt "line"; "part"
// for what only stands within a line, "word" for what a cell or a place {0:w} holds). Of those that
// match the one with the most text of its own is said. A line that none matches stays English.
//
// Invariants
//  1. What stands in a place of a line stands in what is said, as it was unless it is a number, a
//  date, a word or a sentence that is known.
//  2. The work is bounded: by the patterns, kRetoldBytesMax, kTriesMax and kDepthMax.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/language/pattern.h"

namespace entente::client {

inline constexpr size_t kRetoldBytesMax = 4096;  // a longer line stays as it is
inline constexpr int kTriesMax = 20'000;         // ways to cut one line
inline constexpr int kDepthMax = 4;              // sentences within sentences

struct RetoldRule {
  bool part = false;                 // only within a line
  std::vector<std::string> english;  // one, or of one and of many
  std::vector<std::string> said;     // one, or as many as the language has forms of number
};

// What a language has for the kinds of places, beside its sentences.
struct Wording {
  std::function<std::string(absl::string_view)> number, date, size;
  std::function<std::optional<std::string>(absl::string_view)> word;
  std::function<size_t(absl::string_view)> form;  // which of a rule's forms goes with a number
};

class Retelling {
 public:
  // Rules of which a pattern is malformed are left out (tests/style finds them).
  Retelling(const std::vector<RetoldRule>& rules, Wording wording);

  // `line` without its end; spaces before and after it are kept.
  std::string Line(absl::string_view line) const { return Said(line, /*within=*/false); }
  // What may be a part of a line, too.
  std::string Part(absl::string_view part) const { return Said(part, /*within=*/true); }

  size_t size() const { return patterns_.size(); }

 private:
  struct Sentence {
    Pattern pattern;
    bool part;
    std::vector<std::string> said;
  };
  struct Work {
    int tries = kTriesMax;
    int depth = 0;
  };
  using Told = std::optional<std::string>;

  std::string Said(absl::string_view line, bool within) const;
  // `strict`: what is not known holds no "; ", beyond which a further clause may begin, and
  // somebody's words are not the head of a finding.
  bool Fits(PlaceKind kind, absl::string_view text, bool strict, Work& work) const;
  Told Whole(absl::string_view text, bool within, bool strict, Work& work) const;
  Told Finding(absl::string_view text, bool within, Work& work) const;
  Told Clauses(absl::string_view text, bool within, Work& work) const;
  Told Tell(absl::string_view text, bool within, Work& work) const;
  std::string Message(absl::string_view text, Work& work) const;
  std::string Argument(PlaceKind kind, absl::string_view text, Work& work) const;
  std::string Fill(const Sentence& sentence, const std::vector<absl::string_view>& texts,
                   Work& work) const;

  std::vector<Sentence> patterns_;  // most text of their own first
  const Wording wording_;
};

}  // namespace entente::client
