#include "node/rpc/upkeep/backup_facts.h"

#include <sys/stat.h>

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/error.h"
#include "node/crypto/sha256.h"
#include "node/crypto/sha256_stream.h"
#include "node/store/log_reader.h"
#include "node/store/schema.h"

namespace entente::rpc {

namespace {

constexpr uint32_t kFactsVersion = 1;

class Sha256File final : public storage::Digester {
 public:
  void Add(absl::string_view piece) override { stream_.Add(piece); }
  std::string FinishHex() override { return base::ToHex(stream_.Finish().view()); }

 private:
  crypto::Sha256Stream stream_;
};

std::array<uint8_t, 8> HeadChecksum(absl::string_view number) {
  const base::Digest digest = crypto::Sha256(number);
  std::array<uint8_t, 8> out;
  std::copy_n(digest.bytes.begin(), out.size(), out.begin());
  return out;
}

}  // namespace

std::string StorePath(const std::string& data_dir) { return data_dir + "/store"; }

std::string AttachmentsPath(const std::string& data_dir) { return data_dir + "/blobs"; }

storage::RocksOptions StoreOptions(const std::string& data_dir) {
  storage::RocksOptions options;
  options.dir = StorePath(data_dir);
  options.families = store::Families();
  options.format_version = store::kFormatVersion;
  options.head_checksum = HeadChecksum;
  return options;
}

storage::NewDigester Sha256Digester() {
  return [] { return std::make_unique<Sha256File>(); };
}

absl::StatusOr<v1::BackupFacts> DescribeState(const storage::Snapshot& state, uint64_t commit,
                                              const v1::BackupFacts& known) {
  v1::BackupFacts facts = known;
  facts.set_version(kFactsVersion);
  facts.set_store_format(store::kFormatVersion);
  facts.set_commit(commit);
  auto delegation = state.Get(store::kMeta, store::kMetaDelegation);
  if (!delegation.ok()) return delegation.status();
  if (*delegation) facts.set_delegation(**delegation);
  uint64_t entries = 0;
  auto it = state.Scan(store::kFeeds, "");
  for (; it->Valid(); it->Next()) {
    auto feed = ledger::FeedKey::Decode(it->key());
    v1::FeedState row;
    if (!feed || !row.ParseFromArray(it->value().data(), static_cast<int>(it->value().size()))) {
      return base::Error(absl::StatusCode::kDataLoss, "STORE_DAMAGED",
                         "a feed's row does not parse; restore an earlier backup");
    }
    entries += row.entries();
    if (!*delegation || row.delegation() != **delegation) continue;
    for (const v1::FeedTip& tip : row.tips()) {
      v1::HeldHead* head = facts.add_own_feeds();
      head->set_instrument(feed->instrument.str());
      head->set_key(feed->key.str());
      head->set_incarnation(feed->incarnation);
      head->set_sequence(tip.sequence());
      head->set_id(tip.id());
    }
  }
  if (!it->status().ok()) return it->status();
  facts.set_entries(entries);
  return facts;
}

v1::Backup ToMessage(const storage::StoredBackup& backup, const std::string& directory) {
  v1::Backup out;
  out.set_number(backup.number);
  out.set_directory(directory);
  out.set_bytes(backup.bytes);
  out.set_problem(backup.problem);
  if (out.problem().empty() && !out.mutable_facts()->ParseFromString(backup.facts)) {
    out.set_problem("its facts do not parse");
  }
  return out;
}

bool OnSameDisk(const std::string& a, const std::string& b) {
  struct stat first {
  }, second{};
  return stat(a.c_str(), &first) == 0 && stat(b.c_str(), &second) == 0 &&
         first.st_dev == second.st_dev;
}

}  // namespace entente::rpc
