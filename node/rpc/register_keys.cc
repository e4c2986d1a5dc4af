#include "node/rpc/register_keys.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"
#include "node/rpc/tls/private_file.h"
#include "node/tlog/checkpoint.h"

namespace entente::rpc {

namespace {

constexpr char kKeySuffix[] = ".key";
constexpr char kWitnessFile[] = "witness.key";
constexpr size_t kNameHexDigits = 16;

std::string OriginName(const std::string& origin) {
  return crypto::Sha256(origin).ToHex().substr(0, kNameHexDigits);
}

}  // namespace

std::string RegisterKeyFolder(const std::string& data_dir) { return data_dir + "/register"; }

absl::StatusOr<std::vector<std::string>> RegisterKeysToBackUp(const std::string& data_dir) {
  std::vector<std::string> names;
  std::error_code error;
  const std::string folder = RegisterKeyFolder(data_dir);
  if (!std::filesystem::exists(folder, error)) return names;
  for (const auto& file : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = file.path().filename().string();
    if (absl::EndsWith(name, kKeySuffix) && name != kWitnessFile) names.push_back(name);
  }
  if (error) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot read ", folder, ": ", error.message()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

RegisterKeys::RegisterKeys(std::string data_dir) : folder_(RegisterKeyFolder(data_dir)) {}

RegisterKeys::Role RegisterKeys::WitnessRole() const {
  return {kWitnessFile, "", tlog::kTypeCosigner};
}
RegisterKeys::Role RegisterKeys::LogRole(const std::string& origin, uint32_t number) const {
  return {absl::StrCat(OriginName(origin), ".register", number > 1 ? absl::StrCat("-", number) : "",
                       kKeySuffix),
          origin, tlog::kTypeLog};
}
RegisterKeys::Role RegisterKeys::ClockRole(const std::string& origin) const {
  return {OriginName(origin) + ".clock.key", origin + "/clock", tlog::kTypeCosigner};
}

absl::StatusOr<NamedKey> RegisterKeys::Witness() { return Make(WitnessRole()); }
absl::StatusOr<uint32_t> RegisterKeys::LogCount(const std::string& origin) {
  uint32_t count = 0;
  for (; count < kRegisterKeysMax; ++count) {
    ASSIGN_OR_RETURN(const auto next, Look(LogRole(origin, count + 1), false));
    if (!next) break;
  }
  return count;
}
absl::StatusOr<NamedKey> RegisterKeys::Log(const std::string& origin) {
  ASSIGN_OR_RETURN(const uint32_t count, LogCount(origin));
  return Make(LogRole(origin, std::max(count, 1u)));
}
absl::StatusOr<NamedKey> RegisterKeys::NewLog(const std::string& origin) {
  ASSIGN_OR_RETURN(const uint32_t count, LogCount(origin));
  if (count < kRegisterKeysMax) return Make(LogRole(origin, count + 1));
  return base::Error(absl::StatusCode::kResourceExhausted, "LIMIT_EXCEEDED",
                     absl::StrCat(folder_, " holds ", count, " keys of ", origin,
                                  " already; name one of them, or move those away that no charter "
                                  "names"));
}
absl::StatusOr<NamedKey> RegisterKeys::Clock(const std::string& origin) {
  return Make(ClockRole(origin));
}
absl::StatusOr<std::optional<NamedKey>> RegisterKeys::FindWitness() {
  return Look(WitnessRole(), false);
}
absl::StatusOr<std::optional<NamedKey>> RegisterKeys::FindLog(const std::string& origin) {
  ASSIGN_OR_RETURN(const uint32_t count, LogCount(origin));
  return Look(LogRole(origin, std::max(count, 1u)), false);
}
absl::StatusOr<std::optional<NamedKey>> RegisterKeys::FindLog(const ledger::VerifierKey& named) {
  ASSIGN_OR_RETURN(const uint32_t count, LogCount(named.name));
  for (uint32_t number = 1; number <= count; ++number) {
    ASSIGN_OR_RETURN(auto key, Look(LogRole(named.name, number), false));
    if (key && key->name == named) return key;
  }
  return std::optional<NamedKey>();
}
absl::StatusOr<std::optional<NamedKey>> RegisterKeys::FindClock(const std::string& origin) {
  return Look(ClockRole(origin), false);
}

absl::StatusOr<NamedKey> RegisterKeys::Make(const Role& role) {
  ASSIGN_OR_RETURN(auto found, Look(role, true));
  if (!found) return absl::InternalError(absl::StrCat(role.file, " was neither found nor made"));
  return *std::move(found);
}

absl::StatusOr<std::optional<NamedKey>> RegisterKeys::Look(const Role& role, bool make) {
  base::MutexLock lock(mutex_);
  if (auto it = keys_.find(role.file); it != keys_.end())
    return std::optional<NamedKey>(it->second);
  const std::string path = absl::StrCat(folder_, "/", role.file);
  ASSIGN_OR_RETURN(auto pem, ReadPrivateFile(path));
  if (!pem && !make) return std::optional<NamedKey>();
  if (!pem) {
    RETURN_IF_ERROR(MakePrivateDirectory(folder_));
    ASSIGN_OR_RETURN(pem, crypto::PrivateKey::Generate().ToPem(""));
    RETURN_IF_ERROR(WritePrivateFile(path, *pem, kReadOnlyFile));
  }
  auto key = crypto::PrivateKey::FromPem(*pem, "");
  if (!key.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is not an unencrypted PEM Ed25519 key: ", key.status().message(),
                     "; restore it from a backup, or move it away: the node then makes a new one, "
                     "which a note of the charter must name"));
  }
  const base::PublicKey& raw = key->public_key();
  const std::string name =
      role.name.empty() ? absl::StrCat("entente/witness/", raw.ToHex().substr(0, kNameHexDigits))
                        : role.name;
  NamedKey named{ledger::VerifierKey::Named(name, role.type, raw),
                 std::make_shared<const crypto::PrivateKey>(*std::move(key))};
  for (const auto& [file, other] : keys_) {
    if (other.name.key != raw) continue;
    return absl::FailedPreconditionError(
        absl::StrCat(path, " holds the same key as ", folder_, "/", file,
                     "; one key has one role: restore each from its own backup, or move one away"));
  }
  keys_.emplace(role.file, named);
  return std::optional<NamedKey>(std::move(named));
}

}  // namespace entente::rpc
