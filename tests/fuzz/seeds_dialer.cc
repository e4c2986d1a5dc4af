// Seeds of the dialer target: whole contacts, the answers in the order in which it gives them.
#include <deque>
#include <map>

#include "node/base/check.h"
#include "node/sync/contact/answers.h"
#include "node/sync/contact/dialer.h"
#include "node/sync/contact/pull_cursor.h"
#include "tests/fuzz/dialer_host.h"
#include "tests/fuzz/seeds.h"

namespace entente::fuzz {

namespace {

using sync::Action;
using sync::CallId;

// The target's choices.
constexpr char kGive = 4, kEnd = 1;

class Recorder {
 public:
  Recorder() : dialling_(Dialling()), answering_(Answering()) {}

  std::string Contact(bool live) {
    out_ = std::string(1, live ? '\1' : '\0');
    dialer_ = std::make_unique<sync::Dialer>(&dialling_,
                                             sync::DialerOptions{.peer = answering_.spki(),
                                                                 .live = live,
                                                                 .nonce = std::string(16, 'n'),
                                                                 .sketch_cap_least = 64});
    Take(dialer_->Start(now_, 1'700'000'000'000));
    while (!open_.empty()) AnswerFirst();
    return out_;
  }

 private:
  struct Open {
    CallId call;
    std::deque<std::string> answers;
    // Brings an answer; without one, the end of the stream.
    std::function<std::vector<Action>(const std::string*)> bring;
    bool stream = false, live = false;
  };

  void AnswerFirst() {
    Open open = std::move(open_.front());
    open_.erase(open_.begin());
    if (open.answers.empty()) {
      if (open.live) return;  // it would stay open
      out_ += kEnd + PieceOf("");
      return Take(open.bring(nullptr));
    }
    const std::string answer = std::move(open.answers.front());
    open.answers.pop_front();
    out_ += kGive + PieceOf(answer);
    auto bring = open.bring;
    if (open.stream) open_.insert(open_.begin(), std::move(open));
    Take(bring(&answer));
  }

  void Take(std::vector<Action> actions) {
    for (Action& action : actions) {
      std::visit([this](auto& one) { Do(one); }, action);
    }
  }

  template <class Reply, class Bring>
  void Add(CallId call, const std::vector<Reply>& replies, bool stream, Bring bring) {
    Open open{call, {}, bring, stream, false};
    for (const Reply& reply : replies) open.answers.push_back(reply.SerializeAsString());
    open_.push_back(std::move(open));
  }
  template <class Reply>
  static Reply Parsed(const std::string& bytes) {
    Reply reply;
    ENTENTE_CHECK(reply.ParseFromString(bytes));
    return reply;
  }

  void Do(sync::CallHello& action) {
    auto reply =
        sync::AnswerHello(answering_, dialling_.spki(), action.request, 1'700'000'000'000).value();
    Add<v1::HelloReply>(action.call, {reply}, false, [this, id = action.call](const auto* bytes) {
      return dialer_->OnHelloReply(id, Parsed<v1::HelloReply>(*bytes), now_);
    });
  }
  void Do(sync::CallAuthority& action) {
    auto chunks = sync::AnswerAuthority(answering_, dialling_.spki(), action.request).value();
    Add(action.call, chunks, true, [this, id = action.call](const std::string* bytes) {
      return bytes ? dialer_->OnAuthorityChunk(id, Parsed<v1::AuthorityChunk>(*bytes), now_)
                   : dialer_->OnAuthorityEnd(id, now_);
    });
  }
  void Do(sync::CallHeads& action) {
    auto chunks = sync::AnswerHeads(answering_, dialling_.spki(), action.request).value();
    Add(action.call, chunks, true, [this, id = action.call](const std::string* bytes) {
      return bytes ? dialer_->OnHeadsChunk(id, Parsed<v1::HeadsChunk>(*bytes), now_)
                   : dialer_->OnHeadsEnd(id, now_);
    });
  }
  void Do(sync::CallPull& action) {
    const bool live = action.request.live();
    auto cursor = sync::PullCursor::Open(&answering_, dialling_.spki(), action.request).value();
    std::vector<v1::Frame> frames;
    for (auto frame = cursor->NextFrame(now_).value(); frame;
         frame = cursor->NextFrame(now_).value()) {
      frames.push_back(*frame);
    }
    if (live) frames.push_back(cursor->SignOfLife());
    Add(action.call, frames, true, [this, id = action.call](const std::string* bytes) {
      return bytes ? dialer_->OnFrame(id, Parsed<v1::Frame>(*bytes), now_)
                   : dialer_->OnPullEnd(id, now_);
    });
    open_.back().live = live;
  }
  void Do(sync::CallPush& action) {
    auto reply =
        sync::AnswerPush(answering_.IngestFrame(action.request.frame(), dialling_.spki())).value();
    Add<v1::PushReply>(action.call, {reply}, false, [this, id = action.call](const auto* bytes) {
      return dialer_->OnPushReply(id, Parsed<v1::PushReply>(*bytes), now_);
    });
  }
  void Do(sync::CallAgree& action) {
    auto reply = sync::AnswerAgree(answering_, dialling_.spki(), action.request).value();
    Add<v1::AgreeReply>(action.call, {reply}, false, [this, id = action.call](const auto* bytes) {
      return dialer_->OnAgreeReply(id, Parsed<v1::AgreeReply>(*bytes), now_);
    });
  }
  void Do(sync::Ingest& action) {
    Take(dialer_->OnIngested(action.call, dialling_.IngestFrame(action.frame, answering_.spki()),
                             now_));
  }
  void Do(sync::ReadNext&) {}
  void Do(sync::Cancel& action) {
    std::erase_if(open_, [&](const Open& open) { return open.call == action.call; });
  }
  void Do(sync::CancelAll&) { open_.clear(); }
  void Do(sync::CaughtUp&) {}
  void Do(sync::Finished&) { open_.clear(); }

  const sync::Millis now_ = 1'000;
  sync::testing::FakeHost dialling_, answering_;
  std::unique_ptr<sync::Dialer> dialer_;
  std::vector<Open> open_;
  std::string out_;
};

}  // namespace

void AddDialerSeeds(AllSeeds& all) {
  all["dialer"]["once"] = Recorder().Contact(false);
  all["dialer"]["live"] = Recorder().Contact(true);
}

}  // namespace entente::fuzz
