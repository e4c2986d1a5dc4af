// The victim dials: a member's node answers each call of the contact with nonsense, without end,
// too much at once, or never. Each contact is ended within a bounded time and memory, the log names
// who it was, and an honest node goes on receiving new entries.
#include "tests/attacks/hostile_callee.h"

#include <algorithm>
#include <thread>

#include "node/base/bytes.h"
#include "node/crypto/sha256.h"
#include "node/sync/contact/pull_cursor.h"
#include "node/sync/frame/frame.h"
#include "node/sync/frontier/names.h"
#include "tests/attacks/hostile_scene.h"

namespace entente::bench {
namespace {

using Ways = HostileCallee::Ways;
using Context = HostileCallee::Context;

// One for what is answered at once, and one for each way to keep the victim waiting.
enum Callee { kQuick, kHello, kAuthority, kHeads, kPull, kSigns, kFlood, kPush, kCallees };

constexpr absl::Duration kMost = absl::Seconds(200);
// The watchdog's time, which is longer where Hello took long, and some for a busy machine.
double SilenceSeconds(const HostileCallee::Took& took) {
  return std::max(sync::kSilenceMax / 1000.0, 8 * took.to_begin) + 20;
}
constexpr int kTooMuchBytes = 2 << 20;  // one message; a node takes 1 MiB

// A Hello that says: one common instrument, and we differ.
grpc::Status Differ(Context&, const v1::HelloRequest& request, v1::HelloReply& reply) {
  reply.set_protocol(1);
  reply.set_clock_ms(request.clock_ms());
  reply.set_store("storestr");
  v1::InstrumentReply& answer = *reply.add_instruments();
  answer.set_authority_digest(request.instruments(0).authority_digest());
  answer.set_frontier_digest(crypto::Sha256("another frontier").str());
  answer.set_feeds(1);
  return grpc::Status::OK;
}
grpc::Status OtherNotes(Context& context, const v1::HelloRequest& request, v1::HelloReply& reply) {
  (void)Differ(context, request, reply);
  reply.mutable_instruments(0)->set_authority_digest(crypto::Sha256("other notes").str());
  return grpc::Status::OK;
}

class HostileCallees : public HostilePeer {
 protected:
  static void SetUpTestSuite() {
    scene_ = new Scene;
    callees_ = new HostileCallee[kCallees];
    int ports[kCallees];
    for (int n = 0; n < kCallees; ++n) {
      ports[n] = FreePort();
      scene_->further.push_back(
          {callees_[n].identity().spki, absl::StrCat("127.0.0.1:", ports[n])});
    }
    const absl::Status begun = scene_->Begin();
    ASSERT_TRUE(begun.ok()) << begun;
    for (int n = 0; n < kCallees; ++n) callees_[n].Start(ports[n], scene_->victim_id.spki);
    ASSERT_TRUE(HonestHas(kReports)) << "before any attack";
  }
  static void TearDownTestSuite() {
    HostilePeer::TearDownTestSuite();
    delete[] callees_;
  }

  // The victim dials this one now, however often it failed there before.
  static void Dialled(Callee callee, Ways ways) {
    callees_[callee].Behave(std::move(ways));
    v1::UpdatePeerRequest request;
    v1::UpdatePeerResponse response;
    request.set_action("resume");
    request.set_spki(callees_[callee].identity().spki.str());
    grpc::ClientContext context;
    SetDeadline(context);
    const auto told = scene_->victim->Connect()->UpdatePeer(&context, request, &response);
    ASSERT_TRUE(told.ok()) << told.error_message();
    ASSERT_EQ(response.changed_size(), 1);
  }

  static size_t Lines(Callee callee) { return LinesAbout(callees_[callee].identity().spki).size(); }
  // Waits for the log, which is written after the call ended.
  static void ExpectLogged(Callee callee) {
    const auto until = std::chrono::steady_clock::now() + seconds(kHonestSeconds);
    while (Lines(callee) == 0 && std::chrono::steady_clock::now() < until)
      std::this_thread::yield();
    EXPECT_GE(Lines(callee), 1u) << callee;
  }

