#include "node/tlog/line_cursor.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/ledger/text_rules.h"
#include "node/tlog/error.h"

namespace entente::tlog {

absl::string_view LineCursor::Take() {
  const size_t end = rest_.find('\n');
  ++number_;
  if (end == absl::string_view::npos) return "";
  const absl::string_view line = rest_.substr(0, end);
  rest_.remove_prefix(end + 1);
  return line;
}

absl::StatusOr<absl::string_view> LineCursor::TakeWord(absl::string_view word) {
  absl::string_view line = Take();
  if (!absl::StartsWith(line, word) || line.size() <= word.size() || line[word.size()] != ' ') {
    return Malformed(absl::StrCat("expected \"", word, " ...\""));
  }
  return line.substr(word.size() + 1);
}

absl::StatusOr<Proof> LineCursor::TakeHashes() {
  Proof proof;
  while (!Done()) {
    const absl::string_view line = Take();
    if (line.empty()) return proof;
    auto raw = ledger::ParseBase64(line);
    auto hash = raw ? Digest::FromBytes(*raw) : std::nullopt;
    if (!hash) return Malformed("not the base64 of a 32-byte hash");
    if (proof.size() >= kProofHashesMax) {
      return Malformed(absl::StrCat("a proof has at most ", kProofHashesMax, " hashes"));
    }
    proof.push_back(*hash);
  }
  return Malformed("the text ends before the empty line that ends the proof");
}

absl::Status LineCursor::Malformed(absl::string_view what) const {
  return ProofMalformed(absl::StrCat("line ", number_, ": ", what));
}

}  // namespace entente::tlog
