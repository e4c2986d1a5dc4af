// What a person types into a draft, turned into the fields of a Report. Pure. Refuses only what
// cannot be understood (an unknown word, a malformed number or period); whether the whole report is
// right is the node's draft check.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/language/phrases.h"
#include "entente/v1/local.pb.h"

namespace entente::client {

struct Assignment {
  std::string name;
  std::string value;
};

// "a=b c d e=@f" -> (a,b) (c,d) (e,@f): key=value words, or a key and its value as two words.
absl::StatusOr<std::vector<Assignment>> ParseAssignments(const std::vector<std::string>& words);

// Sets one field: implementation, assessment, period, reason, narrative[.LANG],
// section.NAME[.LANG], milestone, lang, nil, classification, doc_ref. An empty value clears it.
// Text is stored in Normalization Form C.
absl::Status SetField(v1::Report& report, const Assignment& field);

struct ValueWords {
  std::string indicator, period, value;
  std::vector<std::string> dims;  // "sex=T"
  std::string status, source, note, trend, unit, method, ref_area;
  bool approximate = false;
  bool remove = false;
};
// Adds the value, or replaces the one of the same indicator, period, area and dimensions.
absl::Status SetValue(v1::Report& report, const ValueWords& words);

// The same in a draft, where setting a part, also to nothing, settles the question that a merge
// left about it: the node is told so by the question's severity, "settled".
absl::Status SetInDraft(v1::Draft& draft, const Assignment& field);
absl::Status SetValueInDraft(v1::Draft& draft, const ValueWords& words);
// `part` as node/meaning/record/part_name.h has it; false: there is no question about it.
bool Settle(v1::Draft& draft, const std::string& part);

// A draft for people, in the reader's language around what its author wrote, and as the fields of
// JSON. Both show every field of the report: what is signed is what was seen.
std::string DraftText(const v1::Draft& draft, const Phrases& phrases = Phrases());
std::string DraftJsonText(const v1::Draft& draft);

// VALIDATION_FAILED with one violation, message as it stands ("CODE field: what; given; do").
absl::Status Refuse(absl::string_view code, absl::string_view field, absl::string_view what);

}  // namespace entente::client
