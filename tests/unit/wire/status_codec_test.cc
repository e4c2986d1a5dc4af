#include "node/wire/status_codec.h"

#include <gmock/gmock.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <future>

#include "google/rpc/status.pb.h"
#include "node/base/error.h"

namespace entente::wire {
namespace {

using base::Violation;
using ::testing::ElementsAre;
using ::testing::Pair;

// Ends every call with the status it was given.
class AnsweringService : public grpc::CallbackGenericService {
 public:
  void set_answer(grpc::Status answer) { answer_ = std::move(answer); }

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override {
    class Ended : public grpc::ServerGenericBidiReactor {
      void OnDone() override { delete this; }
    };
    auto* reactor = new Ended;
    reactor->Finish(answer_);
    return reactor;
  }

 private:
  grpc::Status answer_;
};

class StatusCodecTest : public ::testing::Test {
 protected:
  StatusCodecTest() {
    grpc::ServerBuilder builder;
    builder.RegisterCallbackGenericService(&service_);
    server_ = builder.BuildAndStart();
    stub_ = std::make_unique<grpc::GenericStub>(server_->InProcessChannel({}));
  }
  ~StatusCodecTest() override { server_->Shutdown(); }

  // The status as it arrives at the far end of a channel.
  absl::Status Carried(const absl::Status& status) {
    service_.set_answer(ToGrpc(status));
    grpc::ClientContext context;
    const grpc::Slice empty;
    grpc::ByteBuffer request(&empty, 1), reply;
    std::promise<grpc::Status> ended;
    stub_->UnaryCall(&context, "/test/Call", {}, &request, &reply,
                     [&](grpc::Status s) { ended.set_value(std::move(s)); });
    return FromGrpc(ended.get_future().get());
  }

  AnsweringService service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<grpc::GenericStub> stub_;
};

TEST_F(StatusCodecTest, EveryCodeKeepsItsMessageAndDetailsOverAChannel) {
  for (int code = 1; code <= 16; ++code) {
    absl::Status sent = base::Error(static_cast<absl::StatusCode>(code), "QUEUE_FULL",
                                    "the queue holds 1024 jobs; try again");
    sent = base::WithMetadata(sent, "limit", "1024");
    sent = base::WithMetadata(sent, "given", "1025");
    sent = base::WithViolation(sent, "entries[0].leaf", "is empty");
    sent = base::WithViolation(sent, "entries[1].leaf", "is 7 bytes");
    sent = base::WithRetryDelay(sent, absl::Milliseconds(1500));

    const absl::Status got = Carried(sent);

    SCOPED_TRACE(code);
    EXPECT_EQ(static_cast<int>(got.code()), code);
    EXPECT_EQ(got.message(), sent.message());
    EXPECT_EQ(base::ReasonOf(got), "QUEUE_FULL");
    EXPECT_THAT(base::MetadataOf(got), ElementsAre(Pair("given", "1025"), Pair("limit", "1024")));
    EXPECT_THAT(base::ViolationsOf(got), ElementsAre(Violation{"entries[0].leaf", "is empty"},
                                                     Violation{"entries[1].leaf", "is 7 bytes"}));
    EXPECT_EQ(base::RetryDelayOf(got), absl::Milliseconds(1500));
  }
}

TEST_F(StatusCodecTest, PlainStatusCarriesNoDetails) {
  const absl::Status sent = absl::NotFoundError("no report EUCA-2014/DDR/08 here");
  EXPECT_TRUE(ToGrpc(sent).error_details().empty());
  EXPECT_EQ(Carried(sent), sent);
}

TEST(StatusCodec, OkStaysOk) {
  EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok());
  EXPECT_TRUE(FromGrpc(grpc::Status::OK).ok());
}

TEST_F(StatusCodecTest, ManyViolationsAreCutSoThatTheAnswerStillArrives) {
  absl::Status sent =
      base::Error(absl::StatusCode::kInvalidArgument, "VALIDATION_FAILED", std::string(5000, 'x'));
  for (int i = 0; i < 500; ++i) sent = base::WithViolation(sent, "field", std::string(90, 'y'));

  const absl::Status got = Carried(sent);

  EXPECT_EQ(got.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(base::ReasonOf(got), "VALIDATION_FAILED");
  EXPECT_GT(base::ViolationsOf(got).size(), 10u);
  EXPECT_LT(got.message().size(), 1000u);
}

TEST(StatusCodec, DetailsThatDoNotParseLeaveCodeAndMessage) {
  const absl::Status got =
      FromGrpc(grpc::Status(grpc::StatusCode::ABORTED, "head moved", "\xff\xff not a proto"));
  EXPECT_EQ(got, absl::AbortedError("head moved"));
}

TEST(StatusCodec, DetailsOfAnotherCodeAreDropped) {
  google::rpc::Status lie;
  ASSERT_TRUE(lie.ParseFromString(
      ToGrpc(base::Error(absl::StatusCode::kAborted, "HEAD_MOVED", "moved")).error_details()));
  const absl::Status got =
      FromGrpc(grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "no", lie.SerializeAsString()));
  EXPECT_EQ(base::ReasonOf(got), "");
}

}  // namespace
}  // namespace entente::wire
