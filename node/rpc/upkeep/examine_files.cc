#include "node/rpc/upkeep/examine_files.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "node/query/view/table.h"
#include "node/rpc/tls/identity.h"
#include "node/rpc/upkeep/backup_calls.h"
#include "node/rpc/upkeep/backup_facts.h"
#include "node/store/schema.h"
#include "storage/rocksdb_backup.h"
#include "storage/store_directory.h"

namespace entente::rpc {

namespace {

constexpr uint64_t kFullDiskBytes = 64u << 20;
constexpr rlim_t kOpenFilesWanted = 4096;
constexpr uint64_t kBackupAgeMs = 7ull * 24 * 3600 * 1000;

// File systems that are other machines' (magic numbers of statfs(2)).
const char* NetworkFileSystem(long type) {
  static const auto* names = new std::map<long, const char*>{
      {0x6969, "NFS"},      {0x517B, "SMB"},    {0xFE534D42L, "SMB2"}, {0xFF534D42L, "CIFS"},
      {0x65735546, "FUSE"}, {0x01021997, "9P"}, {0x00C36400, "Ceph"},  {0x5346414F, "AFS"}};
  auto it = names->find(type);
  return it == names->end() ? nullptr : it->second;
}

v1::Check DataDirectory(const std::string& dir) {
  const char* name = "data_directory";
  struct stat info {};
  if (stat(dir.c_str(), &info) != 0) {
    return FailCheck(name, absl::StrCat(dir, ": ", std::strerror(errno)),
                     "mount its disk, or name the right directory with --data");
  }
  if (!S_ISDIR(info.st_mode)) {
    return FailCheck(name, dir + " is not a directory", "name the right one with --data");
  }
  if (info.st_uid != geteuid()) {
    return FailCheck(
        name,
        absl::StrFormat("%s belongs to user %d, this runs as user %d", dir, info.st_uid, geteuid()),
        absl::StrFormat("run as its owner, or: chown -R %d %s", geteuid(), dir));
  }
  if ((info.st_mode & 077) != 0) {
    return WarnCheck(name,
                     absl::StrFormat("other users may enter %s (mode %04o); what is in it is "
                                     "confidential",
                                     dir, info.st_mode & 07777),
                     "chmod 700 " + dir);
  }
  if (access(dir.c_str(), R_OK | W_OK | X_OK) != 0) {
    return FailCheck(name, absl::StrCat(dir, " cannot be written: ", std::strerror(errno)),
                     "mount it for writing: mount -o remount,rw ...");
  }
  return OkCheck(name, dir + ", its owner's alone");
}

v1::Check Marker(const std::string& dir) {
  auto state = storage::InspectDirectory(StorePath(dir), store::kFormatVersion);
  if (!state.ok()) {
    return FailCheck("store_marker", std::string(state.status().message()),
                     "install the program that wrote the store, or restore a backup");
  }
  if (*state == storage::DirectoryState::kStore) {
    return OkCheck("store_marker",
                   absl::StrCat("the store is there, format ", store::kFormatVersion));
  }
  return FailCheck("store_marker",
                   absl::StrCat("there is no store in ", StorePath(dir),
                                "; an unmounted disk looks like this too"),
                   "mount the disk; entented --data DIR makes a store only where none ever was");
}

v1::Check FileSystem(const std::string& dir) {
  struct statfs info {};
  if (statfs(dir.c_str(), &info) != 0) {
    return WarnCheck("file_system", absl::StrCat("cannot be told: ", std::strerror(errno)), "");
  }
  if (const char* kind = NetworkFileSystem(static_cast<long>(info.f_type))) {
    return WarnCheck("file_system",
                     absl::StrCat(dir, " is on a network file system (", kind,
                                  "): its locks and its syncing are not to be relied on"),
                     "move the data directory to a local disk");
  }
  return OkCheck("file_system", "a local disk");
}

v1::Check DiskSpace(const std::string& dir) {
  struct statvfs disk {};
  if (statvfs(dir.c_str(), &disk) != 0) {
    return WarnCheck("disk_space", absl::StrCat("cannot be told: ", std::strerror(errno)), "");
  }
  const uint64_t free = static_cast<uint64_t>(disk.f_bavail) * disk.f_frsize;
  const std::string text = absl::StrFormat("%d MiB free, %d inodes free", free >> 20,
                                           static_cast<int64_t>(disk.f_favail));
  // Some file systems have no fixed number of inodes and report none.
  const bool no_inodes = disk.f_files > 0 && disk.f_favail < 1000;
  const std::string fix = "free some space on the disk of " + dir;
  if (free < kFullDiskBytes) return FailCheck("disk_space", text + ": writes are refused", fix);
  if (free < kLowDiskBytes || no_inodes) return WarnCheck("disk_space", text, fix);
  return OkCheck("disk_space", text);
}

v1::Check TlsIdentity(const std::string& dir) {
  const char* name = "tls_identity";
  for (const char* file : {"node.key", "node.crt"}) {
    const std::string path = absl::StrCat(dir, "/tls/", file);
    struct stat info {};
    if (stat(path.c_str(), &info) != 0) {
      return WarnCheck(name,
                       absl::StrCat(path,
                                    " is not there: the next start makes a new identity, "
                                    "which peers do not know"),
                       "restore it from a backup, or announce the new one: entente delegation "
                       "node add");
    }
    if ((info.st_mode & 077) != 0) {
      return FailCheck(name,
                       absl::StrFormat("others may read %s (mode %04o); the node refuses to start "
                                       "with it",
                                       path, info.st_mode & 07777),
                       "chmod 600 " + path);
    }
  }
  auto identity = ReadIdentity(dir);
  if (!identity.ok()) {
    return FailCheck(name, std::string(identity.status().message()),
                     "restore node.key and node.crt from one backup");
  }
  return OkCheck(name,
                 "node " + identity->spki.Short() + ", key for this user only, never expires");
}

v1::Check OpenFiles() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const std::string text = absl::StrCat("at most ", limit.rlim_cur, " open files");
  if (limit.rlim_cur >= kOpenFilesWanted) return OkCheck("open_files", text);
  return WarnCheck(
      "open_files", text + "; a large store and many peers need more",
      absl::StrCat("ulimit -n ", kOpenFilesWanted, ", or LimitNOFILE= in the service's unit"));
}

v1::Check Made(const std::string& name, const std::string& result, const std::string& text,
               const std::string& fix) {
  v1::Check check;
  check.set_name(name);
  check.set_result(result);
  check.set_text(text);
  check.set_fix(fix);
  return check;
}

}  // namespace

