// Keys, marks, pending runs and signed positions as files beside each other.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/keys/key_store.h"
#include "client/keys/mark.h"
#include "client/keys/pending.h"
#include "client/keys/signed_positions.h"
#include "node/base/error.h"
#include "tests/support/source_dir.h"

namespace entente::keys {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

crypto::PrivateKey SeedKey(char byte) {
  return crypto::PrivateKey::FromSeed(std::string(32, byte));
}

PassphraseSource Words(std::string words) {
  return [words](const std::string&) -> absl::StatusOr<Passphrase> { return Passphrase(words); };
}
absl::StatusOr<Passphrase> NeverAsked(const std::string&) {
  ADD_FAILURE() << "a passphrase was asked for";
  return absl::InternalError("asked");
}

class Keys : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "entente-keys-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    path_ = pattern + "/a.key";
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string Read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  }
  void Write(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
  }
  int Mode(const std::string& path) {
    struct stat info {};
    EXPECT_EQ(stat(path.c_str(), &info), 0) << path;
    return info.st_mode & 0777;
  }
  // Names in the folder, ascending.
  std::vector<std::string> Names() {
    std::vector<std::string> names;
    for (const auto& file : fs::directory_iterator(folder_))
      names.push_back(file.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }

  std::string folder_, path_;
};

void ExpectError(const absl::Status& status, absl::StatusCode code, const std::string& reason,
                 const std::string& part) {
  EXPECT_EQ(status.code(), code) << status;
  EXPECT_EQ(base::ReasonOf(status), reason) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(part));
}

TEST_F(Keys, ANewKeyIsEncryptedPrivateAndOpensAgain) {
  absl::StatusOr<ledger::KeyFile> file = CreateKey(path_, Passphrase("words"));
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(Mode(path_), 0600);
  EXPECT_THAT(Read(path_), HasSubstr("BEGIN ENCRYPTED PRIVATE KEY"));
  absl::StatusOr<crypto::PrivateKey> key = LoadKey(path_, Words("words"));
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->public_key(), file->key);
  EXPECT_THAT(Names(), testing::ElementsAre("a.key", "a.key.pub"));
}

TEST_F(Keys, ThePublicHalfIsTheThreeLinesOfAKeyFile) {
  ASSERT_TRUE(StoreNewKey(path_, SeedKey('\2'), Passphrase("words")).ok());
  std::ifstream golden(tests::SourceFile("tests/golden/author.key.pub"));
  EXPECT_EQ(Read(path_ + ".pub"), std::string(std::istreambuf_iterator<char>(golden), {}));
  EXPECT_EQ(ReadPublic(path_)->key, SeedKey('\2').public_key());
  EXPECT_EQ(ReadPublic(path_ + ".pub")->key, SeedKey('\2').public_key());
}

TEST_F(Keys, NothingIsOverwritten) {
  Write(path_ + ".pub", "someone's");
  ExpectError(CreateKey(path_, Passphrase("w")).status(), absl::StatusCode::kAlreadyExists,
              "FILE_EXISTS", "a.key.pub exists");
  EXPECT_THAT(Names(), testing::ElementsAre("a.key.pub"));
  fs::remove(path_ + ".pub");
  Write(path_, "something");
  ExpectError(CreateKey(path_, Passphrase("w")).status(), absl::StatusCode::kAlreadyExists,
              "FILE_EXISTS", "a.key exists");
  EXPECT_EQ(Read(path_), "something");
}

TEST_F(Keys, AFolderThatIsNotThereIsNamed) {
  ExpectError(CreateKey(folder_ + "/none/a.key", Passphrase("w")).status(),
              absl::StatusCode::kFailedPrecondition, "FILE_UNWRITABLE", "none/a.key");
}

TEST_F(Keys, AKeyThatOthersMayReadIsRefusedWithTheWayOut) {
  ASSERT_TRUE(CreateKey(path_, Passphrase("words")).ok());
  for (mode_t mode : {0640, 0604, 0660, 0644}) {
    ASSERT_EQ(chmod(path_.c_str(), mode), 0);
    ExpectError(LoadKey(path_, NeverAsked).status(), absl::StatusCode::kPermissionDenied,
                "FILE_UNREADABLE", "chmod 600 " + path_);
  }
  ASSERT_EQ(chmod(path_.c_str(), 0400), 0);
  EXPECT_TRUE(LoadKey(path_, Words("words")).ok());
}

TEST_F(Keys, AWrongPassphraseIsDenied) {
  ASSERT_TRUE(CreateKey(path_, Passphrase("words")).ok());
  ExpectError(LoadKey(path_, Words("word")).status(), absl::StatusCode::kPermissionDenied,
              "FILE_UNREADABLE", "passphrase does not open");
}

TEST_F(Keys, APlainKeyAsksForNoPassphrase) {
  ASSERT_TRUE(CreateKey(path_, Passphrase()).ok());
  EXPECT_TRUE(LoadKey(path_, NeverAsked).ok());
}

