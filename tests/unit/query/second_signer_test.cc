// Who may give a second signature, and who needs one, by the credentials that are held.
#include "node/query/view/second_signer.h"

#include "entente/v1/entry.pb.h"
#include "gmock/gmock.h"
#include "node/meaning/record/second_signature.h"
#include "tests/unit/query/query_fixture.h"

namespace entente::query::second_signer {
namespace {

using meaning::Moment;
using ::testing::HasSubstr;

class SecondSigner : public QueryTest {
 protected:
  void SetUp() override {
    before_ = plan_.kg_chain.head();
    Add({Enrol(officer_, {"focal_point", kDualRole}, "Officer Asanov"),
         Enrol(minister_, {"signatory"}, "Minister"), Enrol(clerk_, {"focal_point"}, "Clerk"),
         Enrol(minister_again_, {"signatory", kDualRole}, "Minister")});
  }
  void Add(std::vector<ledger::Act> acts) {
    store_.Notes({plan_.kg_chain.Add(std::move(acts))});
    Publish();
  }
  static ledger::act::Enrol Enrol(const crypto::PrivateKey& key, std::vector<std::string> roles,
                                  const std::string& label) {
    ledger::act::Enrol act = support::EnrolOf(key, std::move(roles));
    act.label = label;
    return act;
  }
  v1::Report Report(const crypto::PrivateKey* second) const {
    v1::Report report;
    report.ParseFromString(support::ReportPayload("KG", "DDR/08", "words", {}));
    if (second == nullptr) return report;
    const crypto::Signature signature =
        second->Sign(meaning::SecondSignatureText(plan_.charter.id(), report.SerializeAsString()));
    report.mutable_cleared_by()->set_key(second->public_key().str());
    report.mutable_cleared_by()->set_signature(std::string(crypto::View(signature)));
    return report;
  }
  // What is wrong with a report that `author` signs on the head given; "" for nothing.
  std::string Fault(const crypto::PrivateKey& author, const crypto::PrivateKey* second,
                    Moment moment, const base::NoteId& head) const {
    ledger::EntryHeader header;
    header.kind = v1::REPORT;
    header.key = author.public_key();
    header.credentials_head = head;
    const auto fault = SecondSignerFault(Ask(), header, Report(second), moment);
    if (!fault) return "";
    EXPECT_EQ(fault->code, "E-CLEARED");
    EXPECT_EQ(fault->severity,
              moment == Moment::kLog ? meaning::Severity::kFlag : meaning::Severity::kRefuse);
    return fault->message;
  }
  std::string Fault(const crypto::PrivateKey& author, const crypto::PrivateKey* second) const {
    const std::string submitted = Fault(author, second, Moment::kSubmit, plan_.kg_chain.head());
    EXPECT_EQ(Fault(author, second, Moment::kLog, plan_.kg_chain.head()), submitted);
    return submitted;
  }

  base::NoteId before_;
  crypto::PrivateKey officer_ = support::KeyFrom("officer"),
                     minister_ = support::KeyFrom("minister"), clerk_ = support::KeyFrom("clerk"),
                     minister_again_ = support::KeyFrom("minister again"),
                     stranger_ = support::KeyFrom("stranger");
};

TEST_F(SecondSigner, IsAskedForWhereTheAuthorIsEnrolledSo) {
  EXPECT_THAT(Fault(officer_, nullptr),
              HasSubstr("Officer Asanov is enrolled to report with a second signature"));
  EXPECT_EQ(Fault(officer_, &minister_), "");
  EXPECT_EQ(Fault(clerk_, nullptr), "");
  EXPECT_EQ(Fault(clerk_, &minister_), "") << "given without being asked for";
  EXPECT_EQ(Fault(minister_, nullptr), "");
}

TEST_F(SecondSigner, IsASignatoryOfTheDelegationAndAnotherPerson) {
  EXPECT_THAT(Fault(officer_, &clerk_), HasSubstr("Clerk is enrolled as focal_point"));
  EXPECT_THAT(Fault(officer_, &stranger_), HasSubstr("is not enrolled for KG"));
  EXPECT_THAT(Fault(officer_, &plan_.kz), HasSubstr("is not enrolled for KG"));
  EXPECT_THAT(Fault(minister_again_, &minister_), HasSubstr("Minister signed it, too"));
}

// The old head of somebody who knows better does not help: a key is dual from its first enrolment.
TEST_F(SecondSigner, AnOldHeadIsNoWayAround) {
  EXPECT_THAT(Fault(officer_, nullptr, Moment::kLog, before_), HasSubstr("second signature"));
  EXPECT_EQ(Fault(plan_.kg, nullptr, Moment::kLog, before_), "");
}

TEST_F(SecondSigner, AKeyThatEndedIsGoodForWhatWasSignedBefore) {
  const base::NoteId then = plan_.kg_chain.head();
  Add({ledger::act::Revoke{minister_.public_key(), ledger::RevokeReason::kRetired, {}}});
  EXPECT_EQ(Fault(officer_, &minister_, Moment::kLog, then), "");
  EXPECT_THAT(Fault(officer_, &minister_), HasSubstr("the key of Minister was revoked (retired)"));
  EXPECT_THAT(Fault(officer_, &minister_, Moment::kSubmit, then), HasSubstr("was revoked"));
  const auto* credentials =
      published_->authority.Credentials(plan_.charter.id(), plan_.kg_chain.id());
  EXPECT_THAT(WhyNoSecondSigner(Ask(), *credentials, minister_.public_key()),
              HasSubstr("was revoked"));
  EXPECT_EQ(WhyNoSecondSigner(Ask(), *credentials, minister_again_.public_key()), "");
}

TEST_F(SecondSigner, AWithdrawalHasNoPlaceForOne) {
  ledger::EntryHeader header;
  header.kind = v1::WITHDRAWAL;
  header.credentials_head = plan_.kg_chain.head();
  header.key = officer_.public_key();
  EXPECT_TRUE(SecondSignerFault(Ask(), header, v1::Withdrawal(), Moment::kSubmit));
  header.key = minister_.public_key();
  EXPECT_FALSE(SecondSignerFault(Ask(), header, v1::Withdrawal(), Moment::kSubmit));
}

}  // namespace
}  // namespace entente::query::second_signer
