#include "tests/support/raw_caller.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace entente::support {

namespace {

// RFC 9113 sections 6 and 4.1.
constexpr uint8_t kData = 0, kHeaders = 1, kReset = 3, kSettings = 4, kPing = 6, kGoAway = 7,
                  kWindowUpdate = 8;
constexpr uint8_t kAck = 1, kEndStream = 1, kEndHeaders = 4;
constexpr size_t kFrameHeadBytes = 9;
constexpr uint16_t kInitialWindowSize = 4;
constexpr size_t kWriteBytes = 16 << 10;  // one record of TLS

std::string Number(uint64_t value, int bytes) {
  std::string out;
  while (bytes-- > 0) out.push_back(static_cast<char>(value >> (8 * bytes)));
  return out;
}

uint32_t ReadNumber(absl::string_view bytes) {
  uint32_t out = 0;
  for (char byte : bytes) out = out << 8 | static_cast<uint8_t>(byte);
  return out;
}

std::string FrameOf(uint8_t type, uint8_t flags, uint32_t stream, absl::string_view body) {
  return absl::StrCat(Number(body.size(), 3), Number(type, 1), Number(flags, 1), Number(stream, 4),
                      body);
}

// A literal field without indexing (RFC 7541 section 6.2.2), its strings as they are.
std::string Field(absl::string_view name, absl::string_view value) {
  return absl::StrCat(Number(0, 1), Number(name.size(), 1), name, Number(value.size(), 1), value);
}

template <class Thing>
Thing* FromPem(const std::string& pem,
               Thing* (*read)(BIO*, Thing**, pem_password_cb*, void* ignored)) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  Thing* out = read(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  return out;
}

}  // namespace

RawCaller::RawCaller(const rpc::Identity& identity, const std::string& address) {
  signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
  EXPECT_EQ(connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0) << address;
  Handshake(identity);
  Write(absl::StrCat("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", FrameOf(kSettings, 0, 0, "")));
}

RawCaller::~RawCaller() {
  ssl_.reset();
  close(fd_);
}

void RawCaller::Handshake(const rpc::Identity& identity) {
  context_.reset(SSL_CTX_new(TLS_client_method()));
  X509* certificate = FromPem(identity.certificate_pem, &PEM_read_bio_X509);
  EVP_PKEY* key = FromPem(identity.key_pem, &PEM_read_bio_PrivateKey);
  EXPECT_EQ(SSL_CTX_use_certificate(context_.get(), certificate), 1);
  EXPECT_EQ(SSL_CTX_use_PrivateKey(context_.get(), key), 1);
  X509_free(certificate);
  EVP_PKEY_free(key);
  constexpr unsigned char kAlpn[] = {2, 'h', '2'};
  SSL_CTX_set_alpn_protos(context_.get(), kAlpn, sizeof kAlpn);
  ssl_.reset(SSL_new(context_.get()));
  SSL_set_fd(ssl_.get(), fd_);
  EXPECT_EQ(SSL_connect(ssl_.get()), 1);
}

void RawCaller::Write(absl::string_view bytes) {
  if (gone_) return;
  gone_ = SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) <= 0;
}

uint32_t RawCaller::Begin(absl::string_view method, uint32_t size) {
  const uint32_t stream = next_stream_;
  next_stream_ += 2;
  const std::string fields =
      absl::StrCat(Field(":method", "POST"), Field(":scheme", "https"), Field(":path", method),
                   Field(":authority", "node"), Field("te", "trailers"),
                   Field("content-type", "application/grpc"));
  // Of a message, the five bytes that stand before it: not compressed, and its size.
  const std::string head = Number(size, 5);
  streams_[stream].window = stream_window_ - static_cast<int64_t>(head.size());
  window_ -= static_cast<int64_t>(head.size());
  Write(absl::StrCat(FrameOf(kHeaders, kEndHeaders, stream, fields),
                     FrameOf(kData, 0, stream, head)));
  return stream;
}

size_t RawCaller::Send(uint32_t stream, size_t bytes, size_t piece) {
  size_t sent = 0;
  std::string out;
  int64_t& own = streams_.at(stream).window;
  while (sent < bytes && own > 0 && window_ > 0 && !Ended(stream)) {
    const auto most = static_cast<size_t>(std::min(own, window_));
    const size_t size = std::min({bytes - sent, most, piece});
    out += FrameOf(kData, 0, stream, std::string(size, '\0'));
    own -= static_cast<int64_t>(size);
    window_ -= static_cast<int64_t>(size);
    sent += size;
    if (out.size() < kWriteBytes) continue;
    Write(out);
    out.clear();
  }
  if (!out.empty()) Write(out);
  return sent;
}

bool RawCaller::Listen(int milliseconds) {
  bool came = false;
  while (!gone_) {
    pollfd waits = {fd_, POLLIN, 0};
    if (SSL_pending(ssl_.get()) == 0 && poll(&waits, 1, came ? 0 : milliseconds) != 1) return came;
    char bytes[kWriteBytes];
    const int size = SSL_read(ssl_.get(), bytes, sizeof bytes);
    gone_ = size <= 0;
    if (gone_) break;
    came = true;
    in_.append(bytes, static_cast<size_t>(size));
    while (in_.size() >= kFrameHeadBytes) {
      const size_t length = ReadNumber(absl::string_view(in_).substr(0, 3));
      if (in_.size() < kFrameHeadBytes + length) break;
      OnFrame(static_cast<uint8_t>(in_[3]), static_cast<uint8_t>(in_[4]),
              ReadNumber(absl::string_view(in_).substr(5, 4)) & 0x7fffffff,
              absl::string_view(in_).substr(kFrameHeadBytes, length));
      in_.erase(0, kFrameHeadBytes + length);
    }
  }
  return true;
}

void RawCaller::OnFrame(uint8_t type, uint8_t flags, uint32_t stream, absl::string_view body) {
  auto at = streams_.find(stream);
  const bool known = at != streams_.end();
  switch (type) {
    case kSettings:
      return OnSettings(flags, body);
    case kPing:
      if ((flags & kAck) == 0) Write(FrameOf(kPing, kAck, 0, body));
      return;
    case kGoAway:
      gone_ = true;
      return;
    case kWindowUpdate:
      if (stream == 0) window_ += ReadNumber(body);
      if (known) at->second.window += ReadNumber(body);
      return;
    case kHeaders:
      if (known) absl::StrAppend(&at->second.heard, body);
      break;
    default:
      break;
  }
  const bool ends = type == kReset || ((type == kHeaders || type == kData) && (flags & kEndStream));
  if (known && ends) at->second.ended = true;
}

void RawCaller::OnSettings(uint8_t flags, absl::string_view body) {
  if ((flags & kAck) != 0) return;
  for (; body.size() >= 6; body.remove_prefix(6)) {
    if (ReadNumber(body.substr(0, 2)) != kInitialWindowSize) continue;
    const int64_t now = ReadNumber(body.substr(2, 4));
    for (auto& [id, stream] : streams_) stream.window += now - stream_window_;
    stream_window_ = now;
  }
  Write(FrameOf(kSettings, kAck, 0, ""));
}

}  // namespace entente::support
