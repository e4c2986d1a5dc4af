// Proofs of forks: what proves one, and everything that looks like one and does not.
#include "client/audit/evidence.h"

#include <gtest/gtest.h>

#include "client/base/errors.h"
#include "node/ledger/text_rules.h"

namespace entente::client {
namespace {

using crypto::PrivateKey;

PrivateKey Key(char seed) { return PrivateKey::FromSeed(std::string(32, seed)); }

ledger::Entry Write(const PrivateKey& key, uint64_t sequence, const base::EntryId& previous,
                    const std::string& payload) {
  ledger::EntryHeader header;
  header.instrument.bytes[0] = 7;
  header.key = key.public_key();
  header.sequence = sequence;
  header.previous = previous;
  header.charter_head.bytes[0] = 1;
  header.credentials_head.bytes[0] = 2;
  header.hlc = (1'500'000'000'000 + sequence) << 16;
  header.kind = 1;
  return ledger::SignEntry(header, payload, key);
}

std::vector<ledger::Entry> ForkAtTwo(const PrivateKey& key) {
  ledger::Entry one = Write(key, 1, {}, "one");
  std::vector<ledger::Entry> entries{one, Write(key, 2, one.id, "a"), Write(key, 2, one.id, "b")};
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return std::tie(a.header.sequence, a.id) < std::tie(b.header.sequence, b.id);
  });
  return entries;
}

// A fork with these two branches.
Evidence Fork(const PrivateKey& key, std::vector<std::string> first,
              std::vector<std::string> second) {
  tlog::Equivocation file;
  file.type = tlog::EquivocationType::kAuthorFork;
  file.key = key.public_key();
  file.branches = {std::move(first), std::move(second)};
  return file;
}

Exit Verdict(const Evidence& evidence) { return ExitOf(CheckEvidence(evidence).status()); }

TEST(Evidence, TwoSignedLeavesOfOnePlaceProveAFork) {
  auto evidence = FeedForkEvidence(ForkAtTwo(Key(1)));
  ASSERT_TRUE(evidence.ok()) << evidence.status();
  const std::string text = EvidenceText(*evidence);
  EXPECT_LT(text.size(), 1500u);
  auto parsed = ParseEvidence(text);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  auto proof = CheckEvidence(*parsed);
  ASSERT_TRUE(proof.ok()) << proof.status();
  EXPECT_EQ(proof->json["number"], 2);
  EXPECT_EQ(proof->json["key"], Key(1).public_key().ToHex());
  EXPECT_NE(proof->json["first"], proof->json["second"]);
}

TEST(Evidence, AnUnsignedLeafIsVouchedForByTheOneThatFollows) {
  const PrivateKey key = Key(1);
  ledger::Entry one = Write(key, 1, {}, "one");
  ledger::Entry broken = Write(key, 2, one.id, "a");
  auto swapped = ledger::MakeEntry(broken.header_bytes, std::string(64, 'x'), "a");
  ASSERT_TRUE(swapped.ok());
  std::vector<ledger::Entry> entries{one, *swapped, Write(key, 2, one.id, "b"),
                                     Write(key, 3, swapped->id, "c")};
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return std::tie(a.header.sequence, a.id) < std::tie(b.header.sequence, b.id);
  });
  auto evidence = FeedForkEvidence(entries);
  ASSERT_TRUE(evidence.ok());
  EXPECT_EQ(evidence->branches[0].size() + evidence->branches[1].size(), 3u);
  EXPECT_TRUE(CheckEvidence(*evidence).ok());
  // Without the entry that follows, the unsigned leaf proves nothing.
  for (auto& side : evidence->branches) side.resize(1);
  EXPECT_EQ(Verdict(*evidence), Exit::kFindings);
}

TEST(Evidence, WhoSignsOnTopOfAWrongSignatureIsProvenToHave) {
  const PrivateKey key = Key(1);
  ledger::Entry one = Write(key, 1, {}, "one");
  const ledger::Entry signed_two = Write(key, 2, one.id, "a");
  const auto two = ledger::MakeEntry(signed_two.header_bytes, std::string(64, 'x'), "a");
  ASSERT_TRUE(two.ok());
  const ledger::Entry three = Write(key, 3, two->id, "b"), four = Write(key, 4, three.id, "c");
  const std::vector<ledger::Entry> entries{one, *two, three, four};
  EntriesByFeed feeds;
  feeds[one.feed()] = {four, *two, three, one};  // as they come
  const std::string file = BadSignatureFile(feeds);
  const auto parsed = ParseEvidence(file);
  ASSERT_TRUE(parsed.ok()) << parsed.status() << file;
  const auto proof = CheckEvidence(*parsed);
  ASSERT_TRUE(proof.ok()) << proof.status();
  EXPECT_EQ(proof->json["type"], "author-bad-signature");
  EXPECT_EQ(proof->json["number"], 2);
  // Anybody could have written the last one: nobody signed on top of it.
  EXPECT_FALSE(BadSignatureEvidence({one, *two}).ok());
  EXPECT_FALSE(BadSignatureEvidence({one, signed_two}).ok());
  EXPECT_EQ(BadSignatureFile({}), "");
}

// As a pack may hold it whose maker wants the audit to take for ever.
TEST(Evidence, ALongRunOfWrongSignaturesIsProvenByItsEnd) {
  const PrivateKey key = Key(1);
  EntriesByFeed feeds;
  base::EntryId previous;
  for (uint64_t n = 1; n <= tlog::kBranchLeavesMax + 2; ++n) {
    ledger::Entry entry = Write(key, n, previous, "x");
    if (n <= tlog::kBranchLeavesMax + 1) {
      entry = *ledger::MakeEntry(entry.header_bytes, std::string(64, 'x'), "x");
    }
    previous = entry.id;
    feeds[entry.feed()].push_back(std::move(entry));
  }
  const auto parsed = ParseEvidence(BadSignatureFile(feeds));
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  const auto proof = CheckEvidence(*parsed);
  ASSERT_TRUE(proof.ok()) << proof.status();
  EXPECT_EQ(proof->json["number"], tlog::kBranchLeavesMax + 1);
}

