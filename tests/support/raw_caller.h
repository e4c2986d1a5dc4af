// A peer that keeps to TLS and to the framing of HTTP/2 (RFC 9113), and to nothing else: what it
// sends of a request, in which pieces and when, is the test's choice. One connection; one thread.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "node/rpc/tls/identity.h"

namespace entente::support {

class RawCaller {
 public:
  // Connects to "127.0.0.1:PORT" and says hello to HTTP/2. Fails the test when it cannot.
  RawCaller(const rpc::Identity& identity, const std::string& address);
  ~RawCaller();
  RawCaller(const RawCaller&) = delete;
  RawCaller& operator=(const RawCaller&) = delete;

  // Begins a call of `method` ("/package.Service/Method") and says that its request has `size`
  // bytes, of which none are sent. Its stream.
  uint32_t Begin(absl::string_view method, uint32_t size);
  // Sends so many more zero bytes of the request, in pieces of `piece`; less where the other end
  // takes no more for now. How many were sent.
  size_t Send(uint32_t stream, size_t bytes, size_t piece);
  // Reads what has come; waits for it for at most so long. False: nothing came.
  bool Listen(int milliseconds);

  // The other end has ended the call, or the connection.
  bool Ended(uint32_t stream) const { return gone_ || streams_.at(stream).ended; }
  // The headers that came for the call, as they came (HPACK, in which words stand as they are).
  const std::string& Heard(uint32_t stream) const { return streams_.at(stream).heard; }

 private:
  struct Stream {
    int64_t window = 0;
    bool ended = false;
    std::string heard;
  };
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };

  void Handshake(const rpc::Identity& identity);
  void Write(absl::string_view bytes);
  void OnFrame(uint8_t type, uint8_t flags, uint32_t stream, absl::string_view body);
  void OnSettings(uint8_t flags, absl::string_view body);

  int fd_ = -1;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> ssl_;
  std::string in_;
  std::map<uint32_t, Stream> streams_;
  uint32_t next_stream_ = 1;
  int64_t window_ = 65'535, stream_window_ = 65'535;
  bool gone_ = false;
};

}  // namespace entente::support
