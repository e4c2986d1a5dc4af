// A register, two witnesses and a bystander, all real replicas, told of each other in any order,
// each dying before or after any of its writes, the register set back to backups: it never signs
// two roots for one size, no witness cosigns anything smaller than before, and in the end all hold
// one tree and nobody holds evidence.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "entente/v1/backup.pb.h"
#include "node/driver/replica.h"
#include "node/register/news.h"
#include "tests/simulation/prng.h"
#include "tests/simulation/sim_kv.h"
#include "tests/support/ledger_fixture.h"

namespace entente::simulation {
namespace {

namespace act = ledger::act;
using driver::Replica;

constexpr char kOrigin[] = "register.example/EUCA-2014";
constexpr size_t kNodes = 4;  // the register, witness, witness, bystander
constexpr int kSeeds = 20;
constexpr int kSteps = 400;

struct Keys {
  crypto::PrivateKey key;
  ledger::VerifierKey name;
  Keys(const std::string& words, const std::string& key_name, uint8_t type)
      : key(support::KeyFrom(words)),
        name(ledger::VerifierKey::Named(key_name, type, key.public_key())) {}
};

struct Plan {
  crypto::PrivateKey signer = support::KeyFrom("signer"), author = support::KeyFrom("author");
  Keys log{"log", kOrigin, tlog::kTypeLog};
  Keys witnesses[2] = {{"a", "test.example/a", tlog::kTypeCosigner},
                       {"b", "test.example/b", tlog::kTypeCosigner}};
  support::Chain party =
      support::Chain::Credentials("KG", &signer, {support::EnrolOf(author, {"focal_point"})});
  support::Chain secretariat = support::Chain::Credentials("EU-GSC", &signer, {});
  support::Chain charter = support::Chain::Charter(
      "EUCA-2014", &signer,
      {act::Admit{secretariat.id(), "EU-GSC", ledger::DelegationRole::kSecretariat},
       act::Admit{party.id(), "KG", ledger::DelegationRole::kParty}, act::Register{log.name.Text()},
       act::WitnessPolicy{2, {witnesses[0].name.Text(), witnesses[1].name.Text()}}});
};

class World {
 public:
  World(const Plan& plan, uint64_t seed) : plan_(plan), prng_(seed) {
    pen_.key = &plan.author;
    pen_.instrument = plan.charter.id();
    for (size_t i = 0; i < kNodes; ++i) {
      nodes_.push_back(std::make_unique<Node>());
      nodes_[i]->spki = support::SpkiFrom(absl::StrCat("node ", i));
      Open(i);
      for (const support::Chain* chain : {&plan.charter, &plan.secretariat, &plan.party}) {
        EXPECT_TRUE(nodes_[i]->replica->AddNotes(chain->files()).ok());
      }
      EXPECT_TRUE(nodes_[i]->replica->JoinInstrument(instrument()).ok());
      Commit(i);
    }
    Keep();
  }

  void Step() {
    const size_t node = prng_.Below(kNodes), other = prng_.Below(kNodes);
    switch (prng_.Below(11)) {
      case 0:
        entries_.push_back(pen_.Write(plan_.charter.head(), plan_.party.head(), 1,
                                      support::ReportPayload("KG", "DDR/08", "words", {})));
        break;
      case 1:
        Bring(node);
        break;
      case 2:
      case 3:
        Bring(0);
        Sequence();
        break;
      case 4:
        Sign();
        break;
      case 5:
      case 6:
        Tell(node, other);
        break;
      case 7:
        Cosign(1 + prng_.Below(2));
        break;
      case 8: {
        const uint64_t writes = 1 + prng_.Below(3);
        nodes_[node]->kv.DieAtWrite(writes, prng_.Chance(500));
        break;
      }
      case 9:
        if (prng_.Chance(300)) backup_ = nodes_[0]->kv.Copy();
        if (prng_.Chance(100)) GoBack();
        break;
      default:
        Meet(node);
    }
    for (size_t i = 0; i < kNodes; ++i) {
      if (nodes_[i]->kv.dead()) Restart(i);
    }
  }

