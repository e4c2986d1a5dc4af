#include "client/audit/audit_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "client/audit/audit_plan.h"
#include "client/audit/audit_report.h"
#include "client/language/tongue.h"
#include "node/crypto/sha256.h"
#include "node/ledger/note.h"

namespace entente::client {
namespace {

// One delegation that is the secretariat of one instrument, with one author key.
class AuditCheckTest : public testing::Test {
 protected:
  AuditCheckTest()
      : signer_(crypto::PrivateKey::FromSeed(std::string(32, 1))),
        author_(crypto::PrivateKey::FromSeed(std::string(32, 2))) {
    ledger::act::Signers signers{1, {ledger::VerifierKey::ForSigner(signer_.public_key())}};
    ledger::Note credentials;
    credentials.kind = ledger::ChainKind::kCredentials;
    credentials.time = "2026-11-22T12:00:00Z";
    crypto::Signature proof = author_.Sign(ledger::PossessionText(author_.public_key()));
    std::string pop = ledger::KeyFileText({author_.public_key(), Base64(proof)});
    credentials.acts = {ledger::act::Delegation{"EU-GSC", "Secretariat"}, signers,
                        ledger::act::Enrol{author_.public_key(),
                                           ledger::ParseKeyFile(pop)->pop,
                                           {"desk_officer", "focal_point"},
                                           std::nullopt,
                                           "Desk"}};
    credentials_ = Signed(std::move(credentials));
    ledger::Note charter;
    charter.kind = ledger::ChainKind::kCharter;
    charter.time = "2026-11-22T12:00:00Z";
    charter.acts = {
        ledger::act::Instrument{"EUCA-2014", "o.example/e", "Plan"}, signers,
        ledger::act::Admit{credentials_.id, "EU-GSC", ledger::DelegationRole::kSecretariat}};
    charter_ = Signed(std::move(charter));
  }

  static std::string Base64(const crypto::Signature& signature) {
    static const char* kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (size_t i = 0; i < signature.size(); i += 3) {
      uint32_t group = signature[i] << 16;
      if (i + 1 < signature.size()) group |= signature[i + 1] << 8;
      if (i + 2 < signature.size()) group |= signature[i + 2];
      for (int shift = 18; shift >= 0; shift -= 6) out += kDigits[group >> shift & 63];
    }
    size_t extra = signature.size() % 3;
    if (extra > 0) out.replace(out.size() - (3 - extra), 3 - extra, 3 - extra, '=');
    return out;
  }

  ledger::Note Signed(ledger::Note fields) {
    ledger::Note note = ledger::BuildNote(std::move(fields)).value();
    note.lines.push_back(ledger::SignText(note.text, signer_));
    return note;
  }

  ledger::Entry Write(uint64_t sequence, const base::EntryId& previous, const std::string& payload,
                      uint64_t hlc) {
    ledger::EntryHeader header;
    header.instrument = charter_.id;
    header.key = author_.public_key();
    header.sequence = sequence;
    header.previous = previous;
    header.charter_head = charter_.id;
    header.credentials_head = credentials_.id;
    header.hlc = hlc;
    header.kind = 1001;
    header.payload_size = payload.size();
    header.payload_hash = crypto::Sha256(payload);
    return ledger::SignEntry(header, payload, author_);
  }

  static v1::SignedEntry Raw(const ledger::Entry& entry) {
    v1::SignedEntry raw;
    raw.set_leaf(entry.Leaf());
    raw.set_payload(entry.payload);
    return raw;
  }

  AuditReport Audit(const std::vector<v1::SignedEntry>& entries) {
    AuditCheck check(charter_.id);
    check.AddNote(charter_.File());
    check.AddNote(credentials_.File());
    check.Check(entries, false);
    return check.Finish();
  }

  static std::vector<std::string> Codes(const AuditReport& report) {
    std::vector<std::string> codes;
    for (const auto& finding : report.findings) codes.push_back(finding.code);
    return codes;
  }

