// The small instrument of tests/unit/driver/replica_fixture.h with a register, a clock and two
// witnesses named in its charter.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "node/base/bytes.h"
#include "node/register/equivocation.h"
#include "node/register/news.h"
#include "node/register/registers.h"
#include "node/tlog/checkpoint.h"
#include "tests/unit/driver/replica_fixture.h"

namespace entente::driver {

struct Signer {
  crypto::PrivateKey key;
  ledger::VerifierKey name;

  Signer(const std::string& words, const std::string& key_name, uint8_t type)
      : key(support::KeyFrom(words)),
        name(ledger::VerifierKey::Named(key_name, type, key.public_key())) {}
};

// RFC 6962 section 2.1 as it stands there.
inline base::Digest ReferenceRoot(const std::vector<base::EntryId>& leaves) {
  if (leaves.size() == 1) return *base::Digest::FromBytes(leaves[0].view());
  size_t split = 1;
  while (2 * split < leaves.size()) split *= 2;
  const auto middle = leaves.begin() + static_cast<std::ptrdiff_t>(split);
  return tlog::NodeHash(ReferenceRoot({leaves.begin(), middle}),
                        ReferenceRoot({middle, leaves.end()}));
}

class RegisterTest : public testing::Test {
 protected:
  static constexpr char kOrigin[] = "register.example/EUCA-2014";

  RegisterTest() : register_(NamedStore()), copy_(NamedStore()) {}

  std::unique_ptr<Store> NamedStore() {
    auto store = std::make_unique<Store>(plan_);
    store->Notes({named_});
    return store;
  }

  const InstrumentId& instrument() const { return plan_.charter.id(); }

  void Keep(Store& store) {
    EXPECT_TRUE(store.replica().KeepRegister(instrument(), log_.name).ok());
    store.Commit();
  }
  std::shared_ptr<const reg::Head> HeadOf(Store& store) {
    return store.replica().registers().HeadOf(instrument());
  }
  // Takes everything in; what a node's shell does.
  void Sequence(Store& store) {
    for (;;) {
      auto looked_at = store.replica().Sequence(instrument(), 3);
      ASSERT_TRUE(looked_at.ok()) << looked_at.status();
      store.Commit();
      if (*looked_at == 0) return;
    }
  }
  std::string SignedFile(const tlog::Checkpoint& checkpoint, uint64_t time = 0) {
    tlog::SignedCheckpoint made;
    made.checkpoint = checkpoint;
    made.text = tlog::CheckpointText(checkpoint);
    made.lines.push_back(tlog::SignCheckpoint(made.text, log_.name, log_.key));
    if (time > 0) made.lines.push_back(tlog::Cosign(made.text, time, clock_.name, clock_.key));
    return made.File();
  }
  void Sign(Store& store, uint64_t time = 1000) {
    const auto due = store.replica().registers().ToSign(instrument());
    if (!due) return;
    auto taken = store.replica().TakeCheckpoint(instrument(), SignedFile(*due, time));
    ASSERT_TRUE(taken.ok()) << taken.status();
    store.Commit();
  }
  // Everything `from` knows and `to` does not.
  reg::TakenNews Tell(Store& from, Store& to) {
    reg::TakenNews all;
    for (int step = 0; step < 100; ++step) {
      const auto theirs = HeadOf(to);
      auto snapshot = from.kv().NewSnapshot();
      auto news = reg::MakeNews(*snapshot, instrument(), *HeadOf(from),
                                {theirs->leaves, theirs->final_size, reg::Naming::kSpelt});
      EXPECT_TRUE(news.ok()) << news.status();
      auto taken = to.replica().TakeRegisterNews(*news);
      EXPECT_TRUE(taken.ok()) << taken.status();
      if (!taken.ok()) return all;
      to.Commit();
      all.leaves_new += taken->leaves_new;
      all.contradicts |= taken->contradicts;
      if (!taken->evidence.empty()) all.evidence = taken->evidence;
      if (!taken->changed || taken->contradicts) return all;
    }
    ADD_FAILURE() << "telling does not end";
    return all;
  }
  std::vector<base::EntryId> Leaves(Store& store) {
    auto leaves =
        reg::LeavesOf(reg::GetFrom(&store.kv()), HeadOf(store)->log, 0, HeadOf(store)->leaves);
    EXPECT_TRUE(leaves.ok()) << leaves.status();
    return leaves.ok() ? *leaves : std::vector<base::EntryId>();
  }
  std::vector<Entry> Write(size_t count) {
    std::vector<Entry> entries;
    for (size_t i = 0; i < count; ++i) {
      entries.push_back(plan_.Report(pen_, "entry " + std::to_string(pen_.sequence)));
    }
    return entries;
  }

  Plan plan_;
  Signer log_{"register", kOrigin, tlog::kTypeLog};
  Signer clock_{"clock", std::string(kOrigin) + "/clock", tlog::kTypeCosigner};
  Signer witness_a_{"witness a", "test.example/a", tlog::kTypeCosigner};
  Signer witness_b_{"witness b", "test.example/b", tlog::kTypeCosigner};
  std::string named_ = plan_.charter.Add(
      {ledger::act::Register{log_.name.Text()}, ledger::act::Register{clock_.name.Text()}});
  support::Pen pen_ = plan_.PenOf(plan_.kg);
  std::unique_ptr<Store> register_, copy_;
};

}  // namespace entente::driver
