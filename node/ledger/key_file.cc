// The public half of a key as a person hands it to a signer: three lines, the third proves
// possession.
#include <cstring>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/ledger/note.h"
#include "node/ledger/text_rules.h"

namespace entente::ledger {

namespace {
constexpr char kHeading[] = "entente/key/v1";

absl::Status NotAKeyFile(absl::string_view what) {
  return NoteMalformed(absl::StrCat("not a public key file: ", what,
                                    "; it has three lines: ", kHeading,
                                    ", the key in hex, the proof of possession in base64"));
}
}  // namespace

std::string PossessionText(const PublicKey& key) {
  return absl::StrCat(kHeading, "\n", key.ToHex(), "\n");
}

bool CheckPossession(const PublicKey& key, absl::string_view pop_base64,
                     const crypto::Verifier& verifier) {
  std::optional<std::string> signature = ParseBase64(pop_base64);
  // A key that is no good point can sign for anything: it never gets as far as a proof.
  return signature && signature->size() == kSignatureBytes && crypto::CheckPublicKey(key).ok() &&
         verifier.Verify(key, PossessionText(key), *signature);
}

std::string KeyFileText(const KeyFile& file) {
  return absl::StrCat(PossessionText(file.key), file.pop, "\n");
}

absl::StatusOr<KeyFile> ParseKeyFile(absl::string_view text) {
  std::optional<std::vector<absl::string_view>> lines = SplitLines(text);
  if (!lines || lines->size() != 3) return NotAKeyFile("it does not have three whole lines");
  if ((*lines)[0] != kHeading) return NotAKeyFile("its first line is another");
  std::optional<PublicKey> key = PublicKey::FromHex((*lines)[1]);
  if (!key) return NotAKeyFile("its second line is not 64 lower-case hex digits");
  std::optional<std::string> signature = ParseBase64((*lines)[2]);
  if (!signature || signature->size() != kSignatureBytes) {
    return NotAKeyFile("its third line is not base64 of 64 bytes");
  }
  return KeyFile{*key, ToBase64(*signature)};
}

}  // namespace entente::ledger
