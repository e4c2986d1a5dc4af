// Backups of a store: RocksDB's BackupEngine for the tables and logs (incremental, consistent while
// the store is written to), and beside it what the engine does not cover: a manifest with a SHA-256
// of every byte, the caller's facts about the backup, and small files of the caller's.
//
//   BACKUPS              marks a directory of backups; the owner alone may enter (mode 0700)
//   LOCK.entente         held while a backup is made
//   meta/ private/ shared_checksum/   the engine's
//   attachments/         large files of the caller's that never change, shared by backups
//   extra-N/             small files that go along with backup N, mode 0600
//   backup-N.facts       what the caller says about backup N
//   backup-N.sha256      backup_manifest.h; written last
//
// Invariants
//  1. A backup is there when its manifest is, and then every file it names is on disk (synced).
//     What an interrupted making left is removed by the next one and shown to nobody.
//  2. A backup holds the store exactly as of the commit number its facts are made from.
//  3. Making one never changes an earlier one; a table both contain is kept once.
//  4. Restoring reads every byte of the manifest first, and makes a store in an empty directory
//     only.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/backup_manifest.h"
#include "storage/kv.h"
#include "storage/rocksdb_kv.h"

namespace entente::storage {

struct StoredBackup {
  uint32_t number = 0;
  uint64_t bytes = 0;   // of its files; those shared with other backups count in each
  std::string facts;    // as given; empty when damaged
  std::string problem;  // why it cannot be relied on; empty: nothing seen without reading all of it
};

struct NewBackup {
  // Facts about the backup, from the state that is in it.
  std::function<absl::StatusOr<std::string>(const Snapshot& state, uint64_t commit)> describe;
  std::map<std::string, std::string> extra;  // file name -> content
  // Puts what belongs to the state and is missing into the folder (to be made), each file whole and
  // synced under a name that always means the same bytes, and says which belong to it. Before
  // `describe`. May be empty.
  std::function<absl::StatusOr<std::vector<std::string>>(const Snapshot& state,
                                                         const std::string& folder)>
      attachments;
  // Called now and then with the bytes copied so far; false stops (CANCELLED). May be empty.
  std::function<bool(uint64_t)> progress;
};

class RocksBackups {
 public:
  // Of `store` only the families, format version and checksum of HEAD are used.
  RocksBackups(std::string directory, RocksOptions store, NewDigester digester);

  // The directory is made if it is missing (its parent must be there); one with other content is
  // refused (FAILED_PRECONDITION). RESOURCE_EXHAUSTED: there is not room for it, or the disk filled
  // up. FAILED_PRECONDITION with BACKUP_BUSY: one is being made there.
  absl::StatusOr<StoredBackup> Create(const RocksKv& store, const NewBackup& backup);

  // Finished ones, ascending. NOT_FOUND: no directory of backups.
  absl::StatusOr<std::vector<StoredBackup>> List() const;
  // The newest is meant by 0. NOT_FOUND: no such backup.
  absl::StatusOr<uint32_t> Resolve(uint32_t number) const;
  // Reads every byte. Empty: the backup is as it was made.
  absl::StatusOr<std::vector<BackupProblem>> Verify(uint32_t number) const;
  absl::StatusOr<std::string> Facts(uint32_t number) const;
  absl::StatusOr<std::map<std::string, std::string>> Extra(uint32_t number) const;
  // Names of its files in AttachmentsFolder().
  absl::StatusOr<std::vector<std::string>> Attachments(uint32_t number) const;
  std::string AttachmentsFolder() const { return At("attachments"); }

  // Makes the store of backup `number` in `store_directory`, which must be missing or empty; ready
  // to be opened, and all of it on disk. DATA_LOSS: the backup does not verify.
  absl::Status Restore(uint32_t number, const std::string& store_directory) const;

 private:
  std::string At(absl::string_view name) const;
  absl::Status Prepare() const;
  absl::Status CheckRoom(const RocksKv& store) const;
  absl::Status RemoveDamaged(const RocksKv& store) const;
  absl::Status WriteExtra(uint32_t number, const NewBackup& backup) const;
  absl::Status RemoveUnnamedAttachments() const;

  const std::string directory_;
  const RocksOptions store_;
  const NewDigester digester_;
};

}  // namespace entente::storage
