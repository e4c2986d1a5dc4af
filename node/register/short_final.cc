#include "node/register/short_final.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/error.h"
#include "node/tlog/tree.h"

namespace entente::reg {

namespace {

constexpr size_t kLogSignatureBytes = 64;
constexpr int kLinesMax = 100;  // of a signed note

size_t SignatureBytes(const VerifierKey& key) {
  return key.type == tlog::kTypeLog ? kLogSignatureBytes : tlog::kCosignatureBytes;
}

// Key ids are hashes cut to 4 bytes: of two keys that share one, neither is meant.
const VerifierKey* KeyOf(const std::vector<VerifierKey>& known, uint32_t id) {
  const VerifierKey* found = nullptr;
  for (const VerifierKey& key : known) {
    if (key.key_id != id) continue;
    if (found != nullptr && !(*found == key)) return nullptr;
    found = &key;
  }
  return found;
}

absl::Status MalformedShort(absl::string_view what) {
  return base::Error(absl::StatusCode::kInvalidArgument, "PROOF_MALFORMED",
                     absl::StrCat("a checkpoint told shortly: ", what));
}

}  // namespace

std::optional<v1::ShortCheckpoint> Shorten(const Trust& trust,
                                           const tlog::SignedCheckpoint& checkpoint) {
  if (!trust.log || checkpoint.checkpoint.origin != trust.log->name ||
      checkpoint.text != tlog::CheckpointText(checkpoint.checkpoint)) {
    return std::nullopt;
  }
  const std::vector<VerifierKey> known = trust.Known();
  v1::ShortCheckpoint out;
  out.set_size(checkpoint.checkpoint.size);
  for (const tlog::SignatureLine& line : checkpoint.lines) {
    const VerifierKey* key = KeyOf(known, line.key_id);
    if (key == nullptr || !tlog::LineIsOf(line, *key) ||
        line.signature.size() != SignatureBytes(*key)) {
      return std::nullopt;
    }
    out.add_keys(line.key_id);
    out.mutable_signatures()->append(line.signature);
  }
  return out;
}

// A key that is not known here is a witness's: the register's own is the one the news is of. Its
// line is skipped, as on a note.
absl::StatusOr<tlog::SignedCheckpoint> Lengthen(const Trust& trust, const v1::ShortCheckpoint& told,
                                                const Digest& root) {
  if (!trust.log) return MalformedShort("the charter names no register");
  if (told.size() == 0 || told.size() > tlog::kTreeSizeMax || told.keys_size() > kLinesMax) {
    return MalformedShort("its size or the number of its lines is out of bounds");
  }
  const std::vector<VerifierKey> known = trust.Known();
  tlog::SignedCheckpoint out;
  out.checkpoint = {trust.log->name, told.size(), root};
  out.text = tlog::CheckpointText(out.checkpoint);
  absl::string_view rest = told.signatures();
  for (uint32_t id : told.keys()) {
    const VerifierKey* key = KeyOf(known, id);
    const size_t bytes = key == nullptr ? tlog::kCosignatureBytes : SignatureBytes(*key);
    if (rest.size() < bytes) return MalformedShort("its signatures are cut off");
    if (key != nullptr) out.lines.push_back({key->name, id, base::Str(rest.substr(0, bytes))});
    rest.remove_prefix(bytes);
  }
  if (!rest.empty()) return MalformedShort("it has more signatures than keys");
  return out;
}

}  // namespace entente::reg
