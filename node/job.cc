#include "node/job.h"

#include <map>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "node/base/bytes.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/config.h"
#include "node/rebuild.h"
#include "node/restore.h"
#include "node/rpc/upkeep/backup_facts.h"
#include "node/rpc/upkeep/examine_calls.h"
#include "node/runtime/system_clock.h"
#include "storage/rocksdb_backup.h"

namespace entente {

namespace {

using Options = std::multimap<std::string, std::string>;

std::string One(const Options& options, const std::string& name) {
  auto it = options.find(name);
  return it == options.end() ? "" : it->second;
}

absl::StatusOr<Options> Parse(const std::vector<std::string>& words) {
  if (words.empty() || words.size() % 2 == 0) {
    return absl::InvalidArgumentError("--job takes a job and pairs of --OPTION VALUE");
  }
  Options options;
  for (size_t i = 1; i < words.size(); i += 2) options.emplace(words[i], words[i + 1]);
  return options;
}

absl::StatusOr<uint32_t> Number(const Options& options) {
  uint32_t number = 0;
  const std::string text = One(options, "--backup");
  if (!text.empty() && !absl::SimpleAtoi(text, &number)) {
    return absl::InvalidArgumentError(absl::StrCat("--backup: \"", text, "\" is no number"));
  }
  return number;
}

absl::StatusOr<v1::HeldHead> ParseMark(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, ':');
  v1::HeldHead mark;
  uint32_t incarnation = 0;
  uint64_t sequence = 0;
  if (parts.size() == 5 && absl::SimpleAtoi(parts[2], &incarnation) &&
      absl::SimpleAtoi(parts[3], &sequence)) {
    auto instrument = base::InstrumentId::FromHex(parts[0]);
    auto key = base::PublicKey::FromHex(parts[1]);
    auto entry = base::EntryId::FromHex(parts[4]);
    if (instrument && key && entry) {
      mark.set_instrument(instrument->str());
      mark.set_key(key->str());
      mark.set_incarnation(incarnation);
      mark.set_sequence(sequence);
      mark.set_id(entry->str());
      return mark;
    }
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--mark: \"", text, "\" is not INSTRUMENT:KEY:INCARNATION:SEQUENCE:ENTRY"));
}

storage::RocksBackups BackupsIn(const Options& options) {
  return {One(options, "--from"), rpc::StoreOptions("-"), rpc::Sha256Digester()};
}

absl::Status List(const Options& options, v1::JobAnswer& answer) {
  ASSIGN_OR_RETURN(const auto listed, BackupsIn(options).List());
  for (const storage::StoredBackup& one : listed) {
    *answer.add_backups() = rpc::ToMessage(one, One(options, "--from"));
  }
  return absl::OkStatus();
}

absl::Status Verify(const Options& options, v1::JobAnswer& answer) {
  const storage::RocksBackups backups = BackupsIn(options);
  ASSIGN_OR_RETURN(const uint32_t given, Number(options));
  ASSIGN_OR_RETURN(const uint32_t number, backups.Resolve(given));
  ASSIGN_OR_RETURN(const auto problems, backups.Verify(number));
  ASSIGN_OR_RETURN(const auto listed, backups.List());
  for (const storage::StoredBackup& one : listed) {
    if (one.number != number) continue;
    *answer.mutable_verified()->mutable_backup() = rpc::ToMessage(one, One(options, "--from"));
  }
  for (const storage::BackupProblem& problem : problems) {
    v1::BackupDamage* damage = answer.mutable_verified()->add_damages();
    damage->set_path(problem.path);
    damage->set_what(problem.what);
  }
  return absl::OkStatus();
}

absl::Status Restore(const Options& options, v1::JobAnswer& answer) {
  RestoreOptions restore;
  restore.from = One(options, "--from");
  restore.data = One(options, "--data");
  restore.new_identity = One(options, "--new-identity") == "true";
  restore.validate_only = One(options, "--validate-only") == "true";
  ASSIGN_OR_RETURN(restore.backup, Number(options));
  const auto [first, last] = options.equal_range("--mark");
  for (auto it = first; it != last; ++it) {
    ASSIGN_OR_RETURN(v1::HeldHead mark, ParseMark(it->second));
    restore.marks.push_back(std::move(mark));
  }
  ASSIGN_OR_RETURN(*answer.mutable_restored(), RestoreBackup(restore));
  return absl::OkStatus();
}

absl::Status Examine(const Options& options, v1::JobAnswer& answer) {
  for (v1::Check& check :
       rpc::ExamineDirectory(One(options, "--data"), runtime::SystemClock().WallMs(),
                             One(options, "--all") == "true")) {
    *answer.add_checks() = std::move(check);
  }
  return absl::OkStatus();
}

absl::Status Rebuild(const Options& options, v1::JobAnswer& answer) {
  const auto instrument = base::InstrumentId::FromHex(One(options, "--instrument"));
  if (!instrument) return absl::InvalidArgumentError("--instrument: wanted are 64 hex digits");
  ASSIGN_OR_RETURN(*answer.mutable_rebuilt(),
                   RebuildViews(One(options, "--log"), One(options, "--work"), *instrument));
  return absl::OkStatus();
}

absl::Status Config(const std::vector<std::string>& words,
                    const std::map<std::string, std::string>& environment, v1::JobAnswer& answer) {
  ConfigSources sources{{words.begin() + 1, words.end()}, environment, kUsualConfigFile};
  ASSIGN_OR_RETURN(const LoadedConfig loaded, LoadConfig(sources));
  for (const EffectiveSetting& one : EffectiveSettings(loaded)) {
    v1::Setting* setting = answer.add_settings();
    setting->set_key(one.key);
    setting->set_value(one.value);
    setting->set_origin(one.origin);
  }
  return absl::OkStatus();
}

absl::Status Run(const std::vector<std::string>& words,
                 const std::map<std::string, std::string>& environment, v1::JobAnswer& answer) {
  ASSIGN_OR_RETURN(const Options options, Parse(words));
  if (words[0] == "list") return List(options, answer);
  if (words[0] == "verify") return Verify(options, answer);
  if (words[0] == "restore") return Restore(options, answer);
  if (words[0] == "examine") return Examine(options, answer);
  if (words[0] == "rebuild") return Rebuild(options, answer);
  if (words[0] == "config") return Config(words, environment, answer);
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", words[0], "\" is no job; list, verify, restore, examine, rebuild or config"));
}

}  // namespace

v1::JobAnswer RunJob(const std::vector<std::string>& words,
                     const std::map<std::string, std::string>& environment) {
  v1::JobAnswer answer;
  const absl::Status done = Run(words, environment, answer);
  answer.set_code(static_cast<int>(done.code()));
  answer.set_reason(base::ReasonOf(done));
  answer.set_message(std::string(done.message()));
  return answer;
}

}  // namespace entente
