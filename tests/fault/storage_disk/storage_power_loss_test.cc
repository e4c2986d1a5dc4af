// Power loss under a writing store: the file system below it is shut down without flushing
// anything, at a moment drawn from the seed. Every batch acknowledged before must be there
// afterwards, whole.
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "gtest/gtest.h"
#include "storage/rocksdb_kv.h"
#include "tests/fault/storage_disk/private_mount.h"
#include "tests/unit/storage/store_fixture.h"

namespace entente::storage {
namespace {

constexpr int kRounds = 10;
constexpr int kImageMiB = 128;

RocksOptions Options(const LoopExt4& disk) {
  RocksOptions options = TestOptions(disk.mount_point() + "/store");
  options.write_buffer_bytes = 256 << 10;  // flushes and new logs happen within a round
  return options;
}

std::string ValueOf(uint64_t n) { return std::string(1000, static_cast<char>('a' + n % 26)); }

// In the child: writes and reports each acknowledged commit number, until the disk is gone.
[[noreturn]] void WriteUntilTheEnd(const RocksOptions& options, int report) {
  auto kv = RocksKv::Open(options);
  if (!kv.ok()) _exit(1);
  for (;;) {
    const uint64_t n = (*kv)->last_commit() + 1;
    WriteBatch batch = PutOne(0, "a" + std::to_string(n), ValueOf(n));
    batch.Put(2, "b" + std::to_string(n), ValueOf(n));
    if (!(*kv)->Write(batch, Durability::kSynced).ok()) _exit(0);
    if (write(report, &n, sizeof n) != sizeof n) _exit(0);
  }
}

bool ReadNumber(int fd, uint64_t* n) {
  ssize_t got;
  do {
    got = read(fd, n, sizeof *n);
  } while (got < 0 && errno == EINTR);
  return got == sizeof *n;
}

// One power loss after about `batches` acknowledgements; the newest acknowledged commit.
uint64_t WriteAndLosePower(LoopExt4& disk, int batches) {
  int ends[2];
  if (pipe(ends) != 0) abort();
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    WriteUntilTheEnd(Options(disk), ends[1]);
  }
  close(ends[1]);
  uint64_t acknowledged = 0;
  for (int i = 0; i < batches && ReadNumber(ends[0], &acknowledged); ++i) {
  }
  EXPECT_TRUE(disk.ShutDownWithoutFlush());
  // What the child still reports was acknowledged before the shutdown took hold.
  while (ReadNumber(ends[0], &acknowledged)) {
  }
  close(ends[0]);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);  // exit or abort: both happen on a dead disk
  return acknowledged;
}

void ExpectAllThere(const RocksKv& kv, uint64_t acknowledged) {
  const uint64_t commit = kv.last_commit();
  EXPECT_GE(commit, acknowledged);
  EXPECT_LE(commit, acknowledged + 1);  // one batch was on its way
  for (uint64_t n = 1; n <= commit; ++n) {
    ASSERT_EQ(kv.Get(0, "a" + std::to_string(n))->value_or("(none)"), ValueOf(n)) << n;
    ASSERT_EQ(kv.Get(2, "b" + std::to_string(n))->value_or("(none)"), ValueOf(n)) << n;
  }
}

TEST(PowerLossTest, NothingAcknowledgedIsLost) {
  std::random_device entropy;
  const char* given = getenv("ENTENTE_SEED");
  const unsigned seed = given ? static_cast<unsigned>(strtoul(given, nullptr, 10)) : entropy();
  printf("seed %u (repeat with ENTENTE_SEED=%u)\n", seed, seed);
  std::minstd_rand random(seed);

  ScratchDir scratch;
  LoopExt4 disk(scratch.path(), kImageMiB);
  ASSERT_TRUE(disk.Mount());
  uint64_t acknowledged = 0;
  for (int round = 0; round < kRounds; ++round) {
    const int batches = 20 + static_cast<int>(random() % 300);
    const uint64_t newest = WriteAndLosePower(disk, batches);
    EXPECT_GT(newest, acknowledged);
    acknowledged = newest;
    ASSERT_TRUE(disk.TakeDown());
    ASSERT_TRUE(disk.Mount());
    auto kv = RocksKv::Open(Options(disk));
    ASSERT_TRUE(kv.ok()) << "round " << round << ": " << kv.status();
    ExpectAllThere(**kv, acknowledged);
    ASSERT_FALSE(::testing::Test::HasFailure()) << "round " << round;
    acknowledged = (*kv)->last_commit();
  }
  printf("%d power losses, %lu batches\n", kRounds, static_cast<unsigned long>(acknowledged));
}

// A probe mount tells whether this machine can run the test at all.
bool LoopDevicesWork() {
  ScratchDir scratch;
  LoopExt4 disk(scratch.path(), 16);
  return disk.Mount() && disk.ShutDownWithoutFlush() && disk.TakeDown();
}

}  // namespace
}  // namespace entente::storage

int main(int argc, char** argv) {
  using namespace entente::storage;
  if (!EnterPrivateMounts()) return NotRun(argv[0]);
  if (!LoopDevicesWork()) {
    printf("not run: needs root with loop devices, mkfs.ext4 and xfs_io\n");
    return kNotRun;
  }
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
