// Keeps a second process out of a store. The lock is flock(2) on LOCK.entente, so it ends with the
// process however it ends; the text in the file (process id, start time) is only for the error
// message.
#pragma once

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "storage/local_file.h"

namespace entente::storage {

class StoreLock {
 public:
  static constexpr char kName[] = "LOCK.entente";

  // FAILED_PRECONDITION, reason STORE_IN_USE, naming the holder, if another process (or another
  // opening in this one) holds it.
  static absl::StatusOr<StoreLock> Acquire(const std::string& directory);
  // Who holds it, in words; empty: nobody. Changes nothing; also where the directory cannot be
  // written.
  static std::string Holder(const std::string& directory);

 private:
  explicit StoreLock(FileDescriptor file) : file_(std::move(file)) {}
  FileDescriptor file_;  // the lock lives as long as the open file
};

}  // namespace entente::storage
