// Real handshakes on loopback.
#include "node/rpc/tls/peer_credentials.h"

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "node/base/mutex.h"
#include "node/rpc/peer/peer_channel.h"
#include "node/rpc/server.h"
#include "node/rpc/tls/certificate.h"
#include "tests/unit/rpc/who_service.h"

namespace entente::rpc {
namespace {

class Members : public Membership {
 public:
  bool Admits(const base::Spki& spki) const override {
    base::MutexLock lock(mutex_);
    ++asked_;
    return admitted_.count(spki) > 0;
  }
  void Admit(const base::Spki& spki) {
    base::MutexLock lock(mutex_);
    admitted_.insert(spki);
  }
  int asked() const {
    base::MutexLock lock(mutex_);
    return asked_;
  }

 private:
  mutable base::Mutex mutex_;
  std::set<base::Spki> admitted_ ABSL_GUARDED_BY(mutex_);
  mutable int asked_ ABSL_GUARDED_BY(mutex_) = 0;
};

// What `key` presents when it bears these names.
Identity WithNames(EVP_PKEY* key, const std::vector<std::string>& names) {
  X509Ptr certificate = MakeCertificate(key, names).value();
  return {ToPem(key).value(), ToPem(certificate.get()).value(), SpkiOf(key)};
}

class PeerCredentialsTest : public ::testing::Test {
 protected:
  PeerCredentialsTest() { Serve(identity_); }

  void Serve(const Identity& identity) {
    server_.reset();
    auto server = PeerServer::Start({.listen = "127.0.0.1:0",
                                     .identity = identity,
                                     .membership = members_,
                                     .limits = {},
                                     .services = {&service_}});
    server_ = std::move(server).value();
  }

  Answer Ask(const Identity& caller, const base::Spki& expected) {
    return AskWho(MakePeerChannel(caller, server_->address(), expected));
  }

  const Identity identity_ = MakeIdentity().value();
  std::shared_ptr<Members> members_ = std::make_shared<Members>();
  WhoService service_;
  std::unique_ptr<PeerServer> server_;
};

TEST_F(PeerCredentialsTest, MemberIsLetInAndKnownByItsKey) {
  const Identity member = MakeIdentity().value();
  members_->Admit(member.spki);
  const Answer answer = Ask(member, identity_.spki);
  ASSERT_TRUE(answer.status.ok()) << answer.status.error_message();
  EXPECT_EQ(answer.text, member.spki.ToHex());
}

TEST_F(PeerCredentialsTest, StrangerIsRefusedBeforeAnyCall) {
  const Answer answer = Ask(MakeIdentity().value(), identity_.spki);
  EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(service_.calls(), 0);
  EXPECT_GE(members_->asked(), 1);
}

TEST_F(PeerCredentialsTest, CallerWithoutCertificateIsRefused) {
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(
      std::make_shared<grpc::experimental::StaticDataCertificateProvider>(
          identity_.certificate_pem));
  options.watch_root_certs();
  options.set_verify_server_certs(false);
  options.set_check_call_host(false);
  options.set_certificate_verifier(std::make_shared<grpc::experimental::NoOpCertificateVerifier>());
  const Answer answer =
      AskWho(grpc::CreateChannel(server_->address(), grpc::experimental::TlsCredentials(options)));
  EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(service_.calls(), 0);
  EXPECT_EQ(members_->asked(), 0);
}

TEST_F(PeerCredentialsTest, CallerWithoutTlsIsRefused) {
  const Answer answer =
      AskWho(grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials()));
  EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(service_.calls(), 0);
}

TEST_F(PeerCredentialsTest, CertificateNamedAfterAnotherKeyIsRefused) {
  const Identity member = MakeIdentity().value();
  members_->Admit(member.spki);
  KeyPtr key = MakeKey().value();
  members_->Admit(
      SpkiOf(key.get()));  // its own key would be let in; the name must not lie all the same
  const Identity liar = WithNames(key.get(), {"URI:" + NodeUri(member.spki)});
  EXPECT_FALSE(Ask(liar, identity_.spki).status.ok());
  EXPECT_EQ(service_.calls(), 0);
}

TEST_F(PeerCredentialsTest, CertificateWithASecondNameIsRefused) {
  KeyPtr key = MakeKey().value();
  members_->Admit(SpkiOf(key.get()));
  const Identity two =
      WithNames(key.get(), {"URI:" + NodeUri(SpkiOf(key.get())), "URI:" + NodeUri(identity_.spki)});
  EXPECT_FALSE(Ask(two, identity_.spki).status.ok());
  EXPECT_EQ(service_.calls(), 0);
}

TEST_F(PeerCredentialsTest, ClientRefusesAServerWithAnotherKey) {
  const Identity member = MakeIdentity().value();
  members_->Admit(member.spki);
  const Answer answer = Ask(member, MakeIdentity().value().spki);
  EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(service_.calls(), 0);
}

TEST_F(PeerCredentialsTest, ClientRefusesAServerWhoseCertificateIsNamedAfterTheRightKey) {
  const Identity member = MakeIdentity().value();
  members_->Admit(member.spki);
  KeyPtr key = MakeKey().value();
  Serve(WithNames(key.get(), {"URI:" + NodeUri(identity_.spki)}));
  EXPECT_EQ(Ask(member, identity_.spki).status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(service_.calls(), 0);
}

TEST_F(PeerCredentialsTest, TwoPinsAtOneAddressAreJudgedApart) {
  const Identity member = MakeIdentity().value();
  members_->Admit(member.spki);
  auto good = MakePeerChannel(member, server_->address(), identity_.spki);
  auto bad = MakePeerChannel(member, server_->address(), member.spki);
  EXPECT_TRUE(AskWho(good).status.ok());
  EXPECT_FALSE(AskWho(bad).status.ok());
  EXPECT_TRUE(AskWho(good).status.ok());
}

}  // namespace
}  // namespace entente::rpc
