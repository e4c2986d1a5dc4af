#include "client/exchange/sync_progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "client/base/render.h"

namespace entente::client {

namespace {

uint64_t Less(uint64_t from, uint64_t what) { return from - std::min(from, what); }

// Of the seconds that everything would take: those until the budget is used up.
double Within(const SyncBudget& budget, uint64_t moved, double bytes_per_second, uint64_t now_ms,
              double seconds) {
  if (budget.max_bytes > 0 && bytes_per_second > 0) {
    const auto room = static_cast<double>(Less(budget.max_bytes, budget.used + moved));
    seconds = std::min(seconds, room / bytes_per_second);
  }
  if (budget.until_ms > 0) {
    seconds = std::min(seconds, static_cast<double>(Less(budget.until_ms, now_ms)) / 1000);
  }
  return seconds;
}

}  // namespace

std::string ProgressText(const v1::SyncProgress& p, const SyncBudget& budget, uint64_t now_ms) {
  const uint64_t done = p.entries_received() + p.entries_sent();
  const uint64_t all = std::max(done, p.entries_to_receive() + p.entries_to_send());
  const auto part = [](uint64_t moved, uint64_t of) {
    return of > moved ? fmt::format("{} of {}", moved, of) : std::to_string(moved);
  };
  std::string text =
      fmt::format("{}: {} in, {} out", p.peer(), part(p.entries_received(), p.entries_to_receive()),
                  part(p.entries_sent(), p.entries_to_send()));
  if (p.attachment_bytes_received() + p.attachment_bytes_sent() > 0) {
    text += fmt::format(", attachments {} in, {} out", SizeText(p.attachment_bytes_received()),
                        SizeText(p.attachment_bytes_sent()));
  }
  if (p.seconds() <= 0 || done == 0) return text;
  const uint64_t bytes = p.bytes_received() + p.bytes_sent();
  const double rate = static_cast<double>(bytes) / p.seconds();
  text += fmt::format(", {}/s", SizeText(static_cast<uint64_t>(rate)));
  if (all > done) {
    const double each = p.seconds() / static_cast<double>(done);
    const double left = each * static_cast<double>(all - done);
    text += fmt::format(", {:.0f} s left", Within(budget, bytes, rate, now_ms, left));
  }
  return text;
}

}  // namespace entente::client
