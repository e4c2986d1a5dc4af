// The views an auditor makes himself: the log is copied to a file as it comes from the node or out
// of a pack, and the node's program, started here for this one job, makes the views again from
// nothing. So the tables that are shown are compared with what the entries give, by a program the
// auditor chose.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/audit/audit_check.h"
#include "entente/v1/local.pb.h"
#include "entente/v1/operator.pb.h"

namespace entente::client {

class LogCopy {
 public:
  // In a folder of its own below TMPDIR (else /tmp), mode 0700, gone with the object.
  static absl::StatusOr<std::unique_ptr<LogCopy>> New();
  ~LogCopy();
  LogCopy(const LogCopy&) = delete;
  LogCopy& operator=(const LogCopy&) = delete;

  // After a failure (a full disk) nothing more is written, and Rebuild gives it.
  void Add(const v1::LogChunk& chunk);
  // After the last chunk: of the entries only these stay, and these notes in place of all.
  absl::Status Keep(const std::vector<std::string>& notes, const std::set<base::EntryId>& entries);
  // Once, after the last chunk.
  absl::StatusOr<v1::RebuiltViews> Rebuild(const base::InstrumentId& instrument);

 private:
  LogCopy(std::string folder, int fd) : folder_(std::move(folder)), fd_(fd) {}
  std::string Path() const;
  absl::Status OpenNext();

  const std::string folder_;
  int fd_;
  int number_ = 0;  // of the file that is written
  absl::Status failed_;
};

// What is said of a set by whoever shows it.
struct ToldViews {
  std::string who;                                             // "node" or "pack"
  std::string version;                                         // of the program that made them
  std::string frontier_digest, authority_digest, view_digest;  // 32 bytes each
};

// True: the views are those that its entries give. False: findings AUTHORITY, FRONTIER or VIEWS, or
// a line in `not_checked` that says why it could not be compared.
bool CompareViews(const absl::StatusOr<v1::RebuiltViews>& rebuilt, const ToldViews& told,
                  AuditReport& report);

}  // namespace entente::client
