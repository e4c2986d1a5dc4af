// Keys as commands use them: opened with a passphrase from the terminal or a descriptor, and the
// marks beside them. The file formats are client/keys/.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/context/context.h"
#include "client/keys/key_store.h"
#include "client/keys/mark.h"
#include "client/signing/acts.h"
#include "node/crypto/ed25519.h"
#include "node/ledger/note.h"

namespace entente::client {

struct NewKeyOptions {
  std::string out, label;
  int passphrase_fd = -1;
  bool no_passphrase = false;
};
absl::StatusOr<base::PublicKey> NewKey(Context& context, const NewKeyOptions& options);
absl::Status ChangePassphrase(Context& context, const std::string& path, int old_fd, int new_fd);

// The private half of `named`, the key that the node was asked about. FILE_DAMAGED: of another.
absl::StatusOr<crypto::PrivateKey> OpenAuthorKey(Context& context, const std::string& path,
                                                 int passphrase_fd, const base::PublicKey& named);
absl::StatusOr<crypto::PrivateKey> OpenSignerKey(Context& context, const std::string& path,
                                                 const SignerOptions& options);

// The public half: of "A.key" reads "A.key.pub", of "A.key.pub" itself, or 64 hex characters.
absl::StatusOr<ledger::KeyFile> ReadPublicKey(const std::string& path);
absl::StatusOr<base::PublicKey> ReadKeyName(const std::string& path_or_hex);
// A key that is to be enrolled: KEY_UNACCEPTABLE for a weak one, or one whose proof of possession
// does not verify.
absl::StatusOr<ledger::KeyFile> ReadNewKey(const std::string& path);
// SHA-256 of the key that is announced to follow; nothing for an empty path.
absl::StatusOr<std::optional<base::Digest>> NextKeyHash(const std::string& path);

// Remembers beside the signer's key what it signs at this position; CHAIN_CONFLICT for a second
// text there.
absl::Status MarkSignerPosition(const std::string& path, const ledger::Note& note);

// ---- beside an author's key: the mark (highest place signed per instrument) and the run not
// acknowledged yet.
using FeedMark = keys::Mark;
absl::StatusOr<keys::KeyLock> LockAuthor(const std::string& key_path);
// The mark of the instrument's newest incarnation.
absl::StatusOr<std::optional<FeedMark>> ReadMark(const std::string& key_path,
                                                 const base::InstrumentId& instrument);
absl::StatusOr<std::vector<v1::SignedEntry>> ReadPending(const std::string& key_path);
// Both on disk, synced, when it returns.
absl::Status RememberRun(const std::string& key_path, const FeedMark& mark,
                         const std::vector<v1::SignedEntry>& entries);
absl::Status ForgetPending(const std::string& key_path);
// The node refused the run that `mark` closed and holds nothing of it: the mark is `old_mark`
// again.
absl::Status TakeBackRun(const std::string& key_path, const FeedMark& mark,
                         const std::optional<FeedMark>& old_mark);

// First 16 hex characters in groups, for people to compare aloud.
std::string Fingerprint(const base::PublicKey& key);

}  // namespace entente::client
