#include "client/signing/signing.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/base/errors.h"
#include "client/base/files.h"
#include "client/keys/passphrase.h"
#include "client/keys/pending.h"
#include "client/keys/signed_positions.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"

namespace entente::client {

namespace {

// The key room speaks in canonical codes; the exit statuses ask for a reason.
absl::Status Named(const absl::Status& status) {
  if (status.ok() || !base::ReasonOf(status).empty()) return status;
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:  // no terminal to ask on
      return UsageError(status.message(),
                        "give the passphrase on a descriptor: --passphrase-fd 3 3<secret.txt");
    case absl::StatusCode::kNotFound:
      return Failure(status.code(), kFileUnreadable, status.message());
    case absl::StatusCode::kDataLoss:
      return Failure(status.code(), kFileDamaged, status.message());
    default:
      return status;
  }
}

template <class T>
absl::StatusOr<T> Named(absl::StatusOr<T> result) {
  if (!result.ok()) return Named(result.status());
  return result;
}

constexpr char kAgain[] = "The same again: ";

// In the reader's language.
keys::PassphraseSource PassphraseOf(Context& context, int passphrase_fd) {
  return keys::PassphraseFrom(passphrase_fd, [&context](const std::string& path) {
    return context.phrases().Retell(absl::StrCat("Passphrase of ", path, ": "));
  });
}

absl::StatusOr<crypto::PrivateKey> OpenKey(Context& context, const std::string& path,
                                           int passphrase_fd) {
  return Named(keys::LoadKey(path, PassphraseOf(context, passphrase_fd)));
}

absl::StatusOr<keys::Passphrase> AskNew(Context& context, absl::string_view prompt) {
  const Phrases& phrases = context.phrases();
  return Named(keys::AskNewPassphrase(phrases.Retell(prompt), phrases.Retell(kAgain)));
}

}  // namespace

absl::StatusOr<base::PublicKey> NewKey(Context& context, const NewKeyOptions& o) {
  keys::Passphrase passphrase;
  if (!o.no_passphrase && o.passphrase_fd >= 0) {
    absl::StatusOr<keys::Passphrase> given = Named(keys::ReadPassphrase(o.passphrase_fd));
    if (!given.ok()) return given.status();
    passphrase = *std::move(given);
    if (passphrase.empty())
      return UsageError("the passphrase is empty", "write one line into the descriptor");
  } else if (!o.no_passphrase) {
    absl::StatusOr<keys::Passphrase> asked =
        AskNew(context, absl::StrCat("Passphrase for the new key ", o.out, ": "));
    if (!asked.ok()) return asked.status();
    passphrase = *std::move(asked);
  }
  absl::StatusOr<ledger::KeyFile> made = Named(keys::CreateKey(o.out, passphrase));
  if (!made.ok()) return made.status();
  return made->key;
}

absl::Status ChangePassphrase(Context& context, const std::string& path, int old_fd, int new_fd) {
  absl::StatusOr<keys::Passphrase> fresh =
      new_fd >= 0 ? Named(keys::ReadPassphrase(new_fd))
                  : AskNew(context, absl::StrCat("New passphrase for ", path, ": "));
  if (!fresh.ok()) return fresh.status();
  return Named(keys::ChangePassphrase(path, PassphraseOf(context, old_fd), *fresh));
}

absl::StatusOr<crypto::PrivateKey> OpenAuthorKey(Context& context, const std::string& path,
                                                 int passphrase_fd, const base::PublicKey& named) {
  ASSIGN_OR_RETURN(crypto::PrivateKey key, OpenKey(context, path, passphrase_fd));
  if (key.public_key() == named) return key;
  return Failure(absl::StatusCode::kInvalidArgument, kFileDamaged,
                 absl::StrCat(path, ": does not belong to ", path, ".pub"),
                 "put the right .pub file beside the key");
}

absl::StatusOr<crypto::PrivateKey> OpenSignerKey(Context& context, const std::string& path,
                                                 const SignerOptions& o) {
  return OpenKey(context, path,
                 o.signer_passphrase_fd >= 0 ? o.signer_passphrase_fd : o.passphrase_fd);
}

