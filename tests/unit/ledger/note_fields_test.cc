// What is shown to a signer is what is signed: every word of a note's text stands in its fields.
#include "node/ledger/note_fields.h"

#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "node/crypto/sha256.h"
#include "node/ledger/note_internal.h"
#include "tests/unit/ledger/golden.h"

namespace entente::ledger {
namespace {

// Ids and keys that are all different, so that none can stand for another.
template <class Id>
Id Of(const char* words) {
  return *Id::FromBytes(crypto::Sha256(words).view());
}

std::vector<Tip> SomeTips(const std::string& words) {
  return {{Of<FeedName>((words + " feed").c_str()), 7001, Of<EntryId>((words + " a").c_str())},
          {Of<FeedName>((words + " other").c_str()), 7002, Of<EntryId>((words + " b").c_str())}};
}

VerifierKey Signer(const crypto::PrivateKey& key) {
  return VerifierKey::ForSigner(key.public_key());
}

// One of every act, each field set.
std::vector<Act> EveryAct() {
  return {
      act::Signers{3, {Signer(SignerKey()), Signer(AuthorKey())}},
      act::Heal{Of<NoteId>("healed")},
      act::Instrument{"CODE-1", "origin.example/one", "Title-of-it"},
      act::Register{"register+00000001+key"},
      act::Admit{Of<DelegationId>("admitted"), "CODE-2", DelegationRole::kObserver},
      act::ShutDelegation{false, Of<DelegationId>("suspended"), DelegationRole::kParty,
                          "why-suspended", SomeTips("suspended")},
      act::ShutDelegation{true, Of<DelegationId>("withdrawn"), DelegationRole::kImplementer,
                          "why-withdrawn", SomeTips("withdrawn")},
      act::Anchor{Of<DelegationId>("anchored"), 8001, Of<NoteId>("anchor")},
      act::Seal{Of<DelegationId>("sealed"), Of<FeedName>("seal"), 8002, Of<EntryId>("seal")},
      act::WitnessPolicy{2, {"witness-one", "witness-two"}},
      act::Delegation{"CODE-3", "Name-three"},
      act::Enrol{SignerKey().public_key(),
                 "pop-of-enrolled",
                 {"focal_point", "signatory"},
                 Of<Digest>("next"),
                 "Office-four"},
      act::Rotate{SignerKey().public_key(), AuthorKey().public_key(), "pop-of-new",
                  Of<Digest>("next of rotated"), SomeTips("rotated")},
      act::Revoke{AuthorKey().public_key(), RevokeReason::kCompromised, SomeTips("revoked")},
      act::ResolveFork{Of<FeedName>("forked"), SomeTips("forked")},
      act::Adopt{Of<EntryId>("adopted"), Of<EntryId>("adopted last"), "why-adopted"},
      act::Void{Of<EntryId>("voided"), Of<EntryId>("voided last"), "why-voided"},
      act::Lift{Of<NoteId>("lifted")},
      act::Office{"CODE-5", false, "CODE-6", "Name-five"},
      act::Office{"CODE-7", true, "CODE-8", "Name-seven"},
      act::Node{Of<Spki>("node"), "node.example:7441"},
      act::NodeGone{Of<Spki>("node gone")},
      act::Unknown{{"new-act with words", "tip of-it"}},
  };
}

std::string Shown(const std::vector<NoteField>& fields) {
  std::string out;
  for (const NoteField& field : fields)
    absl::StrAppend(&out, field.name, field.heading ? "\n" : ": ", field.value, "\n");
  return out;
}

// Words of a note's text that its fields do not show.
std::set<std::string> Hidden(const std::string& text, const std::string& shown) {
  // The first line says what kind of text it is, and the first word of a line what it is about.
  std::set<std::string> out;
  const std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
  for (size_t n = 1; n < lines.size(); ++n) {
    const std::vector<std::string> words =
        absl::StrSplit(lines[n], absl::ByAnyChar(" ,"), absl::SkipEmpty());
    for (size_t i = 1; i < words.size(); ++i) {
      if (shown.find(words[i]) == std::string::npos) out.insert(words[i]);
    }
  }
  return out;
}

TEST(NoteFields, EveryActIsHere) {
  std::set<size_t> kinds;
  for (const Act& one : EveryAct()) kinds.insert(one.index());
  EXPECT_EQ(kinds.size(), std::variant_size_v<Act>);
}

TEST(NoteFields, EveryWordThatIsSignedIsShown) {
  for (const Act& one : EveryAct()) {
    Note note;
    note.kind = ChainKind::kCredentials;
    note.chain = Of<NoteId>("chain");
    note.position = 9001;
    note.previous = Of<NoteId>("previous");
    note.time = "2026-11-22T12:00:00Z";
    note.acts = {one};
    const std::string text = EncodeNoteText(note), shown = Shown(FieldsOf(note));
    EXPECT_EQ(Hidden(text, shown), std::set<std::string>()) << text << "\nshown:\n" << shown;
    EXPECT_NE(shown.find("9001"), std::string::npos);
  }
}

TEST(NoteFields, ASuspendToo) {
  Suspend suspend;
  suspend.chain = Of<DelegationId>("chain");
  suspend.time = "2026-11-24T08:00:00Z";
  suspend.key = AuthorKey().public_key();
  suspend.reason = "left-on-a-train";
  suspend.tips = SomeTips("suspend");
  EXPECT_EQ(Hidden(EncodeSuspendText(suspend), Shown(FieldsOf(suspend))), std::set<std::string>());
}

TEST(NoteFields, NothingLeftOfAKeyIsSaidInAWord) {
  Note note;
  note.acts = {act::Revoke{AuthorKey().public_key(), RevokeReason::kLost, {}}};
  EXPECT_NE(Shown(FieldsOf(note)).find("counts up to: nothing"), std::string::npos);
}

}  // namespace
}  // namespace entente::ledger
