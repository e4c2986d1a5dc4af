// BALLAST: a preallocated file without content that is given back when the disk is full, so that
// the database can still flush and close in order. It never holds data; deleting it by hand is
// harmless.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace entente::storage {

class Ballast {
 public:
  // `bytes` 0: no ballast is kept, and one that exists is removed.
  Ballast(const std::string& directory, uint64_t bytes);

  // Allocates the file if it is missing or too small and more than `spare` bytes stay free beside
  // it; RESOURCE_EXHAUSTED if not. Not for use at the same time as itself.
  absl::Status Fill(uint64_t spare);
  // Gives the space back; true if there was any. From any thread.
  bool Release();
  // Wanted but not there.
  bool missing() const { return bytes_ > 0 && !held_; }

 private:
  const std::string path_;
  const uint64_t bytes_;
  std::atomic<bool> held_{false};
};

}  // namespace entente::storage
