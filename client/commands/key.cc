// entente key new|show|passphrase: keys at rest. They stay on this machine; only the .pub file
// travels.
#include "absl/strings/str_cat.h"
#include "client/commands/commands.h"
#include "client/signing/signing.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

absl::StatusOr<Exit> New(Context& context, const NewKeyOptions& o) {
  if (o.no_passphrase) {
    context.Warn(
        "--no-passphrase: whoever copies this file can sign in your name; for tests and "
        "demonstrations only");
  }
  ASSIGN_OR_RETURN(base::PublicKey key, NewKey(context, o));
  nlohmann::ordered_json object = {
      {"key", key.ToHex()}, {"file", o.out}, {"public_file", o.out + ".pub"}, {"label", o.label}};
  context.Emit(object, absl::StrCat("made ", o.out, " (private, keep it) and ", o.out,
                                    ".pub (public, to enrol)\nkey ", key.ToHex(), "\nfingerprint ",
                                    Fingerprint(key), "\n"));
  return Exit::kDone;
}

absl::StatusOr<Exit> Show(Context& context, const std::string& path, bool pem) {
  ASSIGN_OR_RETURN(base::PublicKey key, ReadKeyName(path));
  const std::string pem_text = crypto::PublicKeyPem(key);
  nlohmann::ordered_json object = {{"key", key.ToHex()},
                                   {"fingerprint", Fingerprint(key)},
                                   {"vkey", ledger::VerifierKey::ForSigner(key).Text()},
                                   {"pem", pem_text}};
  context.Emit(object, pem ? pem_text
                           : absl::StrCat("key         ", key.ToHex(), "\nfingerprint ",
                                          Fingerprint(key), "\nas signer   ",
                                          ledger::VerifierKey::ForSigner(key).Text(), "\n"));
  return Exit::kDone;
}

absl::StatusOr<Exit> Passphrase(Context& context, const std::string& path, int old_fd, int new_fd) {
  RETURN_IF_ERROR(ChangePassphrase(context, path, old_fd, new_fd));
  nlohmann::ordered_json object = {{"file", path}, {"changed", true}};
  context.Emit(object, absl::StrCat(path, ": encrypted with the new passphrase\n"));
  return Exit::kDone;
}

}  // namespace

void AddKey(CLI::App& root, Context& context) {
  CLI::App* noun = AddNoun(root, "key", "Keys: make one, look at one, change its passphrase");
  auto o = std::make_shared<NewKeyOptions>();
  CLI::App* made =
      AddCommand(*noun, context, "new", "Make a key: FILE (private, encrypted) and FILE.pub",
                 "entente key new --out A.key --label \"Focal point\"",
                 [&context, o] { return New(context, *o); });
  made->add_option("--out", o->out, "File to write")->required()->type_name("FILE");
  made->add_option("--label", o->label, "Whose it is, for your own eyes");
  made->add_option("--passphrase-fd", o->passphrase_fd,
                   "Read the passphrase from this file descriptor");
  made->add_flag("--no-passphrase", o->no_passphrase, "Leave it unencrypted; for tests only");

  auto path = std::make_shared<std::string>();
  auto pem = std::make_shared<bool>(false);
  CLI::App* show =
      AddCommand(*noun, context, "show", "The public half of a key", "entente key show A.key --pem",
                 [&context, path, pem] { return Show(context, *path, *pem); });
  show->add_option("file", *path, "Key file or its .pub")->type_name("FILE")->required();
  show->add_flag("--pem", *pem, "As PEM, for openssl");

  auto changed = std::make_shared<std::string>();
  auto old_fd = std::make_shared<int>(-1);
  auto new_fd = std::make_shared<int>(-1);
  CLI::App* passphrase =
      AddCommand(*noun, context, "passphrase", "Change the passphrase",
                 "entente key passphrase A.key", [&context, changed, old_fd, new_fd] {
                   return Passphrase(context, *changed, *old_fd, *new_fd);
                 });
  passphrase->add_option("file", *changed, "Key file")->type_name("FILE")->required();
  passphrase->add_option("--passphrase-fd", *old_fd,
                         "Read the old passphrase from this file descriptor");
  passphrase->add_option("--new-passphrase-fd", *new_fd,
                         "Read the new passphrase from this file descriptor");
}

}  // namespace entente::client
