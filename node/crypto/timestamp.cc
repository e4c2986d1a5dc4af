#include "node/crypto/timestamp.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <ctime>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "node/crypto/openssl.h"

namespace entente::crypto {

namespace {

template <auto Free>
struct FreeWith {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using TokenPtr = std::unique_ptr<TS_RESP, FreeWith<TS_RESP_free>>;
using ContextPtr = std::unique_ptr<TS_VERIFY_CTX, FreeWith<TS_VERIFY_CTX_free>>;
using StorePtr = std::unique_ptr<X509_STORE, FreeWith<X509_STORE_free>>;
using CertificatePtr = std::unique_ptr<X509, FreeWith<X509_free>>;
using MemoryPtr = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;

absl::Status BadToken(absl::string_view what) {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  absl::Status status = absl::InvalidArgumentError(
      absl::StrCat(what, reason == nullptr ? "" : absl::StrCat(" (", reason, ")")));
  ERR_clear_error();
  return status;
}

MemoryPtr Memory(absl::string_view bytes) {
  return MemoryPtr(BIO_new_mem_buf(Bytes(bytes), static_cast<int>(bytes.size())));
}

StorePtr StoreOf(absl::string_view ca_pem) {
  StorePtr store(X509_STORE_new());
  MemoryPtr pem = Memory(ca_pem);
  int count = 0;
  while (CertificatePtr one{PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr)}) {
    count += X509_STORE_add_cert(store.get(), one.get());
  }
  ERR_clear_error();  // the end of the file is reported as an error
  return count > 0 ? std::move(store) : nullptr;
}

// POSIX seconds; 0 when the token states no time.
uint64_t TimeOfToken(TS_RESP* token) {
  TS_TST_INFO* info = TS_RESP_get_tst_info(token);
  std::tm parts{};
  if (info == nullptr || ASN1_TIME_to_tm(TS_TST_INFO_get_time(info), &parts) != 1) return 0;
  const std::time_t seconds = timegm(&parts);
  return seconds > 0 ? static_cast<uint64_t>(seconds) : 0;
}

}  // namespace

absl::StatusOr<uint64_t> VerifyTimestamp(absl::string_view token, absl::string_view data,
                                         absl::string_view ca_pem) {
  InitOpenSsl();
  ERR_clear_error();
  StorePtr store = StoreOf(ca_pem);
  if (store == nullptr) return BadToken("the authorities' file holds no PEM certificate");
  const unsigned char* at = Bytes(token);
  TokenPtr response(d2i_TS_RESP(nullptr, &at, static_cast<long>(token.size())));
  if (response == nullptr || at != Bytes(token) + token.size()) {
    return BadToken("not a time-stamp response");
  }
  const uint64_t time = TimeOfToken(response.get());
  if (time == 0) return BadToken("the response grants no time stamp");
  X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store.get()), static_cast<std::time_t>(time));
  ContextPtr context(TS_VERIFY_CTX_new());
  TS_VERIFY_CTX_set_flags(context.get(),
                          TS_VFY_VERSION | TS_VFY_SIGNER | TS_VFY_DATA | TS_VFY_SIGNATURE);
  // The context frees both.
  TS_VERIFY_CTX_set_data(context.get(), Memory(data).release());
  TS_VERIFY_CTX_set_store(context.get(), store.release());
  if (TS_RESP_verify_response(context.get(), response.get()) != 1) {
    return BadToken("the time stamp does not verify");
  }
  return time;
}

}  // namespace entente::crypto
