// C2SP verifier keys: name "+" hex8(key id) "+" base64(type || key), with
// key id = SHA-256(name || 0x0A || type || key)[0:4].
#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"
#include "node/ledger/note.h"
#include "node/ledger/text_rules.h"

namespace entente::ledger {

namespace {

// Both hold a raw Ed25519 key: 0x01 signs the text, 0x04 signs it with a time (C2SP
// tlog-cosignature).
constexpr uint8_t kTypeEd25519 = 0x01;
constexpr uint8_t kTypeCosigner = 0x04;
constexpr size_t kKeyTextBytes = 33;  // type and key

std::string TypeAndKey(uint8_t type, const PublicKey& key) {
  return absl::StrCat(absl::string_view(reinterpret_cast<const char*>(&type), 1), key.view());
}

uint32_t KeyId(absl::string_view name, uint8_t type, const PublicKey& key) {
  return base::ReadU32(crypto::Sha256({name, "\n", TypeAndKey(type, key)}).view());
}

std::string KeyIdHex(uint32_t key_id) {
  std::string raw;
  base::AppendU32(raw, key_id);
  return base::ToHex(raw);
}

}  // namespace

std::string VerifierKey::Text() const {
  return absl::StrCat(name, "+", KeyIdHex(key_id), "+", ToBase64(TypeAndKey(type, key)));
}

absl::StatusOr<VerifierKey> VerifierKey::Parse(absl::string_view text) {
  // Base64 may hold "+" itself, a name may not: the first two separate.
  size_t first = text.find('+');
  size_t second = first == absl::string_view::npos ? first : text.find('+', first + 1);
  if (second == absl::string_view::npos) {
    return NoteMalformed(absl::StrCat("\"", text, "\" is not a verifier key: NAME+KEYID+KEY"));
  }
  absl::string_view name = text.substr(0, first);
  std::optional<std::string> raw = ParseBase64(text.substr(second + 1));
  if (!IsKeyName(name) || !raw || raw->size() != kKeyTextBytes) {
    return NoteMalformed(absl::StrCat("\"", text,
                                      "\" is not a verifier key: a name without spaces, 8 hex "
                                      "digits, base64 of one type byte and a key of 32 bytes"));
  }
  auto type = static_cast<uint8_t>((*raw)[0]);
  if (type != kTypeEd25519 && type != kTypeCosigner) {
    return NoteMalformed(absl::StrCat("verifier key \"", text, "\" has type ", type,
                                      "; known are 1 (Ed25519) and 4 (Ed25519 cosigner)"));
  }
  VerifierKey vkey =
      Named(base::Str(name), type, *PublicKey::FromBytes(absl::string_view(*raw).substr(1)));
  if (KeyIdHex(vkey.key_id) != text.substr(first + 1, second - first - 1)) {
    return NoteMalformed(absl::StrCat("verifier key \"", text, "\" has another key id, ",
                                      KeyIdHex(vkey.key_id), ": it was changed or mistyped"));
  }
  return vkey;
}

VerifierKey VerifierKey::ForSigner(const PublicKey& key) {
  return Named(absl::StrCat("entente/", key.ToHex().substr(0, 16)), kTypeEd25519, key);
}

VerifierKey VerifierKey::Named(std::string name, uint8_t type, const PublicKey& key) {
  VerifierKey vkey;
  vkey.key_id = KeyId(name, type, key);
  vkey.name = std::move(name);
  vkey.type = type;
  vkey.key = key;
  return vkey;
}

}  // namespace entente::ledger