absl::StatusOr<ledger::KeyFile> ReadPublicKey(const std::string& path) {
  return Named(keys::ReadPublic(path));
}

absl::StatusOr<base::PublicKey> ReadKeyName(const std::string& path_or_hex) {
  if (auto key = base::PublicKey::FromHex(path_or_hex)) return *key;
  ASSIGN_OR_RETURN(ledger::KeyFile file, ReadPublicKey(path_or_hex));
  return file.key;
}

absl::StatusOr<ledger::KeyFile> ReadNewKey(const std::string& path) {
  // Weak first: a proof of possession means nothing for a key that anybody can sign with.
  const std::string public_path = absl::EndsWith(path, ".pub") ? path : keys::PublicPath(path);
  absl::StatusOr<std::string> text = ReadFile(public_path);
  absl::StatusOr<ledger::KeyFile> claimed = text.ok() ? ledger::ParseKeyFile(*text) : text.status();
  absl::Status weak = claimed.ok() ? crypto::CheckPublicKey(claimed->key) : absl::OkStatus();
  if (!weak.ok()) {
    return Failure(absl::StatusCode::kInvalidArgument, "KEY_UNACCEPTABLE",
                   absl::StrCat(public_path, ": key ", Fingerprint(claimed->key),
                                " is weak and may not be enrolled (", weak.message(),
                                "): anybody could sign in its name"),
                   "make a key with: entente key new --out FILE, and hand over FILE.pub");
  }
  return ReadPublicKey(path);
}

absl::StatusOr<std::optional<base::Digest>> NextKeyHash(const std::string& path) {
  if (path.empty()) return std::optional<base::Digest>();
  ASSIGN_OR_RETURN(ledger::KeyFile next, ReadNewKey(path));
  return std::optional<base::Digest>(crypto::Sha256(next.key.view()));
}

absl::Status MarkSignerPosition(const std::string& path, const ledger::Note& note) {
  return Named(keys::RememberSigned(path, note));
}

absl::StatusOr<keys::KeyLock> LockAuthor(const std::string& key_path) {
  return Named(keys::KeyLock::Take(key_path));
}

absl::StatusOr<std::optional<FeedMark>> ReadMark(const std::string& key_path,
                                                 const base::InstrumentId& instrument) {
  return Named(keys::NewestMark(key_path, instrument));
}

absl::StatusOr<std::vector<v1::SignedEntry>> ReadPending(const std::string& key_path) {
  absl::StatusOr<std::vector<keys::PendingEntry>> pending = Named(keys::ReadPending(key_path));
  if (!pending.ok()) return pending.status();
  std::vector<v1::SignedEntry> out;
  for (keys::PendingEntry& entry : *pending) {
    v1::SignedEntry& added = out.emplace_back();
    added.set_leaf(std::move(entry.leaf));
    added.set_payload(std::move(entry.payload));
  }
  return out;
}

absl::Status RememberRun(const std::string& key_path, const FeedMark& mark,
                         const std::vector<v1::SignedEntry>& entries) {
  std::vector<keys::PendingEntry> pending;
  for (const v1::SignedEntry& entry : entries) pending.push_back({entry.leaf(), entry.payload()});
  return Named(keys::RememberRun(key_path, mark, pending));
}

absl::Status ForgetPending(const std::string& key_path) {
  return Named(keys::ClearPending(key_path));
}

absl::Status TakeBackRun(const std::string& key_path, const FeedMark& mark,
                         const std::optional<FeedMark>& old_mark) {
  const bool same_feed = old_mark && old_mark->incarnation == mark.incarnation;
  RETURN_IF_ERROR(Named(same_feed ? keys::SetMark(key_path, *old_mark)
                                  : keys::DropMark(key_path, mark.instrument, mark.incarnation)));
  return ForgetPending(key_path);
}

std::string Fingerprint(const base::PublicKey& key) {
  const std::string hex = key.ToHex();
  return absl::StrCat(hex.substr(0, 4), " ", hex.substr(4, 4), " ", hex.substr(8, 4), " ",
                      hex.substr(12, 4));
}

}  // namespace entente::client
