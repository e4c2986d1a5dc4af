// Tells when this machine's network changed: a link went up or down, an address or a route came or
// went (rtnetlink(7)). A hint to try again what failed, and no more: where the kernel says nothing,
// waiting as before is right.
//
// Invariants
//  1. What comes together is told once: when it has been quiet for a moment, or after `at_latest`.
//  2. Two tellings are at least `apart` from each other, however restless the network is.
//  3. The last change is always told.
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace entente::runtime {

class NetworkWatch {
 public:
  struct Times {
    // A cable plugged in makes a burst of news: link, addresses, routes.
    absl::Duration quiet = absl::Milliseconds(300);
    absl::Duration at_latest = absl::Seconds(2);
    // Router advertisements and virtual links of containers are news as well.
    absl::Duration apart = absl::Seconds(10);
  };

  // `changed` runs on the watch's own thread. UNAVAILABLE: the kernel, or a sandbox, gives no such
  // news.
  static absl::StatusOr<std::unique_ptr<NetworkWatch>> Start(std::function<void()> changed);
  // The same over any socket whose messages are news; takes it over.
  static absl::StatusOr<std::unique_ptr<NetworkWatch>> Over(int news, const Times& times,
                                                            std::function<void()> changed);
  // Waits for a running call.
  ~NetworkWatch();
  NetworkWatch(const NetworkWatch&) = delete;
  NetworkWatch& operator=(const NetworkWatch&) = delete;

 private:
  NetworkWatch(int news, int stop, const Times& times, std::function<void()> changed);
  void Loop();

  const int news_;  // the kernel's socket
  const int stop_;  // an eventfd
  const Times times_;
  const std::function<void()> changed_;
  std::thread thread_;
};

}  // namespace entente::runtime
