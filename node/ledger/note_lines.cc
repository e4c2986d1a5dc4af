// The signed-note envelope (C2SP signed-note v1.0.0): text, empty line, signature lines.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/ledger/note.h"
#include "node/ledger/signed_note.h"
#include "node/ledger/text_rules.h"

namespace entente::ledger {

namespace {

constexpr char kDash[] = "\xE2\x80\x94 ";  // U+2014 and a space
constexpr uint8_t kSignatureTypeEd25519 = 0x01;
// Room for several hundred signature lines: wrong ones are dropped only after somebody looked at
// them.
constexpr size_t kNoteFileBytesMax = kNoteTextBytesMax + 64 * 1024;
constexpr size_t kStrictLinesMax = 100;  // as many as golang.org/x/mod/sumdb/note reads

// A line that does not parse, or comes twice, is dropped: it must not spoil the others. `dropped`
// counts those that do not parse, and an end without line feed.
std::vector<SignatureLine> ParseSignatureLines(absl::string_view block, size_t& dropped) {
  std::vector<SignatureLine> lines;
  for (size_t end; (end = block.find('\n')) != absl::string_view::npos;) {
    std::optional<SignatureLine> line = ParseSignatureLine(block.substr(0, end));
    dropped += !line;
    if (line && std::find(lines.begin(), lines.end(), *line) == lines.end()) {
      lines.push_back(*std::move(line));
    }
    block.remove_prefix(end + 1);
  }
  dropped += !block.empty();
  return lines;
}

absl::StatusOr<SplitFile> SplitAndCount(absl::string_view file, size_t& dropped) {
  if (file.size() > kNoteFileBytesMax) {
    return NoteMalformed(
        absl::StrCat("the note file has ", file.size(), " bytes, the most is ", kNoteFileBytesMax));
  }
  size_t separator = file.rfind("\n\n");
  if (separator == absl::string_view::npos) {
    return NoteMalformed("not a signed note: no empty line between its text and its signatures");
  }
  return SplitFile{file.substr(0, separator + 1),
                   ParseSignatureLines(file.substr(separator + 2), dropped)};
}

}  // namespace

std::optional<SignatureLine> ParseSignatureLine(absl::string_view line) {
  if (!absl::StartsWith(line, kDash)) return std::nullopt;
  line.remove_prefix(sizeof(kDash) - 1);
  size_t space = line.find(' ');
  if (space == absl::string_view::npos || !IsKeyName(line.substr(0, space))) return std::nullopt;
  std::optional<std::string> raw = ParseBase64(line.substr(space + 1));
  if (!raw || raw->size() <= 4) return std::nullopt;
  return SignatureLine{base::Str(line.substr(0, space)), base::ReadU32(*raw), raw->substr(4)};
}

absl::StatusOr<SplitFile> SplitNoteFile(absl::string_view file) {
  size_t dropped = 0;
  return SplitAndCount(file, dropped);
}

absl::StatusOr<SplitFile> SplitStrictNote(absl::string_view file) {
  size_t dropped = 0;
  absl::StatusOr<SplitFile> split = SplitAndCount(file, dropped);
  if (!split.ok()) return split;
  if (dropped > 0) return NoteMalformed("a signature line is not \"\u2014 NAME BASE64\"");
  if (split->lines.empty()) return NoteMalformed("the note carries no signature");
  if (split->lines.size() > kStrictLinesMax) {
    return NoteMalformed(absl::StrCat("the note carries ", split->lines.size(),
                                      " signature lines, the most is ", kStrictLinesMax));
  }
  for (absl::string_view rest = split->text; !rest.empty();) {
    const size_t end = rest.find('\n');
    if (!IsPlainUtf8(rest.substr(0, end))) {
      return NoteMalformed("the text is not UTF-8 or holds a control character");
    }
    rest.remove_prefix(end + 1);
  }
  return split;
}

std::string SignatureLineText(const SignatureLine& line) {
  std::string raw;
  base::AppendU32(raw, line.key_id);
  return absl::StrCat(kDash, line.name, " ", ToBase64(raw + line.signature), "\n");
}

std::string JoinNoteFile(absl::string_view text, const std::vector<SignatureLine>& lines) {
  std::string out = absl::StrCat(text, "\n");
  for (const SignatureLine& line : lines) out += SignatureLineText(line);
  return out;
}

SignatureLine SignText(absl::string_view text, const crypto::PrivateKey& key) {
  VerifierKey signer = VerifierKey::ForSigner(key.public_key());
  return {signer.name, signer.key_id, base::Str(crypto::View(key.Sign(text)))};
}

bool VerifyLine(absl::string_view text, const SignatureLine& line, const VerifierKey& key,
                const crypto::Verifier& verifier) {
  return key.type == kSignatureTypeEd25519 && line.name == key.name && line.key_id == key.key_id &&
         line.signature.size() == kSignatureBytes && verifier.Verify(key.key, text, line.signature);
}

}  // namespace entente::ledger