  crypto::PrivateKey signer_, author_;
  ledger::Note credentials_, charter_;
};

TEST_F(AuditCheckTest, AnHonestLogIsClean) {
  ledger::Entry one = Write(1, {}, "a", 1 << 16), two = Write(2, one.id, "b", 2 << 16);
  AuditReport report = Audit({Raw(two), Raw(one)});
  EXPECT_TRUE(report.ok()) << testing::PrintToString(Codes(report));
  EXPECT_EQ(report.entries, 2u);
  EXPECT_EQ(report.signatures_checked, 2u);
  EXPECT_EQ(report.by_status[ledger::Status::kAdmitted], 2u);
}

TEST_F(AuditCheckTest, AChangedPayloadIsFound) {
  v1::SignedEntry raw = Raw(Write(1, {}, "a", 1 << 16));
  raw.set_payload("b");
  EXPECT_EQ(Codes(Audit({raw})), std::vector<std::string>{"HASH"});
}

TEST_F(AuditCheckTest, AChangedSignatureIsFoundAndCounted) {
  ledger::Entry one = Write(1, {}, "a", 1 << 16);
  one.signature[5] ^= 1;
  AuditReport report = Audit({Raw(one)});
  EXPECT_EQ(Codes(report), std::vector<std::string>{"BADSIG"});
  EXPECT_EQ(report.signatures_bad, 1u);
  EXPECT_EQ(report.by_status[ledger::Status::kPending], 1u);
}

TEST_F(AuditCheckTest, AMissingEntryIsAGap) {
  ledger::Entry one = Write(1, {}, "a", 1 << 16), two = Write(2, one.id, "b", 2 << 16),
                three = Write(3, two.id, "c", 3 << 16);
  AuditReport report = Audit({Raw(one), Raw(three)});
  EXPECT_EQ(Codes(report), std::vector<std::string>{"GAP"});
  EXPECT_EQ(report.gaps, 1u);
}

TEST_F(AuditCheckTest, WhereAFindingIsIsSaidInTheReadersLanguage) {
  const ledger::Entry one = Write(1, {}, "a", 1 << 16), two = Write(2, one.id, "b", 2 << 16),
                      three = Write(3, two.id, "c", 3 << 16), other = Write(1, {}, "d", 1 << 16);
  v1::SignedEntry broken;
  broken.set_leaf("no entry");
  const std::string text = AuditText(Audit({Raw(one), Raw(other), Raw(three), broken}), {}, {});
  const std::string key = author_.public_key().Short();
  std::vector<std::string> ids = {one.id.Short(), other.id.Short()};
  if (other.id < one.id) std::swap(ids[0], ids[1]);
  const std::map<std::string, std::vector<std::string>> said = {
      {"en",
       {"FINDING GAP key " + key + " number 3: the entry before it",
        "FINDING FORK key " + key + " number 1: two entries, " + ids[0] + " and " + ids[1],
        "FINDING HASH: not an entry: the leaf "}},
      {"fr",
       {"CONSTAT GAP clé " + key + ", numéro 3 : l’entrée d’avant",
        "CONSTAT FORK clé " + key + ", numéro 1 : deux entrées, " + ids[0] + " et " + ids[1],
        "CONSTAT HASH : ce n’est pas une entrée : "}},
      {"ru",
       {"ЗАМЕЧАНИЕ GAP ключ " + key + ", номер 3: предыдущей записи",
        "ЗАМЕЧАНИЕ FORK ключ " + key + ", номер 1: этот номер у двух записей, " + ids[0] + " и " +
            ids[1],
        "ЗАМЕЧАНИЕ HASH: это не запись: "}}};
  for (const auto& [language, lines] : said) {
    const std::string read = PhrasesIn(language)->RetellLines(text);
    for (const std::string& line : lines) EXPECT_THAT(read, testing::HasSubstr(line)) << language;
  }
}

TEST_F(AuditCheckTest, AForkIsAFinding) {
  ledger::Entry one = Write(1, {}, "a", 1 << 16), other = Write(1, {}, "b", 1 << 16);
  AuditReport report = Audit({Raw(one), Raw(other)});
  EXPECT_EQ(Codes(report), std::vector<std::string>{"FORK"});
  EXPECT_EQ(report.forks, 1u);
}

TEST_F(AuditCheckTest, AClockThatGoesBackIsAFinding) {
  ledger::Entry one = Write(1, {}, "a", 5 << 16), two = Write(2, one.id, "b", 4 << 16);
  EXPECT_EQ(Codes(Audit({Raw(one), Raw(two)})), std::vector<std::string>{"HLC-ORDER"});
}

TEST_F(AuditCheckTest, ASealedEntryThatIsMissingIsAFindingOfARegisterOnly) {
  ledger::Entry one = Write(1, {}, "a", 1 << 16), two = Write(2, one.id, "b", 2 << 16);
  ledger::Note second;
  second.kind = ledger::ChainKind::kCharter;
  second.chain = second.previous = charter_.id;
  second.position = 2;
  second.time = "2026-11-23T12:00:00Z";
  second.acts = {ledger::act::Seal{credentials_.id, two.feed().Name(), 2, two.id}};
  second = Signed(std::move(second));
  for (bool whole : {false, true}) {
    for (bool held : {false, true}) {
      AuditCheck check(charter_.id, whole);
      check.AddNote(charter_.File());
      check.AddNote(second.File());
      check.AddNote(credentials_.File());
      check.Check({Raw(one)}, false);
      if (held) check.Check({Raw(two)}, false);
      const std::vector<std::string> wanted =
          whole && !held ? std::vector<std::string>{"SEAL"} : std::vector<std::string>{};
      EXPECT_EQ(Codes(check.Finish()), wanted) << whole << held;
    }
  }
}

TEST_F(AuditCheckTest, ACutAtAnEntryThatIsNotThereIsRemarked) {
  ledger::Entry one = Write(1, {}, "a", 1 << 16), two = Write(2, one.id, "b", 2 << 16);
  ledger::Note second;
  second.kind = ledger::ChainKind::kCredentials;
  second.chain = second.previous = credentials_.id;
  second.position = 2;
  second.time = "2026-11-23T12:00:00Z";
  second.acts = {ledger::act::Revoke{
      author_.public_key(), ledger::RevokeReason::kLost, {{two.feed().Name(), 2, two.id}}}};
  second = Signed(std::move(second));
  AuditCheck check(charter_.id);
  check.AddNote(charter_.File());
  check.AddNote(credentials_.File());
  check.AddNote(second.File());
  check.Check({Raw(one)}, false);
  const AuditReport report = check.Finish();
  EXPECT_TRUE(report.ok());
  ASSERT_FALSE(report.remarks.empty());
  EXPECT_NE(report.remarks.back().find("which is not in the log"), std::string::npos);
}

TEST_F(AuditCheckTest, AnEntryThatStandsTwiceIsAFinding) {
  ledger::Entry one = Write(1, {}, "a", 1 << 16);
  EXPECT_EQ(Codes(Audit({Raw(one), Raw(one)})), std::vector<std::string>{"DUPLICATE"});
}

// A node that wrote the end of a feed anew and went on from there.
TEST_F(AuditCheckTest, WhatDoesNotGoOnFromWhereTheFeedEndedIsReadAgain) {
  const ledger::Entry one = Write(1, {}, "a", 1 << 16), two = Write(2, one.id, "b", 2 << 16);
  const ledger::Entry other = Write(2, one.id, "other", 2 << 16);
  const AuditReport before = Audit({Raw(one), Raw(two)});
  ASSERT_EQ(before.outcome.size(), 1u);
  auto restart = [&](const ledger::Entry& last) {
    AuditPlan plan;
    plan.feeds[two.feed()] = {PlannedFeed::How::kGrown, &before.outcome[0], {{3, last.id}}, 3};
    AuditCheck check(charter_.id);
    check.GoOnFrom(&plan);
    check.AddNote(charter_.File());
    check.AddNote(credentials_.File());
    check.Check({Raw(last)}, false);
    return check.Finish().restart;
  };
  EXPECT_EQ(restart(Write(3, two.id, "c", 3 << 16)), "");
  EXPECT_NE(restart(Write(3, other.id, "c", 3 << 16)).find("do not go on from where it ended"),
            std::string::npos);
}

TEST_F(AuditCheckTest, WhatIsBeyondAThousandFindingsIsCounted) {
  AuditCheck check(charter_.id);
  check.AddNote(charter_.File());
  check.AddNote(credentials_.File());
  for (size_t i = 0; i < kAuditFindingsKept + 5; ++i) check.Find("BADSIG", "somewhere", "bad");
  const AuditReport report = check.Finish();
  EXPECT_EQ(report.findings.size(), kAuditFindingsKept);
  EXPECT_EQ(report.findings_more, 5u);
  const std::string text = AuditText(report, RegisterReport(), AuditSubject());
  EXPECT_NE(text.find("\nand 5 more findings, not listed\n"), std::string::npos);
  EXPECT_NE(text.find("\n1005 findings\n"), std::string::npos);
}

TEST_F(AuditCheckTest, ANoteBelowItsThresholdDoesNotStand) {
  AuditCheck check(charter_.id);
  check.AddNote(charter_.text + "\n");
  EXPECT_FALSE(check.Finish().ok());
}

}  // namespace
}  // namespace entente::client
