// Everything an authority note or a suspend says, field by field, as it is shown to whoever is
// about to sign it: keys, ids and digests in full, words of closed lists as the note has them. What
// stands in the text that is signed stands here, and the compiler refuses a field of an act that
// does not.
#pragma once

#include <string>
#include <vector>

#include "node/ledger/note.h"

namespace entente::ledger {

struct NoteField {
  std::string name;      // in English words: "proof of possession"
  std::string value;     // as the note has it; of a heading, empty
  bool heading = false;  // the word of an act, above its fields
};

std::vector<NoteField> FieldsOf(const Note& note);
std::vector<NoteField> FieldsOf(const Suspend& suspend);

}  // namespace entente::ledger
