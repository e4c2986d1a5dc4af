#include "tests/attacks/attack_world.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/property/status_oracle_attacks.h"
#include "tests/support/ledger_fixture.h"

namespace entente::oracle {

using ledger::DelegationRole;

Entries operator+(Entries a, const Entries& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Records operator+(Records a, const Records& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Records RecordsOf(const Entries& entries) { return Records(entries.begin(), entries.end()); }

std::vector<ledger::Tip> TipsOf(const Entries& entries) {
  std::vector<ledger::Tip> out;
  for (const Entry& e : entries) out.push_back(TipOf(e));
  return Ascending(std::move(out));
}

AttackTest::AttackTest() {
  kg_ = FirstCredentials("KG", {SignersOf(2, kKgSigners), EnrolOf("focal", {"focal_point"}),
                                EnrolOf("second", {"focal_point"})});
  kz_ = FirstCredentials("KZ", {SignersOf(1, {"t1"}), EnrolOf("kz", {"focal_point"})});
  sec_ = FirstCredentials("SEC", {SignersOf(1, {"sec"}), EnrolOf("desk", {"desk_officer"})});
  obs_ = FirstCredentials("OBS", {SignersOf(1, {"o1"}), EnrolOf("obs", {"focal_point"})});
  charter_ = FirstCharter(
      "PLAN", {SignersOf(1, {"sec"}), act::Admit{sec_.id, "SEC", DelegationRole::kSecretariat},
               act::Admit{kg_.id, "KG", DelegationRole::kParty},
               act::Admit{kz_.id, "KZ", DelegationRole::kParty},
               act::Admit{obs_.id, "OBS", DelegationRole::kObserver}});
  foundation_ = {Signed(charter_, {"sec"}), Signed(kg_, kKgSigners), Signed(kz_, {"t1"}),
                 Signed(sec_, {"sec"}), Signed(obs_, {"o1"})};
}

Entries AttackTest::Write(int count, const Entry* after, const std::string& words) const {
  return Write(count, after, words, Author());
}

Entries AttackTest::Write(int count, const Entry* after, const std::string& words,
                          AttackTest::Author author) const {
  Entries out;
  out.reserve(count);
  for (int i = 0; i < count; ++i) {
    EntrySpec spec;
    spec.instrument = charter_.id;
    spec.key = author.key;
    spec.incarnation = author.incarnation;
    spec.previous = out.empty() ? after : &out.back();
    spec.charter_head = author.charter == nullptr ? charter_.id : author.charter->id;
    spec.credentials_head = author.credentials == nullptr ? kg_.id : author.credentials->id;
    spec.kind = author.kind;
    spec.good = author.good;
    spec.body = support::ReportPayload(author.code, "DDR/08", absl::StrCat(words, " ", i), {});
    out.push_back(EntryOf(spec));
  }
  return out;
}

Note AttackTest::KgAfter(const Note& parent, std::vector<ledger::Act> acts, int mark) const {
  return NoteAfter(parent, std::move(acts), mark);
}
Note AttackTest::CharterAfter(const Note& parent, std::vector<ledger::Act> acts, int mark) const {
  return NoteAfter(parent, std::move(acts), mark);
}

act::Revoke AttackTest::Revoke(const std::string& key, const Entries& tips) const {
  return {PublicNamed(key), ledger::RevokeReason::kCompromised, TipsOf(tips)};
}
act::Seal AttackTest::Seal(const Entry& entry) const {
  return {kg_.id, entry.feed().Name(), entry.header.sequence, entry.id};
}
act::Anchor AttackTest::Anchor(const Note& note) const {
  return {note.chain_id(), note.position, note.id};
}
act::ShutDelegation AttackTest::Withdraw(const Note& delegation, DelegationRole role,
                                         const Entries& tips) const {
  return {true, delegation.chain_id(), role, "has left the plan", TipsOf(tips)};
}

std::unique_ptr<ReplicaUnderTest> AttackTest::NodeWith(const Records& records) const {
  auto node = std::make_unique<ReplicaUnderTest>(foundation_);
  node->Give(foundation_);
  node->Give(records);
  return node;
}

void AttackTest::EveryReplicaSays(const std::string& expected, const Entries& entries,
                                  const Records& before, const Records& attack) {
  const Records all = foundation_ + before + attack;
  Records backwards(all.rbegin(), all.rend()), notes_last = all;
  std::stable_partition(notes_last.begin(), notes_last.end(),
                        [](const Record& r) { return std::holds_alternative<Entry>(r); });
  const std::map<std::string, Records> orders = {
      {"the attack last", all},
      {"the attack first", foundation_ + attack + before},
      {"backwards", backwards},
      {"notes last", notes_last}};
  Digests digests;
  for (const auto& [how, order] : orders) {
    for (const bool one_by_one : {true, false}) {
      ReplicaUnderTest node(foundation_);
      if (one_by_one) {
        for (const Record& r : order) node.Give(r);
      } else {
        node.Give(order);
      }
      std::string got;
      for (const Entry& e : entries) got += node.Letter(e.id);
      EXPECT_EQ(got, expected) << how << (one_by_one ? ", one by one" : ", at once");
      if (digests.empty()) digests = node.Compared();
      EXPECT_EQ(node.Compared(), digests) << how;
    }
  }
  const Verdicts oracle = OracleStatus(all);
  std::string says;
  for (const Entry& e : entries) says += LetterOf(oracle.at(e.id).status);
  std::string held = expected;
  std::replace(held.begin(), held.end(), '-', 'P');
  EXPECT_EQ(says, held) << "the oracle";
}

}  // namespace entente::oracle
