// What an auditor finds in a register's pack, forged by whoever could: one hand, the register
// alone, or the register and all its witnesses.
#include "client/audit/pack_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "client/base/errors.h"
#include "node/crypto/sha256.h"
#include "node/tlog/equivocation.h"
#include "node/tlog/receipt.h"
#include "node/tlog/tile.h"
#include "tests/support/register_world.h"

namespace entente::client {
namespace {

using support::PackMap;
using support::RegisterWorld;
using support::Written;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr uint64_t kEntries = 600;

const RegisterWorld& World() {
  static const RegisterWorld* world = new RegisterWorld(kEntries);
  return *world;
}

PackAudit Audit(PackMap files, bool with_policy = true) {
  PackAuditOptions options;
  if (with_policy) options.policy = World().policy();
  options.pin = World().instrument().ToHex();
  options.workers = 3;
  absl::StatusOr<PackAudit> audit = AuditPack(support::MapPack(std::move(files)), options);
  EXPECT_TRUE(audit.ok()) << audit.status();
  return audit.ok() ? *std::move(audit) : PackAudit{};
}

std::set<std::string> Codes(const PackAudit& audit) {
  std::set<std::string> codes;
  for (const AuditFinding& finding : audit.report.findings) codes.insert(finding.code);
  return codes;
}

// The register forged from the first entry on, with whatever signatures its operator can make;
// archive and receipts are those honest parties still hold.
PackMap Forged(const std::vector<Written>& written, bool all_collude, bool archive_destroyed) {
  std::vector<tlog::SignedCheckpoint> checkpoints;
  for (const tlog::SignedCheckpoint& c : World().checkpoints()) {
    if (c.checkpoint.size < written.size() && archive_destroyed) {
      checkpoints.push_back(World().Sign(written, c.checkpoint.size, true));
    }
  }
  checkpoints.push_back(World().Sign(written, written.size(), all_collude));
  PackMap pack = World().Pack(written, checkpoints);
  if (archive_destroyed) {
    for (auto at = pack.begin(); at != pack.end();) {
      at = at->first.starts_with("receipts/") ? pack.erase(at) : std::next(at);
    }
    return pack;
  }
  for (const auto& [path, bytes] : World().Pack()) {
    if (path.starts_with("checkpoints/") || path.starts_with("receipts/")) pack[path] = bytes;
  }
  return pack;
}

TEST(PackAudit, AnHonestPackIsCleanAndSaysWhatItChecked) {
  const PackAudit audit = Audit(World().Pack());
  EXPECT_THAT(Codes(audit), IsEmpty());
  EXPECT_EQ(audit.code, "EUCA-2014");
  EXPECT_EQ(audit.report.entries, kEntries);
  EXPECT_EQ(audit.report.signatures_checked, kEntries);
  EXPECT_EQ(audit.report.by_status.at(ledger::Status::kAdmitted), kEntries);
  EXPECT_EQ(audit.reg.checkpoints, 6u);
  EXPECT_EQ(audit.reg.consistency_proofs, 5u);
  EXPECT_EQ(audit.reg.receipts, 3u);
  EXPECT_EQ(audit.reg.seen_claims, kEntries - 100);
  EXPECT_EQ(audit.reg.payloads, kEntries);
  EXPECT_TRUE(audit.reg.quorum);
  EXPECT_EQ(audit.reg.existed_before, RegisterWorld::kFirstTime + kEntries + 1);
  EXPECT_THAT(audit.report.not_checked, Contains(HasSubstr("never took")));
}

TEST(PackAudit, WithoutAPolicyTheChartersOwnIsUsedAndSaid) {
  const PackAudit audit = Audit(World().Pack(), false);
  EXPECT_THAT(Codes(audit), IsEmpty());
  EXPECT_TRUE(audit.reg.quorum);
  EXPECT_THAT(audit.report.not_checked, Contains(HasSubstr("the charter's own")));
}

TEST(PackAudit, AnotherInstrumentIsRefusedAndAnUnpinnedOneIsSaid) {
  PackAuditOptions options;
  options.pin = std::string(64, 'a');
  const support::MapPack pack(World().Pack());
  EXPECT_EQ(ExitOf(AuditPack(pack, options).status()), Exit::kFindings);
  options.pin.clear();
  EXPECT_THAT(AuditPack(pack, options)->report.not_checked,
              Contains(HasSubstr("that this is the instrument you mean")));
}

// ---- the next audit

PackAudit AuditAgain(PackMap files, uint64_t size, const base::Digest& root) {
  PackAuditOptions options;
  options.policy = World().policy();
  options.workers = 2;
  options.audited = [&](const base::InstrumentId& id) {
    return std::optional<Audited>(Audited{id, size, root});
  };
  absl::StatusOr<PackAudit> audit = AuditPack(support::MapPack(std::move(files)), options);
  EXPECT_TRUE(audit.ok()) << audit.status();
  return audit.ok() ? *std::move(audit) : PackAudit{};
}

// What was verified once costs no signature again, wherever the earlier audit ended.
TEST(NextAudit, VerifiesWhatIsNew) {
  for (uint64_t size : {100, 256, 300, 600}) {
    const base::Digest root = World().Sign(World().written(), size, false).checkpoint.root;
    const PackAudit audit = AuditAgain(World().Pack(), size, root);
    EXPECT_THAT(Codes(audit), IsEmpty()) << size;
    EXPECT_EQ(audit.report.signatures_checked, kEntries - size);
    EXPECT_EQ(audit.report.signatures_known, size);
    EXPECT_EQ(audit.report.by_status.at(ledger::Status::kAdmitted), kEntries);
  }
}

TEST(NextAudit, AnotherPastIsFoundAndNothingOfItBelieved) {
  std::vector<Written> written = World().written();
  written[300] = World().Rewritten(300);
  const base::Digest root = World().Sign(World().written(), 400, false).checkpoint.root;
  const PackAudit audit = AuditAgain(Forged(written, true, true), 400, root);
  EXPECT_THAT(Codes(audit), Contains("AUDITED"));
  EXPECT_EQ(audit.report.signatures_checked, kEntries);
  EXPECT_EQ(audit.report.signatures_known, 0u);
}

TEST(NextAudit, ALeafThatTheTilesOnlyPretendIsVerified) {
  const base::Digest root = World().Sign(World().written(), 600, false).checkpoint.root;
  PackMap pack = World().Pack();
  pack.at("tile/entries/001")[3000] ^= 1;  // the tiles are as they were
  const PackAudit audit = AuditAgain(pack, 600, root);
  EXPECT_THAT(Codes(audit), Contains("AUDITED"));
  EXPECT_TRUE(Codes(audit).contains("BADSIG") || Codes(audit).contains("HASH"));
  pack = World().Pack();
  pack.at("tile/0/001")[7] ^= 1;
  EXPECT_EQ(AuditAgain(pack, 600, root).report.signatures_checked, kEntries);
}

TEST(NextAudit, AShorterPackIsNoFaultAndSaid) {
  const PackAudit audit = AuditAgain(World().Pack(), 601, crypto::Sha256("later"));
  EXPECT_THAT(Codes(audit), IsEmpty());
  EXPECT_EQ(audit.report.signatures_checked, kEntries);
  EXPECT_THAT(audit.report.not_checked, Contains(HasSubstr("verified 601 entries")));
}

TEST(PackAudit, NoPackIsSaidToBeNone) {
  EXPECT_EQ(ExitOf(AuditPack(support::MapPack({}), {}).status()), Exit::kMachine);
  PackMap pack = World().Pack();
  pack.erase("checkpoint");
  EXPECT_EQ(ExitOf(AuditPack(support::MapPack(pack), {}).status()), Exit::kMachine);
}

// ---- the table of tampering

TEST(Tampering, OneBitOfOneStoredEntry) {
  PackMap pack = World().Pack();
  pack.at("tile/entries/001")[3000] ^= 1;
  const std::set<std::string> codes = Codes(Audit(pack));
  EXPECT_THAT(codes, Contains("ROOT"));
  EXPECT_THAT(codes, Contains("TILE"));
  EXPECT_THAT(codes, Contains("CHECKPOINT"));
  EXPECT_THAT(codes, Contains("RECEIPT"));
  EXPECT_TRUE(codes.contains("BADSIG") || codes.contains("HASH"));
}

TEST(Tampering, EveryByteOfAnEntryCounts) {
  const PackMap good = World().Pack();
  const size_t leaf = good.at("tile/entries/000").size() / 256;
  for (size_t i = 0; i < leaf; i += 7) {
    PackMap pack = good;
    pack.at("tile/entries/000")[i] ^= 4;
    EXPECT_FALSE(Audit(pack).report.ok()) << "byte " << i;
  }
}

TEST(Tampering, TheLastEntryDroppedFromTheBundle) {
  PackMap pack = World().Pack();
  std::string& bundle = pack.at("tile/entries/002.p/88");
  bundle.resize(bundle.size() - 2 - World().written().back().leaf.size());
  EXPECT_THAT(Codes(Audit(pack)), Contains("BUNDLE"));
  pack.erase("tile/entries/002.p/88");
  EXPECT_THAT(Codes(Audit(pack)), Contains("BUNDLE"));
}

TEST(Tampering, AnEntryReplacedByTheRegisterAlone) {
  std::vector<Written> written = World().written();
  written[300] = World().Rewritten(300);
  EXPECT_THAT(Codes(Audit(Forged(written, false, false))), Contains("QUORUM"));
}

TEST(Tampering, AnEntryReplacedAndAllCollude) {
  std::vector<Written> written = World().written();
  written[300] = World().Rewritten(300);
  const PackAudit audit = Audit(Forged(written, true, false));
  const std::set<std::string> codes = Codes(audit);
  EXPECT_THAT(codes, Not(Contains("QUORUM")));
  EXPECT_THAT(codes, Contains("CHECKPOINT"));
  EXPECT_THAT(codes, Contains("GAP"));
  EXPECT_THAT(codes, Contains("RECEIPT"));
  EXPECT_THAT(codes, Contains("SEEN"));
  // Both trees are signed by the register: anyone can be shown that.
  ASSERT_FALSE(audit.reg.evidence.empty());
  auto proof = tlog::CheckEquivocation(*tlog::ParseEquivocation(audit.reg.evidence.front()),
                                       crypto::Ed25519Verifier());
  EXPECT_TRUE(proof.ok()) << proof.status();
}

TEST(Tampering, AnAuthorsLastEntriesCensoredAndAllCollude) {
  std::vector<Written> written;
  const base::PublicKey author =
      ledger::ParseLeaf(World().written().back().leaf, std::nullopt)->header.key;
  uint64_t of_author = 0, kept = 0;
  for (const Written& one : World().written()) {
    of_author += ledger::ParseLeaf(one.leaf, std::nullopt)->header.key == author;
  }
  for (const Written& one : World().written()) {
    const bool his = ledger::ParseLeaf(one.leaf, std::nullopt)->header.key == author;
    if (!his || kept++ + 50 < of_author) written.push_back(one);
  }
  ASSERT_EQ(written.size(), kEntries - 50);
  const std::set<std::string> codes = Codes(Audit(Forged(written, true, false)));
  EXPECT_THAT(codes, Contains("CHECKPOINT"));
  EXPECT_THAT(codes, Contains("RECEIPT"));
}

TEST(Tampering, TwoEntriesSwappedAndAllCollude) {
  std::vector<Written> written = World().written();
  std::swap(written[450], written[451]);
  const std::set<std::string> codes = Codes(Audit(Forged(written, true, false)));
  EXPECT_THAT(codes, Contains("CHECKPOINT"));
  EXPECT_THAT(codes, Contains("RECEIPT"));
}

TEST(Tampering, ReplacedWithArchiveAndReceiptsDestroyed) {
  std::vector<Written> written = World().written();
  written[300] = World().Rewritten(300);
  const PackAudit audit = Audit(Forged(written, true, true));
  EXPECT_THAT(Codes(audit), ElementsAre("GAP", "SEEN"));
  uint64_t contradictions = 0;
  for (const AuditFinding& finding : audit.report.findings)
    contradictions += finding.code == "SEEN";
  EXPECT_EQ(contradictions, 200u);  // whoever wrote after the next checkpoint
}

TEST(Tampering, RemovedWithArchiveAndReceiptsDestroyed) {
  std::vector<Written> written = World().written();
  written.erase(written.begin() + 300);
  const std::set<std::string> codes = Codes(Audit(Forged(written, true, true)));
  EXPECT_THAT(codes, Contains("GAP"));
  EXPECT_THAT(codes, Contains("SEEN"));
}

// The limit, as docs/verify-it-yourself.md states it: what no honest party holds a checkpoint or a
// receipt of can be dropped when everybody else works together. One honest receipt is enough.
TEST(Tampering, TheNewestEntriesDroppedWhereNobodyHonestHoldsACheckpointOfThem) {
  std::vector<Written> written = World().written();
  written.resize(590);
  std::vector<tlog::SignedCheckpoint> checkpoints = World().checkpoints();
  ASSERT_EQ(checkpoints.back().checkpoint.size, kEntries);
  checkpoints.back() = World().Sign(written, written.size(), true);
  PackMap pack = World().Pack(written, checkpoints);
  EXPECT_THAT(Codes(Audit(pack)), IsEmpty());
  pack["receipts/599.tlog-proof"] = World().Pack().at("receipts/599.tlog-proof");
  EXPECT_THAT(Codes(Audit(pack)), Contains("RECEIPT"));
}

// ---- further forgeries

TEST(Tampering, AReceiptFromOutsideThatTheRegisterDoesNotHonour) {
  std::vector<Written> written = World().written();
  written[300] = World().Rewritten(300);
  PackAuditOptions options;
  options.policy = World().policy();
  options.receipts = {{"mine", World().Pack().at("receipts/599.tlog-proof")}};
  auto audit = AuditPack(support::MapPack(Forged(written, true, true)), options);
  ASSERT_TRUE(audit.ok());
  EXPECT_THAT(Codes(*audit), Contains("RECEIPT"));
}

TEST(Tampering, ATileAPayloadAProofOrAnArchivedCheckpointChanged) {
  const std::pair<const char*, const char*> cases[] = {{"tile/0/001", "TILE"},
                                                       {"tile/1/000.p/2", "TILE"},
                                                       {"tile/0/002.p/88", "TILE"},
                                                       {"consistency/100-200", "CONSISTENCY"},
                                                       {"checkpoints/300", "CHECKPOINT"},
                                                       {"receipts/599.tlog-proof", "RECEIPT"}};
  for (const auto& [path, code] : cases) {
    PackMap pack = World().Pack();
    std::string& bytes = pack.at(path);
    bytes[bytes.size() / 2] ^= 1;
    EXPECT_THAT(Codes(Audit(pack)), Contains(code)) << path;
  }
  PackMap pack = World().Pack();
  pack.lower_bound("payload/")->second += " ";
  EXPECT_THAT(Codes(Audit(pack)), ElementsAre("PAYLOAD"));
  pack = World().Pack();
  pack.erase("tile/0/001");
  EXPECT_THAT(Codes(Audit(pack)), ElementsAre("TILE"));
}

TEST(Tampering, ACheckpointOfAnotherRegister) {
  PackMap pack = World().Pack();
  PackAuditOptions options;
  support::LogKey stranger("register.example/EUCA-2014 x", tlog::kTypeLog);
  options.policy = tlog::Policy::Flat(stranger.name, {}, 0);
  EXPECT_THAT(Codes(*AuditPack(support::MapPack(pack), options)), Contains("ROOT"));
}

TEST(PackAudit, WhatIsMissingOrUnknownIsSaidAndNotFoundFault) {
  PackMap pack = World().Pack();
  pack.erase(pack.lower_bound("payload/"));
  pack["readme.txt"] = "hello";
  pack["attachments/" + crypto::Sha256("x").ToHex()] = "x";
  PackAudit audit = Audit(pack);
  EXPECT_THAT(Codes(audit), IsEmpty());
  EXPECT_EQ(audit.reg.payloads_missing, 1u);
  EXPECT_EQ(audit.reg.attachments, 1u);
  EXPECT_THAT(audit.report.not_checked, Contains(HasSubstr("1 payloads")));
  EXPECT_THAT(audit.report.not_checked, Contains(HasSubstr("readme.txt")));
  pack["attachments/" + crypto::Sha256("x").ToHex()] = "y";
  EXPECT_THAT(Codes(Audit(pack)), ElementsAre("ATTACHMENT"));
}

// 2^56 - 1: its first place overflows to 256 before the first one.
TEST(PackAudit, ATileBeyondAnyTreeIsNotLookedUp) {
  const PackMap honest = World().Pack();
  PackMap pack = honest;
  pack["tile/0/x072/x057/x594/x037/x927/935"] = honest.at("tile/0/001");
  EXPECT_THAT(Codes(Audit(pack)), ElementsAre("TILE"));
  pack = honest;
  pack["tile/entries/x072/x057/x594/x037/x927/935"] = honest.at("tile/entries/001");
  EXPECT_THAT(Codes(Audit(pack)), ElementsAre("TILE"));
}

TEST(PackAudit, AnEnclosedProofOfMisbehaviourIsAFinding) {
  std::vector<Written> written = World().written();
  written[300] = World().Rewritten(300);
  const PackAudit forged = Audit(Forged(written, true, false));
  PackMap pack = World().Pack();
  pack["equivocation/1"] = forged.reg.evidence.front();
  EXPECT_THAT(Codes(Audit(pack)), ElementsAre("EQUIVOCATION"));
}

TEST(PackAudit, AHugeSizeInTheCheckpointCostsNothing) {
  PackMap pack = World().Pack();
  pack["checkpoint"] =
      "o\n4611686018427387904\nyhW226uq3u0wi2DGx+wp1SlivpBp1WTyyfi6HeUzAYM=\n\n"
      "\xE2\x80\x94 o AAAAAAAA\n";
  EXPECT_FALSE(Audit(pack).report.ok());
}

}  // namespace
}  // namespace entente::client
