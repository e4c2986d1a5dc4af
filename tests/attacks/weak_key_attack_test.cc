// Keys for which anybody can sign: small-order points, encodings of no point, points outside the
// prime-order subgroup. Refused by every node at enrolment, from the 32 bytes alone, in words.
#include "absl/strings/escaping.h"
#include "node/base/bytes.h"
#include "tests/attacks/attack_world.h"

namespace entente::oracle {
namespace {

struct WeakKey {
  const char* name;
  const char* hex;
  const char* why;
};

// The eight points of small order and their non-canonical spellings (Ed25519, RFC 8032 section
// 5.1), a point of order 8L, and bytes that are no point.
const WeakKey kWeak[] = {
    {"identity", "0100000000000000000000000000000000000000000000000000000000000000", "small order"},
    {"order2", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "small order"},
    {"order4", "0000000000000000000000000000000000000000000000000000000000000000", "small order"},
    {"order4_sign", "0000000000000000000000000000000000000000000000000000000000000080",
     "small order"},
    {"order8", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "small order"},
    {"order8_sign", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
     "small order"},
    {"order8_b", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "small order"},
    {"order8_b_sign", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
     "small order"},
    {"p_for_zero", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "canonical"},
    {"p_plus_one", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "canonical"},
    {"all_ones", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "canonical"},
    {"mixed_order", "ffb9abc9401f4c45d994e36df1696e5470e466925eae9d0a47412b0fa76a038d",
     "mixed order"},
    {"no_point", "0200000000000000000000000000000000000000000000000000000000000000", ""},
    {"zero_x_sign", "0100000000000000000000000000000000000000000000000000000000000080", ""},
};

class WeakKeys : public AttackTest, public testing::WithParamInterface<WeakKey> {
 protected:
  static base::PublicKey Weak() { return *base::PublicKey::FromHex(GetParam().hex); }
  // A signature made of the identity verifies under several of these for any text.
  static std::string AnyPop() {
    std::string signature(64, '\0'), out;
    signature[0] = 1;
    absl::Base64Escape(signature, &out);
    return out;
  }
  void IsRefused(const Note& note, const Names& signers) const {
    auto node = NodeWith({});
    auto added = node->replica().AddNotes({Signed(note, signers).file});
    ASSERT_TRUE(added.ok());
    EXPECT_EQ(added->front().outcome, ledger::Authority::Outcome::kRefused);
    EXPECT_THAT(added->front().reason, testing::HasSubstr("no acceptable Ed25519 public key"));
    EXPECT_THAT(added->front().reason, testing::HasSubstr(GetParam().why));
    EXPECT_THAT(added->front().reason, testing::HasSubstr(Weak().Short())) << "which key";
    EXPECT_FALSE(node->replica().authority().Holds(note.id));
  }
};

TEST_P(WeakKeys, IsRefusedAtEnrolment) {
  act::Enrol enrol = EnrolOf("x", {"focal_point"});
  enrol.key = Weak();
  enrol.pop = AnyPop();
  IsRefused(KgAfter(kg(), {enrol}), kTwoOfKg);
}

TEST_P(WeakKeys, IsRefusedAsTheNewKeyOfARotation) {
  act::Rotate rotate = RotateOf("focal", "x", {});
  rotate.new_key = Weak();
  rotate.pop = AnyPop();
  IsRefused(KgAfter(kg(), {rotate}), kTwoOfKg);
}

TEST_P(WeakKeys, IsRefusedAsASigner) {
  act::Signers signers{1, {ledger::VerifierKey::ForSigner(Weak())}};
  IsRefused(KgAfter(kg(), {signers}), kTwoOfKg);
}

INSTANTIATE_TEST_SUITE_P(Points, WeakKeys, testing::ValuesIn(kWeak),
                         [](const auto& tested) { return std::string(tested.param.name); });

// A good key enrolled by someone who does not hold it: the proof of possession is another's.
TEST_F(AttackTest, AKeyIsEnrolledByItsHolderOnly) {
  act::Enrol enrol = EnrolOf("kz", {"focal_point"});
  enrol.pop = EnrolOf("desk", {"focal_point"}).pop;
  auto node = NodeWith({});
  auto added = node->replica().AddNotes({Signed(KgAfter(kg(), {enrol}), kTwoOfKg).file});
  ASSERT_TRUE(added.ok());
  EXPECT_EQ(added->front().outcome, ledger::Authority::Outcome::kRefused);
  EXPECT_THAT(added->front().reason, testing::HasSubstr("proof of possession"));
}

}  // namespace
}  // namespace entente::oracle
