#include "node/crypto/sha256.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "node/crypto/sha256_stream.h"

namespace entente::crypto {
namespace {

// FIPS 180-4 example values.
TEST(Sha256, AnswersTheStandardsExamples) {
  EXPECT_EQ(Sha256("").ToHex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256("abc").ToHex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256(std::string(1'000'000, 'a')).ToHex(),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, PartsHashAsTheirConcatenation) {
  EXPECT_EQ(Sha256({"a", "", "bc"}), Sha256("abc"));
  EXPECT_EQ(Sha256({}), Sha256(""));
}

TEST(Sha256Stream, PiecesHashAsTheirConcatenation) {
  Sha256Stream stream;
  for (const char* piece : {"a", "", "bc"}) stream.Add(piece);
  EXPECT_EQ(stream.Finish(), Sha256("abc"));
}

// Certificate Transparency's reference leaves: "" and 0x00.
TEST(LeafHash, AnswersTheReferenceLeaves) {
  EXPECT_EQ(LeafHash("").ToHex(),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  EXPECT_EQ(LeafHash(absl::string_view("\0", 1)).ToHex(),
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7");
}

// RFC 4231 test cases 1 and 2.
TEST(HmacSha256, AnswersTheRfcExamples) {
  EXPECT_EQ(HmacSha256(std::string(20, '\x0b'), "Hi There").ToHex(),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(HmacSha256("Jefe", "what do ya want for nothing?").ToHex(),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(HmacSha256, AcceptsAnEmptyKey) {
  EXPECT_EQ(HmacSha256("", "").ToHex(),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Sha256, ThreadsDoNotDisturbEachOther) {
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t, &wrong] {
      std::string data(static_cast<size_t>(t) + 1, 'x');
      base::Digest first = Sha256(data);
      for (int i = 0; i < 2000; ++i) wrong[t] += Sha256(data) != first;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

}  // namespace
}  // namespace entente::crypto
