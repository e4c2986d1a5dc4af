#include "node/rpc/peer/request_arrival.h"

#include <grpc/grpc.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/check.h"
#include "node/base/error.h"
#include "node/wire/status_codec.h"

namespace entente::rpc {

namespace {

using Parameter = grpc::internal::MethodHandler::HandlerParameter;

// A call that ends with no more than a status.
class Refusal final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  explicit Refusal(const grpc::Status& status) { Finish(status); }
  void OnDone() override { delete this; }
};

void Refuse(const Parameter& call, const grpc::Status& status) {
  grpc::internal::CallbackBidiHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
      [&status](grpc::CallbackServerContext*) { return new Refusal(status); })
      .RunHandler(call);
}

}  // namespace

// One request that is coming in. Deletes itself once it is there, or never will be.
class RequestArrival::Reading final : public grpc_completion_queue_functor {
 public:
  Reading(RequestArrival* arrival, grpc::internal::MethodHandler* then, const Parameter& call,
          PeerGate::Admitted caller)
      : arrival_(*arrival), then_(*then), call_(call), caller_(std::move(caller)) {
    functor_run = [](grpc_completion_queue_functor* self, int) {
      std::unique_ptr<Reading>(static_cast<Reading*>(self))->OnRead();
    };
    inlineable = 0;
    grpc_call_ref(core());
  }
  ~Reading() { grpc_call_unref(core()); }

  void Begin() {
    late_ = arrival_.timer_.After(arrival_.within_, [this] { OnLate(); });
    grpc_op read{};
    read.op = GRPC_OP_RECV_MESSAGE;
    read.data.recv_message.recv_message = &bytes_;
    ENTENTE_CHECK(grpc_call_start_batch(core(), &read, 1, this, nullptr) == GRPC_CALL_OK);
  }

 private:
  grpc_call* core() const { return call_.call->call(); }

  // On the timer's thread, and over before OnRead goes on.
  void OnLate() {
    const absl::Status late = base::Error(absl::StatusCode::kDeadlineExceeded, "LIMIT_EXCEEDED",
                                          absl::StrCat("the request did not come whole within ",
                                                       absl::FormatDuration(arrival_.within_)));
    (void)arrival_.gate_.Told(caller_.peer, "request", late);
    const std::string words(late.message());
    grpc_call_cancel_with_status(core(), GRPC_STATUS_DEADLINE_EXCEEDED, words.c_str(), nullptr);
  }

  void OnRead() {
    arrival_.timer_.Cancel(late_);
    caller_.place.reset();
    if (bytes_ == nullptr) {
      // Whoever called has left, was late, or sent more than a message may have: he was told.
      return Refuse(call_, grpc::Status::CANCELLED);
    }
    grpc::Status status;
    void* made = nullptr;
    void* request = then_.Deserialize(core(), bytes_, &status, &made);  // takes the bytes
    then_.RunHandler(
        {call_.call, call_.server_context, request, status, made, call_.call_requester});
  }

  RequestArrival& arrival_;
  grpc::internal::MethodHandler& then_;
  const Parameter call_;
  PeerGate::Admitted caller_;
  runtime::Timer::Id late_{};
  grpc_byte_buffer* bytes_ = nullptr;
};

class RequestArrival::Awaiting final : public grpc::internal::MethodHandler {
 public:
  Awaiting(RequestArrival* arrival, std::unique_ptr<grpc::internal::MethodHandler> then)
      : arrival_(*arrival), then_(std::move(then)) {}

  void RunHandler(const HandlerParameter& call) override {
    absl::StatusOr<PeerGate::Admitted> caller = arrival_.gate_.Arriving(*call.server_context);
    if (!caller.ok()) return Refuse(call, wire::ToGrpc(caller.status()));
    (new Reading(&arrival_, then_.get(), call, *std::move(caller)))->Begin();
  }

 private:
  RequestArrival& arrival_;
  const std::unique_ptr<grpc::internal::MethodHandler> then_;
};

grpc::internal::MethodHandler* RequestArrival::Await(
    std::unique_ptr<grpc::internal::MethodHandler> then) {
  return new Awaiting(this, std::move(then));
}

}  // namespace entente::rpc