  void Settle() {
    for (int round = 0; round < 30; ++round) {
      for (size_t i = 0; i < kNodes; ++i) Bring(i);
      for (size_t i = 1; i < kNodes; ++i) Meet(i);
      Sequence();
      Sign();
      for (size_t i = 0; i < kNodes; ++i) {
        for (size_t j = 0; j < kNodes; ++j) Tell(i, j);
        if (i == 1 || i == 2) Cosign(i);
      }
      for (size_t i = 0; i < kNodes; ++i) {
        if (nodes_[i]->kv.dead()) Restart(i);
      }
    }
    const auto ours = Head(0);
    EXPECT_EQ(ours->stopped, "");
    EXPECT_EQ(ours->newest.checkpoint.size, entries_.size());
    for (size_t i = 0; i < kNodes; ++i) {
      EXPECT_EQ(Head(i)->evidence, 0u);
      EXPECT_EQ(base::ToHex(Head(i)->state), base::ToHex(ours->state))
          << "node " << i << " of " << Head(i)->leaves << " leaves, final " << Head(i)->final_size
          << ":\n"
          << Head(i)->newest.File() << "the register, final " << ours->final_size << ":\n"
          << ours->newest.File();
    }
  }
  size_t went_back() const { return restores_; }
  size_t checkpoints() const { return told_.size(); }

 private:
  struct Node {
    SimKv kv{Bug::kNone};
    std::unique_ptr<Replica> replica;
    base::Spki spki;
  };

  const base::InstrumentId& instrument() const { return plan_.charter.id(); }
  Replica& At(size_t node) { return *nodes_[node]->replica; }
  std::shared_ptr<const reg::Head> Head(size_t node) {
    return At(node).registers().HeadOf(instrument());
  }

  void Open(size_t node) {
    Replica::Options options;
    options.store_id = absl::StrCat("store  ", node);
    options.verifier = &crypto::Ed25519Verifier();
    auto replica = Replica::Open(&nodes_[node]->kv, options);
    ASSERT_TRUE(replica.ok()) << replica.status();
    nodes_[node]->replica = *std::move(replica);
  }
  void Keep() {
    EXPECT_TRUE(At(0).KeepRegister(instrument(), plan_.log.name).ok());
    Commit(0);
  }
  void Restart(size_t node) {
    nodes_[node]->replica = nullptr;
    nodes_[node]->kv.Restart();
    Open(node);
    if (node == 0) Keep();
  }
  // False: the machine died on the way.
  bool Commit(size_t node) {
    const absl::Status committed = At(node).Commit();
    return committed.ok() && !nodes_[node]->kv.dead();
  }
  bool Dead(size_t node) const { return nodes_[node]->kv.dead(); }

