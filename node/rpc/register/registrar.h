// Keeps the registers whose key is here, and witnesses the others: what node/register decides is
// carried out on the writer thread, and signed between two commits.
//
//   entries commit -> (at most kBatchDelay later) their places in the tree commit -> the checkpoint
//   over them is signed -> it commits, and every peer is told
//
// So a checkpoint comes well within a second of the entry, and one sync of the disk covers many
// entries. Whatever is cut short is taken up at the next commit, or at the next start.
#pragma once

#include <map>
#include <set>
#include <string>

#include "node/base/mutex.h"
#include "node/rpc/node_core.h"
#include "node/rpc/register_keys.h"
#include "node/runtime/timer.h"

namespace entente::rpc {

class Registrar {
 public:
  // All outlive it. `distrust_store`: the operator accepted that acknowledged writes were lost, so
  // a register here may have signed more than the store holds.
  Registrar(NodeCore* core, RegisterKeys* keys, bool distrust_store);
  ~Registrar();

  void Start();
  void Stop();

  // Witness keys that nodes told of themselves, for people to choose from. Any thread.
  void NoteWitness(const base::Spki& node, const std::string& vkey);
  std::map<base::Spki, std::string> witnesses();
  // A node told everything it knows of the register, and holds so many leaves. A register that
  // stopped waits to hear of every node.
  void NoteMet(const base::InstrumentId& instrument, const base::Spki& node, uint64_t leaves);
  // This node's own, as it tells others of it; made when first asked for. Empty: it has none that
  // can be used.
  std::string OwnWitness();
  RegisterKeys& keys() { return keys_; }

 private:
  struct Work {
    bool keep_asked = false;  // KeepRegister was posted for `log`
    reg::LogId log;
    bool sequencing = false;  // a job is posted or the timer runs
    bool signing = false;
    bool cosigning = false;
    bool comparing = false;
    uint64_t compared = 0;  // arrivals whose `seen` was compared in this run
    std::map<base::EntryId, std::pair<uint64_t, base::Digest>> ahead;  // seen over our leaves
  };

  void OnCommit(const store::PublishedPtr& published);
  void Look(const base::InstrumentId& instrument, const reg::Head& head, uint64_t newest_arrival,
            Work& work) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Keep(const base::InstrumentId& instrument, const reg::Head& head);
  void Sequence(const base::InstrumentId& instrument);
  void Sign(const base::InstrumentId& instrument, const reg::Head& head)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Cosign(const base::InstrumentId& instrument, const NamedKey& witness)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Compare(const base::InstrumentId& instrument);
  void Ended(const base::InstrumentId& instrument, bool Work::*flag, const absl::Status& status);

  NodeCore& core_;
  RegisterKeys& keys_;
  const bool distrust_store_;
  int subscription_ = 0;
  base::Mutex mutex_;
  std::map<base::InstrumentId, Work> work_ ABSL_GUARDED_BY(mutex_);
  std::map<base::Spki, std::string> witnesses_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  runtime::Timer timer_;
};

}  // namespace entente::rpc
