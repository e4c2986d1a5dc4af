#include "storage/rocksdb_backup.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "rocksdb/utilities/backup_engine.h"
#include "storage/head_file.h"
#include "storage/local_file.h"
#include "storage/rocksdb_open.h"
#include "storage/rocksdb_status.h"
#include "storage/store_directory.h"
#include "storage/store_error.h"
#include "storage/store_lock.h"

namespace entente::storage {

namespace {

namespace fs = std::filesystem;

constexpr char kMarker[] = "BACKUPS";
constexpr char kMarkerText[] = "entente-backups 1\n";
constexpr char kShared[] = "shared_checksum/";
constexpr char kAttachments[] = "attachments/";
// Stays free on the disk of the backups: the store may live there too.
constexpr uint64_t kRoomKeptFree = 64 << 20;
constexpr size_t kSmallFileBytesMax = 16 << 20;

std::string ExtraName(uint32_t number) { return absl::StrCat("extra-", number); }
std::string FactsName(uint32_t number) { return absl::StrCat("backup-", number, ".facts"); }

rocksdb::BackupEngineOptions EngineOptions(const std::string& directory) {
  rocksdb::BackupEngineOptions options(directory);
  options.sync = true;  // every file and directory of a backup before it is said to be there
  options.share_table_files = true;
  options.share_files_with_checksum = true;
  options.max_background_operations = 1;
  return options;
}

absl::StatusOr<std::unique_ptr<rocksdb::BackupEngine>> OpenEngine(const std::string& directory) {
  rocksdb::BackupEngine* engine = nullptr;
  const rocksdb::Status status =
      rocksdb::BackupEngine::Open(EngineOptions(directory), rocksdb::Env::Default(), &engine);
  if (!status.ok()) return FromRocks(status, absl::StrCat("open the backups in ", directory));
  return std::unique_ptr<rocksdb::BackupEngine>(engine);
}

absl::StatusOr<std::unique_ptr<rocksdb::BackupEngineReadOnly>> OpenEngineToRead(
    const std::string& directory) {
  rocksdb::BackupEngineReadOnly* engine = nullptr;
  const rocksdb::Status status = rocksdb::BackupEngineReadOnly::Open(
      EngineOptions(directory), rocksdb::Env::Default(), &engine);
  if (!status.ok()) return FromRocks(status, absl::StrCat("open the backups in ", directory));
  return std::unique_ptr<rocksdb::BackupEngineReadOnly>(engine);
}

// What is there without a manifest was never finished, or lost it: nobody may rely on it.
absl::Status RemoveUnfinished(const std::string& directory, rocksdb::BackupEngine& engine) {
  const std::vector<uint32_t> finished = ManifestNumbers(directory);
  const std::set<uint32_t> keep(finished.begin(), finished.end());
  std::vector<rocksdb::BackupInfo> known;
  engine.GetBackupInfo(&known);
  std::vector<uint32_t> numbers;
  for (const rocksdb::BackupInfo& info : known) numbers.push_back(info.backup_id);
  std::vector<rocksdb::BackupID> corrupt;
  engine.GetCorruptedBackups(&corrupt);
  numbers.insert(numbers.end(), corrupt.begin(), corrupt.end());
  for (uint32_t number : numbers) {
    if (keep.contains(number)) continue;
    std::error_code error;
    fs::remove_all(directory + "/" + ExtraName(number), error);
    fs::remove(directory + "/" + FactsName(number), error);
    const rocksdb::Status status = engine.DeleteBackup(number);
    if (!status.ok()) return FromRocks(status, "remove an unfinished backup");
  }
  return FromRocks(engine.GarbageCollect(), "remove what an interrupted backup left");
}

// Digests of files that finished backups share; such a file never changes, and reading it again
// would turn a byte that was altered since into a good one.
Manifest KnownShared(const std::string& directory, const NewDigester& digester) {
  Manifest known;
  for (uint32_t number : ManifestNumbers(directory)) {
    absl::StatusOr<Manifest> manifest = ReadManifest(directory, number, digester);
    if (!manifest.ok()) continue;
    for (const auto& [path, digest] : *manifest) {
      if (absl::StartsWith(path, kShared) || absl::StartsWith(path, kAttachments))
        known.emplace(path, digest);
    }
  }
  return known;
}

absl::StatusOr<std::string> ReadSmall(const std::string& path) {
  absl::StatusOr<FileDescriptor> file = OpenToRead(path);
  if (!file.ok()) return file.status();
  return ReadStart(*file, kSmallFileBytesMax, path);
}

// A table of the store and its copy among the shared files, in one form: NUMBER_SIZE.sst. The
// copy's name has the session between.
std::string TableOf(const rocksdb::LiveFileMetaData& table) {
  return absl::StrCat(table.name.substr(1, table.name.find('.') - 1), "_", table.size, ".sst");
}
std::string TableOfShared(const std::string& name) {
  return name.substr(0, name.find('_')) + name.substr(name.rfind('_'));
}

std::string Mebibytes(uint64_t bytes) { return absl::StrCat((bytes >> 20) + 1, " MiB"); }

uint64_t SizeOf(const std::string& path) {
  struct stat info {};
  return lstat(path.c_str(), &info) == 0 ? static_cast<uint64_t>(info.st_size) : 0;
}

// The paths RocksDB's part of a backup consists of, below the directory.
std::vector<std::string> EnginePaths(const rocksdb::BackupInfo& info) {
  std::vector<std::string> paths = {absl::StrCat("meta/", info.backup_id)};
  for (const rocksdb::BackupFileInfo& file : info.file_details) {
    paths.push_back(file.relative_filename);
  }
  return paths;
}

}  // namespace

RocksBackups::RocksBackups(std::string directory, RocksOptions store, NewDigester digester)
    : directory_(std::move(directory)), store_(std::move(store)), digester_(std::move(digester)) {}

std::string RocksBackups::At(absl::string_view name) const {
  return absl::StrCat(directory_, "/", name);
}

// Makes the directory one of backups, or refuses it: a wrong path must not be filled with files.
absl::Status RocksBackups::Prepare() const {
  if (!Exists(At(kMarker))) {
    std::error_code error;
    for (fs::directory_iterator it(directory_, error), end; !error && it != end;
         it.increment(error)) {
      const std::string name = it->path().filename().string();
      if (name == "lost+found" || name == StoreLock::kName || name == absl::StrCat(kMarker, ".new"))
        continue;
      return StoreError(absl::StatusCode::kFailedPrecondition, kReasonForeign,
                        absl::StrCat(directory_, " holds '", name,
                                     "' and no backups; give an empty directory, a new one, or one "
                                     "that has backups"));
    }
  }
  if (absl::Status status = MakePrivateDirectory(directory_); !status.ok()) return status;
  if (Exists(At(kMarker))) return absl::OkStatus();
  return ReplaceFile(directory_, kMarker, kMarkerText);
}

// An estimate from above of what will be written, so that a backup does not fill the disk the store
// lives on.
absl::Status RocksBackups::CheckRoom(const RocksKv& store) const {
  std::set<std::string> held;
  std::error_code error;
  for (fs::directory_iterator it(At(kShared), error), end; !error && it != end;
       it.increment(error)) {
    held.insert(TableOfShared(it->path().filename().string()));
  }
  std::vector<rocksdb::LiveFileMetaData> tables;
  store.database()->GetLiveFilesMetaData(&tables);
  uint64_t all = 0, needed = 0;
  for (const rocksdb::LiveFileMetaData& table : tables) {
    all += table.size;
    if (!held.contains(TableOf(table))) needed += table.size;
  }
  // What is not in tables yet is flushed into some first.
  needed += store.size_bytes() - std::min(store.size_bytes(), all);
  struct statvfs disk {};
  if (statvfs(directory_.c_str(), &disk) != 0) return absl::OkStatus();
  const uint64_t free = static_cast<uint64_t>(disk.f_bavail) * disk.f_frsize;
  if (free >= needed + kRoomKeptFree) return absl::OkStatus();
  return StoreError(
      absl::StatusCode::kResourceExhausted, kReasonFull,
      absl::StrCat("no room for a backup in ", directory_, ": it takes up to ", Mebibytes(needed),
                   " and leaves ", Mebibytes(kRoomKeptFree - 1), " free, the disk has ",
                   Mebibytes(free), "; free some space or give another directory with --to"));
}

// A new backup shares what is there by its name, whatever has become of it. What no longer is as it
// was, and the store still has, makes way: it is copied again, and earlier backups are whole again.
absl::Status RocksBackups::RemoveDamaged(const RocksKv& store) const {
  std::vector<rocksdb::LiveFileMetaData> tables;
  store.database()->GetLiveFilesMetaData(&tables);
  std::set<std::string> live;
  for (const rocksdb::LiveFileMetaData& table : tables) live.insert(TableOf(table));
  for (const auto& [path, digest] : KnownShared(directory_, digester_)) {
    if (!absl::StartsWith(path, kShared) || !Exists(At(path)) ||
        !live.contains(TableOfShared(path.substr(sizeof kShared - 1))))
      continue;
    const absl::StatusOr<std::string> now = DigestOfFile(At(path), digester_);
    if (now.ok() && *now == digest) continue;
    std::error_code failed;
    fs::remove(At(path), failed);
    if (failed) return ErrnoStatus(failed.value(), "remove", At(path));
  }
  return absl::OkStatus();
}

absl::Status RocksBackups::WriteExtra(uint32_t number, const NewBackup& backup) const {
  if (backup.extra.empty()) return absl::OkStatus();
  if (absl::Status status = MakePrivateDirectory(At(ExtraName(number))); !status.ok())
    return status;
  for (const auto& [name, content] : backup.extra) {
    if (absl::Status status = ReplaceFile(At(ExtraName(number)), name, content); !status.ok())
      return status;
  }
  return SyncDirectory(directory_);
}

// What an interrupted backup left. A manifest that cannot be read may name any of them.
absl::Status RocksBackups::RemoveUnnamedAttachments() const {
  std::set<std::string> named;
  for (uint32_t number : ManifestNumbers(directory_)) {
    absl::StatusOr<std::vector<std::string>> names = Attachments(number);
    if (!names.ok()) return absl::OkStatus();
    named.insert(names->begin(), names->end());
  }
  std::error_code error;
  for (fs::directory_iterator it(AttachmentsFolder(), error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (named.contains(name)) continue;
    std::error_code failed;
    fs::remove(it->path(), failed);
    if (failed) return ErrnoStatus(failed.value(), "remove", it->path().string());
  }
  return absl::OkStatus();
}

absl::StatusOr<StoredBackup> RocksBackups::Create(const RocksKv& store, const NewBackup& backup) {
  if (absl::Status status = Prepare(); !status.ok()) return status;
  absl::StatusOr<StoreLock> lock = StoreLock::Acquire(directory_);
  if (absl::IsFailedPrecondition(lock.status())) {
    return StoreError(absl::StatusCode::kFailedPrecondition, kReasonBackupBusy,
                      absl::StrCat("a backup is being made in ", directory_,
                                   " already; run it again when that one has ended"));
  }
  if (!lock.ok()) return lock.status();
  auto engine = OpenEngine(directory_);
  if (!engine.ok()) return engine.status();
  if (absl::Status status = RemoveUnfinished(directory_, **engine); !status.ok()) return status;
  if (absl::Status status = RemoveUnnamedAttachments(); !status.ok()) return status;
  if (absl::Status status = RemoveDamaged(store); !status.ok()) return status;
  if (absl::Status status = CheckRoom(store); !status.ok()) return status;

  rocksdb::CreateBackupOptions options;
  options.flush_before_backup = true;  // tables are shared between backups, logs are not
  uint64_t copied = 0;
  bool stopped = false;
  options.progress_callback = [&] {
    copied += 4 << 20;  // the engine's interval between two calls
    if (!backup.progress || stopped || backup.progress(copied)) return;
    stopped = true;
    (*engine)->StopBackup();
  };
  rocksdb::BackupID number = 0;
  const rocksdb::Status made =
      (*engine)->CreateNewBackupWithMetadata(options, store.database(), "", &number);
  if (stopped) return absl::CancelledError("the backup was stopped; earlier ones are untouched");
  if (!made.ok()) return FromRocks(made, absl::StrCat("write the backup to ", directory_));

  rocksdb::BackupInfo info;
  const rocksdb::Status got = (*engine)->GetBackupInfo(number, &info, true);
  if (!got.ok()) return FromRocks(got, "read the new backup");
  StoredBackup out;
  out.number = number;
  std::vector<std::string> attachments;
  {
    auto database = OpenForReading(store_, info.name_for_open, info.env_for_open.get());
    if (!database.ok()) return database.status();
    auto state = MakeRocksSnapshot((*database)->db.get(), (*database)->families);
    if (backup.attachments) {
      auto names = backup.attachments(*state, AttachmentsFolder());
      if (!names.ok()) return names.status();
      attachments = *std::move(names);
    }
    absl::StatusOr<std::string> facts = backup.describe(*state, (*database)->commit);
    if (!facts.ok()) return facts.status();
    out.facts = *std::move(facts);
  }
  if (absl::Status status = WriteExtra(number, backup); !status.ok()) return status;
  if (absl::Status status = ReplaceFile(directory_, FactsName(number), out.facts); !status.ok())
    return status;

  std::vector<std::string> paths = EnginePaths(info);
  paths.push_back(FactsName(number));
  for (const auto& [name, content] : backup.extra) {
    paths.push_back(absl::StrCat(ExtraName(number), "/", name));
  }
  for (const std::string& name : attachments) paths.push_back(absl::StrCat(kAttachments, name));
  Manifest manifest = KnownShared(directory_, digester_), own;
  for (const std::string& path : paths) {
    out.bytes += SizeOf(At(path));
    if (auto known = manifest.find(path); known != manifest.end()) {
      own.insert(*known);
      continue;
    }
    absl::StatusOr<std::string> digest = DigestOfFile(At(path), digester_);
    if (!digest.ok()) return digest.status();
    own.emplace(path, *digest);
  }
  if (absl::Status status = WriteManifest(directory_, number, own, digester_); !status.ok())
    return status;
  return out;
}

absl::StatusOr<std::vector<StoredBackup>> RocksBackups::List() const {
  const std::vector<uint32_t> numbers = ManifestNumbers(directory_);
  if (numbers.empty() && !Exists(At(kMarker))) return Resolve(0).status();
  std::vector<StoredBackup> out;
  for (uint32_t number : numbers) {
    StoredBackup& one = out.emplace_back();
    one.number = number;
    absl::StatusOr<Manifest> manifest = ReadManifest(directory_, number, digester_);
    if (!manifest.ok()) {
      one.problem =
          std::string(manifest.status().message().data(), manifest.status().message().size());
      continue;
    }
    for (const auto& [path, digest] : *manifest) {
      one.bytes += SizeOf(At(path));
      if (!Exists(At(path))) one.problem = path + " is missing";
    }
    absl::StatusOr<std::string> facts = Facts(number);
    if (facts.ok()) one.facts = *std::move(facts);
  }
  return out;
}

absl::StatusOr<uint32_t> RocksBackups::Resolve(uint32_t number) const {
  const std::vector<uint32_t> numbers = ManifestNumbers(directory_);
  if (number == 0 && !numbers.empty()) return numbers.back();
  if (std::find(numbers.begin(), numbers.end(), number) != numbers.end()) return number;
  return ReadManifest(directory_, number, digester_).status();
}

absl::StatusOr<std::vector<BackupProblem>> RocksBackups::Verify(uint32_t number) const {
  absl::StatusOr<Manifest> manifest = ReadManifest(directory_, number, digester_);
  if (absl::IsDataLoss(manifest.status())) {
    return std::vector<BackupProblem>{{ManifestName(number), "does not match its own checksum"}};
  }
  if (!manifest.ok()) return manifest.status();
  return CheckFiles(directory_, *manifest, digester_);
}

absl::StatusOr<std::string> RocksBackups::Facts(uint32_t number) const {
  return ReadSmall(At(FactsName(number)));
}

absl::StatusOr<std::vector<std::string>> RocksBackups::Attachments(uint32_t number) const {
  absl::StatusOr<Manifest> manifest = ReadManifest(directory_, number, digester_);
  if (!manifest.ok()) return manifest.status();
  std::vector<std::string> names;
  for (const auto& [path, digest] : *manifest) {
    if (absl::StartsWith(path, kAttachments)) names.push_back(path.substr(sizeof kAttachments - 1));
  }
  return names;
}

absl::StatusOr<std::map<std::string, std::string>> RocksBackups::Extra(uint32_t number) const {
  absl::StatusOr<Manifest> manifest = ReadManifest(directory_, number, digester_);
  if (!manifest.ok()) return manifest.status();
  const std::string prefix = ExtraName(number) + "/";
  std::map<std::string, std::string> out;
  for (const auto& [path, digest] : *manifest) {
    if (!absl::StartsWith(path, prefix)) continue;
    absl::StatusOr<std::string> content = ReadSmall(At(path));
    if (!content.ok()) return content.status();
    out.emplace(path.substr(prefix.size()), *std::move(content));
  }
  return out;
}

absl::Status RocksBackups::Restore(uint32_t number, const std::string& store_directory) const {
  absl::StatusOr<DirectoryState> state = InspectDirectory(store_directory, store_.format_version);
  if (!state.ok()) return state.status();
  if (*state == DirectoryState::kStore) {
    return StoreError(absl::StatusCode::kFailedPrecondition, kReasonForeign,
                      absl::StrCat(store_directory, " holds a store already"));
  }
  absl::StatusOr<std::vector<BackupProblem>> problems = Verify(number);
  if (!problems.ok()) return problems.status();
  if (!problems->empty()) {
    return StoreError(
        absl::StatusCode::kDataLoss, kReasonBackupDamaged,
        absl::StrCat("backup ", number, " is not restored: ", At(problems->front().path), " ",
                     problems->front().what, "; use another backup (entente backup list)"));
  }
  auto engine = OpenEngineToRead(directory_);
  if (!engine.ok()) return engine.status();
  if (absl::Status status = MakePrivateDirectory(store_directory); !status.ok()) return status;
  if (absl::Status status = BeginCreation(store_directory); !status.ok()) return status;
  const std::string database_path = DatabasePath(store_directory);
  const rocksdb::Status copied =
      (*engine)->RestoreDBFromBackup(number, database_path, database_path);
  if (!copied.ok()) return FromRocks(copied, absl::StrCat("restore into ", store_directory));
  uint64_t commit = 0;
  {
    auto database = OpenForReading(store_, database_path);
    if (!database.ok()) return database.status();
    commit = (*database)->commit;
  }
  auto head = HeadFile::Open(store_directory, /*create=*/true, store_.head_checksum);
  if (!head.ok()) return head.status();
  if (absl::Status status = head->Write(commit); !status.ok()) return status;
  if (absl::Status status = SyncTree(store_directory); !status.ok()) return status;
  return FinishCreation(store_directory, store_.format_version);
}

}  // namespace entente::storage
