#include "node/rpc/upkeep/examine_peers.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "node/rpc/peer/peer_channel.h"
#include "node/rpc/upkeep/examine_files.h"

namespace entente::rpc {

namespace {

constexpr int kConnectMs = 3000;
constexpr std::chrono::seconds kHandshake(5);
constexpr int64_t kSkewMs = 5 * 60 * 1000;

using Addresses = std::unique_ptr<addrinfo, void (*)(addrinfo*)>;

// Empty: connected. Else why not.
std::string Connect(const addrinfo& address) {
  const int fd = socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return std::strerror(errno);
  std::string why;
  if (connect(fd, address.ai_addr, address.ai_addrlen) != 0 && errno != EINPROGRESS) {
    why = std::strerror(errno);
  } else {
    pollfd ready{fd, POLLOUT, 0};
    int error = 0;
    socklen_t size = sizeof error;
    if (poll(&ready, 1, kConnectMs) != 1) {
      why = absl::StrCat("no answer within ", kConnectMs / 1000, " s");
    } else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error != 0) {
      why = std::strerror(error);
    }
  }
  close(fd);
  return why;
}

}  // namespace

v1::Check ExaminePeer(const Identity& identity, const v1::PeerStatus& peer) {
  const std::string name = absl::StrCat("peer_", peer.code());
  const std::string who = absl::StrCat(peer.code(), " at ", peer.address());
  if (peer.address().empty()) {
    return OkCheck(name, "no address of " + peer.code() + " is known: it has to call us");
  }
  if (peer.state() == "paused") {
    return WarnCheck(name, who + " is paused here", "entente peer resume " + peer.code());
  }
  const size_t colon = peer.address().rfind(':');
  absl::string_view host = absl::string_view(peer.address()).substr(0, colon);
  if (absl::ConsumePrefix(&host, "[")) absl::ConsumeSuffix(&host, "]");
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int resolved = getaddrinfo(std::string(host.data(), host.size()).c_str(),
                                   peer.address().substr(colon + 1).c_str(), &hints, &found);
  if (resolved != 0) {
    return FailCheck(
        name, absl::StrCat(who, ": the name does not resolve: ", gai_strerror(resolved)),
        "check the name and DNS, or entente peer add " + peer.code() + " --address HOST:PORT");
  }
  const Addresses addresses(found, freeaddrinfo);
  std::string why;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    why = Connect(*one);
    if (why.empty()) break;
  }
  if (!why.empty()) {
    return FailCheck(name, absl::StrCat(who, ": TCP: ", why),
                     "is its node running, is the port open in both firewalls? entente peer list");
  }
  auto expected = base::Spki::FromBytes(peer.spki());
  auto channel = MakePeerChannel(identity, peer.address(), *expected);
  if (!channel->WaitForConnected(std::chrono::system_clock::now() + kHandshake)) {
    return FailCheck(
        name,
        absl::StrCat(who, ": the port answers, the TLS handshake with node ", expected->Short(),
                     " does not succeed: another node listens there, or it does not "
                     "know this one"),
        "compare entente status on both; its delegation announces a new node with "
        "entente delegation node add");
  }
  return OkCheck(name, who + ": resolves, answers, is node " + expected->Short());
}

v1::Check ExamineClock(const v1::NodeStatus& status) {
  for (const v1::PeerStatus& peer : status.peers()) {
    if (std::abs(peer.clock_skew_ms()) <= kSkewMs) continue;
    return WarnCheck("clock",
                     absl::StrCat("this clock and that of ", peer.code(), " differ by ",
                                  std::abs(peer.clock_skew_ms()) / 1000,
                                  " s; nothing that counts depends on it, claimed times do"),
                     "set the clock: timedatectl set-ntp true");
  }
  return OkCheck("clock", "no peer's clock is known to differ by more than 5 minutes");
}

}  // namespace entente::rpc
