#include "client/context/progress_line.h"

namespace entente::client {

ProgressLine::ProgressLine(Context& context, Duration every, Duration first)
    : context_(context), every_(every), next_(std::chrono::steady_clock::now() + first) {}

ProgressLine::~ProgressLine() {
  if (drawn_) context_.err() << "\r\x1b[K" << std::flush;
}

void ProgressLine::Show(const std::function<std::string()>& text) {
  const auto now = std::chrono::steady_clock::now();
  if (!context_.err_terminal() || now < next_) return;
  next_ = now + every_;
  context_.err() << "\r\x1b[K" << context_.phrases().Retell(text()) << std::flush;
  drawn_ = true;
}

}  // namespace entente::client
