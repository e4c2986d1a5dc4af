#include "client/base/clock.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>

namespace entente::client {

namespace {
constexpr uint64_t kCitedAheadMsMax = 5 * 60 * 1000;
}  // namespace

uint64_t WallMs() {
  auto since = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

std::string UtcText(uint64_t unix_ms) {
  auto seconds = static_cast<time_t>(unix_ms / 1000);
  tm parts{};
  if (gmtime_r(&seconds, &parts) == nullptr || parts.tm_year > 8099) return "after the year 9999";
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

uint64_t ParseUtc(const std::string& text) {
  for (const char* format : {"%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%MZ", "%Y-%m-%d"}) {
    tm parts{};
    const char* end = strptime(text.c_str(), format, &parts);
    if (end != nullptr && *end == '\0') return static_cast<uint64_t>(timegm(&parts)) * 1000;
  }
  return 0;
}

std::string Ago(uint64_t then_ms, uint64_t now_ms) {
  if (then_ms == 0) return "never";
  uint64_t s = now_ms > then_ms ? (now_ms - then_ms) / 1000 : 0;
  if (s < 5) return "just now";
  if (s < 120) return std::to_string(s) + " s ago";
  if (s < 7200) return std::to_string(s / 60) + " min ago";
  if (s < 172'800) return std::to_string(s / 3600) + " h ago";
  return std::to_string(s / 86'400) + " d ago";
}

uint64_t NextHlc(uint64_t previous, uint64_t wall_ms, const std::vector<uint64_t>& cited) {
  uint64_t hlc = std::max(previous + 1, wall_ms << 16);
  for (uint64_t other : cited) {
    if (HlcMs(other) <= wall_ms + kCitedAheadMsMax) hlc = std::max(hlc, other + 1);
  }
  return hlc;
}

}  // namespace entente::client
