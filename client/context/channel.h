// The local socket as commands see it: typed calls over bytes. A method is a constant
// (local_methods.h) that ties a path to its request and response; a Channel carries any of them.
// gRPC itself stays in grpc_channel.cc, so that no command pays for its headers, and tests put a
// Channel of their own in place.
#pragma once

#include <google/protobuf/message_lite.h>

#include <chrono>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace entente::client {

// One request, one response.
template <class Request, class Response>
struct Method {
  const char* path;  // "/package.Service/Name"
};

// One request, responses until the node is done.
template <class Request, class Response>
struct StreamMethod {
  const char* path;
};

class Channel {
 public:
  using Message = google::protobuf::MessageLite;

  virtual ~Channel() = default;

  // The language of who reads the answers; the node then gives titles in it where it has them.
  virtual void SetReaderLanguage(absl::string_view) {}

  // Errors are those of errors.h: the node's own reasons, NODE_UNREACHABLE, TIMED_OUT.
  virtual absl::Status Call(const char* path, const Message& request, Message& response,
                            std::chrono::seconds limit) = 0;
  // Fills `response` and calls `each`, once per message; an error of `each` ends the stream and is
  // the answer.
  virtual absl::Status Read(const char* path, const Message& request, Message& response,
                            std::chrono::seconds limit,
                            const std::function<absl::Status()>& each) = 0;
};

// Over the Unix socket at `path`. Does not wait: what cannot be reached is seen at the first call.
std::unique_ptr<Channel> NewGrpcChannel(absl::string_view socket_path);

}  // namespace entente::client
