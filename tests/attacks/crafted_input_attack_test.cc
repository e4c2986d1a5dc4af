// A member sends bytes made to harm: too large, malformed, dated in the year 9999, or junk without
// end. A bound is stated, and the bound speaks.
#include <algorithm>
#include <memory>

#include "node/base/check.h"
#include "node/ledger/limits.h"
#include "tests/attacks/attack_world.h"

namespace entente::oracle {
namespace {

class CraftedInput : public AttackTest {
 protected:
  const Entries own_ = Write(2, nullptr, "own");

  static bool IsAnEntry(const ledger::EntryHeader& header, const std::string& payload) {
    return ledger::MakeEntry(ledger::EncodeHeader(header), std::string(64, 's'), payload).ok();
  }
  ledger::EntryHeader HeaderFor(const std::string& payload) const {
    ledger::EntryHeader header = own_[0].header;
    header.payload_size = payload.size();
    header.payload_hash = crypto::Sha256(payload);
    return header;
  }
  // At most 20 entries wait in it, 10 of one peer.
  std::unique_ptr<driver::Replica> NodeWithLittleRoom(storage::MemoryKv& disk) const {
    driver::Replica::Options options;
    options.store_id = "property";
    options.verifier = &TestVerifier();
    options.aside_max = 20;
    options.aside_peer_max = 10;
    auto opened = driver::Replica::Open(&disk, options);
    ENTENTE_CHECK(opened.ok());
    std::vector<std::string> files;
    for (const Record& r : foundation()) files.push_back(std::get<NoteFile>(r).file);
    ENTENTE_CHECK((*opened)->AddNotes(files).ok());
    ENTENTE_CHECK((*opened)->JoinInstrument(charter().id).ok());
    return *std::move(opened);
  }
};

TEST_F(CraftedInput, APayloadOverTheLimitIsNoEntry) {
  const std::string most(ledger::kPayloadBytesMax, 'x');
  EXPECT_TRUE(IsAnEntry(HeaderFor(most), most));
  EXPECT_FALSE(IsAnEntry(HeaderFor(most + "x"), most + "x"));
  EXPECT_FALSE(IsAnEntry(HeaderFor(""), ""));
}

TEST_F(CraftedInput, AHeaderWithABrokenRuleIsNoEntry) {
  using Change = std::function<void(ledger::EntryHeader&)>;
  const std::map<std::string, Change> changes = {
      {"incarnation 0", [](auto& h) { h.incarnation = 0; }},
      {"incarnation 9", [](auto& h) { h.incarnation = 9; }},
      {"sequence 0", [](auto& h) { h.sequence = 0; }},
      {"kind 0", [](auto& h) { h.kind = 0; }},
      {"schema 0", [](auto& h) { h.schema = 0; }},
      {"payload size that is not its size", [](auto& h) { ++h.payload_size; }}};
  const std::string payload = "payload";
  ASSERT_TRUE(IsAnEntry(HeaderFor(payload), payload));
  for (const auto& [what, change] : changes) {
    ledger::EntryHeader header = HeaderFor(payload);
    change(header);
    EXPECT_FALSE(IsAnEntry(header, payload)) << what;
  }
}

// One byte more, one less, one changed, anywhere in a header.
TEST_F(CraftedInput, AHeaderHasOneSpelling) {
  const std::string& good = own_[1].header_bytes;
  const std::string signature(64, 's');
  int accepted = 0;
  for (size_t i = 0; i <= good.size(); ++i) {
    std::string longer = good, shorter = good;
    longer.insert(i, 1, '\0');
    EXPECT_FALSE(ledger::MakeEntry(longer, signature, own_[1].payload).ok()) << i;
    if (i == good.size()) break;
    shorter.erase(i, 1);
    accepted += ledger::MakeEntry(shorter, signature, own_[1].payload).ok();
  }
  EXPECT_EQ(accepted, 0);
}

// An entry dated in the year 9999: nobody refuses a clock, and nobody's clock is moved by it. What
// comes after it counts as ever.
TEST_F(CraftedInput, ATimeFarAheadHarmsNobody) {
  ledger::EntryHeader header = own_[1].header;
  header.sequence = 3;
  header.previous = own_[1].id;
  header.hlc = 253'402'300'799'000ull << 16;
  const Entry far = ledger::SignEntry(header, own_[1].payload, KeyNamed("focal"));
  const Entries other = Write(1, nullptr, "other", {.key = "second"});
  EveryReplicaSays("AAAA", own_ + Entries{far} + other, RecordsOf(own_),
                   RecordsOf(Entries{far} + other));
}

// Bytes that are no record of their kind count as an entry and are set aside in the views.
TEST_F(CraftedInput, APayloadThatIsNoRecordIsSetAsideInViews) {
  ledger::EntryHeader header = own_[1].header;
  header.sequence = 3;
  header.previous = own_[1].id;
  ++header.hlc;
  const Entry junk = ledger::SignEntry(header, std::string(500, '\xff'), KeyNamed("focal"));
  EveryReplicaSays("AAA", own_ + Entries{junk}, RecordsOf(own_), {junk});
  auto row = NodeWith(RecordsOf(own_) + Records{junk})
                 ->kv()
                 .Get(store::kSetAside, store::SetAsideKey(charter().id, junk.id));
  ASSERT_TRUE(row.ok());
  EXPECT_TRUE(row->has_value());
}

// A peer sends junk without end that waits for predecessors which never come. Its share of the
// waiting room is bounded and the answer says so; another peer's entries still wait and are
// released.
TEST_F(CraftedInput, JunkOfOnePeerDoesNotTakeAnotherPeersRoom) {
  storage::MemoryKv disk(store::Families());
  auto opened = NodeWithLittleRoom(disk);
  driver::Replica& node = *opened;
  auto give = [&](const Entries& entries, absl::string_view peer) {
    auto report = node.Ingest(driver::VerifyEntries(entries, TestVerifier()), peer);
    EXPECT_TRUE(report.ok() && node.Commit().ok());
    return *report;
  };
  const Entries junk = Write(15, &own_[1], "junk", {.good = false});
  const driver::IngestReport full = give(junk, "badpeer!");
  EXPECT_EQ(full.entries_aside, 10u);
  EXPECT_EQ(full.entries_refused, 5u);
  ASSERT_FALSE(full.refusals.empty());
  EXPECT_THAT(full.refusals[0], testing::HasSubstr("LIMIT_EXCEEDED"));
  EXPECT_EQ(give({own_[1]}, "goodpeer").entries_aside, 1u);
  EXPECT_EQ(give({own_[0]}, "goodpeer").released, 1u);
}

// From its end, each entry comes before all that wait: the room is no larger for that.
TEST_F(CraftedInput, JunkThatComesBackwardsTakesNoMoreRoom) {
  storage::MemoryKv disk(store::Families());
  auto opened = NodeWithLittleRoom(disk);
  driver::Replica& node = *opened;
  Entries junk = Write(15, &own_[1], "junk", {.good = false});
  std::reverse(junk.begin(), junk.end());
  uint64_t left = 0;
  for (const Entry& entry : junk) {
    auto report = node.Ingest(driver::VerifyEntries(Entries{entry}, TestVerifier()), "badpeer!");
    ASSERT_TRUE(report.ok() && node.Commit().ok());
    left += report->entries_left;
  }
  int waiting = 0;
  const auto snapshot = disk.NewSnapshot();
  for (auto row = snapshot->Scan(store::kAside, ""); row->Valid(); row->Next()) ++waiting;
  EXPECT_EQ(waiting, 10);
  EXPECT_EQ(left, 5u);
}

// A note that is no note: over its size, with a control character, with two spellings of a number.
TEST_F(CraftedInput, ATextThatIsNoNoteIsRefusedInWords) {
  auto node = NodeWith({});
  const Record signed_note = Signed2(KgAfter(kg(), {act::Adopt{own_[0].id, own_[1].id, "x"}}));
  const std::string good = std::get<NoteFile>(signed_note).file;
  auto refused = [&](std::string file) {
    auto added = node->replica().AddNotes({std::move(file)});
    ASSERT_TRUE(added.ok());
    EXPECT_EQ(added->front().outcome, ledger::Authority::Outcome::kRefused);
    EXPECT_FALSE(added->front().reason.empty());
  };
  auto with = [&](const std::string& from, const std::string& to) {
    std::string file = good;
    const size_t at = file.find(from);
    EXPECT_NE(at, std::string::npos);
    return file.replace(at, from.size(), to);
  };
  refused(std::string(70'000, 'x'));
  refused("");
  refused(with("position 2", "position 02"));
  refused(with(" x\n", " x\x01\n"));
  refused(with("position 2\n", "position 2 \n"));
  refused(with("\n\n", "\n\n\n"));
}

}  // namespace
}  // namespace entente::oracle
