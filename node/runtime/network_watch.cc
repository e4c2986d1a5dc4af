#include "node/runtime/network_watch.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace entente::runtime {

namespace {

using SteadyClock = std::chrono::steady_clock;
using SteadyTime = SteadyClock::time_point;

absl::Status NoNetworkNews(absl::string_view call) {
  return absl::UnavailableError(absl::StrCat(call, ": ", std::strerror(errno)));
}

SteadyTime Later(SteadyTime from, absl::Duration by) {
  return from + std::chrono::milliseconds(absl::ToInt64Milliseconds(by));
}

// For poll(2): rounded up, so that it never wakes too early; -1 is for ever.
int MillisUntil(SteadyTime due) {
  const auto left = due - SteadyClock::now();
  return static_cast<int>(
      std::max<int64_t>(0, std::chrono::ceil<std::chrono::milliseconds>(left).count()));
}

// What the news says does not matter. False: the socket is of no use any more.
bool Drain(int socket) {
  char buffer[8192];
  while (true) {
    const ssize_t got = recv(socket, buffer, sizeof buffer, MSG_DONTWAIT);
    // ENOBUFS: more came than was read, which is news as well.
    if (got > 0 || (got < 0 && (errno == EINTR || errno == ENOBUFS))) continue;
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }
}

// When what came so far is to be told.
class Telling {
 public:
  explicit Telling(const NetworkWatch::Times& times) : times_(times) {}

  void News(SteadyTime now) {
    if (!due_) latest_ = Later(now, times_.at_latest);
    due_ = std::max(std::min(Later(now, times_.quiet), latest_), earliest_);
  }
  void Told(SteadyTime now) {
    due_.reset();
    earliest_ = Later(now, times_.apart);
  }
  const std::optional<SteadyTime>& due() const { return due_; }

 private:
  const NetworkWatch::Times times_;
  std::optional<SteadyTime> due_;
  SteadyTime latest_, earliest_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<NetworkWatch>> NetworkWatch::Start(std::function<void()> changed) {
  const int news = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (news < 0) return NoNetworkNews("netlink socket");
  sockaddr_nl groups{};
  groups.nl_family = AF_NETLINK;
  groups.nl_groups =
      RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE;
  if (bind(news, reinterpret_cast<sockaddr*>(&groups), sizeof groups) != 0) {
    const absl::Status status = NoNetworkNews("netlink bind");
    close(news);
    return status;
  }
  return Over(news, Times(), std::move(changed));
}

absl::StatusOr<std::unique_ptr<NetworkWatch>> NetworkWatch::Over(int news, const Times& times,
                                                                 std::function<void()> changed) {
  const int stop = eventfd(0, EFD_CLOEXEC);
  if (stop < 0) {
    const absl::Status status = NoNetworkNews("eventfd");
    close(news);
    return status;
  }
  return std::unique_ptr<NetworkWatch>(new NetworkWatch(news, stop, times, std::move(changed)));
}

NetworkWatch::NetworkWatch(int news, int stop, const Times& times, std::function<void()> changed)
    : news_(news), stop_(stop), times_(times), changed_(std::move(changed)), thread_([this] {
        Loop();
      }) {}

NetworkWatch::~NetworkWatch() {
  const uint64_t one = 1;
  (void)!write(stop_, &one, sizeof one);
  thread_.join();
  close(news_);
  close(stop_);
}

void NetworkWatch::Loop() {
  Telling telling(times_);
  for (bool more = true; more || telling.due();) {
    // A negative descriptor is passed over.
    pollfd wait[] = {{more ? news_ : -1, POLLIN, 0}, {stop_, POLLIN, 0}};
    const int ready = poll(wait, 2, telling.due() ? MillisUntil(*telling.due()) : -1);
    if (ready < 0 && errno != EINTR) return;
    if (ready > 0 && wait[1].revents != 0) return;
    if (ready > 0 && wait[0].revents != 0) {
      more = Drain(news_);
      telling.News(SteadyClock::now());
    }
    if (telling.due() && SteadyClock::now() >= *telling.due()) {
      changed_();
      telling.Told(SteadyClock::now());
    }
  }
}

}  // namespace entente::runtime
