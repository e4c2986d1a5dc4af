#include "node/crypto/ed25519.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "absl/strings/str_split.h"
#include "node/base/error.h"
#include "tests/support/source_dir.h"

namespace entente::crypto {
namespace {

using base::FromHex;
using base::PublicKey;

struct Case {
  std::string message;
  PublicKey key;
  std::string signature;
};

// tests/golden/ed25519-cases.tsv: name, message, public key, signature.
std::map<std::string, Case> Cases() {
  std::map<std::string, Case> cases;
  std::ifstream in(tests::SourceFile("tests/golden/ed25519-cases.tsv"));
  for (std::string line; std::getline(in, line);) {
    std::vector<std::string> f = absl::StrSplit(line, '\t');
    cases[f.at(0)] = {*FromHex(f.at(1)), *PublicKey::FromHex(f.at(2)), *FromHex(f.at(3))};
  }
  return cases;
}

struct Verdict {
  const char* name;
  bool verifies;
  const char* refusal;  // part of the message, or null where the key is acceptable
};

// The cofactorless equation with S < L, and the prime-order subgroup only.
constexpr Verdict kVerdicts[] = {
    {"honest-1", true, nullptr},
    {"honest-second-signature-same-msg", true, nullptr},
    {"malleated S+L", false, nullptr},
    {"R + torsion (cofactored only)", false, nullptr},
    {"identity key, msg A", true, "small order"},
    {"identity key, msg B (same sig)", true, "small order"},
    {"zero key zero sig", false, "small order"},
    {"noncanonical identity key (y=p+1)", true, "not canonical"},
    {"identity key with sign bit (x=-0)", true, "small order"},
    {"mixed-order key, k%8==0", true, "mixed order"},
    {"mixed-order key, k%8!=0 (cofactored only)", false, "mixed order"},
};

TEST(Ed25519, EveryEdgeCaseHasItsVerdict) {
  std::map<std::string, Case> cases = Cases();
  ASSERT_EQ(cases.size(), std::size(kVerdicts));
  for (const Verdict& verdict : kVerdicts) {
    SCOPED_TRACE(verdict.name);
    const Case& c = cases.at(verdict.name);
    EXPECT_EQ(Ed25519Verifier().Verify(c.key, c.message, c.signature), verdict.verifies);
    absl::Status status = CheckPublicKey(c.key);
    EXPECT_EQ(status.ok(), verdict.refusal == nullptr) << status;
    if (verdict.refusal != nullptr) {
      EXPECT_THAT(std::string(status.message()), testing::HasSubstr(verdict.refusal));
      EXPECT_EQ(base::ReasonOf(status), "KEY_UNACCEPTABLE");
    }
  }
}

TEST(CheckPublicKey, RefusesAPointOffTheCurve) {
  // y = 2: (y^2 - 1) / (d y^2 + 1) has no square root.
  PublicKey key;
  key.bytes[0] = 2;
  EXPECT_THAT(std::string(CheckPublicKey(key).message()),
              testing::HasSubstr("not a point of the curve"));
}

TEST(CheckPublicKey, RefusesEverySpellingFromThePrimeUpwards) {
  for (int low = 0xed; low <= 0xff; ++low) {
    for (int high : {0x7f, 0xff}) {
      PublicKey key;
      key.bytes.fill(0xff);
      key.bytes[0] = static_cast<uint8_t>(low);
      key.bytes[31] = static_cast<uint8_t>(high);
      EXPECT_THAT(std::string(CheckPublicKey(key).message()), testing::HasSubstr("not canonical"))
          << key.ToHex();
    }
  }
}

// RFC 8032 section 7.1, tests 1 to 3: seed, public key, message, signature.
struct RfcTest {
  const char *seed, *key, *message, *signature;
};
constexpr RfcTest kRfc[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "4"
     "6bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d"
     "8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "6"
     "594a7c15e9716ed28dc027beceea1ec40a"},
};

TEST(Ed25519, AnswersTheRfcExamples) {
  for (const RfcTest& test : kRfc) {
    PrivateKey key = PrivateKey::FromSeed(*FromHex(test.seed));
    EXPECT_EQ(key.public_key().ToHex(), test.key);
    Signature signature = key.Sign(*FromHex(test.message));
    EXPECT_EQ(base::ToHex(View(signature)), test.signature);
    EXPECT_TRUE(
        Ed25519Verifier().Verify(key.public_key(), *FromHex(test.message), View(signature)));
    EXPECT_TRUE(CheckPublicKey(key.public_key()).ok());
  }
}

TEST(Ed25519, AChangedBitAnywhereBreaksTheSignature) {
  PrivateKey key = PrivateKey::FromSeed(std::string(32, '\2'));
  std::string message = "what was reported";
  Signature signature = key.Sign(message);
  for (size_t i = 0; i < signature.size(); ++i) {
    Signature changed = signature;
    changed[i] ^= 1;
    EXPECT_FALSE(Ed25519Verifier().Verify(key.public_key(), message, View(changed))) << i;
  }
  message[3] ^= 1;
  EXPECT_FALSE(Ed25519Verifier().Verify(key.public_key(), message, View(signature)));
}

TEST(Ed25519, ASignatureOfAnotherLengthDoesNotVerify) {
  PrivateKey key = PrivateKey::FromSeed(std::string(32, '\2'));
  std::string signature(View(key.Sign("m")));
  EXPECT_FALSE(Ed25519Verifier().Verify(key.public_key(), "m", ""));
  EXPECT_FALSE(Ed25519Verifier().Verify(key.public_key(), "m", signature.substr(0, 63)));
  EXPECT_FALSE(Ed25519Verifier().Verify(key.public_key(), "m", signature + '\0'));
}

TEST(PrivateKey, GeneratedKeysDifferAndAreAcceptable) {
  PrivateKey a = PrivateKey::Generate(), b = PrivateKey::Generate();
  EXPECT_NE(a.public_key(), b.public_key());
  EXPECT_TRUE(CheckPublicKey(a.public_key()).ok());
}

}  // namespace
}  // namespace entente::crypto
