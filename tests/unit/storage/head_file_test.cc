#include "storage/head_file.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/storage/store_fixture.h"

namespace entente::storage {
namespace {

using ::testing::HasSubstr;

class HeadFileTest : public ::testing::Test {
 protected:
  HeadFile Open() {
    auto head = HeadFile::Open(dir_.path(), /*create=*/true, TestChecksum);
    EXPECT_TRUE(head.ok()) << head.status();
    return *std::move(head);
  }
  ScratchDir dir_;
  const std::string path_ = dir_.Sub("HEAD");
};

TEST_F(HeadFileTest, IsTheNumberBigEndianAndItsChecksum) {
  ASSERT_TRUE(Open().Write(0x0102030405060708).ok());
  const std::string number("\x01\x02\x03\x04\x05\x06\x07\x08");
  const auto sum = TestChecksum(number);
  EXPECT_EQ(ReadFile(path_), number + std::string(sum.begin(), sum.end()));
}

TEST_F(HeadFileTest, NewestNumberIsReadBack) {
  HeadFile head = Open();
  ASSERT_TRUE(head.Write(7).ok());
  ASSERT_TRUE(head.Write(8).ok());
  EXPECT_EQ(*head.Read(), 8u);
  EXPECT_EQ(*Open().Read(), 8u);
}

TEST_F(HeadFileTest, AnyFlippedBitIsDamage) {
  ASSERT_TRUE(Open().Write(7).ok());
  const std::string good = ReadFile(path_);
  for (size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] ^= static_cast<char>(1 << bit % 8);
    WriteFile(path_, bad);
    const absl::Status status = Open().Read().status();
    EXPECT_TRUE(absl::IsDataLoss(status)) << "bit " << bit;
    EXPECT_EQ(ReasonOf(status), "STORE_DAMAGED");
  }
}

TEST_F(HeadFileTest, WrongLengthIsDamage) {
  ASSERT_TRUE(Open().Write(7).ok());
  const std::string good = ReadFile(path_);
  for (const std::string& bad : {std::string(), good.substr(0, 15), good + "x"}) {
    WriteFile(path_, bad);
    EXPECT_THAT(std::string(Open().Read().status().message()), HasSubstr("bytes instead of 16"));
  }
}

TEST_F(HeadFileTest, MissingIsDamageUnlessItIsToBeCreated) {
  const absl::Status status = HeadFile::Open(dir_.path(), /*create=*/false, TestChecksum).status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
}

TEST(CommitNumberTest, RoundTripsAndWantsEightBytes) {
  for (uint64_t commit : {uint64_t{0}, uint64_t{255}, uint64_t{256}, ~uint64_t{0}}) {
    EXPECT_EQ(DecodeCommit(EncodeCommit(commit)), commit);
  }
  EXPECT_EQ(DecodeCommit("1234567"), std::nullopt);
  EXPECT_EQ(DecodeCommit("123456789"), std::nullopt);
}

}  // namespace
}  // namespace entente::storage
