#include "client/exchange/bundle_progress.h"

#include <fmt/format.h>

#include "client/base/render.h"

namespace entente::client {

void BundleProgress::Moved(uint64_t bytes, const std::string& of) {
  done_ += bytes;
  line_.Show([&] { return Text(of); });
}

std::string BundleProgress::Text(const std::string& of) const {
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
