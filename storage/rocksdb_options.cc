#include "storage/rocksdb_options.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <deque>
#include <vector>

#include "rocksdb/cache.h"
#include "rocksdb/convenience.h"
#include "rocksdb/env.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/listener.h"
#include "rocksdb/merge_operator.h"
#include "rocksdb/slice_transform.h"
#include "rocksdb/table.h"
#include "storage/rocksdb_status.h"
#include "storage/store_error.h"

namespace entente::storage {

namespace {

// Operands are joined two by two, then what came of them two by two, and so on: of many, each is
// looked at a few times, not once for every one behind it.
class JoinOperator : public rocksdb::MergeOperator {
 public:
  explicit JoinOperator(MergeFunction merge) : merge_(std::move(merge)) {}
  bool FullMergeV2(const MergeOperationInput& in, MergeOperationOutput* out) const override {
    out->new_value = Joined(in.operand_list);
    if (in.existing_value == nullptr) return true;
    const std::string before = in.existing_value->ToString();
    out->new_value = merge_(&before, out->new_value);
    return true;
  }
  bool PartialMergeMulti(const rocksdb::Slice&, const std::deque<rocksdb::Slice>& operands,
                         std::string* joined, rocksdb::Logger*) const override {
    *joined = Joined(operands);
    return true;
  }
  const char* Name() const override { return "entente.join"; }

 private:
  // REQUIRES: at least one.
  template <class Operands>
  std::string Joined(const Operands& operands) const {
    std::vector<std::string> level;
    for (const rocksdb::Slice& operand : operands) level.push_back(operand.ToString());
    if (level.size() == 1) return merge_(nullptr, level[0]);
    while (level.size() > 1) {
      size_t joined = 0;
      for (size_t i = 0; i < level.size(); i += 2, ++joined) {
        level[joined] =
            i + 1 < level.size() ? merge_(&level[i], level[i + 1]) : std::move(level[i]);
      }
      level.resize(joined);
    }
    return std::move(level[0]);
  }

  MergeFunction merge_;
};

// Hands RocksDB's log lines to the caller instead of a file that grows in the store.
class LineLogger : public rocksdb::Logger {
 public:
  explicit LineLogger(std::function<void(absl::string_view)> sink)
      : Logger(rocksdb::InfoLogLevel::WARN_LEVEL), sink_(std::move(sink)) {}
  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list arguments) override {
    if (!sink_) return;
    char line[1024];
    vsnprintf(line, sizeof line, format, arguments);  // longer lines are cut
    sink_(line);
  }

 private:
  std::function<void(absl::string_view)> sink_;
};

class HealthListener : public rocksdb::EventListener {
 public:
  HealthListener(std::function<void(const HealthEvent&)> on_health, BackgroundErrorHook on_error)
      : on_health_(std::move(on_health)), on_error_(std::move(on_error)) {}

  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* error) override {
    if (on_error_) on_error_(*error);
    if (!on_health_) return;
    const absl::Status status = FromRocks(*error, "write to the store");
    const bool full = absl::IsResourceExhausted(status);
    const bool damaged = absl::IsDataLoss(status);
    on_health_({HealthEvent::Level::kError,
                full      ? kReasonFull
                : damaged ? kReasonDamaged
                          : kReasonIo,
                std::string(status.message())});
  }

  void OnErrorRecoveryEnd(const rocksdb::BackgroundErrorRecoveryInfo& info) override {
    if (!on_health_ || !info.new_bg_error.ok()) return;
    on_health_({HealthEvent::Level::kInfo, "STORE_RECOVERED", "the store takes writes again"});
  }

 private:
  std::function<void(const HealthEvent&)> on_health_;
  BackgroundErrorHook on_error_;
};

rocksdb::CompressionType BestCompression() {
  const auto supported = rocksdb::GetSupportedCompressions();
  // LZ4 first: entries are written once and read often, and it costs least on the writing path.
  for (rocksdb::CompressionType type : {rocksdb::kLZ4Compression, rocksdb::kZSTD}) {
    if (std::find(supported.begin(), supported.end(), type) != supported.end()) return type;
  }
  return rocksdb::kNoCompression;
}

