// Bytes of bundle files, one file after the other, for a person who waits: "x.bundle: 3.1 MB of
// 20.0 MB, 1.2 MB/s, 14 s left".
#pragma once

#include <chrono>
#include <string>

#include "client/context/progress_line.h"

namespace entente::client {

class BundleProgress {
 public:
  explicit BundleProgress(Context& context)
      : line_(context), begun_(std::chrono::steady_clock::now()) {}

  // So many more bytes, of the file `of`.
  void Moved(uint64_t bytes, const std::string& of);
  // Of all files; 0: it is not known what is to come.
  void set_all(uint64_t all) { all_ = all; }

 private:
  std::string Text(const std::string& of) const;

  ProgressLine line_;
  uint64_t all_ = 0;
  uint64_t done_ = 0;
  std::chrono::steady_clock::time_point begun_;
};

}  // namespace entente::client