TEST_F(Keys, AMissingOrTruncatedKeyIsNamed) {
  ExpectError(LoadKey(path_, NeverAsked).status(), absl::StatusCode::kFailedPrecondition,
              "FILE_UNREADABLE", "entente key new");
  ASSERT_TRUE(CreateKey(path_, Passphrase("words")).ok());
  std::string pem = Read(path_);
  Write(path_, pem.substr(0, pem.size() / 2));
  ExpectError(LoadKey(path_, Words("words")).status(), absl::StatusCode::kDataLoss, "FILE_DAMAGED",
              path_);
}

TEST_F(Keys, AKeyThatIsNotThatOfItsPublicFileIsRefused) {
  ASSERT_TRUE(StoreNewKey(path_, SeedKey('\2'), Passphrase()).ok());
  ASSERT_TRUE(StoreNewKey(folder_ + "/b.key", SeedKey('\1'), Passphrase()).ok());
  fs::rename(folder_ + "/b.key.pub", path_ + ".pub");
  ExpectError(LoadKey(path_, NeverAsked).status(), absl::StatusCode::kDataLoss, "FILE_DAMAGED",
              "one of the two was replaced");
}

TEST_F(Keys, APublicFileWithAnotherProofIsRefused) {
  ASSERT_TRUE(StoreNewKey(path_, SeedKey('\2'), Passphrase()).ok());
  ledger::KeyFile forged{SeedKey('\1').public_key(), PublicHalf(SeedKey('\2')).pop};
  Write(path_ + ".pub", ledger::KeyFileText(forged));
  ExpectError(ReadPublic(path_).status(), absl::StatusCode::kDataLoss, "FILE_DAMAGED",
              "does not prove possession");
}

TEST_F(Keys, TheChangedPassphraseOpensTheSameKey) {
  ledger::KeyFile file = *CreateKey(path_, Passphrase("old"));
  EXPECT_FALSE(ChangePassphrase(path_, Words("wrong"), Passphrase("new")).ok());
  ASSERT_TRUE(ChangePassphrase(path_, Words("old"), Passphrase("new")).ok());
  EXPECT_FALSE(LoadKey(path_, Words("old")).ok());
  EXPECT_EQ(LoadKey(path_, Words("new"))->public_key(), file.key);
  EXPECT_EQ(Mode(path_), 0600);
}

// ---- marks

base::InstrumentId InstrumentOf(uint8_t byte) {
  base::InstrumentId id;
  id.bytes.fill(byte);
  return id;
}
base::EntryId EntryOf(uint8_t byte) {
  base::EntryId id;
  id.bytes.fill(byte);
  return id;
}

TEST_F(Keys, AMarkReplacesTheOneOfItsFeedAndKeepsTheOthers) {
  ASSERT_TRUE(SetMark(path_, {InstrumentOf(0xbb), 1, 7, EntryOf(1)}).ok());
  ASSERT_TRUE(SetMark(path_, {InstrumentOf(0xaa), 1, 3, EntryOf(2)}).ok());
  ASSERT_TRUE(SetMark(path_, {InstrumentOf(0xbb), 1, 8, EntryOf(3)}).ok());
  ASSERT_TRUE(SetMark(path_, {InstrumentOf(0xbb), 2, 1, EntryOf(4)}).ok());
  EXPECT_EQ(Read(path_ + ".mark"),
            absl::StrCat(std::string(64, 'a'), " 1 3 ", EntryOf(2).ToHex(), "\n",
                         std::string(64, 'b'), " 1 8 ", EntryOf(3).ToHex(), "\n",
                         std::string(64, 'b'), " 2 1 ", EntryOf(4).ToHex(), "\n"));
  EXPECT_EQ((*NewestMark(path_, InstrumentOf(0xbb)))->incarnation, 2u);
  EXPECT_EQ(*NewestMark(path_, InstrumentOf(0xcc)), std::nullopt);
  EXPECT_EQ(Mode(path_ + ".mark"), 0600);
  ASSERT_TRUE(DropMark(path_, InstrumentOf(0xbb), 2).ok());
  EXPECT_EQ((*NewestMark(path_, InstrumentOf(0xbb)))->sequence, 8u);
}

TEST_F(Keys, ADamagedMarkStopsInsteadOfStartingAnew) {
  for (const char* text : {"x\n", "no line feed", "\n", "aa 1 1 bb\n"}) {
    Write(path_ + ".mark", text);
    ExpectError(ReadMarks(path_).status(), absl::StatusCode::kDataLoss, "FILE_DAMAGED", ".mark");
    EXPECT_FALSE(SetMark(path_, {InstrumentOf(1), 1, 1, EntryOf(1)}).ok());
    EXPECT_EQ(Read(path_ + ".mark"), text);
  }
}