std::shared_ptr<rocksdb::TableFactory> MakeTable(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.block_size = 8 << 10;
  table.format_version = 5;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));  // about 1 % false positives
  // Index and filter blocks live in the cache, so that memory stays bounded however large the store
  // is.
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  return std::shared_ptr<rocksdb::TableFactory>(rocksdb::NewBlockBasedTableFactory(table));
}

}  // namespace

rocksdb::DBOptions MakeDbOptions(const RocksOptions& options, BackgroundErrorHook on_error) {
  rocksdb::DBOptions db;
  // Durability. The default recovery mode drops acknowledged data after a damaged record without a
  // word; this one refuses damage anywhere but in an unfinished last record.
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  db.track_and_verify_wals_in_manifest = true;  // a missing or short older log is noticed
  db.paranoid_checks = true;

  // Memory and threads.
  db.write_buffer_manager =
      std::make_shared<rocksdb::WriteBufferManager>(options.write_buffers_total_bytes);
  db.max_background_jobs = 2;
  db.delayed_write_rate = 64 << 20;  // bytes a second, if compaction falls far behind

  // Opening fast: short logs to replay, no statistics over all files.
  db.max_total_wal_size = 64 << 20;
  db.max_open_files = -1;
  db.skip_stats_update_on_db_open = true;

  // Smooth writing of large files in the background.
  db.bytes_per_sync = 1 << 20;

  // No files or timers beside the data.
  db.info_log = std::make_shared<LineLogger>(options.on_log);
  db.keep_log_file_num = 1;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  db.listeners.push_back(std::make_shared<HealthListener>(options.on_health, std::move(on_error)));
  return db;
}

std::vector<rocksdb::ColumnFamilyOptions> MakeFamilyOptions(const RocksOptions& options) {
  rocksdb::LRUCacheOptions cache_options;
  cache_options.capacity = options.block_cache_bytes;
  cache_options.high_pri_pool_ratio = 0.5;  // for index and filter blocks
  // The filter of a full file is most of a megabyte and has to fit into a part: of the usual 64
  // parts none had room for it, and it was read from the file again for every key.
  cache_options.num_shard_bits = 2;
  const auto table = MakeTable(rocksdb::NewLRUCache(cache_options));

  rocksdb::ColumnFamilyOptions base;
  base.table_factory = table;
  base.write_buffer_size = options.write_buffer_bytes;
  // The newest files are plain: they are merged away soon, and packing them twice costs every
  // write.
  base.compression_per_level = {rocksdb::kNoCompression, BestCompression()};
  base.level_compaction_dynamic_level_bytes = true;
  base.target_file_size_base = 32 << 20;
  // Batches come sorted (rocksdb_kv.cc): one remembered place a family, so that the next key is
  // found from the one before it.
  base.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(0));
  // A bulk transfer may run ahead of compaction for a while (some 2 GiB) instead of being slowed
  // down.
  base.level0_file_num_compaction_trigger = 8;
  base.level0_slowdown_writes_trigger = 40;
  base.level0_stop_writes_trigger = 64;

  std::vector<rocksdb::ColumnFamilyOptions> all;
  for (const FamilyOptions& family : options.families) {
    rocksdb::ColumnFamilyOptions one = base;
    if (family.merge) one.merge_operator = std::make_shared<JoinOperator>(family.merge);
    if (family.prefix_length > 0) {
      // "Capped": keys shorter than the prefix are allowed.
      one.prefix_extractor.reset(rocksdb::NewCappedPrefixTransform(family.prefix_length));
      one.memtable_prefix_bloom_size_ratio = 0.02;
    }
    all.push_back(std::move(one));
  }
  all.push_back(std::move(base));
  return all;
}

}  // namespace entente::storage
