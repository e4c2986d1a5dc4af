// A curious delegation asks for what is not its own, and a removed one asks on. What a node may
// have is a function of the authority it is asked under, per instrument; the services ask it per
// batch.
#include "node/base/error.h"
#include "node/store/published.h"
#include "tests/attacks/attack_world.h"

namespace entente::oracle {
namespace {

using store::NodeAccess;

class Membership : public AttackTest {
 protected:
  static base::Spki NodeOfKz() { return base::Spki(crypto::Sha256("node of kz").bytes); }
  Records WithNode() const {
    return {Signed(NoteAfter(kz(), {act::Node{NodeOfKz(), ""}}), {"t1"})};
  }
  NodeAccess Access(const Records& records) const {
    auto node = NodeWith(WithNode() + records);
    return node->replica().Publish(nullptr)->AccessOf(NodeOfKz(), charter().id);
  }
};

TEST_F(Membership, AMembersNodeIsServed) { EXPECT_EQ(Access({}), NodeAccess::kEntries); }

// A certificate nobody's credentials name.
TEST_F(Membership, AStrangersNodeIsServedNothing) {
  auto node = NodeWith(WithNode());
  const base::Spki stranger(crypto::Sha256("stranger").bytes);
  EXPECT_EQ(node->replica().Publish(nullptr)->AccessOf(stranger, charter().id), NodeAccess::kNone);
}

// KZ is withdrawn: from now on it gets authority notes (the reason stands in them) and no entry.
TEST_F(Membership, AWithdrawnMemberGetsAuthorityOnly) {
  const Note out = CharterAfter(charter(), {Withdraw(kz(), ledger::DelegationRole::kParty, {})});
  EXPECT_EQ(Access({BySec(out)}), NodeAccess::kAuthority);
  const Note in = CharterAfter(out, {act::Admit{kz().id, "KZ", ledger::DelegationRole::kParty}});
  EXPECT_EQ(Access({BySec(out), BySec(in)}), NodeAccess::kEntries);
}

// Removed by one branch of a forked charter, kept by the other: the branch that takes away bites.
TEST_F(Membership, ADisputedWithdrawalAlreadyShutsTheDoor) {
  const Note out = CharterAfter(charter(), {Withdraw(kz(), ledger::DelegationRole::kParty, {})});
  const Note twin = CharterAfter(charter(), {Seal(Write(1, nullptr, "x")[0])});
  EXPECT_EQ(Access({BySec(out), BySec(twin)}), NodeAccess::kAuthority);
}

// A node whose certificate its delegation has taken back.
TEST_F(Membership, ANodeThatIsGoneIsServedNothing) {
  const Note named = NoteAfter(kz(), {act::Node{NodeOfKz(), ""}});
  EXPECT_EQ(Access({Signed(NoteAfter(named, {act::NodeGone{NodeOfKz()}}), {"t1"})}),
            NodeAccess::kNone);
}

// Another instrument that this node has not joined: its entries are refused, not kept for later.
TEST_F(Membership, EntriesOfAnInstrumentNotJoinedAreRefused) {
  const Note elsewhere =
      FirstCharter("OTHER", {SignersOf(1, {"sec"}),
                             act::Admit{sec().id, "SEC", ledger::DelegationRole::kSecretariat},
                             act::Admit{kg().id, "KG", ledger::DelegationRole::kParty}});
  auto node = NodeWith({});
  node->Give(BySec(elsewhere));
  EntrySpec spec;
  spec.instrument = elsewhere.id;
  spec.key = "focal";
  spec.charter_head = elsewhere.id;
  spec.credentials_head = kg().id;
  const Entry entry = EntryOf(spec);
  EXPECT_EQ(node->Give(entry).entries_refused, 1u);
  EXPECT_EQ(node->Letter(entry.id), '-');
  EXPECT_EQ(base::ReasonOf(node->Submit({entry})), "UNKNOWN_INSTRUMENT");
}

}  // namespace
}  // namespace entente::oracle
