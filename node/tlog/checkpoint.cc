#include "node/tlog/checkpoint.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/check.h"
#include "node/base/status_macros.h"
#include "node/ledger/limits.h"
#include "node/ledger/signed_note.h"
#include "node/ledger/text_rules.h"
#include "node/tlog/error.h"
#include "node/tlog/tree.h"

namespace entente::tlog {

namespace {

constexpr size_t kLinesMax = 100;
constexpr uint64_t kTimeMax = (uint64_t{1} << 63) - 1;

std::string CosignedMessage(absl::string_view text, uint64_t time) {
  return absl::StrCat("cosignature/v1\ntime ", time, "\n", text);
}

absl::Status SignatureInvalid(absl::string_view what) {
  return base::Error(absl::StatusCode::kPermissionDenied, "SIGNATURE_INVALID", what);
}

void KeepEarliest(std::vector<SignedBy>& signers, SignedBy one) {
  auto same = std::find_if(signers.begin(), signers.end(),
                           [&](const SignedBy& s) { return s.key == one.key; });
  if (same == signers.end()) {
    signers.push_back(std::move(one));
  } else {
    same->time = std::min(same->time, one.time);
  }
}

}  // namespace

std::string CheckpointText(const Checkpoint& checkpoint) {
  return absl::StrCat(checkpoint.origin, "\n", checkpoint.size, "\n",
                      ledger::ToBase64(checkpoint.root.view()), "\n");
}

absl::StatusOr<Checkpoint> ParseCheckpointText(absl::string_view text) {
  if (text.size() > kCheckpointTextBytesMax) {
    return ProofMalformed(absl::StrCat("the checkpoint has ", text.size(),
                                       " bytes of text, the most is ", kCheckpointTextBytesMax));
  }
  auto lines = ledger::SplitLines(text);
  if (!lines || lines->size() < 3) {
    return ProofMalformed("a checkpoint has three lines: origin, size, root");
  }
  for (absl::string_view line : *lines) {
    if (line.empty() || !ledger::IsPlainUtf8(line)) {
      return ProofMalformed("a line of the checkpoint is empty or holds a control character");
    }
  }
  Checkpoint out;
  out.origin = base::Str((*lines)[0]);
  auto size = ledger::ParseDecimal((*lines)[1]);
  if (!size || *size > kTreeSizeMax) {
    return ProofMalformed(absl::StrCat("\"", (*lines)[1], "\" is not a checkpoint's size"));
  }
  out.size = *size;
  auto raw = ledger::ParseBase64((*lines)[2]);
  auto root = raw ? Digest::FromBytes(*raw) : std::nullopt;
  if (!root) {
    return ProofMalformed(absl::StrCat("\"", (*lines)[2], "\" is not the base64 of 32 bytes"));
  }
  out.root = *root;
  if (out.size == 0 && out.root != EmptyRoot()) {
    return ProofMalformed("a checkpoint of size 0 has another root than the empty tree");
  }
  return out;
}

std::string SignedCheckpoint::File() const { return ledger::JoinNoteFile(text, lines); }

bool SignedCheckpoint::AddLines(const std::vector<SignatureLine>& more) {
  const size_t before = lines.size();
  for (const SignatureLine& line : more) {
    if (lines.size() >= kLinesMax) break;
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
  }
  return lines.size() > before;
}

absl::StatusOr<SignedCheckpoint> ParseSignedCheckpoint(absl::string_view file) {
  absl::StatusOr<ledger::SplitFile> split = ledger::SplitStrictNote(file);
  if (!split.ok()) return ProofMalformed(split.status().message());
  SignedCheckpoint out;
  ASSIGN_OR_RETURN(out.checkpoint, ParseCheckpointText(split->text));
  out.text = base::Str(split->text);
  out.lines = std::move(split->lines);
  return out;
}

SignatureLine SignCheckpoint(absl::string_view text, const VerifierKey& name,
                             const crypto::PrivateKey& key) {
  ENTENTE_CHECK(name.type == kTypeLog && name.key == key.public_key());
  return {name.name, name.key_id, base::Str(crypto::View(key.Sign(text)))};
}

SignatureLine Cosign(absl::string_view text, uint64_t time, const VerifierKey& name,
                     const crypto::PrivateKey& key) {
  ENTENTE_CHECK(name.type == kTypeCosigner && name.key == key.public_key());
  ENTENTE_CHECK(time > 0 && time <= kTimeMax);
  std::string signature;
  base::AppendU64(signature, time);
  const crypto::Signature signed_bytes = key.Sign(CosignedMessage(text, time));
  absl::StrAppend(&signature, crypto::View(signed_bytes));
  return {name.name, name.key_id, std::move(signature)};
}

bool LineIsOf(const SignatureLine& line, const VerifierKey& key) {
  return line.key_id == key.key_id && line.name == key.name;
}

uint64_t TimeOf(const SignatureLine& line) {
  if (line.signature.size() != kCosignatureBytes) return 0;
  const uint64_t time = base::ReadU64(line.signature);
  return time <= kTimeMax ? time : 0;
}

uint64_t MillisOf(uint64_t seconds) {
  constexpr uint64_t kMillis = 1000, kSecondsMax = kTimeMax / kMillis;
  return std::min(seconds, kSecondsMax) * kMillis;
}

bool VerifyNoteLine(absl::string_view text, const SignatureLine& line, const VerifierKey& key,
                    const crypto::Verifier& verifier) {
  if (key.type != kTypeCosigner) return ledger::VerifyLine(text, line, key, verifier);
  const uint64_t time = TimeOf(line);
  return LineIsOf(line, key) && time != 0 &&
         verifier.Verify(key.key, CosignedMessage(text, time),
                         absl::string_view(line.signature).substr(8));
}

absl::StatusOr<std::vector<SignedBy>> VerifySignatures(absl::string_view text,
                                                       const std::vector<SignatureLine>& lines,
                                                       absl::Span<const VerifierKey> known,
                                                       const crypto::Verifier& verifier) {
  std::vector<SignedBy> signers;
  for (const SignatureLine& line : lines) {
    auto key = std::find_if(known.begin(), known.end(),
                            [&](const VerifierKey& k) { return LineIsOf(line, k); });
    if (key == known.end()) continue;
    if (!VerifyNoteLine(text, line, *key, verifier)) {
      return SignatureInvalid(absl::StrCat("the signature of \"", key->name, "\" does not verify"));
    }
    KeepEarliest(signers, {*key, key->type == kTypeCosigner ? TimeOf(line) : 0});
  }
  if (signers.empty()) return SignatureInvalid("no key that is trusted here signed it");
  return signers;
}

}  // namespace entente::tlog
