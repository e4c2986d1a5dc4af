// The node's keys of registers: made once, found by what a charter names, and which of them a
// backup takes along.
#include "node/rpc/register_keys.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "node/tlog/checkpoint.h"
#include "tests/unit/rpc/temp_dir.h"

namespace entente::rpc {
namespace {

constexpr char kRegisterName[] = "register.example/euca-2014";

TEST(RegisterKeys, AreMadeOnceAndFoundAgain) {
  const TempDir dir;
  RegisterKeys keys(dir.path());
  EXPECT_FALSE(keys.FindLog(kRegisterName)->has_value());
  EXPECT_FALSE(keys.FindWitness()->has_value());
  const NamedKey log = *keys.Log(kRegisterName), clock = *keys.Clock(kRegisterName),
                 witness = *keys.Witness();
  EXPECT_EQ(log.name.name, kRegisterName);
  RegisterKeys again(dir.path());
  EXPECT_EQ(again.Log(kRegisterName)->name, log.name);
  EXPECT_EQ((*again.FindClock(kRegisterName))->name, clock.name);
  EXPECT_EQ((*again.FindWitness())->name, witness.name);
  EXPECT_FALSE(again.FindLog("another.example")->has_value());
  struct stat info {};
  ASSERT_EQ(stat((dir.path() + "/register/witness.key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0400u);
}

TEST(RegisterKeys, AFurtherKeyOfARegisterStandsBesideTheFirst) {
  const TempDir dir;
  RegisterKeys keys(dir.path());
  const NamedKey first = *keys.NewLog(kRegisterName), second = *keys.NewLog(kRegisterName);
  EXPECT_NE(first.name, second.name);
  EXPECT_EQ(keys.Log(kRegisterName)->name, second.name);
  RegisterKeys again(dir.path());
  EXPECT_EQ((*again.FindLog(kRegisterName))->name, second.name);
  // The charter still names the first: it goes on signing.
  EXPECT_EQ((*again.FindLog(first.name))->key->public_key(), first.key->public_key());
  EXPECT_EQ((*again.FindLog(second.name))->key->public_key(), second.key->public_key());
  const crypto::PrivateKey other = crypto::PrivateKey::Generate();
  EXPECT_FALSE(
      again.FindLog(ledger::VerifierKey::Named(kRegisterName, tlog::kTypeLog, other.public_key()))
          ->has_value());
}

TEST(RegisterKeys, ABackupLeavesTheWitnesssKeyOut) {
  const TempDir dir;
  RegisterKeys keys(dir.path());
  EXPECT_TRUE(RegisterKeysToBackUp(dir.path())->empty());
  ASSERT_TRUE(keys.NewLog(kRegisterName).ok() && keys.NewLog(kRegisterName).ok() &&
              keys.Clock(kRegisterName).ok() && keys.Witness().ok());
  const std::vector<std::string> names = *RegisterKeysToBackUp(dir.path());
  EXPECT_THAT(names, testing::UnorderedElementsAre(testing::EndsWith(".register.key"),
                                                   testing::EndsWith(".register-2.key"),
                                                   testing::EndsWith(".clock.key")));
}

}  // namespace
}  // namespace entente::rpc
