// Entries of a node's log, checked on all cores while more come.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "client/audit/audit_check.h"
#include "client/audit/register_audit.h"
#include "entente/v1/local.pb.h"

namespace entente::client {

class LogCheck {
 public:
  // `check` outlives this. `progress` is told how many entries came, from the thread that calls
  // Take.
  LogCheck(AuditCheck* check, std::function<void(uint64_t done)> progress);
  ~LogCheck() { Close(); }
  LogCheck(const LogCheck&) = delete;
  LogCheck& operator=(const LogCheck&) = delete;

  // Takes the chunk's notes and entries out of it. Waits while all cores are behind, so that a fast
  // node does not fill the memory of the auditor.
  void Take(v1::LogChunk& chunk);
  void TakeAside(const std::vector<v1::SignedEntry>& entries);
  // Once, after the last chunk: waits for all of it.
  LogLeaves Finish();

 private:
  void Work();
  void Close();

  AuditCheck& check_;
  const std::function<void(uint64_t)> progress_;
  uint64_t done_ = 0;
  std::mutex mutex_;  // guards what follows
  std::condition_variable more_, room_;
  std::deque<std::vector<v1::SignedEntry>> chunks_;
  bool closed_ = false;
  LogLeaves leaves_;
  std::vector<std::thread> workers_;
};

}  // namespace entente::client
