// Everything a peer may answer to the dialling side of a contact. Input: pieces, one an answer,
// each read as what the oldest open call waits for; before each, what to do with it.
#include <deque>

#include "node/sync/contact/dialer.h"
#include "tests/fuzz/dialer_host.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

namespace {

using sync::Action;
using sync::CallId;
using sync::CallKind;

class Contact {
 public:
  Contact(sync::testing::FakeHost host, bool live)
      : host_(std::move(host)),
        dialer_(&host_, {.peer = Answering().spki(),
                         .live = live,
                         .nonce = std::string(16, 'n'),
                         .sketch_cap_least = 64}) {
    Take(dialer_.Start(now_, 1'700'000'000'000));
  }

  // False: nothing is open any more.
  bool Answer(uint8_t how, absl::string_view bytes) {
    ++now_;
    if (open_.empty()) return false;
    // Mostly in order; pushes may overtake each other.
    const Open open = open_[how / 16 % 2 == 0 ? 0 : open_.size() - 1];
    switch (how % 8) {
      case 0:
        Take(dialer_.OnFailed(open.call, absl::NotFoundError("no"), now_));
        return true;
      case 1:
        End(open);
        return true;
      case 2:
        Take(dialer_.OnTick(now_ += 30'000));
        return true;
      case 3:
        Take(dialer_.OnLocalArrival(now_));
        return true;
      default:
        Give(open, bytes);
        return true;
    }
  }

  void Finish() {
    Take(dialer_.Stop(absl::UnavailableError("over"), now_));
    FUZZ_CHECK(dialer_.finished());
    const sync::Summary& summary = dialer_.summary();
    FUZZ_CHECK(summary.refused.size() <= 8);
    FUZZ_CHECK(summary.bytes_discovery <= summary.bytes_sent + summary.bytes_received);
  }

 private:
  struct Open {
    CallId call;
    CallKind kind;
  };

  template <class Message>
  static bool Read(absl::string_view bytes, Message& message) {
    return message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  }

  void Give(const Open& open, absl::string_view bytes) {
    v1::HelloReply hello;
    v1::AuthorityChunk authority;
    v1::HeadsChunk heads;
    v1::Frame frame;
    v1::PushReply push;
    v1::AgreeReply agree;
    switch (open.kind) {
      case CallKind::kHello:
        if (Read(bytes, hello)) Take(dialer_.OnHelloReply(open.call, hello, now_), open.call);
        return;
      case CallKind::kAuthority:
        if (Read(bytes, authority)) Take(dialer_.OnAuthorityChunk(open.call, authority, now_));
        return;
      case CallKind::kHeads:
        if (Read(bytes, heads)) Take(dialer_.OnHeadsChunk(open.call, heads, now_));
        return;
      case CallKind::kPull:
      case CallKind::kLivePull:
        if (Read(bytes, frame)) Take(dialer_.OnFrame(open.call, std::move(frame), now_));
        return;
      case CallKind::kPush:
        if (Read(bytes, push)) Take(dialer_.OnPushReply(open.call, push, now_), open.call);
        return;
      case CallKind::kAgree:
        if (Read(bytes, agree)) Take(dialer_.OnAgreeReply(open.call, agree, now_), open.call);
        return;
    }
  }

  void End(const Open& open) {
    switch (open.kind) {
      case CallKind::kAuthority:
        return Take(dialer_.OnAuthorityEnd(open.call, now_), open.call);
      case CallKind::kHeads:
        return Take(dialer_.OnHeadsEnd(open.call, now_), open.call);
      case CallKind::kPull:
      case CallKind::kLivePull:
        return Take(dialer_.OnPullEnd(open.call, now_), open.call);
      default:
        return Take(dialer_.OnFailed(open.call, absl::UnavailableError("cut"), now_), open.call);
    }
  }

  void Forget(CallId call) {
    std::erase_if(open_, [call](const Open& open) { return open.call == call; });
  }
  void Begun(CallId call, CallKind kind) {
    FUZZ_CHECK(!finished_);
    open_.push_back({call, kind});
    size_t pushes = 0;
    for (const Open& open : open_) pushes += open.kind == CallKind::kPush;
    FUZZ_CHECK(pushes <= sync::kPushesInFlight);
  }

  void Take(std::vector<Action> actions, std::optional<CallId> ended = {}) {
    if (ended) Forget(*ended);
    for (Action& action : actions) {
      std::visit([this](auto& one) { Do(one); }, action);
    }
  }
  void Do(sync::CallHello& action) { Begun(action.call, CallKind::kHello); }
  void Do(sync::CallAuthority& action) { Begun(action.call, CallKind::kAuthority); }
  void Do(sync::CallHeads& action) { Begun(action.call, CallKind::kHeads); }
  void Do(sync::CallPull& action) {
    Begun(action.call, action.request.live() ? CallKind::kLivePull : CallKind::kPull);
  }
  void Do(sync::CallPush& action) { Begun(action.call, CallKind::kPush); }
  void Do(sync::CallAgree& action) { Begun(action.call, CallKind::kAgree); }
  void Do(sync::Ingest& action) {
    Take(
        dialer_.OnIngested(action.call, host_.IngestFrame(action.frame, Answering().spki()), now_));
  }
  void Do(sync::ReadNext&) {}
  void Do(sync::Cancel& action) { Forget(action.call); }
  void Do(sync::CancelAll&) { open_.clear(); }
  void Do(sync::CaughtUp&) {}
  void Do(sync::Finished&) {
    FUZZ_CHECK(!finished_);
    finished_ = true;
  }

  sync::testing::FakeHost host_;
  sync::Dialer dialer_;
  sync::Millis now_ = 1'000;
  std::vector<Open> open_;
  bool finished_ = false;
};

constexpr int kAnswersMax = 200;

}  // namespace

FUZZ_TARGET(dialer, input) {
  Choices choices(input);
  const bool live = choices.Byte() % 2 == 1;
  Contact contact(Dialling(), live);
  for (int n = 0; n < kAnswersMax && !choices.Rest().empty(); ++n) {
    const uint8_t how = choices.Byte();
    if (!contact.Answer(how, choices.Piece())) break;
  }
  contact.Finish();
}

}  // namespace entente::fuzz
