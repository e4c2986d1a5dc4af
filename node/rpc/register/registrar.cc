#include "node/rpc/register/registrar.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "node/base/status_macros.h"
#include "node/register/registers.h"
#include "node/rpc/register/claim_reader.h"
#include "node/runtime/log.h"

namespace entente::rpc {

using base::InstrumentId;
using base::MutexLock;

namespace {

// Entries that come together share a checkpoint; nobody waits longer than this for a place.
constexpr absl::Duration kBatchDelay = absl::Milliseconds(200);
// So many waiting are taken in at once, and in steps of this size, so that the writer goes on.
constexpr uint64_t kBatchMax = 4096;
// What entries say to have seen is compared somewhat later, in steps that hold up nothing.
constexpr absl::Duration kCompareDelay = absl::Seconds(1);
constexpr size_t kCompareMax = 2048;
constexpr size_t kAheadClaimsMax = 256;
// How far it has come is written down now and then: comparing twice is harmless.
constexpr uint64_t kComparedEvery = 4096;
constexpr uint64_t kMillisPerSecond = 1000;
constexpr size_t kWitnessesMax = 1024;

bool HasLineOf(const tlog::SignedCheckpoint& checkpoint, const ledger::VerifierKey& key) {
  return std::any_of(checkpoint.lines.begin(), checkpoint.lines.end(),
                     [&](const tlog::SignatureLine& line) { return tlog::LineIsOf(line, key); });
}

}  // namespace

Registrar::Registrar(NodeCore* core, RegisterKeys* keys, bool distrust_store)
    : core_(*core), keys_(*keys), distrust_store_(distrust_store) {}

Registrar::~Registrar() { Stop(); }

void Registrar::Start() {
  subscription_ =
      core_.Subscribe([this](const store::PublishedPtr& published) { OnCommit(published); });
  OnCommit(core_.published());
}

void Registrar::Stop() {
  if (subscription_ != 0) core_.Unsubscribe(std::exchange(subscription_, 0));
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  timer_.Stop();
}

void Registrar::NoteWitness(const base::Spki& node, const std::string& vkey) {
  const auto key = ledger::VerifierKey::Parse(vkey);
  if (!key.ok() || key->type != tlog::kTypeCosigner) return;
  MutexLock lock(mutex_);
  if (witnesses_.size() < kWitnessesMax || witnesses_.contains(node)) witnesses_[node] = vkey;
}

std::map<base::Spki, std::string> Registrar::witnesses() {
  MutexLock lock(mutex_);
  return witnesses_;
}

void Registrar::NoteMet(const InstrumentId& instrument, const base::Spki& node, uint64_t leaves) {
  const store::PublishedPtr published = core_.published();
  auto it = published->registers.find(instrument);
  if (it == published->registers.end()) return;
  const reg::Head& head = *it->second;
  if (!head.kept_here || head.stopped.empty() || head.leaves < leaves) return;
  std::set<base::Spki> others;
  for (const auto& [other, access] : *published->nodes) {
    if (other != core_.facts().spki && access.contains(instrument)) others.insert(other);
  }
  (void)core_.Write([&](driver::Replica& replica) {
    return replica.ChangeRegisters([&](reg::Registers& registers, storage::WriteBatch& batch) {
      registers.Met(instrument, node, others, batch);
      return absl::OkStatus();
    });
  });
}

std::string Registrar::OwnWitness() {
  auto witness = keys_.Witness();
  return witness.ok() ? witness->name.Text() : std::string();
}

// On the writer thread after each commit: quick. Key files are read once.
void Registrar::OnCommit(const store::PublishedPtr& published) {
  MutexLock lock(mutex_);
  if (stopping_) return;
  for (const auto& [instrument, head] : published->registers) {
    Look(instrument, *head, published->newest_arrival, work_[instrument]);
  }
}

void Registrar::Look(const InstrumentId& instrument, const reg::Head& head, uint64_t newest_arrival,
                     Work& work) {
  if (!work.keep_asked || work.log != head.log) {
    work.keep_asked = true;
    work.log = head.log;
    Keep(instrument, head);
  }
  if (!work.comparing && newest_arrival > std::max(work.compared, head.claims_through)) {
    work.comparing = true;
    timer_.After(kCompareDelay, [this, instrument] { Compare(instrument); });
  }
  if (!head.kept_here) {
    const uint64_t size = head.newest.checkpoint.size;
    if (work.cosigning || size == 0 || size < head.cosigned_size) return;
    auto witness = keys_.FindWitness();
    if (!witness.ok() || !*witness || !head.trust.Knows((*witness)->name) ||
        HasLineOf(head.newest, (*witness)->name)) {
      return;
    }
    work.cosigning = true;
    return Cosign(instrument, **witness);
  }
  if (!head.stopped.empty()) return;
  if (!work.signing && head.leaves > head.newest.checkpoint.size) {
    work.signing = true;
    Sign(instrument, head);
  }
  if (work.sequencing || newest_arrival <= head.through_arrival) return;
  work.sequencing = true;
  const bool many = newest_arrival - head.through_arrival >= kBatchMax;
  timer_.After(many ? absl::ZeroDuration() : kBatchDelay,
               [this, instrument] { Sequence(instrument); });
}

// On the timer's thread. An author's node hands out the newest checkpoint that holds over its tree,
// and the author signs it: where it is not this node's tree, the register shows different ones.
void Registrar::Compare(const InstrumentId& instrument) {
  const store::PublishedPtr published = core_.published();
  auto it = published->registers.find(instrument);
  std::map<base::EntryId, std::pair<uint64_t, base::Digest>> claims;
  uint64_t through = 0;
  {
    MutexLock lock(mutex_);
    Work& work = work_[instrument];
    if (it == published->registers.end()) {
      work.comparing = false;
      return;
    }
    through = std::max(work.compared, it->second->claims_through);
    claims.swap(work.ahead);
  }
  auto snapshot = core_.NewSnapshot();
  ClaimReader reader(*snapshot, *it->second);
  absl::Status read = reader.Read(instrument, through, kCompareMax, claims);
  const bool write =
      !reader.bad().empty() || reader.through() >= it->second->claims_through + kComparedEvery;
  if (read.ok() && write) {
    (void)core_.WriteAsync(
        [instrument, upto = reader.through(), bad = reader.bad()](driver::Replica& replica) {
          return replica.ChangeRegisters(
              [&](reg::Registers& registers, storage::WriteBatch& batch) {
                registers.NoteClaims(instrument, upto, bad, batch);
                return absl::OkStatus();
              });
        },
        [](absl::Status) {});
  }
  bool more = false;
  {
    MutexLock lock(mutex_);
    Work& work = work_[instrument];
    work.comparing = false;
    work.compared = reader.through();
    work.ahead = std::move(claims);
    while (work.ahead.size() > kAheadClaimsMax) work.ahead.erase(work.ahead.begin());
    more = read.ok() && published->newest_arrival > work.compared;
  }
  if (more) OnCommit(core_.published());
}

void Registrar::Keep(const InstrumentId& instrument, const reg::Head& head) {
  const ledger::VerifierKey& named = *head.trust.log;
  auto key = keys_.FindLog(named);
  if (!key.ok()) {
    runtime::Log(runtime::LogLevel::kError, "register_key_unusable",
                 {{"origin", named.name}, {"why", std::string(key.status().message())}});
    return;
  }
  if (!*key) return;
  (void)core_.WriteAsync(
      [this, instrument, named](driver::Replica& replica) -> absl::Status {
        RETURN_IF_ERROR(replica.KeepRegister(instrument, named));
        if (!distrust_store_) return absl::OkStatus();
        return replica.ChangeRegisters([&](reg::Registers& registers, storage::WriteBatch& batch) {
          registers.Stop(instrument,
                         "the store was opened without its newest writes: later checkpoints may "
                         "have been signed",
                         batch);
          return absl::OkStatus();
        });
      },
      [this, instrument](const absl::Status& status) {
        if (status.ok()) return;
        // As on a full disk. The next commit asks again.
        MutexLock lock(mutex_);
        work_[instrument].keep_asked = false;
      });
}

void Registrar::Ended(const InstrumentId& instrument, bool Work::*flag,
                      const absl::Status& status) {
  if (!status.ok()) {
    runtime::LogEvery("register_trouble", absl::Seconds(10), runtime::LogLevel::kError,
                      "register_trouble", {{"why", std::string(status.message())}});
  }
  {
    MutexLock lock(mutex_);
    work_[instrument].*flag = false;
  }
  // What came meanwhile was passed over: its commit saw this work under way.
  if (status.ok()) OnCommit(core_.published());
}

void Registrar::Sequence(const InstrumentId& instrument) {
  absl::Status posted = core_.WriteAsync(
      [instrument](driver::Replica& replica) {
        return replica.Sequence(instrument, kBatchMax).status();
      },
      [this, instrument](absl::Status status) { Ended(instrument, &Work::sequencing, status); });
  if (posted.ok()) return;
  // The queue is full: the next commit looks again.
  MutexLock lock(mutex_);
  work_[instrument].sequencing = false;
}

// The tree is on disk. The line of the register and the time of its clock go into one write.
void Registrar::Sign(const InstrumentId& instrument, const reg::Head& head) {
  const ledger::VerifierKey named = *head.trust.log;
  const std::optional<ledger::VerifierKey> clock_name = head.trust.clock;
  const uint64_t now = core_.clock().WallMs() / kMillisPerSecond;
  absl::Status posted = core_.WriteAsync(
      [this, instrument, named, clock_name, now](driver::Replica& replica) -> absl::Status {
        const auto due = replica.registers().ToSign(instrument);
        if (!due) return absl::OkStatus();
        ASSIGN_OR_RETURN(const auto key, keys_.FindLog(named));
        ASSIGN_OR_RETURN(const auto clock, keys_.FindClock(named.name));
        if (!key) return absl::FailedPreconditionError("the register's key file is gone");
        tlog::SignedCheckpoint checkpoint;
        checkpoint.checkpoint = *due;
        checkpoint.text = tlog::CheckpointText(*due);
        checkpoint.lines.push_back(tlog::SignCheckpoint(checkpoint.text, key->name, *key->key));
        if (clock && clock_name == clock->name && now > 0) {
          checkpoint.lines.push_back(tlog::Cosign(checkpoint.text, now, clock->name, *clock->key));
        }
        return replica.TakeCheckpoint(instrument, checkpoint.File()).status();
      },
      [this, instrument](absl::Status status) { Ended(instrument, &Work::signing, status); });
  if (!posted.ok()) work_[instrument].signing = false;
}

// Two writes: what will have been cosigned, and then the cosignature. The mutex is held.
void Registrar::Cosign(const InstrumentId& instrument, const NamedKey& witness) {
  auto marked = std::make_shared<std::optional<tlog::SignedCheckpoint>>();
  absl::Status posted = core_.WriteAsync(
      [instrument, witness, marked](driver::Replica& replica) {
        return replica.ChangeRegisters([&](reg::Registers& registers, storage::WriteBatch& batch) {
          *marked = registers.ToCosign(instrument, witness.name, batch);
          return absl::OkStatus();
        });
      },
      [this, instrument, witness, marked](absl::Status status) {
        if (!status.ok() || !*marked) {
          // Nothing may be cosigned now; the next change of the register looks again.
          MutexLock lock(mutex_);
          work_[instrument].cosigning = false;
          return;
        }
        const uint64_t now = core_.clock().WallMs() / kMillisPerSecond;
        tlog::SignedCheckpoint cosigned = **marked;
        cosigned.lines.push_back(tlog::Cosign(cosigned.text, now, witness.name, *witness.key));
        absl::Status again = core_.WriteAsync(
            [instrument, file = cosigned.File()](driver::Replica& replica) {
              return replica.TakeCheckpoint(instrument, file).status();
            },
            [this, instrument](absl::Status taken) { Ended(instrument, &Work::cosigning, taken); });
        if (again.ok()) return;
        MutexLock lock(mutex_);
        work_[instrument].cosigning = false;
      });
  if (!posted.ok()) work_[instrument].cosigning = false;
}

}  // namespace entente::rpc
