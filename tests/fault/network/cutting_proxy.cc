#include "tests/fault/network/cutting_proxy.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <vector>

#include "node/base/check.h"
#include "tests/bench/relay_sockets.h"

namespace entente::bench {

namespace {

// The line is slower than who reads at its end: what came over is then in the reader's hands when
// the line breaks, and not in a buffer below it, which gRPC empties with the connection.
constexpr uint64_t kBytesPerSecond = 2 << 20;
constexpr size_t kHeaderBytes = 5;
// Of a record that may go on in the next one. A full one holds 16 KiB, less what its writer needs.
constexpr size_t kFullRecordLeast = 15 << 10;
// Who always has more to write than goes over fills every record: then any end is as good.
constexpr size_t kSearchBytes = 64 << 10;

// Follows the records of one direction of a TLS connection.
class Records {
 public:
  // Of the bytes that come next, those up to the end of the first record that ends past the first
  // `least` bytes of all and is not full, or full and so much further on; nothing when none does.
  std::optional<size_t> EndAfter(absl::string_view bytes, uint64_t least) {
    const uint64_t before = passed_;
    passed_ += bytes.size();
    for (size_t at = 0; at < bytes.size();) {
      if (left_ == 0) {
        header_ += bytes[at++];
        if (header_.size() < kHeaderBytes) continue;
        length_ = left_ = size_t{uint8_t(header_[3])} << 8 | uint8_t(header_[4]);
        header_.clear();
        continue;
      }
      const size_t step = std::min(left_, bytes.size() - at);
      left_ -= step;
      at += step;
      if (left_ != 0 || before + at < least) continue;
      if (length_ < kFullRecordLeast || before + at >= least + kSearchBytes) return at;
    }
    return std::nullopt;
  }

 private:
  std::string header_;
  size_t length_ = 0, left_ = 0;
  uint64_t passed_ = 0;
};

}  // namespace

struct CuttingProxy::Link {
  int fds[2];  // by Side
  std::optional<Cut> cut;
  uint64_t passed = 0;  // from the side that is to be cut
  Records records;
  bool broken = false;
  bool ended[2] = {false, false};  // by Side: it has hung up, of a broken line

  // Nothing goes over any more. Closing at once would throw away what came over before and lies
  // unread at the other end: the system answers late bytes with a reset, and that empties it.
  void Break() {
    broken = true;
    for (int fd : fds) shutdown(fd, SHUT_WR);
  }
  // False: both ends have hung up.
  bool Discard(size_t side) {
    char buffer[64 << 10];
    ended[side] = recv(fds[side], buffer, sizeof buffer, 0) <= 0;
    return !ended[0] || !ended[1];
  }
};

CuttingProxy::CuttingProxy(int target_port) : target_port_(target_port) {
  listener_ = ListenOnLoopback(port_);
  ENTENTE_CHECK(pipe(wake_) == 0);
  thread_ = std::thread([this] { Run(); });
}

CuttingProxy::~CuttingProxy() {
  close(wake_[1]);
  thread_.join();
  close(wake_[0]);
  close(listener_);
}

void CuttingProxy::CutNext(const Cut& cut) {
  base::MutexLock lock(mutex_);
  armed_ = true;
  next_ = cut;
}

void CuttingProxy::Accept() {
  const std::optional<Pair> pair = AcceptFor(listener_, target_port_);
  if (!pair) return;
  Link& link = links_.emplace_back();
  link.fds[0] = pair->in;
  link.fds[1] = pair->out;
  base::MutexLock lock(mutex_);
  if (std::exchange(armed_, false)) link.cut = next_;
}

bool CuttingProxy::Relay(Link& link, Side from) {
  const size_t side = static_cast<size_t>(from);
  char buffer[64 << 10];
  const ssize_t taken = recv(link.fds[side], buffer, sizeof buffer, 0);
  if (taken <= 0) return false;
  absl::string_view bytes(buffer, static_cast<size_t>(taken));
  bool cut_here = false;
  if (link.cut && link.cut->from == from) {
    const uint64_t left = link.cut->after - std::min(link.cut->after, link.passed);
    std::optional<size_t> end;
    if (link.cut->between) {
      end = link.records.EndAfter(bytes, link.cut->after);
    } else if (left <= bytes.size()) {
      end = left;
    }
    cut_here = end.has_value();
    bytes = bytes.substr(0, end.value_or(bytes.size()));
    link.passed += bytes.size();
  }
  std::this_thread::sleep_for(
      std::chrono::microseconds(bytes.size() * 1'000'000 / kBytesPerSecond));
  bytes_[side] += bytes.size();
  const bool sent = SendAll(link.fds[1 - side], bytes);
  if (cut_here) {
    ++cuts_;
    link.Break();
  }
  return sent;
}

void CuttingProxy::Run() {
  while (true) {
    std::vector<pollfd> watched = {{wake_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
    for (const Link& link : links_) {
      for (size_t side = 0; side < 2; ++side)
        watched.push_back({link.ended[side] ? -1 : link.fds[side], POLLIN, 0});
    }
    if (poll(watched.data(), watched.size(), -1) < 0) continue;
    if (watched[0].revents != 0) break;
    size_t at = 2;
    for (auto link = links_.begin(); link != links_.end(); at += 2) {
      bool alive = true;
      for (size_t side = 0; side < 2 && alive; ++side) {
        if (watched[at + side].revents == 0) continue;
        alive = link->broken ? link->Discard(side) : Relay(*link, static_cast<Side>(side));
      }
      if (!alive) {
        for (int fd : link->fds) close(fd);
      }
      link = alive ? std::next(link) : links_.erase(link);
    }
    if (watched[1].revents != 0) Accept();
  }
  for (const Link& link : links_) {
    for (int fd : link.fds) close(fd);
  }
}

}  // namespace entente::bench
