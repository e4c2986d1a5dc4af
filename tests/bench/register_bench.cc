// A register of a million entries: how much slower the secretariat's node takes entries in when it
// also keeps their register, and how long a receipt takes to make.
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "entente/v1/entry.pb.h"
#include "node/base/status_macros.h"
#include "node/register/news.h"
#include "node/store/log_reader.h"
#include "tests/bench/bench_main.h"
#include "tests/bench/generator.h"
#include "tests/bench/node_store.h"
#include "tests/bench/random.h"
#include "tests/bench/world.h"

namespace entente::bench {

namespace {

constexpr size_t kEntries = 1'000'000;
constexpr size_t kFeeds = 4;
constexpr size_t kRun = 2000;
constexpr uint64_t kStep = 4096;  // as node/rpc/register/registrar.cc takes them in
constexpr int kReceipts = 500;
constexpr double kCostMost = 15;  // per cent
constexpr double kReceiptMsMost = 5;
constexpr uint64_t kFirstTime = 1'795'349'700;

// Nothing here checks a signature, so none is made. In a node other threads check them.
class ChecksNothing final : public crypto::Verifier {
 public:
  bool Verify(const base::PublicKey&, absl::string_view, absl::string_view) const override {
    return true;
  }
};

struct NamedRegisterKey {
  crypto::PrivateKey key = crypto::PrivateKey::Generate();
  ledger::VerifierKey name;

  NamedRegisterKey(const std::string& text, uint8_t type)
      : name(ledger::VerifierKey::Named(text, type, key.public_key())) {}
};

// A secretariat's store that entries are put into, with or without a register.
class Secretariat {
 public:
  static absl::StatusOr<std::unique_ptr<Secretariat>> Open(const std::string& data,
                                                           const World& world, bool registers) {
    std::filesystem::create_directory(data);
    auto out = std::make_unique<Secretariat>(world);
    ASSIGN_OR_RETURN(out->node_, NodeStore::Open(data));
    RETURN_IF_ERROR(world.FoundIn(out->replica(), true));
    if (!registers) return out;
    const ledger::Note note = NextNote(
        world.charter, {ledger::act::Register{out->log_.name.Text()},
                        ledger::act::WitnessPolicy{
                            2, {out->witnesses_[0].name.Text(), out->witnesses_[1].name.Text()}}});
    RETURN_IF_ERROR(out->replica().AddNotes({note.File()}).status());
    RETURN_IF_ERROR(out->replica().KeepRegister(world.charter.id, out->log_.name));
    RETURN_IF_ERROR(out->replica().Commit());
    out->registers_ = true;
    return out;
  }
  explicit Secretariat(const World& world) : world_(world) {}

  // What the node's writer does with a run of entries, up to the commit. What the register asked
  // for during the commit before goes into the same one (node/runtime/executor.h).
  absl::Status Take(std::vector<ledger::Entry> run) {
    Stopwatch watch;
    if (registers_) RETURN_IF_ERROR(StageRegister(kStep));
    RETURN_IF_ERROR(Store(replica(), std::move(run), ChecksNothing()));
    seconds_ += watch.Seconds();
    return absl::OkStatus();
  }
  // The rest, and the cosignatures of two witnesses.
  absl::Status Finish() {
    Stopwatch watch;
    while (Head()->newest.checkpoint.size < kEntries) {
      RETURN_IF_ERROR(StageRegister(1));
      RETURN_IF_ERROR(replica().Commit());
    }
    seconds_ += watch.Seconds();
    tlog::SignedCheckpoint newest = Head()->newest;
    for (const NamedRegisterKey& witness : witnesses_) {
      newest.AddLines({tlog::Cosign(newest.text, kFirstTime, witness.name, witness.key)});
    }
    RETURN_IF_ERROR(replica().TakeCheckpoint(world_.charter.id, newest.File()).status());
    RETURN_IF_ERROR(replica().Commit());
    if (Head()->final_size == kEntries) return absl::OkStatus();
    return absl::InternalError("the checkpoint is not final");
  }

  double seconds() const { return seconds_; }
  driver::Replica& replica() { return *node_.replica; }
  std::shared_ptr<const reg::Head> Head() {
    return replica().registers().HeadOf(world_.charter.id);
  }

