// How authority enters: notes and suspends are checked, kept as they came, and what they decide is
// re-judged.
#include <utility>

#include "node/base/status_macros.h"
#include "node/driver/replica.h"

namespace entente::driver {

using Outcome = ledger::Authority::Outcome;

absl::StatusOr<std::vector<ledger::Authority::Added>> Replica::AddNotes(
    const std::vector<std::string>& files) {
  std::vector<ledger::Authority::Added> out;
  std::set<NoteId> chains;
  std::set<base::PublicKey> keys;
  for (const std::string& file : files) {
    ledger::Authority::Added added = authority_.Add(file);
    std::vector<NoteId> to_store = added.now_held;
    if (added.outcome == Outcome::kMerged) to_store.push_back(added.id);
    for (const NoteId& id : to_store) StoreNote(id, chains, keys);
    out.push_back(std::move(added));
  }
  if (chains.empty() && keys.empty()) return out;
  for (const InstrumentId& instrument : instruments_) changed_.insert(instrument);
  RETURN_IF_ERROR(FollowCharters());
  RETURN_IF_ERROR(RejudgeAll(FeedsTouchedBy(chains, keys)));
  RETURN_IF_ERROR(RetryAside());
  return out;
}

void Replica::StoreNote(const NoteId& id, std::set<NoteId>& chains,
                        std::set<base::PublicKey>& keys) {
  if (const ledger::Note* note = authority_.Find(id)) {
    batch_.Put(store::kNotes, store::NoteKey(note->position, id), note->File());
    chains.insert(note->chain_id());
    return;
  }
  for (const ledger::Suspend* suspend : authority_.Suspends()) {
    if (suspend->id != id) continue;
    batch_.Put(store::kNotes, store::SuspendKey(id), suspend->File());
    chains.insert(suspend->chain);
    keys.insert(suspend->key);
  }
}

}  // namespace entente::driver
