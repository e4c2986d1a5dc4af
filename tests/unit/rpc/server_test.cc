#include "node/rpc/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

#include "node/rpc/peer/peer_channel.h"
#include "tests/unit/rpc/temp_dir.h"
#include "tests/unit/rpc/who_service.h"

namespace entente::rpc {
namespace {

using ::testing::HasSubstr;

constexpr char kReflection[] = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
constexpr char kHealth[] = "/grpc.health.v1.Health/Check";

class Everybody : public Membership {
 public:
  bool Admits(const base::Spki&) const override { return true; }
};

std::shared_ptr<grpc::Channel> LocalChannel(const std::string& path) {
  return grpc::CreateChannel("unix:" + path, grpc::experimental::LocalCredentials(UDS));
}

class PeerServerTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<PeerServer>> Start(const std::string& listen) {
    return PeerServer::Start({.listen = listen,
                              .identity = identity_,
                              .membership = std::make_shared<Everybody>(),
                              .limits = {},
                              .services = {&service_}});
  }

  const Identity identity_ = MakeIdentity().value();
  WhoService service_;
};

TEST_F(PeerServerTest, OffersItsServicesButNeitherReflectionNorHealth) {
  auto server = Start("127.0.0.1:0").value();
  auto channel = MakePeerChannel(identity_, server->address(), identity_.spki);
  EXPECT_TRUE(AskWho(channel).status.ok());
  EXPECT_EQ(Call(channel, kReflection).status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(Call(channel, kHealth).status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(PeerServerTest, StillOffersNeitherAfterALocalServerTurnedThemOn) {
  TempDir dir;
  auto local = LocalServer::Start({.socket = dir.path() + "/node.sock", .services = {}}).value();
  auto server = Start("127.0.0.1:0").value();
  auto channel = MakePeerChannel(identity_, server->address(), identity_.spki);
  EXPECT_EQ(Call(channel, kReflection).status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(Call(channel, kHealth).status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(PeerServerTest, PortInUseIsNamedWithWhatToDo) {
  auto first = Start("127.0.0.1:0").value();
  const absl::Status status = Start(first->address()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr(first->address()));
  EXPECT_THAT(std::string(status.message()), HasSubstr("--listen"));
}

TEST_F(PeerServerTest, PortIsFreeAgainAfterShutdown) {
  auto first = Start("127.0.0.1:0").value();
  const std::string address = first->address();
  first->Shutdown(absl::Seconds(5));
  EXPECT_TRUE(Start(address).ok());
}

TEST_F(PeerServerTest, ShutdownLetsACallUnderWayEnd) {
  auto server = Start("127.0.0.1:0").value();
  auto channel = MakePeerChannel(identity_, server->address(), identity_.spki);
  auto call = std::async(std::launch::async, [&] { return Call(channel, "/test.Who/Wait"); });
  WhoService::Waiting* waiting = service_.WaitForWaiting();
  auto shutdown = std::async(std::launch::async, [&] { server->Shutdown(absl::Seconds(20)); });
  // Wait until the port is closed: the shutdown is then under way, and the call still is.
  while (Listener::Tcp(server->address()).status().code() != absl::StatusCode::kOk) {
  }
  waiting->End(grpc::Status::OK);
  const Answer answer = call.get();
  EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
  EXPECT_EQ(answer.text, "waited");
  shutdown.get();
}

TEST_F(PeerServerTest, ShutdownCancelsWhatOutlastsItsDeadline) {
  auto server = Start("127.0.0.1:0").value();
  auto channel = MakePeerChannel(identity_, server->address(), identity_.spki);
  auto call = std::async(std::launch::async, [&] { return Call(channel, "/test.Who/Wait"); });
  service_.WaitForWaiting();
  server->Shutdown(absl::Milliseconds(50));
  EXPECT_FALSE(call.get().status.ok());
}

TEST_F(PeerServerTest, MessageOverTheLimitIsRefused) {
  auto server = Start("127.0.0.1:0").value();
  auto arguments = grpc::ChannelArguments();
  arguments.SetMaxSendMessageSize(-1);
  auto channel = grpc::CreateCustomChannel(
      server->address(), PeerChannelCredentials(identity_, identity_.spki), arguments);
  const Answer answer = Call(channel, "/test.Who/AmI", std::string(kMessageBytesMax + 1, 'x'));
  EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(service_.calls(), 0);
}

TEST(LocalServer, OffersServicesHealthAndReflectionOnASocketOnlyItsUserReaches) {
  TempDir dir;
  WhoService service;
  const std::string path = dir.path() + "/run/entente/node.sock";
  auto server = LocalServer::Start({.socket = path, .services = {&service}}).value();
  auto channel = LocalChannel(path);

  const Answer who = AskWho(channel);
  EXPECT_TRUE(who.status.ok()) << who.status.error_message();
  EXPECT_EQ(who.text, "nobody");
  EXPECT_EQ(Call(channel, kHealth).text, std::string("\x08\x01"));  // HealthCheckResponse{SERVING}
  // The call ends without an answer, because it is a stream; what counts is that it is known.
  EXPECT_NE(Call(channel, kReflection).status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  struct stat info {};
  ASSERT_EQ(stat((dir.path() + "/run/entente").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0700u);
}

TEST(LocalServer, SocketLeftByACrashIsReplaced) {
  TempDir dir;
  const std::string path = dir.path() + "/node.sock";
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  strcpy(name.sun_path, path.c_str());
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&name), sizeof(name)), 0);
  close(fd);  // the file stays, nobody listens

  WhoService service;
  auto server = LocalServer::Start({.socket = path, .services = {&service}});
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_TRUE(AskWho(LocalChannel(path)).status.ok());
}

TEST(LocalServer, SocketOfALivingNodeIsLeftAlone) {
  TempDir dir;
  const std::string path = dir.path() + "/node.sock";
  WhoService service;
  auto first = LocalServer::Start({.socket = path, .services = {&service}}).value();
  const absl::Status status = LocalServer::Start({.socket = path, .services = {}}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr(path));
  EXPECT_TRUE(AskWho(LocalChannel(path)).status.ok());
}

TEST(LocalServer, FileThatIsNoSocketIsLeftAlone) {
  TempDir dir;
  const std::string path = dir.path() + "/node.sock";
  std::ofstream(path) << "notes";
  EXPECT_EQ(LocalServer::Start({.socket = path, .services = {}}).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(std::ifstream(path).good());
}

TEST(LocalServer, DirectoryOpenToOthersIsRefused) {
  TempDir dir;
  ASSERT_EQ(chmod(dir.path().c_str(), 0755), 0);
  const absl::Status status =
      LocalServer::Start({.socket = dir.path() + "/node.sock", .services = {}}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("chmod 700"));
}

TEST(LocalServer, SocketFileGoesWithTheServer) {
  TempDir dir;
  const std::string path = dir.path() + "/node.sock";
  auto server = LocalServer::Start({.socket = path, .services = {}}).value();
  EXPECT_EQ(access(path.c_str(), F_OK), 0);
  server->Shutdown(absl::Seconds(1));
  EXPECT_NE(access(path.c_str(), F_OK), 0);
}

TEST(LocalServer, PathTooLongForASocketIsRefused) {
  TempDir dir;
  EXPECT_EQ(LocalServer::Start({.socket = dir.path() + "/" + std::string(120, 's'), .services = {}})
                .status()
                .code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace entente::rpc
