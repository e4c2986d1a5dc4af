#include "storage/rocksdb_kv.h"

#include <algorithm>
#include <atomic>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "rocksdb/perf_level.h"
#include "rocksdb/write_batch.h"
#include "storage/ballast.h"
#include "storage/bounds.h"
#include "storage/key_order.h"
#include "storage/local_file.h"
#include "storage/rocksdb_open.h"
#include "storage/rocksdb_status.h"
#include "storage/store_directory.h"
#include "storage/store_error.h"
#include "storage/store_lock.h"

namespace entente::storage {

namespace {

// How many writes pass between two attempts to set the ballast aside again.
constexpr uint32_t kWritesPerRefill = 256;

absl::Status CheckOptions(const RocksOptions& options) {
  if (options.dir.empty()) return absl::InvalidArgumentError("the store needs a directory");
  if (!options.head_checksum) {
    return absl::InvalidArgumentError("the store needs a checksum function for HEAD");
  }
  std::set<std::string> names = {rocksdb::kDefaultColumnFamilyName, ""};
  for (const FamilyOptions& family : options.families) {
    if (names.insert(family.name).second) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("family name '", family.name, "' is reserved or given twice"));
  }
  return absl::OkStatus();
}

// Makes sure there is a directory to lock, or says why there must not be one.
absl::Status PrepareDirectory(const RocksOptions& options) {
  absl::StatusOr<DirectoryState> state = InspectDirectory(options.dir, options.format_version);
  if (!state.ok()) return state.status();
  if (*state != DirectoryState::kStore && !options.create_if_missing) {
    return StoreError(absl::StatusCode::kFailedPrecondition, kReasonForeign,
                      absl::StrCat("there is no store in ", options.dir,
                                   "; check the path and that its disk is mounted"));
  }
  if (*state == DirectoryState::kMissing) return MakePrivateDirectory(options.dir);
  return absl::OkStatus();
}

struct Parts {
  HeadFile head;
  std::unique_ptr<Database> database;
};

absl::StatusOr<Parts> CreateStore(const RocksOptions& options, BackgroundErrorHook on_error) {
  if (absl::Status status = MakePrivateDirectory(options.dir); !status.ok()) return status;
  if (absl::Status status = BeginCreation(options.dir); !status.ok()) return status;
  auto database = CreateDatabase(options, std::move(on_error));
  if (!database.ok()) return database.status();
  auto head = HeadFile::Open(options.dir, /*create=*/true, options.head_checksum);
  if (!head.ok()) return head.status();
  if (absl::Status status = head->Write(0); !status.ok()) return status;
  if (absl::Status status = FinishCreation(options.dir, options.format_version); !status.ok()) {
    return status;
  }
  return Parts{*std::move(head), *std::move(database)};
}

absl::StatusOr<Parts> OpenStore(const RocksOptions& options, BackgroundErrorHook on_error) {
  auto head = HeadFile::Open(options.dir, options.accept_lost_batches, options.head_checksum);
  const absl::StatusOr<uint64_t> recorded = head.ok() ? head->Read() : head.status();
  auto database = OpenDatabase(options, recorded, std::move(on_error));
  if (!database.ok()) return database.status();
  if (!head.ok()) return head.status();
  const uint64_t commit = (*database)->commit;
  if (!recorded.ok() || *recorded != commit) {
    if (absl::Status status = head->Write(commit); !status.ok()) return status;
  }
  return Parts{*std::move(head), *std::move(database)};
}

void Append(const WriteBatch::Op& op, rocksdb::ColumnFamilyHandle* handle,
            rocksdb::WriteBatch& batch) {
  switch (op.kind) {
    case WriteBatch::Op::Kind::kPut:
      batch.Put(handle, ToSlice(op.key), ToSlice(op.value));
      break;
    case WriteBatch::Op::Kind::kMerge:
      batch.Merge(handle, ToSlice(op.key), ToSlice(op.value));
      break;
    case WriteBatch::Op::Kind::kDelete:
      batch.Delete(handle, ToSlice(op.key));
      break;
  }
}

// Memory a batch keeps for the next one: of the size of frames, which come one after the other.
constexpr size_t kBatchBytesKept = 2 << 20;

void Empty(rocksdb::WriteBatch& batch) {
  if (batch.GetDataSize() > kBatchBytesKept) batch = rocksdb::WriteBatch();
  batch.Clear();
}

}  // namespace

struct RocksKv::State {
  RocksOptions options;
  StoreLock lock;
  std::shared_ptr<Ballast> ballast;  // also used by RocksDB's threads
  Parts parts;
  std::atomic<uint64_t> commit;
  absl::Status closed;  // the writing thread's only
  uint32_t writes_since_refill = 0;
  rocksdb::WriteBatch rocks{};  // the writing thread's only; empty between writes

  rocksdb::DB* db() const { return parts.database->db.get(); }
};

RocksKv::RocksKv(std::unique_ptr<State> state) : state_(std::move(state)) {}
RocksKv::~RocksKv() {
  // A store whose disk failed is only closed: trying again could make RocksDB abort.
  if (state_->closed.ok()) state_->parts.database->ShortenLogs();
}

