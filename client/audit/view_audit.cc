#include "client/audit/view_audit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/base/errors.h"
#include "client/base/files.h"
#include "client/base/node_program.h"
#include "client/base/render.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"

namespace entente::client {

namespace {

// The next chunk of a copy; false: it ends here, or cannot be read further.
bool ReadChunk(std::ifstream& in, v1::LogChunk& chunk) {
  std::string length(4, '\0'), bytes;
  if (!in.read(length.data(), 4)) return false;
  bytes.resize(base::ReadU32(length));
  return in.read(bytes.data(), static_cast<std::streamsize>(bytes.size())) &&
         chunk.ParseFromString(bytes);
}

}  // namespace

absl::StatusOr<std::unique_ptr<LogCopy>> LogCopy::New() {
  const char* named = std::getenv("TMPDIR");
  std::string pattern =
      absl::StrCat(named != nullptr && *named != '\0' ? named : "/tmp", "/entente-audit.XXXXXX");
  if (mkdtemp(pattern.data()) == nullptr) return FileUnwritable(pattern, errno);
  std::unique_ptr<LogCopy> copy(new LogCopy(pattern, -1));
  RETURN_IF_ERROR(copy->OpenNext());
  return copy;
}

LogCopy::~LogCopy() {
  if (fd_ >= 0) close(fd_);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string LogCopy::Path() const { return absl::StrCat(folder_, "/log-", number_); }

absl::Status LogCopy::OpenNext() {
  ++number_;
  fd_ = open(Path().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  return fd_ >= 0 ? absl::OkStatus() : FileUnwritable(Path(), errno);
}

void LogCopy::Add(const v1::LogChunk& chunk) {
  if (!failed_.ok()) return;
  const std::string bytes = chunk.SerializeAsString();
  std::string length;
  base::AppendU32(length, static_cast<uint32_t>(bytes.size()));
  if (bytes.empty() || (WriteAll(fd_, length) && WriteAll(fd_, bytes))) return;
  failed_ = FileUnwritable(Path(), errno);
}

absl::Status LogCopy::Keep(const std::vector<std::string>& notes,
                           const std::set<base::EntryId>& entries) {
  RETURN_IF_ERROR(failed_);
  close(std::exchange(fd_, -1));
  const std::string whole = Path();
  RETURN_IF_ERROR(OpenNext());
  v1::LogChunk first;
  for (const std::string& note : notes) first.add_notes(note);
  Add(first);
  std::ifstream in(whole, std::ios::binary);
  for (v1::LogChunk chunk; ReadChunk(in, chunk);) {
    v1::LogChunk kept;
    for (v1::SignedEntry& entry : *chunk.mutable_entries()) {
      const base::Digest id = crypto::LeafHash(entry.leaf());
      if (entries.contains(*base::EntryId::FromBytes(id.view()))) {
        kept.add_entries()->Swap(&entry);
      }
    }
    Add(kept);
  }
  std::filesystem::remove(whole);
  return failed_;
}

absl::StatusOr<v1::RebuiltViews> LogCopy::Rebuild(const base::InstrumentId& instrument) {
  RETURN_IF_ERROR(failed_);
  close(std::exchange(fd_, -1));
  ASSIGN_OR_RETURN(v1::JobAnswer answer,
                   RunNodeJob({"rebuild", "--log", Path(), "--work", folder_ + "/views",
                               "--instrument", instrument.ToHex()}));
  return answer.rebuilt();
}

bool CompareViews(const absl::StatusOr<v1::RebuiltViews>& rebuilt, const ToldViews& told,
                  AuditReport& report) {
  const std::string not_recomputed =
      absl::StrCat("view digest: as the ", told.who, " gives it, not recomputed here: ");
  if (!rebuilt.ok()) {
    report.not_checked.push_back(
        absl::StrCat(not_recomputed, Printable(rebuilt.status().message())));
    return false;
  }
  if (rebuilt->version() != told.version) {
    report.not_checked.push_back(absl::StrCat(not_recomputed, "the ", told.who, " is of version ",
                                              Printable(told.version), ", entented here of ",
                                              rebuilt->version()));
    return false;
  }
  const std::pair<const char*, std::pair<std::string, std::string>> digests[] = {
      {"AUTHORITY", {told.authority_digest, rebuilt->authority_digest()}},
      {"FRONTIER", {told.frontier_digest, rebuilt->frontier_digest()}},
      {"VIEWS", {told.view_digest, rebuilt->view_digest()}}};
  for (const auto& [code, both] : digests) {
    if (both.first == both.second) continue;
    report.findings.push_back({code, told.who,
                               absl::StrCat("the ", told.who, " says ", base::ToHex(both.first),
                                            ", its entries give ", base::ToHex(both.second))});
    // Of other notes or another set nothing else can be compared.
    return false;
  }
  return true;
}

}  // namespace entente::client
