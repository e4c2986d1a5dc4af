#include "storage/rocksdb_read_only.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/head_file.h"
#include "storage/rocksdb_open.h"
#include "storage/rocksdb_status.h"
#include "storage/store_directory.h"
#include "storage/store_error.h"

namespace entente::storage {

struct ReadOnlyStore::State {
  RocksOptions options;
  std::unique_ptr<Database> database;
};

ReadOnlyStore::ReadOnlyStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
ReadOnlyStore::~ReadOnlyStore() = default;

absl::StatusOr<std::unique_ptr<ReadOnlyStore>> ReadOnlyStore::Open(const RocksOptions& options) {
  absl::StatusOr<DirectoryState> found = InspectDirectory(options.dir, options.format_version);
  if (!found.ok()) return found.status();
  if (*found != DirectoryState::kStore) {
    return StoreError(absl::StatusCode::kFailedPrecondition, kReasonForeign,
                      absl::StrCat("there is no store in ", options.dir,
                                   "; check the path and that its disk is mounted"));
  }
  auto database = OpenForReading(options, DatabasePath(options.dir));
  if (!database.ok()) return database.status();
  auto state = std::unique_ptr<State>(new State{options, *std::move(database)});
  return std::unique_ptr<ReadOnlyStore>(new ReadOnlyStore(std::move(state)));
}

uint64_t ReadOnlyStore::commit() const { return state_->database->commit; }

absl::StatusOr<uint64_t> ReadOnlyStore::head() const {
  absl::StatusOr<HeadFile> head =
      HeadFile::Open(state_->options.dir, /*create=*/false, state_->options.head_checksum);
  if (!head.ok()) return head.status();
  return head->Read();
}

std::unique_ptr<const Snapshot> ReadOnlyStore::NewSnapshot() const {
  return MakeRocksSnapshot(state_->database->db.get(), state_->database->families);
}

absl::Status ReadOnlyStore::VerifyChecksums() const {
  return FromRocks(state_->database->db->VerifyChecksum(), "verify the store");
}

}  // namespace entente::storage
