// The node's own signing keys: the register's and its clock's, one pair per origin, and the
// witness's. They are the node's, not a person's: an entry signed by one of them speaks for nobody.
//
// Files, mode 0400, in DATA/register (0700): witness.key, and for each origin
// ORIGINHASH.register.key and ORIGINHASH.clock.key, further keys of the register as
// ORIGINHASH.register-2.key and so on; PKCS#8 PEM, plain. Made when first asked for,
// synced and renamed into place. Backups take them along under the rule of the TLS key, but not the
// witness's: a store that went back does not know what it cosigned last, and would cosign something
// smaller. A restored node makes a new one, which counts once the charter names it.
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

inline constexpr uint32_t kRegisterKeysMax = 100;  // of one origin

struct NamedKey {
  ledger::VerifierKey name;
  std::shared_ptr<const crypto::PrivateKey> key;
};

class RegisterKeys {
 public:
  explicit RegisterKeys(std::string data_dir);

  // Any thread. FAILED_PRECONDITION: a file others may read, or that is no key; says what to do.
  absl::StatusOr<NamedKey> Witness();
  // Of several keys of a register the newest.
  absl::StatusOr<NamedKey> Log(const std::string& origin);
  // Makes a further one; the others stay. RESOURCE_EXHAUSTED over kRegisterKeysMax.
  absl::StatusOr<NamedKey> NewLog(const std::string& origin);
  absl::StatusOr<NamedKey> Clock(const std::string& origin);
  // The same, but nothing is made.
  absl::StatusOr<std::optional<NamedKey>> FindWitness();
  absl::StatusOr<std::optional<NamedKey>> FindLog(const std::string& origin);
  // The one that a charter names.
  absl::StatusOr<std::optional<NamedKey>> FindLog(const ledger::VerifierKey& named);
  absl::StatusOr<std::optional<NamedKey>> FindClock(const std::string& origin);

 private:
  struct Role {
    std::string file;  // in the folder
    std::string name;  // of the verifier key; empty: made from the key
    uint8_t type;
  };
  Role WitnessRole() const;
  Role LogRole(const std::string& origin, uint32_t number) const;
  // How many keys of this register there are.
  absl::StatusOr<uint32_t> LogCount(const std::string& origin);
  Role ClockRole(const std::string& origin) const;
  absl::StatusOr<std::optional<NamedKey>> Look(const Role& role, bool make);
  absl::StatusOr<NamedKey> Make(const Role& role);

  const std::string folder_;
  base::Mutex mutex_;
  std::map<std::string, NamedKey> keys_ ABSL_GUARDED_BY(mutex_);  // by file
};

// Where they stand, and the names of the files that backups take along.
std::string RegisterKeyFolder(const std::string& data_dir);
absl::StatusOr<std::vector<std::string>> RegisterKeysToBackUp(const std::string& data_dir);

}  // namespace entente::rpc
