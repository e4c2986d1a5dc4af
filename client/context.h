// What every command works with: the global options, the node, and the three streams. Data goes to
// `out`, talk to `err`; a command returns a status, and the edge (app.cc) turns it into text and an
// exit status.
#pragma once

#include <chrono>
#include <functional>
#include <istream>
#include <memory>
#include <ostream>
#include <string>

#include "absl/status/statusor.h"
#include "client/connect.h"
#include "client/errors.h"
#include "client/exit_status.h"
#include "client/render.h"
#include "entente/v1/local.grpc.pb.h"

namespace entente::client {

struct Streams {
  std::istream* in;
  std::ostream* out;
  std::ostream* err;
  bool in_terminal = false;
  bool out_terminal = false;
  bool err_terminal = false;
};

struct GlobalOptions {
  std::string node;
  std::string instrument;
  std::string format = "table";
  std::string lang;
  std::string as_of;
  int timeout_s = 0;  // 0: each call's own
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  bool no_color = false;
};

class Context {
 public:
  explicit Context(Streams streams) : streams_(streams) {}

  GlobalOptions options;
  std::function<absl::StatusOr<Exit>()> action;  // what the command line chose

  Format format() const;
  bool color_out() const { return Color(streams_.out_terminal); }
  bool color_err() const { return Color(streams_.err_terminal); }
  bool err_terminal() const { return streams_.err_terminal && !options.quiet; }
  std::ostream& out() { return *streams_.out; }
  std::ostream& err() { return *streams_.err; }

  // One line of talk on stderr; --quiet drops it. Warn is never dropped.
  void Say(absl::string_view line);
  void Warn(absl::string_view line);

  // Data: a table in the wanted format, or one object that has a text for people.
  void Emit(const v1::Table& table);
  void Emit(const nlohmann::ordered_json& object, absl::string_view text);

  // y/N on a terminal; elsewhere --yes is asked for (USAGE). NOT_CONFIRMED after a no.
  absl::Status Confirm(bool yes, absl::string_view question);

  absl::StatusOr<v1::Local::StubInterface*> stub();
  // For tests.
  void UseStub(std::unique_ptr<v1::Local::StubInterface> stub) { stub_ = std::move(stub); }

  template <class Request, class Response>
  absl::StatusOr<Response> Call(grpc::Status (v1::Local::StubInterface::*method)(
                                    grpc::ClientContext*, const Request&, Response*),
                                const Request& request,
                                std::chrono::seconds limit = std::chrono::seconds(10)) {
    absl::StatusOr<v1::Local::StubInterface*> node = stub();
    if (!node.ok()) return node.status();
    grpc::ClientContext call;
    SetDeadline(call, limit);
    Response response;
    grpc::Status status = ((*node)->*method)(&call, request, &response);
    if (!status.ok()) return FromGrpc(status);
    return response;
  }
  void SetDeadline(grpc::ClientContext& call, std::chrono::seconds limit) const;

  // The instrument a command is about: the option, else the prefix of a reference such as
  // "R:EUCA-2014/MTR-2017/KG/DDR/08", else the only one joined.
  absl::StatusOr<std::string> Instrument(absl::string_view reference = "");

 private:
  bool Color(bool terminal) const;
  void Page(const std::string& text);

  Streams streams_;
  std::unique_ptr<v1::Local::StubInterface> stub_;
};

}  // namespace entente::client
