#include "tests/simulation/registrars.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/check.h"
#include "node/register/news.h"

namespace entente::simulation {

using base::InstrumentId;

namespace {

constexpr size_t kHome = 0;  // the secretariat's node keeps every register
constexpr uint64_t kStepsAtOnce = 4;
constexpr uint64_t kSequencedWithin = 200;  // milliseconds
constexpr int kMessagesMax = 12;            // of one exchange, each way
constexpr Millis kRepeatedWithin = 40'000;
// What is told comes a second time, much later, per thousand.
constexpr uint64_t kRepeated = 50;
constexpr size_t kComplaintsMax = 4;
constexpr uint64_t kFirstSecond = 1'767'225'600;  // 2026-01-01, where the run begins
constexpr uint64_t kMillisPerSecond = 1000;

bool IsSignedBy(const tlog::SignedCheckpoint& checkpoint, const ledger::VerifierKey& key) {
  for (const tlog::SignatureLine& line : checkpoint.lines) {
    if (tlog::LineIsOf(line, key)) return true;
  }
  return false;
}

}  // namespace

const SimInstrument& Registrars::InstrumentAt(const InstrumentId& instrument) const {
  for (const SimInstrument& one : world_.instruments) {
    if (one.charter->id() == instrument) return one;
  }
  ENTENTE_CHECK(false);
}

std::shared_ptr<const reg::Head> Registrars::HeadOf(size_t node,
                                                    const InstrumentId& instrument) const {
  const store::PublishedPtr published = nodes_[node]->published();
  auto it = published->registers.find(instrument);
  return it == published->registers.end() ? nullptr : it->second;
}

bool Registrars::Serves(size_t node, size_t other, const InstrumentId& instrument) const {
  return nodes_[node]->published()->AccessOf(nodes_[other]->options().spki, instrument) ==
         store::NodeAccess::kEntries;
}

Registrars::Work& Registrars::WorkOf(size_t node, const InstrumentId& instrument) {
  Work& work = work_[{node, instrument}];
  if (work.life != nodes_[node]->life()) work = Work{nodes_[node]->life()};
  return work;
}

void Registrars::Change(size_t node,
                        const std::function<void(reg::Registers&, storage::WriteBatch&)>& change,
                        std::function<void(const absl::Status&)> done) {
  nodes_[node]->Write(
      [&](driver::Replica& replica) {
        return replica.ChangeRegisters([&](reg::Registers& registers, storage::WriteBatch& batch) {
          change(registers, batch);
          return absl::OkStatus();
        });
      },
      [this, done = std::move(done)](const absl::Status& status) {
        loop_.After(0, [done, status] { done(status); });
      });
}

// ---- the register and its witnesses

void Registrars::Committed(size_t node) {
  const store::PublishedPtr published = nodes_[node]->published();
  for (const auto& [instrument, head] : published->registers) Look(node, instrument, *head);
}

void Registrars::Restored(size_t node) {
  ++restores_[node];
  std::erase_if(held_, [node](const HeldCheckpoint& one) { return one.node == node; });
}

void Registrars::Look(size_t node, const InstrumentId& instrument, const reg::Head& head) {
  Work& work = WorkOf(node, instrument);
  if (node != kHome) {
    if (!work.cosigning && head.newest.checkpoint.size > 0) Cosign(node, instrument);
    return;
  }
  if (!work.kept) return Keep(node, instrument);
  if (!head.stopped.empty()) {
    if (bug_ != Bug::kResumeAtOnce) return;
    return Change(
        node,
        [&](reg::Registers& registers, storage::WriteBatch& batch) {
          registers.Resume(instrument, batch);
        },
        [](const absl::Status&) {});
  }
  if (!work.signing && head.leaves > head.newest.checkpoint.size) Sign(node, instrument);
  if (work.sequencing || nodes_[node]->published()->newest_arrival <= head.through_arrival) return;
  work.sequencing = true;
  const Millis wait = static_cast<Millis>(prng_.Below(kSequencedWithin));
  loop_.After(wait, [this, node, instrument, life = work.life] {
    if (nodes_[node]->up() && nodes_[node]->life() == life) Sequence(node, instrument);
  });
}

// A restore tool writes down that it was one; here it is told directly.
void Registrars::Keep(size_t node, const InstrumentId& instrument) {
  WorkOf(node, instrument).kept = true;
  const uint64_t restored = restores_[node];
  Change(
      node,
      [&](reg::Registers& registers, storage::WriteBatch& batch) {
        ENTENTE_CHECK(
            registers.Keep(instrument, InstrumentAt(instrument).log->name, restored, batch).ok());
      },
      [this, node, instrument, life = nodes_[node]->life()](const absl::Status& status) {
        if (!nodes_[node]->up() || nodes_[node]->life() != life) return;
        WorkOf(node, instrument).kept = status.ok();
        Committed(node);
      });
}

void Registrars::Sequence(size_t node, const InstrumentId& instrument) {
  const uint64_t life = nodes_[node]->life();
  const uint64_t most = 1 + prng_.Below(kStepsAtOnce);
  nodes_[node]->Write(
      [&](driver::Replica& replica) { return replica.Sequence(instrument, most).status(); },
      [this, node, instrument, life](const absl::Status& status) {
        Ended(node, instrument, &Work::sequencing, life, status);
      });
}

void Registrars::Sign(size_t node, const InstrumentId& instrument) {
  const NamedKey& log = *InstrumentAt(instrument).log;
  const uint64_t life = nodes_[node]->life();
  WorkOf(node, instrument).signing = true;
  nodes_[node]->Write(
      [&](driver::Replica& replica) -> absl::Status {
        const auto due = replica.registers().ToSign(instrument);
        if (!due) return absl::OkStatus();
        tlog::SignedCheckpoint made;
        made.checkpoint = *due;
        made.text = tlog::CheckpointText(*due);
        made.lines = {tlog::SignCheckpoint(made.text, log.name, log.key)};
        signed_.emplace(instrument, due->size, due->root);
        loop_.Trace("checkpoint ", log.name.name, " ", due->size, " ", due->root.Short());
        return replica.TakeCheckpoint(instrument, made.File()).status();
      },
      [this, node, instrument, life](const absl::Status& status) {
        Ended(node, instrument, &Work::signing, life, status);
      });
}

// Two writes: what will have been cosigned, and then the cosignature.
void Registrars::Cosign(size_t node, const InstrumentId& instrument) {
  if (restores_[node] > 0) return;
  const ledger::VerifierKey& witness = world_.witnesses[node].name;
  const auto head = HeadOf(node, instrument);
  if (!head->trust.Knows(witness) || IsSignedBy(head->newest, witness)) return;
  const uint64_t life = nodes_[node]->life();
  WorkOf(node, instrument).cosigning = true;
  auto marked = std::make_shared<std::optional<tlog::SignedCheckpoint>>();
  Change(
      node,
      [&](reg::Registers& registers, storage::WriteBatch& batch) {
        *marked = registers.ToCosign(instrument, witness, batch);
      },
      [this, node, instrument, life, marked](const absl::Status& status) {
        if (!nodes_[node]->up() || nodes_[node]->life() != life) return;
        if (status.ok() && *marked) return AddCosignature(node, instrument, **marked);
        // Nothing may be cosigned now; the next change of the register looks again.
        WorkOf(node, instrument).cosigning = false;
      });
}

void Registrars::AddCosignature(size_t node, const InstrumentId& instrument,
                                tlog::SignedCheckpoint checkpoint) {
  const NamedKey& witness = world_.witnesses[node];
  const uint64_t now = kFirstSecond + static_cast<uint64_t>(loop_.now()) / kMillisPerSecond;
  cosignatures_.push_back({instrument, node, checkpoint.checkpoint.size});
  checkpoint.AddLines({tlog::Cosign(checkpoint.text, now, witness.name, witness.key)});
  nodes_[node]->Write(
      [&](driver::Replica& replica) {
        return replica.TakeCheckpoint(instrument, checkpoint.File()).status();
      },
      [this, node, instrument, life = nodes_[node]->life()](const absl::Status& status) {
        Ended(node, instrument, &Work::cosigning, life, status);
      });
}

// What came meanwhile was passed over: its commit saw this work under way.
void Registrars::Ended(size_t node, const InstrumentId& instrument, bool Work::*flag, uint64_t life,
                       const absl::Status& status) {
  if (!status.ok()) loop_.Trace("register trouble ", nodes_[node]->name(), " ", status.ToString());
  loop_.After(1, [this, node, instrument, flag, life] {
    if (!nodes_[node]->up() || nodes_[node]->life() != life) return;
    WorkOf(node, instrument).*flag = false;
    Committed(node);
  });
}

// ---- telling each other

void Registrars::Exchange(size_t from, size_t to) {
  if (from == to || !nodes_[from]->up()) return;
  const store::PublishedPtr published = nodes_[from]->published();
  for (const auto& [instrument, head] : published->registers) {
    if (Serves(from, to, instrument)) Ask(from, to, instrument, kMessagesMax);
  }
}

void Registrars::Send(size_t from, size_t to, std::function<void()> arrive) {
  const Millis delay = network_.Delay();
  if (!network_.Passes(from, to)) return;
  loop_.After(delay, [this, to, arrive = std::move(arrive)] {
    if (nodes_[to]->up()) arrive();
  });
}

Registrars::Told Registrars::Tell(size_t node, const InstrumentId& instrument,
                                  const reg::Head& head, uint64_t leaves, uint64_t final_size) {
  auto snapshot = nodes_[node]->kv().NewSnapshot();
  // Spelt out: how places become ids is a reader's matter, and has its own property test.
  const reg::NewsFor receiver{leaves, final_size, reg::Naming::kSpelt};
  auto news = reg::MakeNews(*snapshot, instrument, head, receiver);
  ENTENTE_CHECK(news.ok());
  if (network_.IsMalicious(node)) return {Spoil(*std::move(news), prng_), false};
  return {*std::move(news), true};
}

void Registrars::Ask(size_t from, size_t to, const InstrumentId& instrument, int steps) {
  const auto ours = HeadOf(from, instrument);
  if (ours == nullptr || steps == 0) return;
  Send(from, to, [this, from, to, instrument, ours, steps] {
    const auto theirs = HeadOf(to, instrument);
    if (theirs == nullptr || !Serves(to, from, instrument)) return;
    const Told news = Tell(to, instrument, *theirs, ours->leaves, ours->final_size);
    Send(to, from, [this, from, to, instrument, news, steps] {
      Take(from, to, news,
           [this, from, to, instrument, steps](const v1::RegisterNews& told,
                                               const reg::TakenNews& taken) {
             if (taken.changed && !taken.contradicts) return Ask(from, to, instrument, steps - 1);
             Offer(from, to, instrument, told.held(), told.held_final(), kMessagesMax);
           });
    });
  });
}

void Registrars::Offer(size_t from, size_t to, const InstrumentId& instrument, uint64_t leaves,
                       uint64_t final_size, int steps) {
  const auto ours = HeadOf(from, instrument);
  if (ours == nullptr || ours->newest.checkpoint.size == 0 || steps == 0) return;
  if (!Serves(from, to, instrument)) return;
  const Told news = Tell(from, instrument, *ours, leaves, final_size);
  auto arrive = [this, from, to, instrument, news, steps] {
    if (!Serves(to, from, instrument)) return;
    Take(to, from, news,
         [this, from, to, instrument, steps](const v1::RegisterNews&, const reg::TakenNews& taken) {
           const auto theirs = HeadOf(to, instrument);
           if (!taken.changed || taken.contradicts) return;
           Send(to, from, [this, from, to, instrument, theirs, steps] {
             Offer(from, to, instrument, theirs->leaves, theirs->final_size, steps - 1);
           });
         });
  };
  if (prng_.Chance(kRepeated)) {
    const Millis later = static_cast<Millis>(prng_.Below(kRepeatedWithin));
    loop_.After(later, [this, from, to, arrive] { Send(from, to, arrive); });
  }
  Send(from, to, arrive);
}

void Registrars::Take(size_t node, size_t peer, const Told& given, Then then) {
  if (bug_ == Bug::kDropNews && node != kHome) return;
  auto taken = std::make_shared<reg::TakenNews>();
  auto told = std::make_shared<const v1::RegisterNews>(given.news);
  nodes_[node]->Write(
      [&](driver::Replica& replica) -> absl::Status {
        auto result = replica.TakeRegisterNews(given.news);
        const bool refused =
            result.ok() ? result->contradicts : absl::IsInvalidArgument(result.status());
        if (given.honest && refused && complaints_.size() < kComplaintsMax) {
          complaints_.push_back(absl::StrCat(
              nodes_[node]->name(), " does not believe ", nodes_[peer]->name(), ": ",
              result.ok() ? "it contradicts what is held" : result.status().ToString()));
        }
        if (result.ok()) *taken = *std::move(result);
        return result.status();
      },
      [this, node, peer, taken, told, then = std::move(then),
       life = nodes_[node]->life()](const absl::Status& status) {
        if (!status.ok()) return;
        loop_.After(0, [this, node, peer, taken, told, then, life] {
          if (!nodes_[node]->up() || nodes_[node]->life() != life) return;
          const auto instrument = *InstrumentId::FromBytes(told->instrument());
          if (bug_ == Bug::kCosignAnything && node != kHome) {
            const auto checkpoint = tlog::ParseSignedCheckpoint(told->checkpoint());
            if (checkpoint.ok()) {
              cosignatures_.push_back({instrument, node, checkpoint->checkpoint.size});
            }
          }
          if (node == kHome) {
            NoteMet(instrument, peer, told->held());
          } else if (const auto head = HeadOf(node, instrument)) {
            const tlog::Checkpoint& newest = head->newest.checkpoint;
            if (newest.size > 0) held_.push_back({instrument, node, newest.size, newest.root});
          }
          then(*told, *taken);
        });
      });
}

// A node told everything it knows. A register that stopped waits to hear of every node.
void Registrars::NoteMet(const InstrumentId& instrument, size_t peer, uint64_t leaves) {
  const auto head = HeadOf(kHome, instrument);
  if (head == nullptr || !head->kept_here || head->stopped.empty() || head->leaves < leaves) return;
  const store::PublishedPtr published = nodes_[kHome]->published();
  std::set<base::Spki> others;
  for (const auto& [other, access] : *published->nodes) {
    if (other != nodes_[kHome]->options().spki && access.contains(instrument)) others.insert(other);
  }
  Change(
      kHome,
      [&](reg::Registers& registers, storage::WriteBatch& batch) {
        registers.Met(instrument, nodes_[peer]->options().spki, others, batch);
      },
      [](const absl::Status&) {});
}

}  // namespace entente::simulation
