#include "tests/simulation/simulator.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/check.h"
#include "node/store/log_reader.h"
#include "tests/simulation/checkers.h"
#include "tests/simulation/network.h"
#include "tests/simulation/post.h"
#include "tests/simulation/registrars.h"
#include "tests/simulation/workload.h"
#include "tests/support/memo_verifier.h"

namespace entente::simulation {

namespace {

constexpr Millis kHealRound = 60'000;
constexpr int kHealRoundsMax = 40;

// Drawn from the seed.
struct Plan {
  Weather weather;
  Millis length = 0;  // of the time of faults
  Millis step_every = 0, dial_every = 0, fault_every = 0, commit_within = 0;
  uint64_t crash = 0, power_at_write = 0, space = 0, partition = 0;  // per thousand faults
  uint64_t live = 0;                                                 // per thousand contacts
  Millis mischief_every = 0;
  uint64_t bundle = 0, steal = 0, backup = 0, restore = 0;  // shares of mischief
  uint64_t malicious = 0;                                   // per thousand nodes
  Millis tell_every = 0;                                    // of registers

  std::string Text() const {
    return absl::StrCat("loss ", weather.loss, " repeat ", weather.repeat, " delay ",
                        weather.delay_max, " length ", length, " step ", step_every, " dial ",
                        dial_every, " fault ", fault_every, " commit ", commit_within, " crash ",
                        crash, " live ", live, " mischief ", mischief_every, " bundle ", bundle,
                        " steal ", steal, " backup ", backup, " restore ", restore, " malicious ",
                        malicious, " tell ", tell_every);
  }
};

Plan MakePlan(Prng prng) {
  Plan plan;
  plan.weather.loss = prng.Below(60);
  plan.weather.repeat = prng.Below(150);
  plan.weather.delay_max = static_cast<Millis>(prng.Between(5, 900));
  plan.length = static_cast<Millis>(prng.Between(20'000, 70'000));
  plan.step_every = static_cast<Millis>(prng.Between(200, 1'200));
  plan.dial_every = static_cast<Millis>(prng.Between(400, 4'000));
  plan.fault_every = static_cast<Millis>(prng.Between(800, 8'000));
  plan.commit_within = static_cast<Millis>(prng.Between(1, 120));
  plan.crash = prng.Below(500);
  plan.power_at_write = prng.Below(500);
  plan.space = prng.Below(200);
  plan.partition = prng.Below(500);
  plan.live = prng.Below(700);
  plan.mischief_every = static_cast<Millis>(prng.Between(1'000, 12'000));
  plan.bundle = prng.Below(10);
  plan.steal = prng.Below(5);
  plan.backup = prng.Below(10);
  plan.restore = prng.Below(5);
  plan.malicious = prng.Chance(500) ? prng.Below(500) : 0;
  plan.tell_every = static_cast<Millis>(prng.Between(300, 6'000));
  return plan;
}

class Simulation {
 public:
  explicit Simulation(const SimOptions& options)
      : options_(options),
        prng_(options.seed),
        loop_(options.trace),
        plan_(MakePlan(prng_.Fork())),
        world_(MakeWorld(options.seed, prng_.Fork())),
        network_(&loop_, &nodes_, prng_.Fork(), options.bug),
        workload_(&loop_, &nodes_, &world_, options.seed, prng_.Fork(), options.bug),
        post_(&loop_, &nodes_, prng_.Fork()),
        registrars_(&loop_, &nodes_, &world_, &network_, prng_.Fork(), options.bug) {}

  SimResult Run();

 private:
  void MakeNodes();
  void RunUntil(Millis until);
  void Heal();
  bool Quiet();
  void Check();
  void Report();

  void NextStep();
  void NextDial();
  void NextFault();
  void NextMischief();
  void NextExchange();
  void Mischief(size_t node, uint64_t what);
  void RestoreBackup(size_t node);
  void Fault(size_t node, uint64_t what);
  void Crash(size_t node);
  void Restart(size_t node);
  void Staged(size_t node);
  void Committed(size_t node);
  size_t SomeNode() { return prng_.Below(nodes_.size()); }

  const SimOptions options_;
  Prng prng_;
  EventLoop loop_;
  support::MemoVerifier verifier_;
  Plan plan_;
  World world_;
  Nodes nodes_;
  Network network_;
  Workload workload_;
  Post post_;
  Registrars registrars_;
  std::vector<std::optional<SimKv::Image>> backups_;  // per node, the newest
  bool faults_ = true;
  std::vector<uint8_t> news_told_;  // an event that tells is on its way
  SimResult result_;
};

void Simulation::MakeNodes() {
  for (size_t n = 0; n < world_.spkis.size(); ++n) {
    SimNode::Options options;
    options.name = absl::StrCat(world_.delegations[world_.node_delegation[n]].code, "/", n);
    options.delegation = world_.node_delegation[n];
    options.spki = world_.spkis[n];
    options.verifier = &verifier_;
    options.bug = options_.bug;
    nodes_.push_back(std::make_unique<SimNode>(std::move(options)));
    nodes_[n]->on_staged = [this, n] { Staged(n); };
    nodes_[n]->on_commit = [this, n] { Committed(n); };
    ENTENTE_CHECK(nodes_[n]->Start().ok());
  }
  news_told_.assign(nodes_.size(), 0);
  backups_.assign(nodes_.size(), std::nullopt);
  for (const auto& node : nodes_) {
    if (prng_.Chance(plan_.malicious)) network_.MakeMalicious(node->options().spki);
  }
}

void Simulation::Staged(size_t node) {
  const Millis wait = static_cast<Millis>(prng_.Below(static_cast<uint64_t>(plan_.commit_within)));
  loop_.After(wait, [this, node, life = nodes_[node]->life()] {
    if (nodes_[node]->life() == life) nodes_[node]->Commit();
  });
}

void Simulation::Committed(size_t node) {
  if (std::exchange(news_told_[node], uint8_t{1}) != 0) return;
  loop_.After(0, [this, node] {
    news_told_[node] = 0;
    if (!nodes_[node]->up()) return;
    network_.Committed(node);
    registrars_.Committed(node);
  });
}

void Simulation::NextStep() {
  if (!faults_) return;
  workload_.Step();
  const Millis wait = static_cast<Millis>(prng_.Below(static_cast<uint64_t>(plan_.step_every)));
  loop_.After(1 + wait, [this] { NextStep(); });
}

void Simulation::NextDial() {
  if (!faults_) return;
  const size_t from = SomeNode();
  const size_t to = SomeNode();
  network_.Dial(from, to, prng_.Chance(plan_.live));
  const Millis wait = static_cast<Millis>(prng_.Below(static_cast<uint64_t>(plan_.dial_every)));
  loop_.After(1 + wait, [this] { NextDial(); });
}

void Simulation::NextExchange() {
  if (!faults_) return;
  const size_t from = SomeNode();
  registrars_.Exchange(from, SomeNode());
  const Millis wait = static_cast<Millis>(prng_.Below(static_cast<uint64_t>(plan_.tell_every)));
  loop_.After(1 + wait, [this] { NextExchange(); });
}

void Simulation::NextFault() {
  if (!faults_) return;
  const size_t node = SomeNode();
  Fault(node, prng_.Below(1000));
  const Millis wait = static_cast<Millis>(prng_.Below(static_cast<uint64_t>(plan_.fault_every)));
  loop_.After(1 + wait, [this] { NextFault(); });
}

void Simulation::Fault(size_t node, uint64_t what) {
  SimNode& victim = *nodes_[node];
  if (what < plan_.crash) {
    if (victim.up()) Crash(node);
  } else if (what < plan_.crash + plan_.power_at_write) {
    const uint64_t writes = prng_.Between(1, 6);
    victim.kv().DieAtWrite(writes, prng_.Chance(500));
  } else if (prng_.Chance(plan_.space)) {
    victim.kv().FailNextForSpace();
  } else if (prng_.Chance(plan_.partition)) {
    const size_t other = SomeNode();
    const Millis length = static_cast<Millis>(prng_.Between(1'000, 30'000));
    network_.Cut(node, other);
    loop_.Trace("cut ", node, " ", other);
    loop_.After(length, [this, node, other] { network_.Mend(node, other); });
  }
}

void Simulation::NextMischief() {
  if (!faults_) return;
  const size_t node = SomeNode();
  const uint64_t shares = plan_.bundle + plan_.steal + plan_.backup + plan_.restore;
  if (shares > 0) Mischief(node, prng_.Below(shares));
  const Millis wait = static_cast<Millis>(prng_.Below(static_cast<uint64_t>(plan_.mischief_every)));
  loop_.After(1 + wait, [this] { NextMischief(); });
}

void Simulation::Mischief(size_t node, uint64_t what) {
  if (what < plan_.bundle) {
    const size_t to = SomeNode();
    post_.Send(node, to, world_.InstrumentOf(prng_.Below(world_.instruments.size())));
  } else if (what < plan_.bundle + plan_.steal) {
    workload_.Steal();
  } else if (what < plan_.bundle + plan_.steal + plan_.backup) {
    backups_[node] = nodes_[node]->kv().Copy();
    loop_.Trace("backup ", nodes_[node]->name());
  } else if (backups_[node] && nodes_[node]->up()) {
    RestoreBackup(node);
  }
}

// The disk is gone and the newest backup takes its place, with everything since forgotten.
void Simulation::RestoreBackup(size_t node) {
  ++result_.restores;
  loop_.Trace("restore ", nodes_[node]->name());
  Crash(node);
  nodes_[node]->kv().RestoreFrom(*backups_[node]);
  workload_.Restored(node);
  registrars_.Restored(node);
}

void Simulation::Crash(size_t node) {
  ++result_.crashes;
  loop_.Trace("crash ", nodes_[node]->name());
  network_.Down(node);
  nodes_[node]->PowerOff();
  const Millis wait = static_cast<Millis>(prng_.Below(10'000));
  loop_.After(wait, [this, node] { Restart(node); });
}

void Simulation::Restart(size_t node) {
  SimNode& one = *nodes_[node];
  if (one.up()) return;
  const absl::Status started = one.Start();
  if (one.kv().dead()) return;  // went off again while starting
  loop_.Trace("start ", one.name(), " ", started.ok() ? "OK" : started.ToString());
  if (absl::IsResourceExhausted(started)) {
    // An administrator makes room and starts it again.
    loop_.After(1'000, [this, node] { Restart(node); });
    return;
  }
  if (!started.ok()) {
    result_.failures.push_back(
        absl::StrCat("durability: ", one.name(), " does not start: ", started.ToString()));
    return;
  }
  CheckDurable(one, node, workload_.journal(), result_.failures);
  CheckNoGap(one, result_.failures);
  Committed(node);  // looks at what is to be done
}

void Simulation::RunUntil(Millis until) {
  while (result_.failures.empty() && loop_.Step(until)) {
    for (size_t n = 0; n < nodes_.size(); ++n) {
      if (nodes_[n]->kv().dead()) Crash(n);
    }
  }
}

bool Simulation::Quiet() {
  if (workload_.SendPending()) return false;
  for (size_t i = 0; i < world_.instruments.size(); ++i) {
    Failures differences;
    CheckConvergence(nodes_, world_, i, differences);
    CheckRegistersAgree(nodes_, world_, i, differences);
    if (!differences.empty()) return false;
  }
  return true;
}

void Simulation::Heal() {
  loop_.Trace("heal");
  faults_ = false;
  network_.StopAll();
  network_.MendAll();
  network_.EverybodyBehaves();
  for (auto& node : nodes_) node->kv().DieAtWrite(0, false);  // no death is armed any more
  Weather calm;
  calm.delay_max = 20;
  network_.SetWeather(calm);
  RunUntil(loop_.now() + kHealRound);  // every node is up again, every repeated message has come
  for (int round = 0; round < kHealRoundsMax && result_.failures.empty(); ++round) {
    if (Quiet()) break;
    for (size_t a = 0; a < nodes_.size(); ++a) {
      for (size_t b = 0; b < nodes_.size(); ++b) {
        network_.Dial(a, b, false);
        registrars_.Exchange(a, b);
        RunUntil(loop_.now() + 2'000);
      }
    }
    loop_.Trace("round ", round);
  }
}

void Simulation::Check() {
  Failures& out = result_.failures;
  if (!out.empty()) return;
  for (size_t i = 0; i < world_.instruments.size(); ++i) {
    CheckConvergence(nodes_, world_, i, out);
    CheckEverywhere(nodes_, world_, i, workload_.journal(), out);
  }
  CheckTwoRoots(nodes_, world_, registrars_.held(), out);
  CheckCosignatures(registrars_.cosignatures(), out);
  for (size_t i = 0; i < world_.instruments.size(); ++i) {
    CheckRegistersHold(nodes_, world_, i, out);
    CheckRegistersAgree(nodes_, world_, i, out);
    CheckSeen(nodes_, world_, i, registrars_.signed_roots(), out);
  }
  for (const std::string& complaint : registrars_.complaints()) {
    out.push_back(absl::StrCat("register: ", complaint));
  }
  CheckMembership(nodes_, world_, out);
  for (size_t n = 0; n < nodes_.size(); ++n) {
    CheckDurable(*nodes_[n], n, workload_.journal(), out);
    CheckNoGap(*nodes_[n], out);
    CheckNothingDropped(*nodes_[n], out);
    CheckNoForgery(*nodes_[n], workload_.signed_entries(), out);
    CheckNoSelfFork(*nodes_[n], world_.shared_keys, out);
    CheckRebuild(*nodes_[n], world_, out);
  }
}

void Simulation::Report() {
  for (const auto& [feed, state] : nodes_[0]->replica().feeds()) {
    result_.entries += state.entries();
    result_.not_admitted +=
        state.pending() + state.quarantined() + state.disputed() + state.invalid();
  }
  for (size_t i = 0; i < world_.instruments.size(); ++i) {
    const auto& figures = nodes_[0]->published()->figures.at(world_.InstrumentOf(i));
    loop_.Trace("end ", i, " ", figures.frontier_digest.ToHex(), " ",
                figures.authority_digest.ToHex());
  }
  result_.parameters = plan_.Text();
  result_.acknowledged = workload_.journal().size();
  result_.notes = workload_.notes_written();
  result_.contacts = network_.contacts_begun();
  result_.events = loop_.events();
  result_.checkpoints = registrars_.signed_roots().size();
  result_.cosignatures = registrars_.cosignatures().size();
}

SimResult Simulation::Run() {
  MakeNodes();
  ENTENTE_CHECK(workload_.Found().ok());
  network_.SetWeather(plan_.weather);
  loop_.Trace("world ", world_.delegations.size(), " ", nodes_.size(), " ", world_.authors.size());
  NextStep();
  NextDial();
  NextFault();
  NextMischief();
  NextExchange();
  RunUntil(plan_.length);
  Heal();
  Check();
  if (nodes_[0]->up()) Report();
  for (const std::string& failure : result_.failures) loop_.Trace("FAILED ", failure);
  for (size_t n = 0; n < nodes_.size(); ++n) network_.Down(n);
  result_.trace_hash = loop_.Finish().ToHex();
  return std::move(result_);
}

}  // namespace

SimResult Simulate(const SimOptions& options) { return Simulation(options).Run(); }

}  // namespace entente::simulation
