#include "client/exchange/progress_line.h"

#include <fmt/format.h>

#include "client/base/render.h"

namespace entente::client {

ProgressLine::~ProgressLine() {
  if (drawn_) context_.err() << "\r\x1b[K" << std::flush;
}

void ProgressLine::Show(const std::function<std::string()>& text) {
  const auto now = std::chrono::steady_clock::now();
  if (!context_.err_terminal() || now - shown_ < std::chrono::milliseconds(100)) return;
  shown_ = now;
  context_.err() << "\r\x1b[K" << context_.phrases().Retell(text()) << std::flush;
  drawn_ = true;
}

void BytesProgress::Moved(uint64_t bytes, const std::string& of) {
  done_ += bytes;
  line_.Show([&] { return Text(of); });
}

std::string BytesProgress::Text(const std::string& of) const {
  std::string out = fmt::format("{}: {}", Printable(of), SizeText(done_));
  if (all_ > done_) out += fmt::format(" of {}", SizeText(all_));
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
  if (done_ == 0 || seconds < 0.1) return out;
  const double rate = static_cast<double>(done_) / seconds;
  out += fmt::format(", {}/s", SizeText(static_cast<uint64_t>(rate)));
  if (all_ > done_) out += fmt::format(", {:.0f} s left", static_cast<double>(all_ - done_) / rate);
  return out;
}

}  // namespace entente::client
