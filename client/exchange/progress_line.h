// How far something is, for a person who waits: one line on a terminal, at most ten times a second,
// and gone when it is done.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "client/context/context.h"

namespace entente::client {

class ProgressLine {
 public:
  explicit ProgressLine(Context& context) : context_(context) {}
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // `text` is asked only when the line is drawn.
  void Show(const std::function<std::string()>& text);

 private:
  Context& context_;
  std::chrono::steady_clock::time_point shown_{};
  bool drawn_ = false;
};

// Bytes of one file after the other: "3.1 MB of 20.0 MB, 1.2 MB/s, 14 s left". With 0 in
// all: what is to come is not known.
class BytesProgress {
 public:
  explicit BytesProgress(Context& context)
      : line_(context), begun_(std::chrono::steady_clock::now()) {}

  // So many more; `of` is what they belong to.
  void Moved(uint64_t bytes, const std::string& of);
  void set_all(uint64_t all) { all_ = all; }

 private:
  std::string Text(const std::string& of) const;

  ProgressLine line_;
  uint64_t all_ = 0;
  uint64_t done_ = 0;
  std::chrono::steady_clock::time_point begun_;
};

}  // namespace entente::client
