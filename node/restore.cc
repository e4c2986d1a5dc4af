#include "node/restore.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/driver/replica.h"
#include "node/rpc/register_keys.h"
#include "node/rpc/tls/private_file.h"
#include "node/rpc/upkeep/backup_attachments.h"
#include "node/rpc/upkeep/backup_facts.h"
#include "node/rpc/upkeep/restore_calls.h"
#include "node/runtime/random.h"
#include "node/runtime/system_clock.h"
#include "storage/local_file.h"
#include "storage/rocksdb_backup.h"
#include "storage/store_directory.h"
#include "storage/store_lock.h"

namespace entente {

namespace {

namespace fs = std::filesystem;
using absl::StatusCode;
using base::Error;

std::string ParentOf(const std::string& path) {
  const std::string parent = fs::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

absl::Status CheckTarget(const std::string& data) {
  const std::string holder = storage::StoreLock::Holder(rpc::StorePath(data));
  if (!holder.empty()) {
    return Error(StatusCode::kFailedPrecondition, "STORE_IN_USE",
                 absl::StrCat(data, " is the data directory of a running node (", holder,
                              "); restore into a new directory"));
  }
  struct stat info {};
  if (lstat(data.c_str(), &info) != 0) {
    if (errno != ENOENT) return storage::ErrnoStatus(errno, "look at", data);
    return absl::OkStatus();
  }
  if (!S_ISDIR(info.st_mode) || !fs::is_empty(data)) {
    return Error(StatusCode::kFailedPrecondition, "NOT_EMPTY",
                 absl::StrCat(data,
                              " is not empty; a restore never writes over anything: give a new "
                              "directory, and move the old one away when the new one runs"));
  }
  struct stat parent {};
  if (stat(ParentOf(data).c_str(), &parent) == 0 && parent.st_dev != info.st_dev) {
    return Error(StatusCode::kFailedPrecondition, "NOT_EMPTY",
                 absl::StrCat(data,
                              " is a mount point, which cannot be replaced in one step; give a "
                              "directory below it, such as ",
                              data, "/node"));
  }
  return absl::OkStatus();
}

absl::Status WriteIdentity(const std::map<std::string, std::string>& extra,
                           const std::string& data) {
  RETURN_IF_ERROR(rpc::MakePrivateDirectory(data + "/tls"));
  for (const auto& [name, content] : extra) {
    if (name == "node.key" || name == "node.crt") {
      RETURN_IF_ERROR(rpc::WritePrivateFile(absl::StrCat(data, "/tls/", name), content));
      continue;
    }
    const std::string folder = rpc::RegisterKeyFolder(data);
    RETURN_IF_ERROR(rpc::MakePrivateDirectory(folder));
    RETURN_IF_ERROR(
        rpc::WritePrivateFile(absl::StrCat(folder, "/", name), content, rpc::kReadOnlyFile));
  }
  return absl::OkStatus();
}

v1::RestoreRecord RecordOf(const v1::Backup& backup, uint64_t now_ms) {
  v1::RestoreRecord record;
  record.set_backup(backup.number());
  record.set_backup_ms(backup.facts().made_ms());
  record.set_restored_ms(now_ms);
  record.set_commit(backup.facts().commit());
  record.set_source(backup.directory());
  *record.mutable_own_feeds() = backup.facts().own_feeds();
  return record;
}

// In one synced batch: the store is another one from here on, and knows it.
absl::StatusOr<v1::RestoreState> MarkRestored(const RestoreOptions& options,
                                              const v1::Backup& backup, const std::string& data) {
  storage::RocksOptions store = rpc::StoreOptions(data);
  store.create_if_missing = false;
  ASSIGN_OR_RETURN(auto kv, storage::RocksKv::Open(store));
  if (kv->last_commit() != backup.facts().commit()) {
    return Error(StatusCode::kDataLoss, "BACKUP_DAMAGED",
                 absl::StrCat("backup ", backup.number(), " says it is of commit ",
                              backup.facts().commit(), ", its store ends at ", kv->last_commit()));
  }
  driver::RestoreGuard guard(RecordOf(backup, runtime::SystemClock().WallMs()));
  guard.AddMarks(options.marks);
  storage::WriteBatch batch;
  batch.Put(store::kMeta, store::kMetaStoreId, runtime::RandomBytes(8));
  batch.Put(store::kMeta, store::kMetaRestored, guard.record().SerializeAsString());
  RETURN_IF_ERROR(kv->Write(batch, storage::Durability::kSynced));
  // That it opens is the last proof that the backup is good.
  ASSIGN_OR_RETURN(auto replica,
                   driver::Replica::Open(kv.get(), {.verifier = &crypto::Ed25519Verifier()}));
  return rpc::RestoreMessage(replica->restored()->record(), replica->restored()->Keys(*replica),
                             false, false);
}

absl::Status Rename(const std::string& work, const std::string& data) {
  RETURN_IF_ERROR(storage::SyncTree(work));
  if (rename(work.c_str(), data.c_str()) != 0) {
    return storage::ErrnoStatus(errno, absl::StrCat("rename ", work, " to"), data);
  }
  return storage::SyncDirectory(ParentOf(data));
}

absl::Status RemoveTree(const std::string& path) {
  std::error_code error;
  fs::remove_all(path, error);
  return error ? storage::ErrnoStatus(error.value(), "remove", path) : absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::RestoredBackup> RestoreBackup(const RestoreOptions& options) {
  std::string data = fs::path(options.data).lexically_normal().string();
  while (data.size() > 1 && data.back() == '/') data.pop_back();
  RETURN_IF_ERROR(CheckTarget(data));
  const storage::RocksBackups backups(options.from, rpc::StoreOptions(data), rpc::Sha256Digester());
  ASSIGN_OR_RETURN(const uint32_t number, backups.Resolve(options.backup));
  ASSIGN_OR_RETURN(std::string facts, backups.Facts(number));
  v1::RestoredBackup out;
  *out.mutable_backup() = rpc::ToMessage({number, 0, facts, ""}, options.from);
  out.set_data(data);
  ASSIGN_OR_RETURN(const auto extra, backups.Extra(number));
  out.set_has_identity(!extra.empty() && !options.new_identity);
  if (options.validate_only) {
    ASSIGN_OR_RETURN(const auto problems, backups.Verify(number));
    if (problems.empty()) return out;
    return Error(StatusCode::kDataLoss, "BACKUP_DAMAGED",
                 absl::StrCat("backup ", number, ": ", problems[0].path, " ", problems[0].what));
  }

  const std::string work = data + ".restoring";
  RETURN_IF_ERROR(storage::MakePrivateDirectory(work));
  auto lock = storage::StoreLock::Acquire(work);
  if (!lock.ok()) return lock.status();
  // What an interrupted one left; the lock itself stays until the directory is renamed.
  RETURN_IF_ERROR(RemoveTree(work + "/store"));
  RETURN_IF_ERROR(RemoveTree(work + "/tls"));
  RETURN_IF_ERROR(RemoveTree(rpc::RegisterKeyFolder(work)));
  RETURN_IF_ERROR(RemoveTree(rpc::AttachmentsPath(work)));
  RETURN_IF_ERROR(backups.Restore(number, rpc::StorePath(work)));
  ASSIGN_OR_RETURN(const std::vector<std::string> attachments, backups.Attachments(number));
  RETURN_IF_ERROR(rpc::RestoreAttachments(backups.AttachmentsFolder(), attachments,
                                          rpc::AttachmentsPath(work)));
  if (out.has_identity()) RETURN_IF_ERROR(WriteIdentity(extra, work));
  ASSIGN_OR_RETURN(*out.mutable_state(), MarkRestored(options, out.backup(), work));
  RETURN_IF_ERROR(Rename(work, data));
  // Not before: another restore that could take the lock would clear what is about to be renamed.
  RETURN_IF_ERROR(RemoveTree(absl::StrCat(data, "/", storage::StoreLock::kName)));
  return out;
}

}  // namespace entente