absl::StatusOr<std::unique_ptr<RocksKv>> RocksKv::Open(const RocksOptions& options) {
  if (absl::Status status = CheckOptions(options); !status.ok()) return status;
  if (absl::Status status = PrepareDirectory(options); !status.ok()) return status;
  absl::StatusOr<StoreLock> lock = StoreLock::Acquire(options.dir);
  if (!lock.ok()) return lock.status();
  // Once more, now that no other process can create it meanwhile.
  absl::StatusOr<DirectoryState> found = InspectDirectory(options.dir, options.format_version);
  if (!found.ok()) return found.status();

  auto ballast = std::make_shared<Ballast>(options.dir, options.ballast_bytes);
  auto release = [ballast](const rocksdb::Status& error) {
    if (error.IsNoSpace()) ballast->Release();
  };
  absl::StatusOr<Parts> parts = *found == DirectoryState::kStore ? OpenStore(options, release)
                                                                 : CreateStore(options, release);
  if (!parts.ok()) return parts.status();
  if (absl::Status status = ballast->Fill(options.ballast_bytes);
      !status.ok() && options.on_health) {
    options.on_health({HealthEvent::Level::kWarning, kReasonFull, std::string(status.message())});
  }
  const uint64_t commit = parts->database->commit;
  auto state = std::unique_ptr<State>(new State{options, *std::move(lock), std::move(ballast),
                                                *std::move(parts), commit, absl::OkStatus()});
  return std::unique_ptr<RocksKv>(new RocksKv(std::move(state)));
}

absl::Status RocksKv::Write(const WriteBatch& batch, Durability durability) {
  if (!state_->closed.ok()) return ClosedAfter(state_->closed);
  if (absl::Status status = CheckBatch(batch, state_->options.families); !status.ok()) {
    return status;
  }
  const bool synced = durability == Durability::kSynced;
  const uint64_t commit = state_->commit + 1;
  rocksdb::WriteBatch& rocks = state_->rocks;
  // RocksDB places each beside the one before it instead of searching from the top (the insertion
  // hint in rocksdb_options.cc).
  for (const Placed& placed : KeyOrder(batch.ops(), state_->options.families.size())) {
    const WriteBatch::Op& op = batch.ops()[placed.op];
    Append(op, state_->parts.database->families[op.family].handle, rocks);
  }
  if (synced) rocks.Put(state_->parts.database->own, kCommitKey, EncodeCommit(commit));

  rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable);  // this thread counts nothing for itself
  rocksdb::WriteOptions write;
  write.sync = synced;
  const rocksdb::Status status = state_->db()->Write(write, &rocks);
  Empty(rocks);
  if (!status.ok()) return Failed(FromRocks(status, "write to the store"));
  RefillBallast();
  return synced ? CommitHead(commit) : absl::OkStatus();
}

absl::Status RocksKv::CommitHead(uint64_t commit) {
  if (absl::Status status = state_->parts.head.Write(commit); !status.ok()) {
    // The batch is in the database but not acknowledged, and its number must not be given out
    // again.
    state_->closed = status;
    return status;
  }
  state_->commit = commit;
  return absl::OkStatus();
}

// RocksDB refuses writes after a full disk until it has written everything it holds into new files
// and started a new log; so the failed batch is gone for good and its commit number is free.
// Nothing of the kind is known for other failures.
absl::Status RocksKv::Failed(absl::Status status) {
  if (absl::IsResourceExhausted(status)) {
    state_->ballast->Release();
  } else {
    state_->closed = status;
  }
  return status;
}

void RocksKv::RefillBallast() {
  if (!state_->ballast->missing() || ++state_->writes_since_refill < kWritesPerRefill) return;
  state_->writes_since_refill = 0;
  // Not at once when a little space is back: twice the ballast must stay free beside it.
  (void)state_->ballast->Fill(2 * state_->options.ballast_bytes);
}

absl::StatusOr<std::optional<std::string>> RocksKv::Get(Family family,
                                                        absl::string_view key) const {
  const std::vector<OpenFamily>& families = state_->parts.database->families;
  if (absl::Status known = CheckFamily(family, families.size()); !known.ok()) return known;
  return ReadKey(state_->db(), families[family], nullptr, key);
}

std::unique_ptr<const Snapshot> RocksKv::NewSnapshot() const {
  return MakeRocksSnapshot(state_->db(), state_->parts.database->families);
}

uint64_t RocksKv::last_commit() const { return state_->commit; }

absl::Status RocksKv::VerifyChecksums() const {
  return FromRocks(state_->db()->VerifyChecksum(), "verify the store");
}

const RocksOptions& RocksKv::options() const { return state_->options; }

rocksdb::DB* RocksKv::database() const { return state_->db(); }

uint64_t RocksKv::size_bytes() const { return BytesOnDisk(DatabasePath(state_->options.dir)); }

}  // namespace entente::storage
