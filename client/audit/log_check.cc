#include "client/audit/log_check.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace entente::client {

LogCheck::LogCheck(AuditCheck* check, std::function<void(uint64_t done)> progress)
    : check_(*check), progress_(std::move(progress)) {
  const size_t cores = std::max(1u, std::thread::hardware_concurrency());
  for (size_t i = 0; i < cores; ++i) workers_.emplace_back([this] { Work(); });
}

void LogCheck::Work() {
  for (;;) {
    std::vector<v1::SignedEntry> chunk;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      more_.wait(lock, [this] { return closed_ || !chunks_.empty(); });
      if (chunks_.empty()) return;
      chunk = std::move(chunks_.front());
      chunks_.pop_front();
      room_.notify_one();
    }
    std::vector<CheckedEntry> checked = check_.Check(chunk, false);
    std::lock_guard<std::mutex> lock(mutex_);
    leaves_.Add(std::move(checked));
  }
}

void LogCheck::Take(v1::LogChunk& chunk) {
  for (const std::string& note : chunk.notes()) check_.AddNote(note);
  if (chunk.entries_size() > 0) {
    std::unique_lock<std::mutex> lock(mutex_);
    room_.wait(lock, [this] { return chunks_.size() < 2 * workers_.size(); });
    chunks_.emplace_back(std::make_move_iterator(chunk.mutable_entries()->begin()),
                         std::make_move_iterator(chunk.mutable_entries()->end()));
    more_.notify_one();
  }
  if (chunk.aside_size() > 0) TakeAside({chunk.aside().begin(), chunk.aside().end()});
  done_ += static_cast<uint64_t>(chunk.entries_size());
  if (progress_) progress_(done_);
}

void LogCheck::TakeAside(const std::vector<v1::SignedEntry>& entries) {
  std::vector<CheckedEntry> checked = check_.Check(entries, true);
  std::lock_guard<std::mutex> lock(mutex_);
  leaves_.Add(std::move(checked));
}

void LogCheck::Close() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    more_.notify_all();
  }
  for (std::thread& worker : workers_) worker.join();
  workers_.clear();
}

LogLeaves LogCheck::Finish() {
  Close();
  return std::move(leaves_);
}

}  // namespace entente::client
