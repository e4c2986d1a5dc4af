#include "tests/bench/floors.h"

#include <memory>

#include "node/base/bytes.h"
#include "node/crypto/ed25519.h"
#include "rocksdb/db.h"
#include "rocksdb/write_batch.h"
#include "tests/bench/bench_main.h"
#include "tests/bench/random.h"

namespace entente::bench {

namespace {

constexpr size_t kBatch = 256;
constexpr size_t kValueBytes = 1024;
constexpr size_t kMessageBytes = 350;  // an entry's signed bytes

absl::StatusOr<std::unique_ptr<rocksdb::DB>> OpenRaw(const std::string& dir) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(options, dir, &db);
  if (!status.ok()) return absl::InternalError(status.ToString());
  return std::unique_ptr<rocksdb::DB>(db);
}

absl::Status WriteSynced(rocksdb::DB& db, rocksdb::WriteBatch& batch) {
  rocksdb::WriteOptions write;
  write.sync = true;
  const rocksdb::Status status = db.Write(write, &batch);
  return status.ok() ? absl::OkStatus() : absl::InternalError(status.ToString());
}

std::string Key(uint64_t n) {
  std::string key;
  base::AppendU64(key, n);
  return key;
}

}  // namespace

absl::StatusOr<double> RawBatchRate(const std::string& dir, size_t puts) {
  auto db = OpenRaw(dir);
  if (!db.ok()) return db.status();
  const std::string noise = Random(kSeed).Bytes(1 << 20);  // values are cut out of it
  Stopwatch watch;
  for (size_t n = 0; n < puts;) {
    rocksdb::WriteBatch batch;
    for (size_t i = 0; i < kBatch && n < puts; ++i, ++n) {
      batch.Put(Key(n),
                rocksdb::Slice(noise.data() + n * 61 % (noise.size() - kValueBytes), kValueBytes));
    }
    if (absl::Status status = WriteSynced(**db, batch); !status.ok()) return status;
  }
  return static_cast<double>(puts) / watch.Seconds();
}

absl::StatusOr<double> SignAndWriteRate(const std::string& dir, double seconds) {
  auto db = OpenRaw(dir);
  if (!db.ok()) return db.status();
  Random random(kSeed);
  const crypto::PrivateKey key = crypto::PrivateKey::Generate();
  const std::string message = random.Bytes(kMessageBytes), value = random.Bytes(kValueBytes);
  uint64_t rounds = 0;
  Stopwatch watch;
  for (; watch.Seconds() < seconds; ++rounds) {
    (void)key.Sign(message);
    rocksdb::WriteBatch batch;
    batch.Put(Key(rounds), value);
    if (absl::Status status = WriteSynced(**db, batch); !status.ok()) return status;
  }
  return static_cast<double>(rounds) / watch.Seconds();
}

double SignRate(double seconds) {
  const crypto::PrivateKey key = crypto::PrivateKey::Generate();
  const std::string message = Random(kSeed).Bytes(kMessageBytes);
  uint64_t count = 0;
  Stopwatch watch;
  for (; watch.Seconds() < seconds; ++count) (void)key.Sign(message);
  return static_cast<double>(count) / watch.Seconds();
}

}  // namespace entente::bench