  // This call of the contact is answered so, and the contact ends with it.
  static void ExpectEnds(const std::string& call, Ways ways) {
    SCOPED_TRACE(call);
    const size_t lines = Lines(kQuick);
    Dialled(kQuick, std::move(ways));
    EXPECT_TRUE(callees_[kQuick].AwaitEnded(call, kMost).has_value());
    callees_[kQuick].Behave({});
    EXPECT_LE(Lines(kQuick) - lines, kLogLines);
  }

  // A tip of KZ's feed that nobody has.
  static v1::HeadsChunk AnotherTip() {
    std::string tip = scene_->world->authors[0].public_key().str();
    base::AppendU32(tip, 1);
    base::AppendU64(tip, 2 * kReports);
    tip += crypto::Sha256("no entry").str();
    v1::HeadsChunk chunk;
    chunk.set_tips(tip);
    chunk.set_frontier_digest(crypto::Sha256("another frontier").str());
    return chunk;
  }
  static grpc::Status TellTip(Context&, grpc::ServerWriter<v1::HeadsChunk>& writer) {
    writer.Write(AnotherTip());
    return grpc::Status::OK;
  }
  static v1::Frame AFrame() {
    v1::Frame frame;
    frame.set_instrument(Instrument());
    frame.set_entries(1);
    frame.set_body("no frame at all");
    frame.set_body_size(100);
    frame.set_signatures(std::string(64, 's'));
    return frame;
  }

