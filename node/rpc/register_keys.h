// The node's own signing keys: the register's and its clock's, one pair per origin, and the
// witness's. They are the node's, not a person's: an entry signed by one of them speaks for nobody.
//
// Files, mode 0400, in DATA/register (0700): witness.key, and for each origin
// ORIGINHASH.register.key and ORIGINHASH.clock.key; PKCS#8 PEM, plain. Made when first asked for,
// synced and renamed into place. Backups take them along under the rule of the TLS key.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "node/base/mutex.h"
#include "node/crypto/ed25519.h"
#include "node/ledger/note.h"

namespace entente::rpc {

struct NamedKey {
  ledger::VerifierKey name;
  std::shared_ptr<const crypto::PrivateKey> key;
};

class RegisterKeys {
 public:
  explicit RegisterKeys(std::string data_dir);

  // Any thread. FAILED_PRECONDITION: a file others may read, or that is no key; says what to do.
  absl::StatusOr<NamedKey> Witness();
  absl::StatusOr<NamedKey> Log(const std::string& origin);
  absl::StatusOr<NamedKey> Clock(const std::string& origin);
  // The same, but nothing is made.
  absl::StatusOr<std::optional<NamedKey>> FindWitness();
  absl::StatusOr<std::optional<NamedKey>> FindLog(const std::string& origin);
  absl::StatusOr<std::optional<NamedKey>> FindClock(const std::string& origin);

 private:
  struct Role {
    std::string file;  // in the folder
    std::string name;  // of the verifier key; empty: made from the key
    uint8_t type;
  };
  Role WitnessRole() const;
  Role LogRole(const std::string& origin) const;
  Role ClockRole(const std::string& origin) const;
  absl::StatusOr<std::optional<NamedKey>> Look(const Role& role, bool make);
  absl::StatusOr<NamedKey> Make(const Role& role);

  const std::string folder_;
  base::Mutex mutex_;
  std::map<std::string, NamedKey> keys_ ABSL_GUARDED_BY(mutex_);  // by file
};

// Where they stand, and the file names that are such keys, for backups.
std::string RegisterKeyFolder(const std::string& data_dir);
absl::StatusOr<std::vector<std::string>> RegisterKeyFiles(const std::string& data_dir);

}  // namespace entente::rpc