TEST(CheckOffer, AHeadBelowOrBesideTheMarkIsRefused) {
  Mark mark{InstrumentOf(1), 2, 10, EntryOf(1)};
  ExpectError(CheckOffer(mark, {2, 9, EntryOf(9)}), absl::StatusCode::kAborted, "RESTORE_GUARD",
              "up to sequence 10, the node knows only 9");
  ExpectError(CheckOffer(mark, {2, 0, {}}), absl::StatusCode::kAborted, "RESTORE_GUARD", "only 0");
  ExpectError(CheckOffer(mark, {2, 10, EntryOf(2)}), absl::StatusCode::kAborted, "RESTORE_GUARD",
              "the node holds 02020202");
  ExpectError(CheckOffer(mark, {1, 50, EntryOf(2)}), absl::StatusCode::kAborted, "RESTORE_GUARD",
              "incarnation 2, the node offers incarnation 1");
}

TEST(CheckOffer, TheMarkItselfOrAHigherHeadIsFine) {
  Mark mark{InstrumentOf(1), 2, 10, EntryOf(1)};
  EXPECT_TRUE(CheckOffer(mark, {2, 10, EntryOf(1)}).ok());
  EXPECT_TRUE(CheckOffer(mark, {2, 11, EntryOf(2)}).ok());
  EXPECT_TRUE(CheckOffer(mark, {3, 0, {}}).ok());
  EXPECT_TRUE(CheckOffer(std::nullopt, {1, 0, {}}).ok());
}

TEST_F(Keys, TheLockKeepsOthersOutUntilItsHolderIsGone) {
  int other = open((path_ + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  {
    absl::StatusOr<KeyLock> lock = KeyLock::Take(path_);
    ASSERT_TRUE(lock.ok()) << lock.status();
    EXPECT_NE(flock(other, LOCK_EX | LOCK_NB), 0);
  }
  EXPECT_EQ(flock(other, LOCK_EX | LOCK_NB), 0);
  close(other);
}

// ---- pending

TEST_F(Keys, PendingEntriesComeBackByteForByteUntilCleared) {
  std::vector<PendingEntry> run = {{std::string("leaf\0\n", 6), std::string(60'000, '\xff')},
                                   {"second", ""}};
  EXPECT_TRUE(ReadPending(path_)->empty());
  ASSERT_TRUE(RememberRun(path_, {InstrumentOf(1), 1, 2, EntryOf(1)}, run).ok());
  EXPECT_EQ(*ReadPending(path_), run);
  EXPECT_EQ((*NewestMark(path_, InstrumentOf(1)))->sequence, 2u);
  EXPECT_EQ(Mode(path_ + ".pending"), 0600);
  ASSERT_TRUE(ClearPending(path_).ok());
  EXPECT_TRUE(ReadPending(path_)->empty());
  EXPECT_TRUE(ClearPending(path_).ok());
}

TEST_F(Keys, ADamagedPendingFileIsNamed) {
  ASSERT_TRUE(WritePending(path_, {{"leaf", "payload"}}).ok());
  std::string good = Read(path_ + ".pending");
  for (const std::string& bad : {std::string(), good.substr(0, good.size() - 1), good.substr(1),
                                 absl::StrReplaceAll(good, {{"4 7", "4 8"}}), good + "1\n"}) {
    Write(path_ + ".pending", bad);
    ExpectError(ReadPending(path_).status(), absl::StatusCode::kDataLoss, "FILE_DAMAGED",
                ".pending");
  }
}

// ---- signed positions

ledger::Note NoteAt(uint64_t position, const std::string& reason) {
  ledger::Note n;
  n.kind = ledger::ChainKind::kCredentials;
  n.chain = base::NoteId{InstrumentOf(1).bytes};
  n.previous = position == 2 ? *n.chain : base::NoteId{InstrumentOf(2).bytes};
  n.position = position;
  n.time = "2026-11-22T12:00:00Z";
  n.acts.push_back(ledger::act::Void{EntryOf(1), EntryOf(2), reason});
  return *ledger::BuildNote(n);
}

TEST_F(Keys, ASecondTextForASignedPositionIsRefused) {
  ASSERT_TRUE(RememberSigned(path_, NoteAt(2, "first")).ok());
  EXPECT_TRUE(RememberSigned(path_, NoteAt(2, "first")).ok());
  ASSERT_TRUE(RememberSigned(path_, NoteAt(3, "next")).ok());
  ExpectError(RememberSigned(path_, NoteAt(2, "second")), absl::StatusCode::kAborted,
              "CHAIN_CONFLICT", "has already signed note " + NoteAt(2, "first").id.Short());
  ExpectError(RememberSigned(path_, NoteAt(3, "other")), absl::StatusCode::kAborted,
              "CHAIN_CONFLICT", "position 3");
  EXPECT_EQ(Read(path_ + ".signed"),
            absl::StrCat(InstrumentOf(1).ToHex(), " 2 ", NoteAt(2, "first").id.ToHex(), "\n",
                         InstrumentOf(1).ToHex(), " 3 ", NoteAt(3, "next").id.ToHex(), "\n"));
}

TEST_F(Keys, ADamagedSignedFileStopsTheSigner) {
  Write(path_ + ".signed", "nonsense\n");
  ExpectError(RememberSigned(path_, NoteAt(2, "a")), absl::StatusCode::kDataLoss, "FILE_DAMAGED",
              ".signed");
}

}  // namespace
}  // namespace entente::keys