TEST(Evidence, WhatOnlyLooksLikeAForkProvesNothing) {
  const auto fork = ForkAtTwo(Key(1));
  const std::string one = fork[0].Leaf(), a = fork[1].Leaf(), b = fork[2].Leaf();
  const std::string other = ForkAtTwo(Key(2))[1].Leaf();
  std::string forged = b;
  forged.back() = static_cast<char>(forged.back() ^ 1);
  EXPECT_EQ(Verdict(Fork(Key(1), {a}, {b})), Exit::kDone);
  EXPECT_EQ(Verdict(Fork(Key(1), {a}, {a})), Exit::kFindings) << "one entry, twice";
  EXPECT_EQ(Verdict(Fork(Key(1), {one}, {a})), Exit::kFindings) << "different numbers";
  EXPECT_EQ(Verdict(Fork(Key(1), {a}, {other})), Exit::kFindings) << "different keys";
  EXPECT_EQ(Verdict(Fork(Key(1), {a}, {forged})), Exit::kFindings)
      << "a signature that does not verify";
  EXPECT_EQ(Verdict(Fork(Key(1), {a}, {})), Exit::kFindings) << "one side";
  EXPECT_EQ(Verdict(Fork(Key(1), {a, a}, {b})), Exit::kFindings) << "a run that does not follow";
}

class ChainForks : public testing::Test {
 protected:
  ledger::Note Signed(ledger::Note fields, const std::vector<char>& seeds) {
    ledger::Note note = ledger::BuildNote(std::move(fields)).value();
    for (char seed : seeds) note.lines.push_back(ledger::SignText(note.text, Key(seed)));
    return note;
  }
  ledger::Note First() {
    ledger::act::Signers signers{2, {}};
    for (char seed : {1, 2, 3})
      signers.keys.push_back(ledger::VerifierKey::ForSigner(Key(seed).public_key()));
    std::sort(signers.keys.begin(), signers.keys.end(),
              [](const auto& a, const auto& b) { return a.Text() < b.Text(); });
    const crypto::Signature proof = Key(9).Sign(ledger::PossessionText(Key(9).public_key()));
    ledger::Note note;
    note.kind = ledger::ChainKind::kCredentials;
    note.time = "2026-11-22T12:00:00Z";
    note.acts = {ledger::act::Delegation{"KG", "Kyrgyzstan"}, signers,
                 ledger::act::Enrol{Key(9).public_key(),
                                    ledger::ToBase64(std::string(proof.begin(), proof.end())),
                                    {"focal_point"},
                                    std::nullopt,
                                    "Desk"}};
    return Signed(note, {1, 2});
  }
  ledger::Note Second(const ledger::Note& first, const std::string& office,
                      const std::vector<char>& seeds) {
    ledger::Note note;
    note.kind = ledger::ChainKind::kCredentials;
    note.chain = first.id;
    note.position = 2;
    note.previous = first.id;
    note.time = "2026-11-23T12:00:00Z";
    note.acts = {ledger::act::Office{office, true, "", office}};
    return Signed(note, seeds);
  }
};

TEST_F(ChainForks, TwoVersionsOfOnePositionNameWhoSignedBoth) {
  const ledger::Note first = First();
  const std::vector<std::string> files{first.File(), Second(first, "LEFT", {1, 2}).File(),
                                       Second(first, "RIGHT", {2, 3}).File()};
  auto evidence = ChainForkEvidence(files);
  ASSERT_TRUE(evidence.ok()) << evidence.status();
  auto parsed = ParseEvidence(EvidenceText(*evidence));
  ASSERT_TRUE(parsed.ok());
  auto proof = CheckEvidence(*parsed);
  ASSERT_TRUE(proof.ok()) << proof.status();
  EXPECT_EQ(proof->json["number"], 2);
  EXPECT_EQ(proof->json["signed_both"],
            std::vector<std::string>{ledger::VerifierKey::ForSigner(Key(2).public_key()).name});
  EXPECT_NE(proof->words.find("opens office LEFT"), std::string::npos) << proof->words;
}

TEST_F(ChainForks, AVersionBelowTheThresholdProvesNothing) {
  const ledger::Note first = First();
  EXPECT_EQ(Verdict(ChainEvidence{{first.File(), Second(first, "LEFT", {1, 2}).File(),
                                   Second(first, "RIGHT", {3}).File()}}),
            Exit::kFindings);
  EXPECT_EQ(Verdict(ChainEvidence{{first.File(), Second(first, "LEFT", {1, 2}).File()}}),
            Exit::kFindings)
      << "no fork at all";
}

TEST(Evidence, ADamagedFileProvesNothing) {
  for (const char* text : {"", "entente/evidence/v1\n", "entente/evidence/v2\nnote AAAA\n",
                           "entente/evidence/v1\nnote !!\n", "entente/evidence/v1\nthird AAAA\n",
                           "entente/evidence/v1\nnote AAAA", "entente-equivocation@v1\n",
                           "entente-equivocation@v1\ntype author-fork\nkey AAAA\n"}) {
    const absl::Status status = ParseEvidence(text).status();
    EXPECT_EQ(ExitOf(status), Exit::kFindings) << text;
    EXPECT_NE(status.message().find("does NOT prove misbehaviour"), absl::string_view::npos);
  }
}

}  // namespace
}  // namespace entente::client