  // What entry sync brings, here all at once.
  void Bring(size_t node) {
    if (Dead(node)) return;
    (void)At(node).Ingest(driver::VerifyEntries(entries_, crypto::Ed25519Verifier()), "peerpeer");
    (void)Commit(node);
  }
  void Sequence() {
    if (Dead(0)) return;
    (void)At(0).Sequence(instrument(), 1 + prng_.Below(4));
    if (prng_.Chance(800)) (void)Commit(0);
  }
  void Sign() {
    if (Dead(0)) return;
    const auto due = At(0).registers().ToSign(instrument());
    if (!due) return;
    auto told = told_.find(due->size);
    ASSERT_TRUE(told == told_.end() || told->second == due->root)
        << "two roots for size " << due->size;
    tlog::SignedCheckpoint made;
    made.checkpoint = *due;
    made.text = tlog::CheckpointText(*due);
    made.lines = {tlog::SignCheckpoint(made.text, plan_.log.name, plan_.log.key)};
    (void)At(0).TakeCheckpoint(instrument(), made.File());
    (void)Commit(0);
  }
  void Tell(size_t from, size_t to) {
    if (from == to || Dead(from) || Dead(to) || !Commit(from) || !Commit(to)) return;
    for (int message = 0; message < 3; ++message) {
      const auto head = Head(from), theirs = Head(to);
      v1::RegisterNews news;
      {
        auto snapshot = nodes_[from]->kv.NewSnapshot();
        auto made = reg::MakeNews(*snapshot, instrument(), *head,
                                  {theirs->leaves, theirs->final_size, reg::Naming::kSpelt});
        ASSERT_TRUE(made.ok()) << made.status();
        news = *std::move(made);
      }
      // From here on the signature may be anywhere.
      if (from == 0) {
        const tlog::Checkpoint& left = head->newest.checkpoint;
        const auto [it, fresh] = told_.emplace(left.size, left.root);
        ASSERT_EQ(it->second, left.root) << "two roots for size " << left.size;
      }
      auto taken = At(to).TakeRegisterNews(news);
      if (Dead(to)) return;
      ASSERT_TRUE(taken.ok()) << taken.status();
      ASSERT_FALSE(taken->contradicts) << from << " told " << to;
      if (!Commit(to) || !taken->changed) return;
    }
  }
  void Cosign(size_t node) {
    const Keys& witness = plan_.witnesses[node - 1];
    if (Dead(node)) return;
    std::optional<tlog::SignedCheckpoint> due;
    (void)At(node).ChangeRegisters([&](reg::Registers& registers, storage::WriteBatch& batch) {
      due = registers.ToCosign(instrument(), witness.name, batch);
      return absl::OkStatus();
    });
    if (!due || !Commit(node)) return;
    uint64_t& last = cosigned_[node];
    ASSERT_GE(due->checkpoint.size, last) << "a cosignature backwards";
    last = due->checkpoint.size;
    due->lines.push_back(
        tlog::Cosign(due->text, 1000 + due->checkpoint.size, witness.name, witness.key));
    (void)At(node).TakeCheckpoint(instrument(), due->File());
    (void)Commit(node);
  }
  // A whole exchange with the register, as after which it counts a node as met.
  void Meet(size_t node) {
    if (node == 0 || Dead(0) || Dead(node)) return;
    Tell(node, 0);
    Tell(0, node);
    if (Dead(0) || Dead(node) || Head(0)->leaves < Head(node)->leaves) return;
    std::set<base::Spki> others;
    for (size_t i = 1; i < kNodes; ++i) others.insert(nodes_[i]->spki);
    (void)At(0).ChangeRegisters([&](reg::Registers& registers, storage::WriteBatch& batch) {
      registers.Met(instrument(), nodes_[node]->spki, others, batch);
      return absl::OkStatus();
    });
    (void)Commit(0);
  }
  void GoBack() {
    if (!backup_) return;
    ++restores_;
    nodes_[0]->replica = nullptr;
    nodes_[0]->kv.Restart();
    nodes_[0]->kv.RestoreFrom(*backup_);
    v1::RestoreRecord record;
    record.set_restored_ms(1000 + restores_);
    storage::WriteBatch batch;
    batch.Put(store::kMeta, store::kMetaRestored, record.SerializeAsString());
    ASSERT_TRUE(nodes_[0]->kv.Write(batch, storage::Durability::kSynced).ok());
    Open(0);
    Keep();
  }

  const Plan& plan_;
  Prng prng_;
  support::Pen pen_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<ledger::Entry> entries_;
  std::optional<SimKv::Image> backup_;
  size_t restores_ = 0;
  std::map<uint64_t, base::Digest> told_;  // by the register, to anybody
  std::map<size_t, uint64_t> cosigned_;
};

TEST(RegisterCrash, NeverTwoRootsForOneSizeAndNoCosignatureBackwards) {
  const Plan plan;
  size_t checkpoints = 0, restores = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    World world(plan, seed);
    for (int step = 0; step < kSteps && !testing::Test::HasFatalFailure(); ++step) world.Step();
    if (testing::Test::HasFatalFailure()) return;
    world.Settle();
    if (testing::Test::HasFailure()) return;
    checkpoints += world.checkpoints();
    restores += world.went_back();
  }
  // Else the runs above showed little.
  EXPECT_GT(checkpoints, 10u * kSeeds);
  EXPECT_GT(restores, 1u * kSeeds);
}

}  // namespace
}  // namespace entente::simulation
