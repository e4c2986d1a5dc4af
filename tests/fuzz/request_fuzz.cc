// Everything a peer may ask of the answering side of a contact. Input: which call, the message.
#include "node/sync/contact/answers.h"
#include "node/sync/contact/pull_cursor.h"
#include "tests/fuzz/target.h"
#include "tests/unit/sync/fake_host.h"

namespace entente::fuzz {

namespace {

using sync::testing::FakeHost;

constexpr int kFramesLooked = 64;

// Holds one instrument with some entries; the peer is party to it.
FakeHost& ServingHost() {
  static FakeHost* host = [] {
    auto* out = new FakeHost("serving");
    const base::InstrumentId instrument = sync::testing::AnInstrument();
    out->Admit(FakeHost("peer"), instrument);
    sync::testing::Random random(1);
    for (uint64_t key = 1; key <= 3; ++key) {
      out->Enrol(instrument, sync::testing::AKey(key));
      sync::testing::FeedWriter feed(instrument, sync::testing::AKey(key));
      for (int i = 0; i < 10; ++i) out->AddEntry(feed.Write(random, "payload"));
      // So that a Hello can name what was agreed before the last feed came.
      if (key == 2) out->KeepBookmark(FakeHost("peer").spki(), instrument, out->Here(instrument));
    }
    return out;
  }();
  return *host;
}

template <class Message>
bool Read(absl::string_view bytes, Message& message) {
  return message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

void CheckPull(FakeHost& host, const base::Spki& peer, v1::PullRequest request) {
  auto cursor = sync::PullCursor::Open(&host, peer, std::move(request));
  if (!cursor.ok()) return;
  for (int i = 0; i < kFramesLooked; ++i) {
    const auto frame = (*cursor)->NextFrame(i);
    if (!frame.ok() || !frame->has_value()) return;
    FUZZ_CHECK((*frame)->ByteSizeLong() <= 2 * sync::kFrameBytesMax);
    if ((*frame)->entries() > 0) FUZZ_CHECK(sync::DecodeFrame(**frame).ok());
  }
}

void CheckAgree(FakeHost& host, const base::Spki& peer, const v1::AgreeRequest& request) {
  const base::InstrumentId instrument = sync::testing::AnInstrument();
  const auto reply = sync::AnswerAgree(host, peer, request);
  if (!reply.ok()) return;
  const bool same = request.frontier_digest() == host.FrontierDigest(instrument).str();
  FUZZ_CHECK(reply->agreed() == same);
  if (same) {
    FUZZ_CHECK(host.BookmarksWith(peer, instrument).at(0).frontier ==
               host.FrontierDigest(instrument));
  }
}

}  // namespace

FUZZ_TARGET(request, input) {
  Choices choices(input);
  FakeHost& host = ServingHost();
  static const base::Spki peer = FakeHost("peer").spki();
  const uint8_t call = choices.Byte();
  const absl::string_view bytes = choices.Rest();
  v1::HelloRequest hello;
  v1::AuthorityRequest authority;
  v1::HeadsRequest heads;
  v1::PullRequest pull;
  v1::PushRequest push;
  v1::AgreeRequest agree;
  switch (call % 6) {
    case 0:
      if (!Read(bytes, hello)) return;
      if (auto reply = sync::AnswerHello(host, peer, hello, 0); reply.ok()) {
        FUZZ_CHECK(reply->instruments_size() <= hello.instruments_size());
        FUZZ_CHECK(reply->protocol() == 1);
      }
      return;
    case 1:
      if (!Read(bytes, authority)) return;
      if (auto chunks = sync::AnswerAuthority(host, peer, authority); chunks.ok()) {
        FUZZ_CHECK(!chunks->empty());
      }
      return;
    case 2:
      if (!Read(bytes, heads)) return;
      if (auto chunks = sync::AnswerHeads(host, peer, heads); chunks.ok()) {
        FUZZ_CHECK(chunks->back().frontier_digest().size() == 32);
      }
      return;
    case 3:
      if (Read(bytes, pull)) CheckPull(host, peer, std::move(pull));
      return;
    case 4:
      if (!Read(bytes, push)) return;
      if (sync::CheckPush(host, peer, push).ok()) {
        FUZZ_CHECK(push.frame().notes_size() <= static_cast<int>(sync::kFrameNotesMax));
      }
      return;
    default:
      if (Read(bytes, agree)) CheckAgree(host, peer, agree);
  }
}

}  // namespace entente::fuzz
