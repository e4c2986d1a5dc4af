#include "client/audit/view_audit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/base/errors.h"
#include "client/base/files.h"
#include "client/base/node_program.h"
#include "client/base/render.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

std::string LogPath(const std::string& folder) { return folder + "/log"; }

}  // namespace

absl::StatusOr<std::unique_ptr<LogCopy>> LogCopy::New() {
  const char* named = std::getenv("TMPDIR");
  std::string pattern =
      absl::StrCat(named != nullptr && *named != '\0' ? named : "/tmp", "/entente-audit.XXXXXX");
  if (mkdtemp(pattern.data()) == nullptr) return FileUnwritable(pattern, errno);
  const std::string path = LogPath(pattern);
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const int why = errno;
  std::unique_ptr<LogCopy> copy(new LogCopy(pattern, fd));
  if (fd < 0) return FileUnwritable(path, why);
  return copy;
}

LogCopy::~LogCopy() {
  if (fd_ >= 0) close(fd_);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void LogCopy::Add(const v1::LogChunk& chunk) {
  if (!failed_.ok()) return;
  const std::string bytes = chunk.SerializeAsString();
  std::string length;
  base::AppendU32(length, static_cast<uint32_t>(bytes.size()));
  if (bytes.empty() || (WriteAll(fd_, length) && WriteAll(fd_, bytes))) return;
  failed_ = FileUnwritable(LogPath(folder_), errno);
}

absl::StatusOr<v1::RebuiltViews> LogCopy::Rebuild(const base::InstrumentId& instrument) {
  RETURN_IF_ERROR(failed_);
  close(std::exchange(fd_, -1));
  ASSIGN_OR_RETURN(v1::JobAnswer answer,
                   RunNodeJob({"rebuild", "--log", LogPath(folder_), "--work", folder_ + "/views",
                               "--instrument", instrument.ToHex()}));
  return answer.rebuilt();
}

bool CompareViews(const absl::StatusOr<v1::RebuiltViews>& rebuilt, const NodeViews& node,
                  AuditReport& report) {
  const std::string not_recomputed = "view digest: as the node gives it, not recomputed here: ";
  if (!rebuilt.ok()) {
    report.not_checked.push_back(
        absl::StrCat(not_recomputed, Printable(rebuilt.status().message())));
    return false;
  }
  if (rebuilt->version() != node.version) {
    report.not_checked.push_back(absl::StrCat(not_recomputed, "the node is of version ",
                                              Printable(node.version), ", entented here of ",
                                              rebuilt->version()));
    return false;
  }
  const std::pair<const char*, std::pair<std::string, std::string>> digests[] = {
      {"FRONTIER", {node.frontier_digest, rebuilt->frontier_digest()}},
      {"VIEWS", {node.view_digest, rebuilt->view_digest()}}};
  for (const auto& [code, both] : digests) {
    if (both.first == both.second) continue;
    report.findings.push_back({code, "node",
                               absl::StrCat("the node says ", base::ToHex(both.first),
                                            ", its log gives ", base::ToHex(both.second))});
    // Of another set nothing else can be compared.
    return false;
  }
  return true;
}

}  // namespace entente::client
