// Key files on the machine of the person who signs. FILE: the private key, PKCS#8 PEM, encrypted,
// mode 0600. FILE.pub: the public key and its proof of possession (ledger::KeyFile). A private key
// never leaves this machine and never reaches a node.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/keys/passphrase.h"
#include "node/crypto/ed25519.h"
#include "node/ledger/note.h"

namespace entente::keys {

std::string PublicPath(const std::string& key_path);

// The public half with its proof, as FILE.pub holds it.
ledger::KeyFile PublicHalf(const crypto::PrivateKey& key);

// Makes a key and writes both files; ALREADY_EXISTS if either is there, and then nothing is
// written. An empty passphrase writes the key plain: for tests only, the caller warns.
absl::StatusOr<ledger::KeyFile> CreateKey(const std::string& key_path,
                                          const Passphrase& passphrase);
// The same for a given key.
absl::StatusOr<ledger::KeyFile> StoreNewKey(const std::string& key_path,
                                            const crypto::PrivateKey& key,
                                            const Passphrase& passphrase);

// PERMISSION_DENIED: others may read the file (with the chmod to run), or the passphrase is wrong.
// DATA_LOSS: no key in it, or not the key of FILE.pub. The source is asked only if the file is
// encrypted.
absl::StatusOr<crypto::PrivateKey> LoadKey(const std::string& key_path,
                                           const PassphraseSource& passphrase);

// FILE.pub of FILE, or of FILE.pub itself. No passphrase is needed.
absl::StatusOr<ledger::KeyFile> ReadPublic(const std::string& path);

// Writes the private key again under another passphrase: whole, or as it was.
absl::Status ChangePassphrase(const std::string& key_path, const PassphraseSource& old_passphrase,
                              const Passphrase& new_passphrase);

}  // namespace entente::keys
