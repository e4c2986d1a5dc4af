// Authority: the held notes and suspends, which of them are in force, and what they say. A pure
// value: the same set of notes gives the same answers, in whatever order they came.
//
// Invariants
//  1. A note is held only if its signers' threshold is met by the signers in force at its own
//  parent (and, if it
//     changes the signers, by the new set too). Below the threshold: kept aside with its lines
//     until more arrive.
//  2. The set only grows; a held note is never dropped or replaced.
//  3. Charter and Credentials are functions of (held set, instrument, delegation) alone.
//
// Copies and threads: copying is O(1) and gives an independent value (copy on write). Every const
// method may be called from several threads at once, on one object or on copies; Add needs its own
// object to itself, and never disturbs copies made before. Pointers handed out live until the next
// Add on, or the end of, the object asked.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "node/ledger/note.h"

namespace entente::ledger {

// Where one closing act cuts: per feed name the tips up to which it counts. A feed not named has no
// tip.
using Cut = std::map<FeedName, std::vector<Tip>>;

struct RoleState {
  std::vector<std::shared_ptr<const Cut>>
      shut;  // empty: open. Newest suspend/withdraw, and those of disputed branches
  std::vector<NoteId> shut_by;
};

// What a charter in force says about its instrument.
struct CharterView {
  InstrumentId id;
  std::string code, title, origin;
  uint64_t position = 0;  // of the last note in force
  NoteId head;
  bool forked = false;  // the walk ended at a fork: what follows is in dispute
  uint32_t threshold = 1;
  std::vector<VerifierKey> signers;
  std::vector<std::string> register_vkeys;
  std::optional<act::WitnessPolicy> witness_policy;  // the newest
  std::map<DelegationId, std::map<DelegationRole, RoleState>>
      roles;                                    // admitted in force at some time
  std::map<DelegationId, std::string> codes;    // newest code per delegation
  std::map<std::string, DelegationId> by_code;  // code in force -> delegation
  std::vector<DelegationId> admitted_order;     // by (position, act line) of the first admit
  std::map<DelegationId, std::vector<NoteId>> anchors;  // in chain order
  std::map<std::pair<DelegationId, FeedName>, std::vector<Tip>> seals;

  bool EverAdmitted(const DelegationId& d) const { return roles.contains(d); }
  // Some role of this delegation is open now: it is served data.
  bool IsParty(const DelegationId& d) const;
};

struct EnrolledKey {
  PublicKey key;
  std::string label;
  std::vector<std::string> roles;
  NoteId enrolled_by;
  uint64_t position = 0;
  uint32_t act_line = 0;
  bool unannounced = false;  // rotated to a key that does not match the pre-committed hash
  std::optional<PublicKey> rotated_from;
  std::optional<Digest> next;  // SHA-256 of the key announced to come after this one
};

struct Closing {
  NoteId by;  // the note or suspend
  bool in_force = true;
  std::string what;  // "revoke (lost)", "rotate", "suspend"
  std::shared_ptr<const Cut> cut;
};

struct AdoptOrVoid {
  bool adopt = true;
  EntryId first, last;
  std::string text;
  NoteId by;
};

// A delegation's credentials in force, as one instrument reads them (through its charter's
// anchors).
struct CredentialsView {
  DelegationId id;
  std::string code, name;
  uint64_t position = 0;
  NoteId head;
  bool forked = false;
  uint32_t threshold = 1;
  std::vector<VerifierKey> signers;
  std::map<PublicKey, EnrolledKey> keys;
  std::map<PublicKey, std::vector<Closing>>
      closings;  // revoke, rotate, suspend: every feed of the key
  std::map<FeedName, std::vector<Closing>> feed_closings;  // resolve-fork
  std::set<PublicKey> closed_keys;                         // revoke or rotate in force
  std::set<FeedName> closed_feeds;                         // resolve-fork in force
  std::vector<AdoptOrVoid> adoptions;                      // chain order, disputed voids last
  std::map<Spki, std::string> nodes;                       // address or empty
  std::vector<act::Office> offices;
};

struct AuthorityState;  // node/ledger/authority_state.h

class Authority {
 public:
  // `verifier` outlives this and every copy.
  explicit Authority(const crypto::Verifier* verifier);
  Authority(const Authority& other);
  Authority& operator=(const Authority& other);
  Authority(Authority&&) noexcept = default;  // a moved-from Authority may only be assigned to
  Authority& operator=(Authority&&) noexcept = default;

  enum class Outcome { kNew, kMerged, kHeld, kWaiting, kRefused };
  struct Added {
    Outcome outcome;
    NoteId id;
    std::string reason;            // kWaiting: what is missing; kRefused: why
    std::vector<NoteId> now_held;  // this note and any that waited for it
    std::vector<std::string> warnings;
  };
  // Adds one note file or suspend file. Lines for a text held already are merged (kMerged if any is
  // new). kMerged may change what is in force (a heal that becomes unanimous), like kNew. kWaiting:
  // parent missing or below threshold; kept in a bounded buffer (kWaitingMax), over which the note
  // that is furthest from being held makes room.
  Added Add(absl::string_view file);

  const Note* Find(const NoteId& id) const;                        // held notes only
  std::vector<const Note*> ChainNotes(const NoteId& chain) const;  // held, by (position, id)
  std::vector<const Suspend*> Suspends() const;
  bool Holds(const NoteId& id) const { return Find(id) != nullptr; }
  // Held, and neither it nor a note before it in its chain has an act word this version does not
  // know.
  bool Readable(const NoteId& id) const;
  // Ids of the notes and suspends kept aside, ascending.
  std::vector<NoteId> Waiting() const;
  // Chain ids of one kind, ascending.
  std::vector<NoteId> Chains(ChainKind kind) const;

  // Null when no such chain is held. Valid until the next Add.
  const CharterView* Charter(const InstrumentId& id) const;
  // Read through the anchors of `instrument`'s charter; with a zero instrument: through no anchors.
  const CredentialsView* Credentials(const InstrumentId& instrument,
                                     const DelegationId& delegation) const;

  // Any held credentials note, in force or not, enrols or rotates to this key.
  bool AnyoneEnrols(const PublicKey& key) const;

  // The instrument's notes: its charter, the credentials of everyone ever admitted, their suspends.
  // "Ever admitted": named by an admit act of any held note of the charter, in force or not. Digest
  // as in docs/protocol.md ("Authority digest").
  Digest AuthorityDigest(const InstrumentId& instrument) const;
  // Ids of held notes of the instrument that no held note names as previous; and its suspends' ids.
  std::vector<NoteId> Leaves(const InstrumentId& instrument) const;
  std::vector<NoteId> SuspendIds(const InstrumentId& instrument) const;
  // Files (ancestors first) of the instrument's notes and suspends not reachable from `leaves` nor
  // in `suspends`.
  std::vector<std::string> MissingFor(const InstrumentId& instrument,
                                      const std::vector<NoteId>& leaves,
                                      const std::vector<NoteId>& suspends) const;

  // Ordinals (docs/protocol.md, "Heads"): the enrolled keys of the instrument in authority order;
  // empty when any chain of the instrument is forked.
  std::vector<PublicKey> KeyOrder(const InstrumentId& instrument) const;

  uint64_t generation() const { return generation_; }  // grows with every change of the held set

 private:
  AuthorityState& Mutable();

  const crypto::Verifier* verifier_;
  uint64_t generation_ = 0;
  std::shared_ptr<AuthorityState> state_;
};

// Notes and suspends kept aside at most.
inline constexpr size_t kWaitingMax = 256;

}  // namespace entente::ledger
