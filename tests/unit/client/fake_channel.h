// A node's place taken inside a test: each method has the answer the test gave it, and what was
// asked is kept.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/context/channel.h"

namespace entente::client {

class FakeNode {
 public:
  // `answer(request, response)` returns absl::Status.
  template <class Request, class Response, class Answer>
  void On(const Method<Request, Response>& method, Answer answer) {
    calls_[method.path] = [answer](const Channel::Message& request, Channel::Message& response) {
      return answer(static_cast<const Request&>(request), static_cast<Response&>(response));
    };
  }
  template <class Request, class Response>
  void OnStream(const StreamMethod<Request, Response>& method, std::vector<Response> messages) {
    OnStreamAsked(method, [messages](const Request&) { return messages; });
  }
  // `answer(request)` returns std::vector<Response>.
  template <class Request, class Response, class Answer>
  void OnStreamAsked(const StreamMethod<Request, Response>& method, Answer answer) {
    streams_[method.path] = [answer](const Channel::Message& request, Channel::Message& response,
                                     const std::function<absl::Status()>& each) {
      for (const Response& message : answer(static_cast<const Request&>(request))) {
        static_cast<Response&>(response) = message;
        absl::Status status = each();
        if (!status.ok()) return status;
      }
      return absl::OkStatus();
    };
  }

  int Calls(const std::string& path) const {
    auto it = counts_.find(path);
    return it == counts_.end() ? 0 : it->second;
  }

  // A channel to this node, which outlives it.
  std::unique_ptr<Channel> NewChannel() { return std::make_unique<FakeChannel>(*this); }

 private:
  class FakeChannel final : public Channel {
   public:
    explicit FakeChannel(FakeNode& node) : node_(node) {}
    absl::Status Call(const char* path, const Message& request, Message& response,
                      std::chrono::seconds) override {
      ++node_.counts_[path];
      auto it = node_.calls_.find(path);
      if (it == node_.calls_.end())
        return absl::UnimplementedError(absl::StrCat("the test expects no ", path));
      return it->second(request, response);
    }
    absl::Status Read(const char* path, const Message& request, Message& response,
                      std::chrono::seconds, const std::function<absl::Status()>& each) override {
      ++node_.counts_[path];
      auto it = node_.streams_.find(path);
      if (it == node_.streams_.end())
        return absl::UnimplementedError(absl::StrCat("the test expects no ", path));
      return it->second(request, response, each);
    }

   private:
    FakeNode& node_;
  };

  std::map<std::string, std::function<absl::Status(const Channel::Message&, Channel::Message&)>>
      calls_;
  std::map<std::string, std::function<absl::Status(const Channel::Message&, Channel::Message&,
                                                   const std::function<absl::Status()>&)>>
      streams_;
  std::map<std::string, int> counts_;
};

}  // namespace entente::client
