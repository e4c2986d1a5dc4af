// The channel against a real server of the real service, over a real Unix socket; and commands
// against a fake.
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <sstream>

#include "client/app.h"
#include "client/context/connect.h"
#include "client/context/context.h"
#include "entente/v1/local.grpc.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "node/base/error.h"
#include "tests/unit/client/fake_channel.h"

namespace entente::client {
namespace {

class LittleNode final : public v1::Local::Service {
 public:
  grpc::Status GetNode(grpc::ServerContext*, const v1::GetNodeRequest*, v1::Node* out) override {
    out->set_version("little");
    return grpc::Status::OK;
  }
  grpc::Status Missing(grpc::ServerContext*, const v1::RoundQuestion* question,
                       v1::Table*) override {
    google::rpc::ErrorInfo info;
    info.set_reason("UNKNOWN_INSTRUMENT");
    google::rpc::Status details;
    details.add_details()->PackFrom(info);
    return {grpc::NOT_FOUND, "no " + question->instrument(), details.SerializeAsString()};
  }
  grpc::Status ExportLog(grpc::ServerContext*, const v1::ExportLogRequest*,
                         grpc::ServerWriter<v1::LogChunk>* writer) override {
    for (const char* note : {"one", "two", "three"}) {
      v1::LogChunk chunk;
      chunk.add_notes(note);
      if (!writer->Write(chunk)) return grpc::Status::CANCELLED;
    }
    return grpc::Status::OK;
  }
};

class GrpcChannelTest : public testing::Test {
 protected:
  void SetUp() override {
    socket_ = testing::TempDir() + "/channel." + std::to_string(getpid()) + ".sock";
    unlink(socket_.c_str());
    grpc::ServerBuilder builder;
    builder.AddListeningPort("unix:" + socket_, grpc::experimental::LocalServerCredentials(UDS));
    builder.RegisterService(&node_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
    context_.options.node = "unix:" + socket_;
  }
  void TearDown() override {
    if (server_) server_->Shutdown();
    unlink(socket_.c_str());
  }

  std::string socket_;
  LittleNode node_;
  std::unique_ptr<grpc::Server> server_;
  std::istringstream in_;
  std::ostringstream out_, err_;
  Context context_{Streams{&in_, &out_, &err_}};
};

TEST_F(GrpcChannelTest, ACallBringsTheAnswer) {
  auto node = context_.Call(local::kGetNode, v1::GetNodeRequest());
  ASSERT_TRUE(node.ok()) << node.status();
  EXPECT_EQ(node->version(), "little");
}

TEST_F(GrpcChannelTest, ARefusalKeepsCodeReasonAndMessage) {
  v1::RoundQuestion question;
  question.set_instrument("X");
  absl::Status status = context_.Call(local::kMissing, question).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(base::ReasonOf(status), "UNKNOWN_INSTRUMENT");
  EXPECT_EQ(status.message(), "no X");
}

TEST_F(GrpcChannelTest, AStreamBringsEveryMessageInOrder) {
  std::string seen;
  absl::Status status = context_.Read(local::kExportLog, v1::ExportLogRequest(),
                                      std::chrono::seconds(10), [&](const v1::LogChunk& chunk) {
                                        seen += chunk.notes(0) + " ";
                                        return absl::OkStatus();
                                      });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(seen, "one two three ");
}

TEST_F(GrpcChannelTest, AnErrorOfTheReaderEndsTheStreamAndIsTheAnswer) {
  int read = 0;
  absl::Status status = context_.Read(local::kExportLog, v1::ExportLogRequest(),
                                      std::chrono::seconds(10), [&](const v1::LogChunk&) {
                                        ++read;
                                        return absl::DataLossError("enough");
                                      });
  EXPECT_EQ(read, 1);
  EXPECT_EQ(status.message(), "enough");
}

TEST_F(GrpcChannelTest, AServerThatIsGoneIsAMissingNode) {
  server_->Shutdown();
  EXPECT_EQ(ExitOf(context_.Call(local::kGetNode, v1::GetNodeRequest()).status()),
            Exit::kUnreachable);
}

TEST(Context, ATestAnswersInTheNodesPlace) {
  FakeNode node;
  node.On(local::kListInstruments,
          [](const v1::ListInstrumentsRequest&, v1::ListInstrumentsResponse& out) {
            out.add_instruments()->set_code("A-1");
            out.add_instruments()->set_code("B-2");
            return absl::OkStatus();
          });
  std::istringstream in;
  std::ostringstream out, err;
  Context context(Streams{&in, &out, &err});
  context.UseChannel(node.NewChannel());
  EXPECT_EQ(context.Instrument("R:B-2/MTR/KG/DDR/01").value(), "B-2");
  EXPECT_EQ(ExitOf(context.Instrument().status()), Exit::kUsage);
  EXPECT_EQ(node.Calls(local::kListInstruments.path), 2);
}

}  // namespace
}  // namespace entente::client