  static inline HostileCallee* callees_ = nullptr;
};

// All at once, each by a node of its own: every one is given up after the time of silence.
TEST_F(HostileCallees, WhoKeepsTheVictimWaitingIsGivenUp) {
  const absl::Duration often = absl::Seconds(1);
  v1::AuthorityChunk no_notes;
  v1::HeadsChunk no_tips;
  Dialled(kHello, {.hello = callees_[kHello].Silent()});
  Dialled(kAuthority,
          {.hello = OtherNotes, .authority = callees_[kAuthority].Endless(no_notes, often)});
  Dialled(kHeads, {.hello = Differ, .heads = callees_[kHeads].Endless(no_tips, often)});
  Dialled(kPull, {.hello = Differ, .heads = TellTip, .pull = callees_[kPull].Silent()});
  Dialled(
      kSigns,
      {.hello = Differ, .heads = TellTip, .pull = callees_[kSigns].Endless(v1::Frame(), often)});
  Dialled(kFlood,
          {.hello = Differ, .heads = TellTip, .pull = callees_[kFlood].Endless(v1::Frame())});
  Dialled(kPush, {.hello = Differ,
                  .heads = TellTip,
                  .pull = [](Context&, auto&) { return grpc::Status::OK; },
                  .push = callees_[kPush].Silent()});
  ExpectHonestSyncs();
  const struct {
    Callee callee;
    const char* call;
  } kWaited[] = {{kHello, "Hello"}, {kAuthority, "Authority"}, {kHeads, "Heads"}, {kPull, "Pull"},
                 {kSigns, "Pull"},  {kFlood, "Pull"},          {kPush, "Push"}};
  for (const auto& [callee, call] : kWaited) {
    SCOPED_TRACE(::testing::Message() << "callee " << callee << ", " << call);
    const auto took = callees_[callee].AwaitEnded(call, kMost);
    ASSERT_TRUE(took.has_value());
    EXPECT_LE(took->to_end, SilenceSeconds(*took));
    // Who never said a word may as well be switched off, and a flood may break the line by itself.
    if (callee != kHello && callee != kFlood) ExpectLogged(callee);
    EXPECT_LE(Lines(callee), kLogLines);
    // The contact is over for the victim as well: it dials anew.
    Dialled(callee, {});
    EXPECT_TRUE(callees_[callee].AwaitEnded("Hello", kMost).has_value());
  }
  ExpectHonestSyncs();
}

TEST_F(HostileCallees, AHelloOfNonsenseEndsTheContact) {
  ExpectEnds("Hello", {.hello = [](Context&, const v1::HelloRequest&, v1::HelloReply& reply) {
               reply.set_store(std::string(kTooMuchBytes, 's'));
               return grpc::Status::OK;
             }});
  ExpectEnds("Hello", {.hello = [](Context&, const v1::HelloRequest&, v1::HelloReply& reply) {
               reply.set_protocol(1);
               for (uint32_t n = 0; n < 100'000; ++n) reply.add_instruments()->set_index(n);
               return grpc::Status::OK;
             }});
  ExpectEnds("Hello", {.hello = [](Context&, const v1::HelloRequest&, v1::HelloReply& reply) {
               reply.set_protocol(1);
               reply.add_instruments()->set_authority_digest("short");
               return grpc::Status::OK;
             }});
  ExpectLogged(kQuick);
  ExpectHonestSyncs();
}

TEST_F(HostileCallees, NotesWithoutEndAreNotTakenForEver) {
  v1::AuthorityChunk notes;
  for (int n = 0; n < 100; ++n) notes.add_notes(std::string(1900, 'n'));
  ExpectEnds("Authority", {.hello = OtherNotes, .authority = callees_[kQuick].Endless(notes)});
  v1::AuthorityChunk leaves;
  for (int n = 0; n < 10'000; ++n) leaves.add_leaves(crypto::Sha256(absl::StrCat(n)).str());
  ExpectEnds("Authority", {.hello = OtherNotes, .authority = callees_[kQuick].Endless(leaves)});
  ExpectLogged(kQuick);
  ExpectHonestSyncs();
}

TEST_F(HostileCallees, HeadsWithoutEndAreCutOff) {
  v1::HeadsChunk too_much;
  too_much.set_tips(std::string(kTooMuchBytes, 't'));
  ExpectEnds("Heads", {.hello = Differ, .heads = HostileCallee::Once(too_much)});
  v1::HeadsChunk broken;
  broken.set_tips("no tips");
  ExpectEnds("Heads", {.hello = Differ, .heads = callees_[kQuick].Endless(broken)});
  v1::HeadsChunk many;
  for (int n = 0; n < 8000; ++n) many.mutable_tips()->append(AnotherTip().tips());
  ExpectEnds("Heads", {.hello = Differ, .heads = callees_[kQuick].Endless(many)});
  // A sketch that nobody asked for.
  v1::HeadsChunk symbols;
  symbols.set_symbols(std::string(26 * 1000, 's'));
  ExpectEnds("Heads", {.hello = Differ, .heads = callees_[kQuick].Endless(symbols)});
  ExpectLogged(kQuick);
  ExpectHonestSyncs();
}

TEST_F(HostileCallees, FramesOfNonsenseEndTheContact) {
  std::vector<v1::Frame> frames(5, AFrame());
  frames[1].set_instrument(crypto::Sha256("another instrument").str());
  frames[2].set_body(std::string(kTooMuchBytes, 'b'));
  frames[3].set_body(CompressedZeros(256 << 20));
  frames[3].set_body_size(4 << 20);
  frames[4].set_body(frames[3].body());
  frames[4].set_body_size(UINT32_MAX);
  for (const v1::Frame& frame : frames) {
    ExpectEnds("Pull", {.hello = Differ, .heads = TellTip, .pull = HostileCallee::Once(frame)});
  }
  ExpectEnds("Pull",
             {.hello = Differ, .heads = TellTip, .pull = callees_[kQuick].Endless(frames[0])});
  ExpectLogged(kQuick);
  ExpectHonestSyncs();
}

}  // namespace
}  // namespace entente::bench
