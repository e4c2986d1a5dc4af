#include "node/rpc/upkeep/examine_calls.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/rpc/upkeep/backup_facts.h"
#include "node/rpc/upkeep/examine_files.h"
#include "node/rpc/upkeep/examine_peers.h"
#include "node/rpc/upkeep/examine_store.h"
#include "node/rpc/upkeep/restore_calls.h"
#include "storage/head_file.h"
#include "storage/rocksdb_read_only.h"
#include "storage/store_lock.h"

namespace entente::rpc {

namespace {

absl::StatusOr<uint64_t> ReadHead(const storage::RocksKv& kv) {
  auto head = storage::HeadFile::Open(kv.options().dir, false, kv.options().head_checksum);
  if (!head.ok()) return head.status();
  return head->Read();
}

v1::Check ExamineRestore(NodeCore& core) {
  v1::RestoreState state;
  const absl::Status read = GetRestore(core, v1::GetRestoreRequest(), state);
  if (!read.ok()) return FailCheck("restore", std::string(read.message()), "entente status");
  if (!state.restored()) return OkCheck("restore", "this store was never restored");
  if (state.settled()) return OkCheck("restore", state.text());
  return WarnCheck("restore", state.text(), state.contacted() ? "entente submit" : "entente sync");
}

std::set<std::string> JoinedCodes(const NodeCore& core) {
  const store::PublishedPtr published = core.published();
  std::set<std::string> codes;
  for (const base::InstrumentId& id : published->instruments) {
    codes.insert(published->InstrumentCode(id));
  }
  return codes;
}

v1::Check ExamineSettings(const NodeCore& core, const blob::LimitsByInstrument& limits) {
  const std::vector<std::string> wrong = NotJoined(core, limits);
  if (wrong.empty()) return OkCheck("settings", "attachments.instruments names joined ones only");
  const std::set<std::string> joined = JoinedCodes(core);
  return WarnCheck("settings",
                   absl::StrCat("attachments.instruments names ", absl::StrJoin(wrong, " "),
                                ", which this node has not joined; joined: ",
                                joined.empty() ? "none" : absl::StrJoin(joined, " ")),
                   "correct the code and start the node again, or join the instrument");
}

}  // namespace

std::vector<std::string> NotJoined(const NodeCore& core, const blob::LimitsByInstrument& limits) {
  const std::set<std::string> joined = JoinedCodes(core);
  std::vector<std::string> out;
  for (const auto& [code, named] : limits.named) {
    if (!joined.contains(code)) out.push_back(code);
  }
  return out;
}

absl::Status ExamineNode(NodeCore& core, const storage::RocksKv& kv, Peers& peers,
                         const Identity& identity, const blob::LimitsByInstrument& limits,
                         const v1::ExamineRequest& request,
                         const std::function<bool(const v1::Check&)>& write) {
  const absl::Status left = absl::CancelledError("the caller left");
  for (const v1::Check& check : ExamineFiles(core.facts().data_dir)) {
    if (!write(check)) return left;
  }
  if (!write(OkCheck("lock", "held by this node"))) return left;
  // HEAD is read first: the store may be ahead of what was read of it, never behind.
  const absl::StatusOr<uint64_t> head = ReadHead(kv);
  if (!write(ExamineHead(kv.last_commit(), head))) return left;
  if (!write(ExamineChecksums(kv.VerifyChecksums()))) return left;
  if (!write(ExamineLog(*core.NewSnapshot(), core.verifier(), request.all()))) return left;
  if (!write(ExamineRestore(core))) return left;
  if (!write(ExamineBackup(core.facts().data_dir, core.clock().WallMs(), request.all())))
    return left;
  if (!limits.named.empty() && !write(ExamineSettings(core, limits))) return left;
  v1::NodeStatus status;
  peers.FillStatus({}, status);
  if (!write(ExamineClock(status))) return left;
  for (const v1::PeerStatus& peer : status.peers()) {
    if (!write(ExaminePeer(identity, peer))) return left;
  }
  return absl::OkStatus();
}

std::vector<v1::Check> ExamineDirectory(const std::string& data_dir, uint64_t now_ms, bool all) {
  std::vector<v1::Check> checks = ExamineFiles(data_dir);
  const std::string holder = storage::StoreLock::Holder(StorePath(data_dir));
  if (!holder.empty()) {
    checks.push_back(WarnCheck(
        "lock",
        absl::StrCat("the store is in use by ", holder, "; only that process can tell how it is"),
        "entente doctor --node unix:PATH"));
    return checks;
  }
  checks.push_back(OkCheck("lock", "no process has the store open"));
  auto store = storage::ReadOnlyStore::Open(StoreOptions(data_dir));
  if (!store.ok()) {
    checks.push_back(FailCheck("store_checksums", std::string(store.status().message()),
                               "entente backup restore, or an empty directory and entente sync"));
  } else {
    checks.push_back(ExamineHead((*store)->commit(), (*store)->head()));
    checks.push_back(ExamineChecksums((*store)->VerifyChecksums()));
    checks.push_back(ExamineLog(*(*store)->NewSnapshot(), crypto::Ed25519Verifier(), all));
  }
  checks.push_back(ExamineBackup(data_dir, now_ms, all));
  return checks;
}

}  // namespace entente::rpc
