// The views an auditor makes himself: the log is copied to a file as it comes from the node, and
// the node's program, started here for this one job, makes the views again from nothing. So the
// tables a node shows are compared with what its own log gives, by a program the auditor chose.
#pragma once

#include <memory>
#include <string>

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
  // Once, after the last chunk.
  absl::StatusOr<v1::RebuiltViews> Rebuild(const base::InstrumentId& instrument);

 private:
  LogCopy(std::string folder, int fd) : folder_(std::move(folder)), fd_(fd) {}

  const std::string folder_;
  int fd_;
  absl::Status failed_;
};

// What the node says of itself.
struct NodeViews {
  std::string version;
  std::string frontier_digest, view_digest;  // 32 bytes each
};

// True: the node shows the views its log gives. False: findings VIEWS or FRONTIER, or a line in
// `not_checked` that says why it could not be compared.
bool CompareViews(const absl::StatusOr<v1::RebuiltViews>& rebuilt, const NodeViews& node,
                  AuditReport& report);

}  // namespace entente::client
