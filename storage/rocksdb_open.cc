#include "storage/rocksdb_open.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/local_file.h"
#include "storage/rocksdb_status.h"
#include "storage/store_directory.h"
#include "storage/store_error.h"

namespace entente::storage {

namespace {

// How much damage an opening puts up with.
enum class Tolerance {
  kNone,        // an unfinished last record at most
  kAfterHead,   // logs are read up to a damaged record; every log must be there
  kWhatIsLeft,  // logs are read up to a damaged record; logs may be missing
};

// Bytes of log that replay in well under 0.1 s.
constexpr uint64_t kLogWorthFlushing = 4 << 20;

constexpr char kWayOn[] =
    "Restore a backup that is not older, or start once with --accept-lost-batches to go on with "
    "what is "
    "left (author keys are guarded against reusing sequence numbers)";

void Report(const RocksOptions& options, HealthEvent::Level level, std::string message) {
  if (options.on_health) options.on_health({level, kReasonDamaged, std::move(message)});
}

absl::Status Damaged(std::string message) {
  return StoreError(absl::StatusCode::kDataLoss, kReasonDamaged, message);
}

absl::StatusOr<uint64_t> ReadCommit(rocksdb::DB* db, rocksdb::ColumnFamilyHandle* own) {
  absl::StatusOr<std::optional<std::string>> bytes = ReadKey(db, {own, 0}, nullptr, kCommitKey);
  if (!bytes.ok()) return bytes.status();
  if (!bytes->has_value()) return 0;  // no synced batch yet
  const std::optional<uint64_t> commit = DecodeCommit(**bytes);
  if (!commit) return Damaged("the commit number in the store is not 8 bytes long");
  return *commit;
}

// The newest commit that can be read, from a view that changes nothing on disk. Only the store's
// own family is loaded, so this takes little more than reading the logs. DATA_LOSS if a log that
// must be there is missing or short. (That check cannot be left out here: RocksDB 7.8 aborts when
// it opens a database with tracked logs read-only without it.)
absl::StatusOr<uint64_t> ProbeCommit(const RocksOptions& options) {
  rocksdb::DBOptions db_options = MakeDbOptions(options, nullptr);
  db_options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  db_options.listeners.clear();
  const std::vector<rocksdb::ColumnFamilyDescriptor> families = {
      {rocksdb::kDefaultColumnFamilyName, MakeFamilyOptions(options).back()}};
  Database view;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status =
      rocksdb::DB::OpenForReadOnly(db_options, DatabasePath(options.dir), families, &handles, &db);
  if (!status.ok()) return FromRocks(status, absl::StrCat("open the store in ", options.dir));
  view.db.reset(db);
  view.own = handles.front();
  return ReadCommit(view.db.get(), view.own);
}

absl::Status CheckNoUnknownFamily(const RocksOptions& options) {
  std::vector<std::string> names;
  const rocksdb::Status status = rocksdb::DB::ListColumnFamilies(MakeDbOptions(options, nullptr),
                                                                 DatabasePath(options.dir), &names);
  if (!status.ok()) return FromRocks(status, absl::StrCat("open the store in ", options.dir));
  for (const std::string& name : names) {
    const bool known = name == rocksdb::kDefaultColumnFamilyName ||
                       std::any_of(options.families.begin(), options.families.end(),
                                   [&](const FamilyOptions& own) { return own.name == name; });
    if (known) continue;
    return StoreError(absl::StatusCode::kFailedPrecondition, kReasonNewer,
                      absl::StrCat("store ", options.dir, " has a family '", name,
                                   "' which this program does not know; use the newer program that "
                                   "wrote it"));
  }
  return absl::OkStatus();
}

std::vector<rocksdb::ColumnFamilyDescriptor> Descriptors(const RocksOptions& options) {
  std::vector<rocksdb::ColumnFamilyOptions> family_options = MakeFamilyOptions(options);
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (size_t i = 0; i < options.families.size(); ++i) {
    descriptors.emplace_back(options.families[i].name, family_options[i]);
  }
  descriptors.emplace_back(rocksdb::kDefaultColumnFamilyName, family_options.back());
  return descriptors;
}

// The handles come in the order of Descriptors().
absl::StatusOr<std::unique_ptr<Database>> Opened(
    const RocksOptions& options, rocksdb::DB* db,
    const std::vector<rocksdb::ColumnFamilyHandle*>& handles) {
  auto database = std::make_unique<Database>();
  database->db.reset(db);
  for (size_t i = 0; i < options.families.size(); ++i) {
    database->families.push_back({handles[i], options.families[i].prefix_length});
  }
  database->own = handles.back();
  absl::StatusOr<uint64_t> commit = ReadCommit(db, database->own);
  if (!commit.ok()) return commit.status();
  database->commit = *commit;
  return database;
}

absl::StatusOr<std::unique_ptr<Database>> OpenWith(const RocksOptions& options, bool create,
                                                   Tolerance tolerance,
                                                   BackgroundErrorHook on_error) {
  rocksdb::DBOptions db_options = MakeDbOptions(options, std::move(on_error));
  db_options.create_if_missing = create;
  db_options.create_missing_column_families = true;  // families added by a compatible version
  if (tolerance != Tolerance::kNone) {
    db_options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  }
  if (tolerance == Tolerance::kWhatIsLeft) db_options.track_and_verify_wals_in_manifest = false;

  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status =
      rocksdb::DB::Open(db_options, DatabasePath(options.dir), Descriptors(options), &handles, &db);
  if (!status.ok()) return FromRocks(status, absl::StrCat("open the store in ", options.dir));
  return Opened(options, db, handles);
}

// OK if everything acknowledged is among the commits up to `found`; else why not.
absl::Status CompareWithHead(const RocksOptions& options, const absl::StatusOr<uint64_t>& head,
                             const absl::StatusOr<uint64_t>& found) {
  if (!found.ok()) {
    return Damaged(absl::StrCat(found.status().message(), ". ", kWayOn));
  }
  if (!head.ok()) {
    return Damaged(absl::StrCat("it cannot be told whether store ", options.dir,
                                " is complete: ", head.status().message(),
                                "; the newest commit in the store is ", *found, ". ", kWayOn));
  }
  if (*found >= *head) return absl::OkStatus();
  const uint64_t lost = *head - *found;
  return Damaged(absl::StrCat(lost,
                              lost == 1 ? " acknowledged batch is" : " acknowledged batches are",
                              " missing in store ", options.dir, ": its newest commit is ", *found,
                              ", but HEAD records ", *head, ". ", kWayOn));
}

}  // namespace

void Database::ShortenLogs() {
  rocksdb::VectorLogPtr logs;
  if (!db->GetSortedWalFiles(logs).ok()) return;
  uint64_t bytes = 0;
  for (const auto& log : logs) bytes += log->SizeFileBytes();
  if (bytes < kLogWorthFlushing) return;
  std::vector<rocksdb::ColumnFamilyHandle*> handles = {own};
  for (const OpenFamily& family : families) handles.push_back(family.handle);
  const rocksdb::Status status = db->Flush(rocksdb::FlushOptions(), handles);
  status.PermitUncheckedError();  // the logs are still there
}

Database::~Database() {
  if (!db) return;
  for (const OpenFamily& family : families) db->DestroyColumnFamilyHandle(family.handle);
  if (own) db->DestroyColumnFamilyHandle(own);
  db->Close();
}

absl::StatusOr<std::unique_ptr<Database>> CreateDatabase(const RocksOptions& options,
                                                         BackgroundErrorHook on_error) {
  return OpenWith(options, /*create=*/true, Tolerance::kNone, std::move(on_error));
}

absl::StatusOr<std::unique_ptr<Database>> OpenForReading(const RocksOptions& options,
                                                         const std::string& path,
                                                         rocksdb::Env* env) {
  rocksdb::DBOptions db_options = MakeDbOptions(options, nullptr);
  db_options.listeners.clear();
  if (env != nullptr) db_options.env = env;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status =
      rocksdb::DB::OpenForReadOnly(db_options, path, Descriptors(options), &handles, &db);
  if (!status.ok()) return FromRocks(status, absl::StrCat("read the store in ", path));
  return Opened(options, db, handles);
}

absl::StatusOr<std::unique_ptr<Database>> OpenDatabase(const RocksOptions& options,
                                                       const absl::StatusOr<uint64_t>& head,
                                                       BackgroundErrorHook on_error) {
  const std::string database_path = DatabasePath(options.dir);
  if (!Exists(database_path + "/CURRENT")) {
    return Damaged(
        absl::StrCat("the database in ", database_path,
                     " is missing; check that its disk is mounted, or restore a backup"));
  }
  if (absl::Status status = CheckNoUnknownFamily(options); !status.ok()) return status;
  absl::StatusOr<uint64_t> found = ProbeCommit(options);
  if (!found.ok() && !absl::IsDataLoss(found.status())) return found.status();
  const absl::Status complete = CompareWithHead(options, head, found);
  if (!complete.ok() && !options.accept_lost_batches) return complete;
  if (!complete.ok()) {
    Report(options, HealthEvent::Level::kError,
           absl::StrCat("opened by --accept-lost-batches although ", complete.message()));
    return OpenWith(options, /*create=*/false, Tolerance::kWhatIsLeft, std::move(on_error));
  }
  auto database = OpenWith(options, /*create=*/false, Tolerance::kNone, on_error);
  if (!absl::IsDataLoss(database.status())) return database;

  // The probe read every acknowledged commit, so a damaged record after it was never acknowledged:
  // what a power cut during a write can leave. Any other damage fails again here.
  const absl::Status strict = database.status();
  database = OpenWith(options, /*create=*/false,
                      options.accept_lost_batches ? Tolerance::kWhatIsLeft : Tolerance::kAfterHead,
                      std::move(on_error));
  if (!database.ok()) return strict;
  if (absl::Status status = CompareWithHead(options, head, (*database)->commit);
      !status.ok() && !options.accept_lost_batches) {
    return status;
  }
  Report(options, HealthEvent::Level::kWarning,
         absl::StrCat("dropped an unfinished, never acknowledged end of the log (",
                      strict.message(), ")"));
  return database;
}

}  // namespace entente::storage
