#include "client/context/connect.h"

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/base/errors.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"

namespace entente::client {

std::string DefaultNode() {
  if (const char* named = std::getenv("ENTENTE_NODE"); named != nullptr && *named != '\0')
    return named;
  if (const char* run = std::getenv("XDG_RUNTIME_DIR"); run != nullptr && *run != '\0') {
    std::string own = absl::StrCat(run, "/entente/node.sock");
    if (access(own.c_str(), F_OK) == 0) return "unix:" + own;
  }
  return "unix:/run/entente/node.sock";
}

absl::StatusOr<std::string> SocketPath(absl::string_view node) {
  absl::string_view path = node;
  if (!absl::ConsumePrefix(&path, "unix:")) {
    return UsageError(absl::StrCat("--node: \"", node,
                                   "\" is not a local socket; a node answers its own people on "
                                   "a Unix socket only"),
                      "write --node unix:/path/to/node.sock");
  }
  absl::ConsumePrefix(&path, "//");
  if (path.empty())
    return UsageError("--node: the path after unix: is empty",
                      "write --node unix:/path/to/node.sock");
  if (path.size() >= sizeof(sockaddr_un{}.sun_path)) {
    return UsageError(
        absl::StrCat("--node: the socket path has ", path.size(), " bytes; the system allows ",
                     sizeof(sockaddr_un{}.sun_path) - 1),
        "start the node with a shorter --socket PATH");
  }
  return base::Str(path);
}

absl::StatusOr<std::unique_ptr<Channel>> Connect(absl::string_view node) {
  ASSIGN_OR_RETURN(std::string path, SocketPath(node));
  struct stat info;
  if (stat(path.c_str(), &info) != 0) {
    return Failure(absl::StatusCode::kUnavailable, kNodeUnreachable,
                   absl::StrCat("no node at unix:", path, " (", std::strerror(errno), ")"),
                   "start it with: entented --data DIR; or name another socket: --node unix:PATH "
                   "or ENTENTE_NODE");
  }
  if (!S_ISSOCK(info.st_mode)) {
    return Failure(absl::StatusCode::kUnavailable, kNodeUnreachable,
                   absl::StrCat(path, " is not a socket"),
                   "name the node's socket: --node unix:PATH");
  }
  if (access(path.c_str(), W_OK) != 0) {
    return Failure(absl::StatusCode::kUnavailable, kNodeUnreachable,
                   absl::StrCat("this user may not open ", path, " (", std::strerror(errno), ")"),
                   "ask the owner of the node to add you to its group");
  }
  return NewGrpcChannel(path);
}

}  // namespace entente::client
