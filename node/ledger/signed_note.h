// The signed-note envelope (C2SP signed-note v1.0.0): text, an empty line, signature lines.
// Authority notes, checkpoints and whatever else is signed as a note stand in it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/ledger/note.h"

namespace entente::ledger {

// A file split into the signed text, which ends in LF, and the signature lines. Two lines never
// have the same bytes.
struct SplitFile {
  absl::string_view text;
  std::vector<SignatureLine> lines;
};

// Drops a line that does not parse: in an authority note it must not spoil the others.
absl::StatusOr<SplitFile> SplitNoteFile(absl::string_view file);
// As C2SP asks of checkpoints: every line parses, there are 1 to 100 of them, and neither text nor
// lines hold a control character besides LF. INVALID_ARGUMENT, reason NOTE_MALFORMED.
absl::StatusOr<SplitFile> SplitStrictNote(absl::string_view file);

std::string JoinNoteFile(absl::string_view text, const std::vector<SignatureLine>& lines);

// One signature line, with its LF, and back (without it).
std::string SignatureLineText(const SignatureLine& line);
std::optional<SignatureLine> ParseSignatureLine(absl::string_view line);

}  // namespace entente::ledger
