// One small instrument under attack, and replicas that hear of the attack in different orders. Real
// notes, real signatures, the replica the node runs.
//
//   SEC   secretariat; signer "sec", desk officer's key "desk"
//   KG    party, the usual victim; signers "s1" "s2" "s3", two of them decide; focal points' keys
//         "focal" and "second"
//   KZ    party; signer "t1", key "kz"
//   OBS   observer; signer "o1", key "obs"
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/property/replica_under_test.h"
#include "tests/property/status_oracle_world.h"

namespace entente::oracle {

namespace act = ledger::act;
using ledger::Entry;
using ledger::Note;
using Records = std::vector<Record>;
using Entries = std::vector<Entry>;

Entries operator+(Entries a, const Entries& b);

inline const Names kKgSigners = {"s1", "s2", "s3"};
inline const Names kTwoOfKg = {"s1", "s2"};

class AttackTest : public testing::Test {
 protected:
  AttackTest();

  const Note& kg() const { return kg_; }
  const Note& kz() const { return kz_; }
  const Note& sec() const { return sec_; }
  const Note& obs() const { return obs_; }
  const Note& charter() const { return charter_; }

  struct Author {
    std::string key = "focal", code = "KG";
    const Note* credentials = nullptr;  // null: KG's first note
    const Note* charter = nullptr;      // null: the first
    uint32_t incarnation = 1;
    uint32_t kind = 1;
    bool good = true;  // false: signatures that do not verify
  };
  // `count` reports (or other records) after `after`, in words.
  Entries Write(int count, const Entry* after, const std::string& words) const;
  Entries Write(int count, const Entry* after, const std::string& words, Author author) const;

  // The next note of a chain, signed.
  static Record Signed2(const Note& note) { return Signed(note, kTwoOfKg); }
  Note KgAfter(const Note& parent, std::vector<ledger::Act> acts, int mark = 0) const;
  Note CharterAfter(const Note& parent, std::vector<ledger::Act> acts, int mark = 0) const;
  static Record BySec(const Note& note) { return Signed(note, {"sec"}); }

  act::Revoke Revoke(const std::string& key, const Entries& tips) const;
  act::Seal Seal(const Entry& entry) const;
  act::Anchor Anchor(const Note& note) const;
  act::ShutDelegation Withdraw(const Note& delegation, ledger::DelegationRole role,
                               const Entries& tips) const;

  // What came before and what the attacker (or the accident) added, heard in both orders, backwards
  // and with the notes last: every replica says `expected` of `entries`, one letter each (A
  // admitted, P pending, Q quarantined, L displaced, U disputed, I invalid, '-' not held), and the
  // oracle agrees. All views, frontiers and authorities are equal.
  void EveryReplicaSays(const std::string& expected, const Entries& entries, const Records& before,
                        const Records& attack);

  // A replica that holds the foundation and these records.
  std::unique_ptr<ReplicaUnderTest> NodeWith(const Records& records) const;
  const Records& foundation() const { return foundation_; }

 private:
  Note kg_, kz_, sec_, obs_, charter_;
  Records foundation_;
};

Records RecordsOf(const Entries& entries);
Records operator+(Records a, const Records& b);
std::vector<ledger::Tip> TipsOf(const Entries& entries);

}  // namespace entente::oracle
