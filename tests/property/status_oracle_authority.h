// The oracle's reading of notes: which are held, which are in force, what they say. Part of
// status_oracle.cc, kept apart for its size.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "tests/property/status_oracle.h"

namespace entente::oracle {

using base::DelegationId;
using base::EntryId;
using base::FeedName;
using base::InstrumentId;
using base::NoteId;
using base::PublicKey;
using ledger::Tip;

using Tips = std::vector<Tip>;

struct OracleNotes {
  explicit OracleNotes(const std::vector<Record>& records);

  std::map<NoteId, ledger::Note> held;
  std::map<NoteId, std::set<PublicKey>> signed_by;  // keys that are signers there or before
  std::map<NoteId, ledger::Suspend> suspends;
  std::map<NoteId, std::set<PublicKey>> suspended_by;

  // The note and its ancestors, nearest first.
  std::vector<NoteId> Path(const NoteId& id) const;
  bool OnPath(const NoteId& a, const NoteId& of) const;
  std::set<NoteId> Successors(const NoteId& id) const;
  ledger::act::Signers SignersAt(const NoteId& id) const;
  // No unknown act up to here.
  bool Readable(const NoteId& id) const;
  // Any held note enrols the key, or rotates to it; in force or not.
  bool AnyoneEnrols(const PublicKey& key) const;

  struct Walk {
    std::vector<NoteId> force, extra;
  };
  Walk WalkFrom(const NoteId& chain, const std::vector<NoteId>& anchors) const;

 private:
  std::vector<NoteId> Tree(const NoteId& id) const;
  bool MayBeHeld(const ledger::Note& note);
  std::set<ledger::VerifierKey> KnownAt(const ledger::Note& note) const;
};

struct OracleCharter {
  OracleCharter(const OracleNotes& notes, const InstrumentId& id);
  std::map<DelegationId, std::map<ledger::DelegationRole, std::vector<Tips>>> roles;
  std::map<DelegationId, std::vector<NoteId>> anchors;
  std::map<DelegationId, std::vector<Tip>> seals;  // of every feed; a tip names its feed
};

struct OracleCredentials {
  OracleCredentials(const OracleNotes& notes, const DelegationId& id,
                    const std::vector<NoteId>& anchors);
  struct Adoption {
    bool adopt;
    EntryId first, last;
  };
  std::map<PublicKey, std::set<std::string>> roles;  // of enrolled keys
  std::map<PublicKey, std::vector<Tips>> key_closings;
  std::map<FeedName, std::vector<Tips>> feed_closings;
  std::set<PublicKey> closed_keys;
  std::set<FeedName> closed_feeds;
  std::vector<Adoption> adoptions;

 private:
  void Read(const ledger::Note& note, bool in_force);
  std::set<NoteId> lifts_;
};

}  // namespace entente::oracle
