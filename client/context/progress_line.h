// How far something is, for a person who waits: one line on a terminal, redrawn now and then, and
// gone when it is done.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "client/context/context.h"

namespace entente::client {

class ProgressLine {
 public:
  using Duration = std::chrono::milliseconds;
  // Drawn at most once in `every`; what ends within `first` draws none.
  explicit ProgressLine(Context& context, Duration every = Duration(100),
                        Duration first = Duration(0));
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // `text` is asked only when the line is drawn.
  void Show(const std::function<std::string()>& text);

 private:
  Context& context_;
  const Duration every_;
  std::chrono::steady_clock::time_point next_;
  bool drawn_ = false;
};

}  // namespace entente::client
