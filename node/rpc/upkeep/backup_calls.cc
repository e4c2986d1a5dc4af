#include "node/rpc/upkeep/backup_calls.h"

#include <cstdlib>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/rpc/register_keys.h"
#include "node/rpc/tls/private_file.h"
#include "node/rpc/upkeep/backup_facts.h"
#include "node/runtime/log.h"

namespace entente::rpc {

namespace {

constexpr char kLastBackup[] = "/last-backup";

std::string Absolute(const std::string& path) {
  std::unique_ptr<char, void (*)(void*)> real(realpath(path.c_str(), nullptr), std::free);
  return real ? real.get() : path;
}

absl::Status AddIdentity(const std::string& data_dir, storage::NewBackup& backup) {
  for (const char* name : {"node.key", "node.crt"}) {
    ASSIGN_OR_RETURN(const auto content, ReadPrivateFile(absl::StrCat(data_dir, "/tls/", name)));
    if (content) backup.extra[name] = *content;
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> keys, RegisterKeysToBackUp(data_dir));
  for (const std::string& name : keys) {
    ASSIGN_OR_RETURN(const auto content,
                     ReadPrivateFile(absl::StrCat(RegisterKeyFolder(data_dir), "/", name)));
    if (content) backup.extra[name] = *content;
  }
  return absl::OkStatus();
}

void TellAttachments(const BackedUpAttachments& attachments, bool left_out,
                     v1::BackupFacts& facts) {
  facts.set_attachments(left_out ? 0 : attachments.names.size());
  facts.set_attachment_bytes(left_out ? 0 : attachments.bytes);
  facts.set_attachments_left_out(attachments.left_out + (left_out ? attachments.names.size() : 0));
}

void RememberLast(const std::string& data_dir, const v1::Backup& backup) {
  const absl::Status kept = WritePrivateFile(data_dir + kLastBackup, backup.SerializeAsString());
  if (kept.ok()) return;
  runtime::Log(runtime::LogLevel::kWarning, "backup_not_remembered",
               {{"why", std::string(kept.message())}});
}

}  // namespace

v1::Places PlacesOf(const std::string& data_dir) {
  v1::Places places;
  places.set_data(Absolute(data_dir));
  places.set_backups(places.data() + "/backups");
  return places;
}

std::optional<v1::Backup> LastBackup(const std::string& data_dir) {
  auto content = ReadPrivateFile(data_dir + kLastBackup);
  v1::Backup backup;
  if (!content.ok() || !*content || !backup.ParseFromString(**content)) return std::nullopt;
  return backup;
}

absl::Status CreateBackup(NodeCore& core, const storage::RocksKv& kv, const ReadChunk& read_chunk,
                          const v1::CreateBackupRequest& request,
                          const std::function<bool(const v1::BackupProgress&)>& write) {
  const std::string& data_dir = core.facts().data_dir;
  const std::string to = request.to().empty() ? PlacesOf(data_dir).backups() : request.to();
  if (!absl::StartsWith(to, "/")) {
    return base::Error(absl::StatusCode::kInvalidArgument, "VALIDATION_FAILED",
                       absl::StrCat("\"", to, "\" is not an absolute path"));
  }
  const store::PublishedPtr published = core.published();
  v1::BackupFacts known;
  known.set_program(core.facts().version);
  known.set_node(core.facts().spki.str());
  known.set_made_ms(core.clock().WallMs());
  if (published->delegation) {
    known.set_delegation_code(published->DelegationCode({}, *published->delegation));
  }
  for (const base::InstrumentId& id : published->instruments) {
    known.add_instruments(published->InstrumentCode(id));
  }
  storage::NewBackup backup;
  if (!request.without_identity()) RETURN_IF_ERROR(AddIdentity(data_dir, backup));
  known.set_has_identity(!backup.extra.empty());

  v1::BackupProgress progress;
  if (request.validate_only()) {
    ASSIGN_OR_RETURN(const BackedUpAttachments attachments,
                     CompleteAttachments(*core.NewSnapshot()));
    TellAttachments(attachments, request.without_attachments(), known);
    progress.mutable_done()->set_directory(to);
    *progress.mutable_done()->mutable_facts() = known;
    progress.mutable_done()->mutable_facts()->set_commit(kv.last_commit());
    progress.mutable_done()->set_bytes(kv.size_bytes() + known.attachment_bytes());
    write(progress);
    return absl::OkStatus();
  }
  backup.attachments = [&](const storage::Snapshot& state,
                           const std::string& folder) -> absl::StatusOr<std::vector<std::string>> {
    const uint64_t before = progress.bytes();
    ASSIGN_OR_RETURN(BackedUpAttachments attachments,
                     request.without_attachments()
                         ? CompleteAttachments(state)
                         : BackUpAttachments(state, folder, read_chunk, [&](uint64_t bytes) {
                             return backup.progress(before + bytes);
                           }));
    TellAttachments(attachments, request.without_attachments(), known);
    if (request.without_attachments()) attachments.names.clear();
    return std::move(attachments.names);
  };
  backup.describe = [&](const storage::Snapshot& state,
                        uint64_t commit) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(v1::BackupFacts facts, DescribeState(state, commit, known));
    return facts.SerializeAsString();
  };
  backup.progress = [&](uint64_t bytes) {
    progress.set_bytes(bytes);
    return write(progress);
  };
  storage::RocksBackups backups(to, kv.options(), Sha256Digester());
  ASSIGN_OR_RETURN(const storage::StoredBackup made, backups.Create(kv, backup));
  *progress.mutable_done() = ToMessage(made, Absolute(to));
  progress.mutable_done()->set_same_disk(OnSameDisk(data_dir, to));
  RememberLast(data_dir, progress.done());
  runtime::Log(
      runtime::LogLevel::kInfo, "backup_made",
      {{"directory", to}, {"number", made.number}, {"commit", progress.done().facts().commit()}});
  write(progress);
  return absl::OkStatus();
}

}  // namespace entente::rpc
