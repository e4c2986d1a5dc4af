// What an Authority holds, behind authority.h. Private to the files authority*, chain_walk, *_view
// of this room.
//
// Invariants
//  1. The parent of every note in `notes` is in `notes` too (or the note is a position 1).
//  2. `chains`, `enrolled` and `admitted_ever` are functions of `notes`.
//  3. A view slot that is filled holds exactly what its build function gives for this state.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "node/ledger/authority.h"

namespace entente::ledger {

// A value computed on first demand. Safe to ask from several threads: each may compute, one wins,
// all get it.
template <class View>
class ViewSlot {
 public:
  ViewSlot() = default;
  ViewSlot(const ViewSlot&) = delete;
  ViewSlot& operator=(const ViewSlot&) = delete;
  ~ViewSlot() { delete view_.load(std::memory_order_acquire); }

  template <class Build>
  const View& Get(Build build) const {
    if (const View* view = view_.load(std::memory_order_acquire)) return *view;
    auto fresh = std::make_unique<const View>(build());
    const View* winner = nullptr;
    if (view_.compare_exchange_strong(winner, fresh.get(), std::memory_order_acq_rel)) {
      return *fresh.release();
    }
    return *winner;
  }

 private:
  mutable std::atomic<const View*> view_{nullptr};
};

using SignerList = std::vector<VerifierKey>;

struct HeldNote {
  Note note;  // its lines: verified ones only, one per signer, ascending
  std::set<PublicKey> signed_by;
  uint32_t threshold = 1;                     // after this note
  std::shared_ptr<const SignerList> signers;  // after this note
  std::shared_ptr<const SignerList> known;    // signers after this note or any note before it
  bool readable = true;                       // no unknown act word up to here
};

struct HeldSuspend {
  Suspend suspend;  // its lines: verified ones only
  std::set<PublicKey> signed_by;
  std::vector<SignatureLine>
      unverified;  // of nobody who is a signer yet; at most kNoteSignaturesMax
};

struct ChainIndex {
  ChainKind kind = ChainKind::kCharter;
  std::set<std::pair<uint64_t, NoteId>> by_position;
  std::map<NoteId, std::set<NoteId>> successors;
  std::set<VerifierKey> signers_ever;  // of any held note of the chain
};

// A note or suspend that is not held yet, with the lines received for its text so far.
struct WaitingText {
  std::optional<Note> note;
  std::optional<Suspend> suspend;
  size_t verified = 0;   // lines known to be a signer's; 0 while the parent is missing
  uint64_t arrival = 0;  // decides only who makes room when the buffer is full
};

struct AuthorityData {
  std::map<NoteId, std::shared_ptr<const HeldNote>> notes;
  std::map<NoteId, std::shared_ptr<const HeldSuspend>> suspends;
  std::map<NoteId, ChainIndex> chains;
  std::set<PublicKey> enrolled;
  std::map<InstrumentId, std::set<DelegationId>> admitted_ever;

  std::map<NoteId, std::shared_ptr<const WaitingText>> waiting;
  uint64_t arrivals = 0;

  // One per held charter; one per held credentials chain and held charter, and with the zero
  // instrument.
  std::map<InstrumentId, std::shared_ptr<ViewSlot<CharterView>>> charters;
  std::map<std::pair<InstrumentId, DelegationId>, std::shared_ptr<ViewSlot<CredentialsView>>>
      credentials;

  const HeldNote* Held(const NoteId& id) const {
    auto it = notes.find(id);
    return it == notes.end() ? nullptr : it->second.get();
  }
};

struct AuthorityState : AuthorityData {
  AuthorityState() = default;
  explicit AuthorityState(const AuthorityData& data) : AuthorityData(data) {}
  // Set once a second Authority refers to this state; from then on nobody changes it.
  mutable std::atomic<bool> shared{false};
};

// charter_view.cc, credentials_view.cc
std::shared_ptr<const Cut> CutOf(const std::vector<Tip>& tips);
CharterView BuildCharterView(const AuthorityData& data, const InstrumentId& id);
CredentialsView BuildCredentialsView(const AuthorityData& data, const DelegationId& id,
                                     const std::vector<NoteId>& anchors);

// Forget the views a change of this chain touches, and make room for new ones.
void ResetViews(AuthorityData& data, const NoteId& chain);

}  // namespace entente::ledger