 private:
  // A checkpoint over the tree on disk, then the entries that wait, if there are so many.
  absl::Status StageRegister(uint64_t waiting) {
    if (const auto due = replica().registers().ToSign(world_.charter.id)) {
      tlog::SignedCheckpoint made;
      made.checkpoint = *due;
      made.text = tlog::CheckpointText(*due);
      made.lines = {tlog::SignCheckpoint(made.text, log_.name, log_.key)};
      RETURN_IF_ERROR(replica().TakeCheckpoint(world_.charter.id, made.File()).status());
    }
    if (replica().newest_arrival() - Head()->through_arrival < waiting) return absl::OkStatus();
    return replica().Sequence(world_.charter.id, kStep).status();
  }

  const World& world_;
  NodeStore node_;
  bool registers_ = false;
  double seconds_ = 0;
  NamedRegisterKey log_{"register.example/euca-2014", tlog::kTypeLog};
  NamedRegisterKey witnesses_[2] = {{"entente/witness/a", tlog::kTypeCosigner},
                                    {"entente/witness/b", tlog::kTypeCosigner}};
};

// The same entries into both, a few runs into one and then into the other: what else the machine
// does disturbs both alike.
absl::Status Fill(const World& world, Secretariat& plain, Secretariat& registered) {
  constexpr size_t kRunsAtOnce = 10;
  Generator generator(kSeed);
  std::vector<Feed> feeds;
  for (const crypto::PrivateKey& key : world.authors) {
    feeds.emplace_back(world, &key, world.party, 1'600'000'000'000);
  }
  for (size_t n = 0; n < kEntries;) {
    std::vector<std::vector<ledger::Entry>> runs;
    while (runs.size() < kRunsAtOnce && n < kEntries) {
      std::vector<ledger::Entry> run;
      Feed& feed = feeds[n / kRun % feeds.size()];
      for (size_t i = 0; i < kRun; ++i, ++n) {
        run.push_back(feed.Fill(v1::REPORT, generator.Report(kPartyCode, n)));
      }
      runs.push_back(std::move(run));
    }
    for (Secretariat* one : {&plain, &registered}) {
      for (const auto& run : runs) RETURN_IF_ERROR(one->Take(run));
    }
  }
  return registered.Finish();
}

// Milliseconds for one, the mean over entries from everywhere.
absl::StatusOr<double> MakeReceipts(Secretariat& registered) {
  Random random(kSeed);
  const auto head = registered.Head();
  double seconds = 0;
  for (int n = 0; n < kReceipts; ++n) {
    auto snapshot = registered.replica().kv().NewSnapshot();
    const uint64_t index = random.Below(kEntries);
    ASSIGN_OR_RETURN(auto ids,
                     reg::LeavesOf(reg::GetFrom(snapshot.get()), head->log, index, index + 1));
    Stopwatch watch;
    const store::LogReader log(snapshot.get());
    ASSIGN_OR_RETURN(auto place, log.Find(ids[0]));
    ASSIGN_OR_RETURN(ledger::Entry entry, log.Get(*place));
    ASSIGN_OR_RETURN(auto standing, reg::StandingOf(*snapshot, *head, ids[0]));
    ASSIGN_OR_RETURN(tlog::Receipt receipt,
                     reg::MakeReceipt(*snapshot, *head, *standing, entry.Leaf()));
    const std::string text = tlog::ReceiptText(receipt);
    seconds += watch.Seconds();
    if (!tlog::ProofHolds(receipt) || receipt.checkpoint.lines.size() != 3 || text.empty()) {
      return absl::InternalError("a receipt that proves nothing");
    }
  }
  return seconds * 1000 / kReceipts;
}

absl::StatusOr<Results> MeasureRegister() {
  WorkDir dir;
  const World world(kFeeds);
  ASSIGN_OR_RETURN(auto plain, Secretariat::Open(dir.path() + "/plain", world, false));
  ASSIGN_OR_RETURN(auto registered, Secretariat::Open(dir.path() + "/registered", world, true));
  RETURN_IF_ERROR(Fill(world, *plain, *registered));
  ASSIGN_OR_RETURN(const double receipt, MakeReceipts(*registered));
  std::fprintf(stderr, "bench: %zu entries, %.0f a second with a register, %.0f without\n",
               kEntries, kEntries / registered->seconds(), kEntries / plain->seconds());
  const double cost = 100 * (registered->seconds() / plain->seconds() - 1);
  return Results{{"sequencing_cost", {cost, "% of ingest", std::nullopt, kCostMost}},
                 {"receipt_time", {receipt, "ms", std::nullopt, kReceiptMsMost}}};
}

}  // namespace

}  // namespace entente::bench

int main(int argc, char** argv) {
  using entente::bench::MeasureRegister;
  return entente::bench::Main(argc, argv, {{{"receipt_time", "sequencing_cost"}, MeasureRegister}});
}
