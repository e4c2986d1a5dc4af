// What every command works with: the global options, the node, and the three streams. Data goes to
// `out`, talk to `err`; a command returns a status, and the edge (app.cc) turns it into text and an
// exit status.
#pragma once

#include <chrono>
#include <functional>
#include <istream>
#include <memory>
#include <ostream>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "client/base/errors.h"
#include "client/base/exit_status.h"
#include "client/base/render.h"
#include "client/context/connect.h"
#include "client/context/local_methods.h"
#include "client/language/tongue.h"
#include "node/base/id.h"

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

// The instrument as the node's answer names it.
absl::StatusOr<base::InstrumentId> InstrumentIdFrom(absl::string_view bytes);

class Context {
 public:
  explicit Context(Streams streams) : streams_(streams) {}

  GlobalOptions options;
  std::function<absl::StatusOr<Exit>()> action;  // what the command line chose

  Format format() const;
  bool color_out() const { return Color(streams_.out_terminal); }
  bool color_err() const { return Color(streams_.err_terminal); }
  // Columns of the terminal that data goes to; 100 where there is none.
  int Width() const;
  bool err_terminal() const { return streams_.err_terminal && !options.quiet; }
  std::ostream& out() { return *streams_.out; }
  std::ostream& err() { return *streams_.err; }

  // Talk on stderr, written in English and said in the reader's language; --quiet drops it. Warn is
  // never dropped, and says the same thing once.
  void Say(absl::string_view line);
  // Talk that is said in the reader's language already, or holds whole lines of what people wrote.
  void SaySaid(absl::string_view text);
  void Warn(absl::string_view line);

  // What people's output is said in: --lang, else what the environment's locale wishes, else
  // English. Never of JSON or CSV.
  const Phrases& phrases();

  // Data: a table in the wanted format, or one object that has a text for people, written in
  // English and said in the reader's language.
  void Emit(const v1::Table& table);
  void Emit(const nlohmann::ordered_json& object, absl::string_view text);
  // The text is said already, or holds whole lines of what people wrote: it stays as it is.
  void EmitSaid(const nlohmann::ordered_json& object, absl::string_view text);

  // y/N on a terminal; elsewhere --yes is asked for (USAGE). NOT_CONFIRMED after a no.
  absl::Status Confirm(bool yes, absl::string_view question);

  // For tests: answers in the node's place.
  void UseChannel(std::unique_ptr<Channel> channel) { channel_ = std::move(channel); }

  // One call to the node: Call(local::kMissing, question). --timeout prevails over `limit`.
  template <class Request, class Response>
  absl::StatusOr<Response> Call(const Method<Request, Response>& method, const Request& request,
                                std::chrono::seconds limit = std::chrono::seconds(10)) {
    Response response;
    absl::Status status = CallRaw(method.path, request, response, limit);
    if (!status.ok()) return status;
    return response;
  }
  // The messages of a stream, one after the other in the same place; an error of `each` ends it.
  template <class Request, class Response, class Each>
  absl::Status Read(const StreamMethod<Request, Response>& method, const Request& request,
                    std::chrono::seconds limit, Each each) {
    Response message;
    return ReadRaw(method.path, request, message, limit, [&] { return each(message); });
  }

  // The instrument a command is about: the option, else the prefix of a reference such as
  // "R:EUCA-2014/MTR-2017/KG/DDR/08", else the only one joined.
  absl::StatusOr<std::string> Instrument(absl::string_view reference = "");

 private:
  bool Color(bool terminal) const;
  void Page(const std::string& text);
  void SayBeside(const v1::Table& table);
  absl::StatusOr<Channel*> Node();
  absl::Status CallRaw(const char* path, const Channel::Message& request,
                       Channel::Message& response, std::chrono::seconds limit);
  absl::Status ReadRaw(const char* path, const Channel::Message& request, Channel::Message& message,
                       std::chrono::seconds limit, const std::function<absl::Status()>& each);
  std::chrono::seconds Limit(std::chrono::seconds limit) const;

  Streams streams_;
  std::unique_ptr<Channel> channel_;
  std::unique_ptr<Phrases> phrases_;
  std::set<std::string> warned_;
};

}  // namespace entente::client
