#include "client/keys/key_store.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/keys/file_io.h"
#include "node/base/bytes.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace entente::keys {

namespace {

constexpr size_t kKeyFileBytesMax = 16 * 1024;
constexpr char kEncrypted[] = "-----BEGIN ENCRYPTED PRIVATE KEY-----";
constexpr char kPublicEnding[] = ".pub";

absl::Status CheckMode(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) {
    return Unreadable(
        path, absl::StrCat(strerror(errno), "; make a key with: entente key new --out ", path));
  }
  if (!S_ISREG(info.st_mode)) return Unreadable(path, "it is not a file");
  if ((info.st_mode & 077) == 0) return absl::OkStatus();
  return base::Error(
      absl::StatusCode::kPermissionDenied, "FILE_UNREADABLE",
      absl::StrCat(path, " can be read or written by others (mode ",
                   absl::StrCat(absl::Hex((info.st_mode >> 6) & 7),
                                absl::Hex((info.st_mode >> 3) & 7), absl::Hex(info.st_mode & 7)),
                   "), so the key in it is not used; run: chmod 600 ", path));
}

absl::Status Taken(const std::string& path) {
  return base::Error(absl::StatusCode::kAlreadyExists, "FILE_EXISTS",
                     absl::StrCat(path, " exists and is not overwritten; choose another name"));
}

// FILE.pub, if it is there, holds the public half of this key.
absl::Status CheckAgainstPublic(const std::string& key_path, const crypto::PrivateKey& key) {
  if (!Exists(PublicPath(key_path))) return absl::OkStatus();
  ASSIGN_OR_RETURN(ledger::KeyFile file, ReadPublic(PublicPath(key_path)));
  if (file.key == key.public_key()) return absl::OkStatus();
  return Damaged(key_path, absl::StrCat("it holds the key ", key.public_key().Short(), ", ",
                                        PublicPath(key_path), " says ", file.key.Short(),
                                        "; one of the two was replaced"));
}

}  // namespace

std::string PublicPath(const std::string& key_path) { return key_path + kPublicEnding; }

ledger::KeyFile PublicHalf(const crypto::PrivateKey& key) {
  crypto::Signature signature = key.Sign(ledger::PossessionText(key.public_key()));
  return {key.public_key(), absl::Base64Escape(crypto::View(signature))};
}

absl::StatusOr<ledger::KeyFile> CreateKey(const std::string& key_path,
                                          const Passphrase& passphrase) {
  return StoreNewKey(key_path, crypto::PrivateKey::Generate(), passphrase);
}

absl::StatusOr<ledger::KeyFile> StoreNewKey(const std::string& key_path,
                                            const crypto::PrivateKey& key,
                                            const Passphrase& passphrase) {
  if (Exists(key_path)) return Taken(key_path);
  if (Exists(PublicPath(key_path))) return Taken(PublicPath(key_path));
  ASSIGN_OR_RETURN(std::string pem, key.ToPem(passphrase.view()));
  ledger::KeyFile file = PublicHalf(key);
  // The private half first: a public half whose key was never kept could be enrolled by mistake.
  absl::Status written = WriteNew(key_path, pem, kPrivateMode);
  explicit_bzero(pem.data(), pem.size());
  RETURN_IF_ERROR(written);
  absl::Status published = WriteNew(PublicPath(key_path), ledger::KeyFileText(file), kPublicMode);
  if (!published.ok()) {
    // Nobody has seen this key: without its public half it is of no use, and its name would stay
    // taken.
    absl::Status removed = Remove(key_path);
    return published;
  }
  return file;
}

absl::StatusOr<crypto::PrivateKey> LoadKey(const std::string& key_path,
                                           const PassphraseSource& source) {
  RETURN_IF_ERROR(CheckMode(key_path));
  ASSIGN_OR_RETURN(std::optional<std::string> pem, ReadIfThere(key_path, kKeyFileBytesMax));
  if (!pem) return Unreadable(key_path, "it has just been removed");
  Passphrase passphrase;
  if (absl::StrContains(*pem, kEncrypted)) {
    ASSIGN_OR_RETURN(passphrase, source(key_path));
  }
  absl::StatusOr<crypto::PrivateKey> key = crypto::PrivateKey::FromPem(*pem, passphrase.view());
  explicit_bzero(pem->data(), pem->size());
  if (key.status().code() == absl::StatusCode::kPermissionDenied) {
    return base::Error(absl::StatusCode::kPermissionDenied, "FILE_UNREADABLE",
                       absl::StrCat(key_path, ": ", key.status().message()));
  }
  if (!key.ok()) return Damaged(key_path, key.status().message());
  RETURN_IF_ERROR(CheckAgainstPublic(key_path, *key));
  return key;
}

absl::StatusOr<ledger::KeyFile> ReadPublic(const std::string& path) {
  std::string public_path = absl::EndsWith(path, kPublicEnding) ? path : PublicPath(path);
  ASSIGN_OR_RETURN(std::optional<std::string> text, ReadIfThere(public_path, kKeyFileBytesMax));
  if (!text) return Unreadable(public_path, "there is no such file");
  absl::StatusOr<ledger::KeyFile> file = ledger::ParseKeyFile(*text);
  if (!file.ok()) return Damaged(public_path, file.status().message());
  if (!ledger::CheckPossession(file->key, file->pop, crypto::Ed25519Verifier())) {
    return Damaged(public_path,
                   "its third line does not prove possession of the key in its second");
  }
  return file;
}

absl::Status ChangePassphrase(const std::string& key_path, const PassphraseSource& old_passphrase,
                              const Passphrase& new_passphrase) {
  ASSIGN_OR_RETURN(crypto::PrivateKey key, LoadKey(key_path, old_passphrase));
  ASSIGN_OR_RETURN(std::string pem, key.ToPem(new_passphrase.view()));
  absl::Status written = Replace(key_path, pem, kPrivateMode);
  explicit_bzero(pem.data(), pem.size());
  return written;
}

}  // namespace entente::keys
