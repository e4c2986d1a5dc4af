#include "node/rpc/tls/certificate.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/check.h"

namespace entente::rpc {

namespace {

struct BioFree {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using BioPtr = std::unique_ptr<BIO, BioFree>;

struct NamesFree {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

absl::Status OpensslError(absl::string_view what) {
  char text[256];
  ERR_error_string_n(ERR_get_error(), text, sizeof(text));
  ERR_clear_error();
  return absl::InternalError(absl::StrCat("OpenSSL could not ", what, ": ", text));
}

BioPtr Reader(absl::string_view pem) {
  return BioPtr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

std::string Contents(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<size_t>(size));
}

// An empty passphrase: OpenSSL would otherwise ask on the terminal.
int NoPassphrase(char*, int, int, void*) { return 0; }

bool AddExtension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  if (extension == nullptr) return false;
  const bool is_added = X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return is_added;
}

// RFC 5280 section 4.1.2.2: positive, at most 20 octets; random, so that it says nothing about the
// node.
bool SetSerial(X509* certificate) {
  unsigned char bytes[16];
  if (RAND_bytes(bytes, sizeof(bytes)) != 1) return false;
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7F) | 0x40);
  BIGNUM* number = BN_bin2bn(bytes, sizeof(bytes), nullptr);
  const bool is_set = number != nullptr &&
                      BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
  BN_free(number);
  return is_set;
}

// Subject and issuer alike. The common name is for people who look at the certificate; nothing
// reads it.
bool SetName(X509* certificate) {
  X509_NAME* name = X509_get_subject_name(certificate);
  const auto* text = reinterpret_cast<const unsigned char*>("entente node");
  return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1 &&
         X509_set_issuer_name(certificate, name) == 1;
}

// notBefore lies far back: a node whose clock is wrong must still be able to talk.
bool SetValidity(X509* certificate) {
  return ASN1_TIME_set_string(X509_getm_notBefore(certificate), "20200101000000Z") == 1 &&
         ASN1_TIME_set_string(X509_getm_notAfter(certificate), "99991231235959Z") == 1;
}

base::Spki Hashed(unsigned char* der, int size) {
  ENTENTE_CHECK(size > 0);
  base::Spki spki;
  SHA256(der, static_cast<size_t>(size), spki.bytes.data());
  OPENSSL_free(der);
  return spki;
}

}  // namespace

absl::StatusOr<KeyPtr> MakeKey() {
  KeyPtr key(EVP_EC_gen("P-256"));
  if (!key) return OpensslError("make a P-256 key");
  return key;
}

absl::StatusOr<X509Ptr> MakeCertificate(EVP_PKEY* key, const std::vector<std::string>& names) {
  X509Ptr certificate(X509_new());
  X509* raw = certificate.get();
  bool is_made = raw != nullptr && X509_set_version(raw, X509_VERSION_3) == 1 && SetSerial(raw) &&
                 SetName(raw) && SetValidity(raw) && X509_set_pubkey(raw, key) == 1 &&
                 AddExtension(raw, NID_basic_constraints, "critical,CA:FALSE") &&
                 AddExtension(raw, NID_key_usage, "critical,digitalSignature") &&
                 AddExtension(raw, NID_ext_key_usage, "serverAuth,clientAuth");
  if (is_made && !names.empty()) {
    is_made = AddExtension(raw, NID_subject_alt_name, absl::StrJoin(names, ","));
  }
  if (!is_made || X509_sign(raw, key, EVP_sha256()) == 0) return OpensslError("make a certificate");
  return certificate;
}

KeyPtr KeyFromPem(absl::string_view pem) {
  KeyPtr key(PEM_read_bio_PrivateKey(Reader(pem).get(), nullptr, NoPassphrase, nullptr));
  ERR_clear_error();
  return key;
}

X509Ptr CertificateFromPem(absl::string_view pem) {
  X509Ptr certificate(PEM_read_bio_X509(Reader(pem).get(), nullptr, NoPassphrase, nullptr));
  ERR_clear_error();
  return certificate;
}

absl::StatusOr<std::string> ToPem(EVP_PKEY* key) {
  BioPtr out(BIO_new(BIO_s_secmem()));  // wiped when freed
  if (!out ||
      PEM_write_bio_PKCS8PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return OpensslError("write a private key");
  }
  return Contents(out.get());
}

absl::StatusOr<std::string> ToPem(X509* certificate) {
  BioPtr out(BIO_new(BIO_s_mem()));
  if (!out || PEM_write_bio_X509(out.get(), certificate) != 1) {
    return OpensslError("write a certificate");
  }
  return Contents(out.get());
}

base::Spki SpkiOf(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  return Hashed(der, size);
}

base::Spki SpkiOf(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  return Hashed(der, size);
}

std::vector<std::string> NamesOf(X509* certificate) {
  std::unique_ptr<GENERAL_NAMES, NamesFree> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::vector<std::string> out;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) {
      out.push_back(absl::StrCat("other:", name->type));
      continue;
    }
    // By length, not to the first zero byte: a name with a zero inside must not pass for its
    // prefix.
    const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
    out.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                     static_cast<size_t>(ASN1_STRING_length(uri)));
  }
  return out;
}

}  // namespace entente::rpc
