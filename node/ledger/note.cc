#include "node/ledger/note.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "node/ledger/note_internal.h"

namespace entente::ledger {

bool Note::HasUnknownAct() const {
  return std::any_of(acts.begin(), acts.end(),
                     [](const Act& a) { return std::holds_alternative<act::Unknown>(a); });
}

std::string Note::File() const { return JoinNoteFile(text, lines); }
std::string Suspend::File() const { return JoinNoteFile(text, lines); }

bool LooksLikeSuspend(absl::string_view file) { return absl::StartsWith(file, kSuspendHeading); }

}  // namespace entente::ledger
