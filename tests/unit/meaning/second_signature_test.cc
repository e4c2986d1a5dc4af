// The second signature of a report: schema 3, the bytes it is over, and what a report settles of it
// by itself.
#include "node/meaning/record/second_signature.h"

#include <fstream>
#include <iterator>

#include "absl/strings/strip.h"
#include "entente/v1/entry.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/crypto/ed25519.h"
#include "node/meaning/record/record.h"
#include "node/meaning/rules/projection.h"
#include "node/meaning/rules/validate.h"
#include "tests/support/source_dir.h"
#include "tests/unit/meaning/findings.h"
#include "tests/unit/meaning/samples.h"

namespace entente::meaning {
namespace {

using ::testing::HasSubstr;

constexpr char kInstrument[] = "1d3f13cc65eee71e76d9f8414eef237c24ed4e79fd87c010887705f028da0632";

base::InstrumentId Plan() { return *base::InstrumentId::FromHex(kInstrument); }

crypto::PrivateKey Officer() { return crypto::PrivateKey::FromSeed(std::string(32, 5)); }

v1::Report ClearedFor(const base::InstrumentId& instrument, v1::Report report) {
  const crypto::PrivateKey key = Officer();
  const crypto::Signature signature =
      key.Sign(SecondSignatureText(instrument, report.SerializeAsString()));
  report.mutable_cleared_by()->set_key(key.public_key().str());
  report.mutable_cleared_by()->set_signature(std::string(crypto::View(signature)));
  return report;
}
v1::Report ClearedReport() { return ClearedFor(Plan(), GoodReport()); }

RecordFacts FactsOf(uint32_t schema) {
  RecordFacts facts;
  facts.id = EntryNumber(7);
  facts.instrument = Plan();
  facts.kind = v1::REPORT;
  facts.schema = schema;
  facts.key.bytes.fill(0xCC);
  facts.delegation_code = "KG";
  return facts;
}

std::string AsideBecause(const std::string& payload, RecordFacts facts = FactsOf(3)) {
  const Projection shown = Project(facts, payload);
  EXPECT_FALSE(shown.newer);
  return shown.set_aside ? shown.set_aside->message : "";
}

// tests/golden: signed with OpenSSL, read here, and written the same again.
TEST(SecondSignature, GoldenPayload) {
  std::ifstream in(tests::SourceFile("tests/golden/report-3-payload.hex"));
  const std::string hex(std::istreambuf_iterator<char>(in), {});
  const std::string payload = base::FromHex(absl::StripSuffix(hex, "\n")).value_or("");
  EXPECT_TRUE(SecondSignatureVerifies(Plan(), payload));
  EXPECT_EQ(base::ToHex(ClearedReport().SerializeAsString()), base::ToHex(payload));
  EXPECT_EQ(ClearedContent(payload), GoodReport().SerializeAsString());
  EXPECT_EQ(AsideBecause(payload), "");
}

TEST(SecondSignature, ReportsThatHaveOneAreOfSchema3) {
  EXPECT_EQ(SchemaOf(ClearedReport()), 3u);
  v1::Report attached = GoodReport();
  *attached.add_attachments() = GoodAttachment();
  EXPECT_EQ(SchemaOf(ClearedFor(Plan(), attached)), 3u);
  EXPECT_EQ(AsideBecause(ClearedFor(Plan(), attached).SerializeAsString()), "");
  EXPECT_THAT(AsideBecause(ClearedReport().SerializeAsString(), FactsOf(2)),
              HasSubstr("a field that schema 2 does not define"));
}

TEST(SecondSignature, StandsForWhatWasReadAndNothingElse) {
  v1::Report changed = ClearedReport();
  changed.set_assessment(v1::AT_RISK);
  EXPECT_THAT(AsideBecause(changed.SerializeAsString()),
              HasSubstr("E-CLEARED cleared_by: the second signature does not verify"));
  v1::Report replaced = ClearedReport();
  replaced.mutable_common()->add_supersedes(EntryNumber(1).str());
  EXPECT_THAT(AsideBecause(replaced.SerializeAsString()), HasSubstr("does not verify"));
  const v1::Report elsewhere = ClearedFor(base::InstrumentId{}, GoodReport());
  EXPECT_THAT(AsideBecause(elsewhere.SerializeAsString()), HasSubstr("does not verify"));
}

TEST(SecondSignature, IsByAnotherKeyThanTheAuthors) {
  RecordFacts facts = FactsOf(3);
  facts.key = Officer().public_key();
  EXPECT_THAT(AsideBecause(ClearedReport().SerializeAsString(), facts),
              HasSubstr("by the author's own key"));
}

TEST(SecondSignature, IsTheLastFieldAsItIsWritten) {
  const std::string payload = ClearedReport().SerializeAsString();
  // Protobuf takes fields in any order, and what is there twice; nobody could say what was signed.
  const std::string field = payload.substr(payload.size() - 102);
  const std::string content = payload.substr(0, payload.size() - 102);
  EXPECT_THAT(AsideBecause(field + content), HasSubstr("does not verify"));
  EXPECT_THAT(AsideBecause(content + field + field), HasSubstr("does not verify"));
  EXPECT_EQ(ClearedContent(field), "");
  EXPECT_EQ(ClearedContent(field.substr(1)), std::nullopt);
  EXPECT_EQ(ClearedContent(""), std::nullopt);
}

TEST(SecondSignature, AWeakKeyStandsForNobody) {
  v1::Report report = ClearedReport();
  std::string identity(32, '\0');
  identity[0] = 1;
  report.mutable_cleared_by()->set_key(identity);
  // With the point of order 1 and S = 0 any text verifies by the equation alone.
  report.mutable_cleared_by()->set_signature(identity + std::string(32, '\0'));
  EXPECT_THAT(AsideBecause(report.SerializeAsString()), HasSubstr("does not verify"));
}

TEST(SecondSignature, LengthsAreSaid) {
  v1::Report report = ClearedReport();
  report.mutable_cleared_by()->set_key("short");
  EXPECT_THAT(AsideBecause(report.SerializeAsString()),
              HasSubstr("its key has 5 bytes and its signature 64"));
}

}  // namespace
}  // namespace entente::meaning
