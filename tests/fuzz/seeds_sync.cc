// Seeds of what nodes say to each other.
#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/sync/frame/notes_frame.h"
#include "node/sync/frontier/delta.h"
#include "node/sync/frontier/names.h"
#include "node/sync/frontier/plan.h"
#include "node/sync/frontier/sketch_tips.h"
#include "node/wire/status_codec.h"
#include "tests/fuzz/known_feeds.h"
#include "tests/fuzz/seeds.h"
#include "tests/unit/sync/fake_host.h"
#include "tests/unit/sync/sync_fixture.h"

namespace entente::fuzz {

namespace {

using sync::testing::AKey;
using sync::testing::AnInstrument;
using sync::testing::FeedWriter;

std::vector<ledger::Entry> SomeEntries(bool varied) {
  sync::testing::Random random(3);
  std::vector<ledger::Entry> entries;
  FeedWriter a(AnInstrument(), AKey(1)), b(AnInstrument(), AKey(2), 2);
  for (int i = 0; i < 6; ++i) {
    FeedWriter& feed = varied && i % 2 == 1 ? b : a;
    if (varied && i == 3) {
      feed.header.kind = 1000;
      feed.header.seen_size = 17;
      feed.header.seen_root = crypto::Sha256("root");
    }
    entries.push_back(feed.Write(random, sync::testing::Prose(random, 30 + 10 * i)));
    if (!varied || i != 4) continue;
    entries.back().payload.clear();
    entries.back().has_payload = false;
  }
  return entries;
}

v1::Frame FrameOf(const std::vector<ledger::Entry>& entries) {
  sync::FrameBuilder builder(AnInstrument(), sync::kFrameBytesMax);
  for (const ledger::Entry& entry : entries) builder.Add(entry);
  return builder.Finish();
}

std::string BodyInput(const v1::Frame& frame) {
  auto number = [](uint32_t n) {
    return std::string{static_cast<char>(n >> 8), static_cast<char>(n)};
  };
  return number(frame.entries()) + number(frame.meta_size()) +
         sync::ZstdDecode(frame.body(), frame.body_size()).value();
}

void AddFrames(AllSeeds& all) {
  for (bool varied : {false, true}) {
    const std::string name = varied ? "varied" : "run";
    const v1::Frame frame = FrameOf(SomeEntries(varied));
    all["frame"][name] = frame.SerializeAsString();
    all["frame_body"][name] = BodyInput(frame);
  }
  all["frame"]["sign-of-life"] = FrameOf({}).SerializeAsString();
  all["frame"]["notes"] =
      sync::NotesFrame(AnInstrument(), {"first note\n", "second note\n"}).SerializeAsString();
  v1::Frame unlinked;
  unlinked.set_instrument(AnInstrument().str());
  for (uint32_t n : {0u, 7u, 300u}) unlinked.add_unlinked(n);
  unlinked.set_owed(3);
  all["frame"]["unlinked"] = unlinked.SerializeAsString();
  sync::ZstdWriter zstd;
  all["zstd"]["zeros"] = std::string{0, 64} + zstd.Finish(std::string(1024, '\0'));
  sync::testing::Random random(5);
  all["zstd"]["prose"] = std::string{0, 32} + zstd.Finish(sync::testing::Prose(random, 512));
}

v1::Want AWant(const base::PublicKey& key, int branch, bool locator) {
  const sync::FeedRef feed{key, 1};
  v1::Want want;
  want.set_key(key.str());
  want.set_incarnation(1);
  want.set_tip_sequence(kKnownLength);
  want.set_tip_id(KnownId(feed, kKnownLength, branch).str().substr(0, locator ? 4 : 32));
  for (uint64_t sequence : {35, 20, 1}) {
    v1::Have* have = want.add_have();
    have->set_sequence(sequence);
    have->set_id(KnownId(feed, sequence, 0).str().substr(0, 8));
  }
  want.set_locator(locator);
  return want;
}

void AddHeadsAndWants(AllSeeds& all) {
  for (bool ordinals : {false, true}) {
    const auto keys = ordinals ? KnownKeys() : std::vector<base::PublicKey>();
    const auto chunks = sync::PackHeads(KnownFrontier(), keys);
    all["heads"][ordinals ? "ordinals" : "whole"] =
        std::string(1, ordinals ? '\1' : '\0') + chunks.at(0).tips();
  }
  v1::PullRequest pull;
  pull.set_instrument(AnInstrument().str());
  *pull.add_wants() = AWant(KnownKeys()[0], 0, false);
  *pull.add_wants() = AWant(KnownKeys()[2], 1, true);
  all["want"]["two"] = pull.SerializeAsString();
}

// What the target's own host held when it kept its bookmark, and holds now.
void AddAgreement(Seeds& seeds) {
  const base::InstrumentId instrument = AnInstrument();
  sync::testing::Random random(1);
  sync::Frontier then, now;
  for (uint64_t key = 1; key <= 3; ++key) {
    FeedWriter feed(instrument, AKey(key));
    for (int i = 0; i < 10; ++i) feed.Write(random, "payload");
    now.Set(sync::FeedRef{AKey(key), 1}, {feed.last});
    if (key <= 2) then.Set(sync::FeedRef{AKey(key), 1}, {feed.last});
  }
  v1::AgreeRequest agree;
  agree.set_instrument(instrument.str());
  agree.set_frontier_digest(now.Digest().str());
  seeds["agree"] = "\5" + agree.SerializeAsString();

  v1::HelloRequest hello;
  hello.set_protocol_min(1);
  hello.set_protocol_max(1);
  hello.set_nonce(std::string(16, 'n'));
  v1::InstrumentHello* told = hello.add_instruments();
  told->set_name(sync::InstrumentName(hello.nonce(), instrument));
  told->set_authority_digest(std::string(32, 'a'));
  told->set_frontier_digest(std::string(32, 'f'));
  told->set_bookmark(then.Digest().str().substr(0, sync::kBookmarkBytes));
  *told->mutable_delta() =
      sync::PackDelta({{{AKey(4), 1}, {{7, KnownId({AKey(4), 1}, 7, 0)}}}}, {});
  seeds["hello-bookmark"] = std::string(1, '\0') + hello.SerializeAsString();
}

// Heads told as a sketch, and what changed since a bookmark.
void AddSketchAndDelta(AllSeeds& all) {
  sync::Frontier other = KnownFrontier();
  const sync::FeedRef first{KnownKeys()[0], 1}, gone{KnownKeys()[1], 1};
  other.Set(first, {{kKnownLength + 1, KnownId(first, kKnownLength + 1, 0)}});
  other.Set(gone, {});
  for (const bool differs : {false, true}) {
    const auto items = sync::SketchItems(differs ? other : KnownFrontier(), KnownKeys()).value();
    std::string symbols(1, '\7');
    for (const auto& symbol : sync::SketchEncoder(items, KnownSketchKey()).Next(24)) {
      sync::AppendSymbol(symbols, symbol);
    }
    all["sketch"][differs ? "differs" : "equal"] = symbols;
  }
  std::vector<sync::FeedTips> feeds;
  for (const auto& [feed, tips] : other.feeds()) feeds.emplace_back(feed, tips);
  const sync::Tips none;
  feeds.emplace_back(gone, none);
  for (const bool ordinals : {false, true}) {
    const auto delta =
        sync::PackDelta(feeds, ordinals ? KnownKeys() : std::vector<base::PublicKey>());
    all["delta"][ordinals ? "ordinals" : "whole"] =
        std::string(1, ordinals ? '\1' : '\0') + PieceOf(delta.by_ordinal()) + delta.whole();
  }
}

void AddRequests(Seeds& seeds) {
  const base::InstrumentId instrument = AnInstrument();
  v1::HelloRequest hello;
  hello.set_protocol_min(1);
  hello.set_protocol_max(1);
  hello.set_nonce(std::string(16, 'n'));
  hello.set_clock_ms(1'700'000'000'000);
  v1::InstrumentHello* told = hello.add_instruments();
  told->set_name(sync::InstrumentName(hello.nonce(), instrument));
  told->set_authority_digest(std::string(32, 'a'));
  told->set_frontier_digest(std::string(32, 'f'));
  told->set_feeds(3);
  seeds["hello"] = std::string(1, '\0') + hello.SerializeAsString();
  v1::AuthorityRequest authority;
  authority.set_instrument(instrument.str());
  authority.add_leaves(std::string(32, 'l'));
  seeds["authority"] = "\1" + authority.SerializeAsString();
  v1::HeadsRequest heads;
  heads.set_instrument(instrument.str());
  heads.set_authority_digest(std::string(32, 'a'));
  seeds["heads"] = "\2" + heads.SerializeAsString();
  // What the target's own host holds: ten entries of key 1 from the first seed.
  sync::testing::Random random(1);
  FeedWriter feed(instrument, AKey(1));
  for (int i = 0; i < 10; ++i) feed.Write(random, "payload");
  v1::PullRequest pull;
  pull.set_instrument(instrument.str());
  v1::Want* want = pull.add_wants();
  want->set_key(AKey(1).str());
  want->set_incarnation(1);
  want->set_tip_sequence(10);
  want->set_tip_id(feed.last.id.str());
  pull.set_frame_bytes(4096);
  seeds["pull"] = "\3" + pull.SerializeAsString();
  pull.set_live(true);
  seeds["pull-live"] = "\3" + pull.SerializeAsString();
  v1::PushRequest push;
  *push.mutable_frame() = FrameOf(SomeEntries(true));
  seeds["push"] = "\4" + push.SerializeAsString();
  AddAgreement(seeds);
}

// Pieces as they should be: of every chunk, and of the last alone. Four whole pieces make a chunk.
void AddBlobSeeds(Seeds& seeds) {
  seeds["all"] =
      std::string("\x00\x03", 2) + std::string(4, '\x00') + std::string(4, '\x10') + "\x20";
  seeds["last"] = std::string("\x02\x01\x20", 3);
  seeds["name"] = std::string(32, '\x22') + std::string("\0\0\0\0\0\1\x11\x70", 8);
  seeds["raw"] = std::string("\x02\x01\x22", 3) + PieceOf(std::string(40, '\x33'));
}

}  // namespace

void AddSyncSeeds(AllSeeds& all) {
  AddBlobSeeds(all["blob"]);
  AddFrames(all);
  AddHeadsAndWants(all);
  AddSketchAndDelta(all);
  AddRequests(all["request"]);
  const grpc::Status error = wire::ToGrpc(base::Error(
      absl::StatusCode::kFailedPrecondition, "VERSION_UNSUPPORTED", "update the older one"));
  all["status"]["reason"] = std::string(1, static_cast<char>(error.error_code())) +
                            PieceOf(error.error_message()) + error.error_details();
}

}  // namespace entente::fuzz