v1::Check OkCheck(const std::string& name, const std::string& text) {
  return Made(name, "ok", text, "");
}
v1::Check WarnCheck(const std::string& name, const std::string& text, const std::string& fix) {
  return Made(name, "warn", text, fix);
}
v1::Check FailCheck(const std::string& name, const std::string& text, const std::string& fix) {
  return Made(name, "fail", text, fix);
}

std::vector<v1::Check> ExamineFiles(const std::string& data_dir) {
  std::vector<v1::Check> checks = {DataDirectory(data_dir)};
  struct stat info {};
  if (stat(data_dir.c_str(), &info) == 0) {
    checks.push_back(Marker(data_dir));
    checks.push_back(FileSystem(data_dir));
    checks.push_back(DiskSpace(data_dir));
    checks.push_back(TlsIdentity(data_dir));
  }
  checks.push_back(OpenFiles());
  return checks;
}

v1::Check ExamineBackup(const std::string& data_dir, uint64_t now_ms, bool all) {
  const char* name = "backup";
  const std::optional<v1::Backup> last = LastBackup(data_dir);
  if (!last) {
    return WarnCheck(name, "this node has made no backup", "entente backup create --to DIR");
  }
  const std::string which = absl::StrCat("backup ", last->number(), " in ", last->directory(),
                                         " of ", query::TimeText(last->facts().made_ms()));
  const storage::RocksBackups backups(last->directory(), StoreOptions(data_dir), Sha256Digester());
  auto listed = backups.List();
  if (!listed.ok()) {
    return WarnCheck(name, which + ": " + std::string(listed.status().message()),
                     "mount its disk, or entente backup create --to DIR");
  }
  std::string problem = "is not there any more";
  for (const storage::StoredBackup& one : *listed) {
    if (one.number == last->number()) problem = one.problem;
  }
  if (problem.empty() && all) {
    auto found = backups.Verify(last->number());
    if (!found.ok()) problem = std::string(found.status().message());
    if (found.ok() && !found->empty()) problem = found->front().path + " " + found->front().what;
  }
  if (!problem.empty()) {
    return FailCheck(name, which + ": " + problem, "entente backup create --to DIR");
  }
  if (now_ms > last->facts().made_ms() + kBackupAgeMs) {
    return WarnCheck(name, which + " is over a week old", "entente backup create");
  }
  if (OnSameDisk(data_dir, last->directory())) {
    return WarnCheck(name, which + " is on the same disk as the store: one failure takes both",
                     "entente backup create --to DIR, with DIR on another disk");
  }
  return OkCheck(name, which + (all ? ", every byte as written" : ""));
}

}  // namespace entente::rpc
