// The grammar of notes, line by line: every act in both directions, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "node/base/error.h"
#include "node/ledger/note.h"
#include "tests/unit/ledger/golden.h"

namespace entente::ledger {
namespace {

using testing::HasSubstr;

const std::string kA(64, 'a'), kB(64, 'b'), kC(64, 'c');

// A note at position 2 with these act lines (each ends in LF), unsigned.
std::string File(ChainKind kind, absl::string_view acts) {
  return absl::StrCat(kind == ChainKind::kCharter ? "entente/charter/v1" : "entente/credentials/v1",
                      "\nchain ", kA, "\nposition 2\nprevious ", kA,
                      "\ntime 2026-11-22T12:00:00Z\n", acts, "\n");
}
std::string Charter(absl::string_view acts) { return File(ChainKind::kCharter, acts); }
std::string Credentials(absl::string_view acts) { return File(ChainKind::kCredentials, acts); }

void ExpectGood(const std::string& file) {
  absl::StatusOr<Note> note = ParseNote(file);
  ASSERT_TRUE(note.ok()) << note.status() << "\n" << file;
  EXPECT_EQ(note->File(), file);
  absl::StatusOr<Note> built = BuildNote(*note);
  ASSERT_TRUE(built.ok()) << built.status();
  EXPECT_EQ(built->text, note->text);
  EXPECT_EQ(built->id, note->id);
}

void ExpectBad(const std::string& file, absl::string_view part = "") {
  absl::Status status = ParseNote(file).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << file;
  EXPECT_EQ(base::ReasonOf(status), "NOTE_MALFORMED") << file;
  EXPECT_THAT(std::string(status.message()), HasSubstr(std::string(part)));
}

std::string Signer(char seed) { return VerifierKey::ForSigner(SeedKey(seed).public_key()).Text(); }
// The two seeds in ascending order of their keys' text.
std::string Signers2() { return absl::StrCat(Signer('\1'), " ", Signer('\3')); }

std::string Pop() { return ParseKeyFile(GoldenFile("author.key.pub"))->pop; }
std::string Tip(absl::string_view feed, int sequence, absl::string_view entry) {
  return absl::StrCat("tip ", feed, " ", sequence, " ", entry, "\n");
}

constexpr char kWitness[] =
    "ledger.example/witness/delegation-a+d807314e+BFJQMloNNCJ2qn1LRQm7ku0Ep+irZV8g/CcV7nYz8+uL";
constexpr char kLog[] =
    "ledger.example/secretariat/prog-14+00843a8c+ATU0mhZC3pj9t54drw0A1hBZ+PhBfQaAsLOUjPl8fuoH";

TEST(NoteGrammar, EveryCharterActIsReadAndWritten) {
  ExpectGood(Charter(absl::StrCat("signers 2 ", Signers2(), "\n")));
  ExpectGood(Charter(absl::StrCat("heal ", kB, "\n")));
  ExpectGood(Charter(absl::StrCat("register ", kLog, "\n")));
  for (const char* role : {"party", "secretariat", "observer", "implementer"}) {
    ExpectGood(Charter(absl::StrCat("admit ", kB, " KG ", role, "\n")));
  }
  for (const char* word : {"suspend-delegation ", "withdraw-delegation "}) {
    ExpectGood(Charter(absl::StrCat(word, kB, " party by its own wish\n")));
    ExpectGood(Charter(absl::StrCat(word, kB, " party по собственному желанию\n", Tip(kA, 7, kB))));
  }
  ExpectGood(Charter(absl::StrCat("anchor ", kB, " 12 ", kC, "\n")));
  ExpectGood(Charter(absl::StrCat("seal ", kA, " ", kB, " 18446744073709551615 ", kC, "\n")));
  ExpectGood(Charter(absl::StrCat("witness-policy 2 ", kWitness, " ", kLog, "\n")));
}

TEST(NoteGrammar, EveryCredentialsActIsReadAndWritten) {
  ExpectGood(
      Credentials(absl::StrCat("enrol ", kB, " ", Pop(), " focal_point ", kC, " Desk  two\n")));
  ExpectGood(Credentials(absl::StrCat("rotate ", kA, " ", kB, " ", Pop(), " -\n", Tip(kA, 1, kB))));
  for (const char* reason : {"retired", "lost", "compromised", "office_closed"}) {
    ExpectGood(Credentials(absl::StrCat("revoke ", kB, " ", reason, "\n")));
  }
  ExpectGood(Credentials(absl::StrCat("resolve-fork ", kB, "\n", Tip(kA, 9, kB), Tip(kA, 10, kA),
                                      Tip(kA, 10, kB), Tip(kB, 1, kA))));
  ExpectGood(Credentials(absl::StrCat("adopt ", kA, " ", kB, " written on the train\n")));
  ExpectGood(Credentials(absl::StrCat("void ", kA, " ", kB, " not ours\n")));
  ExpectGood(Credentials(absl::StrCat("lift ", kB, "\n")));
  ExpectGood(Credentials("office NDCA opened - National Drug Control Agency\n"));
  ExpectGood(Credentials("office NDCA closed MOI-9 National Drug Control Agency\n"));
  ExpectGood(Credentials(absl::StrCat("node ", kB, " -\nnode ", kB, " [::1]:7441\nnode ", kB,
                                      " kg.example:65535\nnode-gone ", kB, "\n")));
}

TEST(NoteGrammar, AnUnknownActIsKeptWithItsTipLines) {
  std::string file = Charter(absl::StrCat("pause-reviews 3 weeks\n", Tip(kB, 1, kA), Tip(kA, 1, kA),
                                          "admit ", kB, " KG party\n"));
  absl::StatusOr<Note> note = ParseNote(file);
  ASSERT_TRUE(note.ok()) << note.status();
  EXPECT_TRUE(note->HasUnknownAct());
  ASSERT_EQ(note->acts.size(), 2u);
  EXPECT_EQ(std::get<act::Unknown>(note->acts[0]).lines.size(), 3u);
  ExpectGood(file);
  EXPECT_FALSE(ParseNote(GoldenFile("charter-1.note"))->HasUnknownAct());
}

TEST(NoteGrammar, AnActOfTheOtherChainIsRefused) {
  ExpectBad(Charter(absl::StrCat("lift ", kB, "\n")), "does not belong in a charter");
  ExpectBad(Credentials(absl::StrCat("admit ", kB, " KG party\n")),
            "does not belong in a credentials");
  ExpectBad(Charter("instrument EUCA a.example T\n"), "only as the first act of position 1");
  ExpectBad(Credentials("delegation KG Kyrgyzstan\n"), "only as the first act of position 1");
}

TEST(NoteGrammar, SignersStandOnceEachInAscendingOrderWithinTheThreshold) {
  ExpectBad(Charter(absl::StrCat("signers 0 ", Signers2(), "\n")), "the threshold");
  ExpectBad(Charter(absl::StrCat("signers 3 ", Signers2(), "\n")), "above the number of signers");
  ExpectBad(Charter(absl::StrCat("signers 1 ", Signer('\3'), " ", Signer('\1'), "\n")),
            "ascending");
  ExpectBad(Charter(absl::StrCat("signers 1 ", Signer('\1'), " ", Signer('\1'), "\n")),
            "ascending");
  ExpectBad(Charter("signers 1\n"), "0 signers");
  ExpectBad(Charter(absl::StrCat("signers 1 ", kLog, "\n")), "first 16 hex digits");
  ExpectBad(Charter(absl::StrCat("signers 1 ", Signer('\1'), "\nsigners 1 ", Signer('\3'), "\n")),
            "at most once");
  std::vector<std::string> many;
  for (char seed = 10; seed < 27; ++seed) many.push_back(Signer(seed));
  std::sort(many.begin(), many.end());
  std::string all = "signers 1";
  for (const std::string& one : many) absl::StrAppend(&all, " ", one);
  ExpectBad(Charter(all + "\n"), "17 signers");
  ExpectGood(Charter(all.substr(0, all.rfind(' ')) + "\n"));
}

TEST(NoteGrammar, TipsAscendByFeedSequenceAndEntry) {
  std::string revoke = absl::StrCat("revoke ", kB, " lost\n");
  ExpectBad(Credentials(absl::StrCat(revoke, Tip(kB, 1, kA), Tip(kA, 1, kA))), "ascending");
  ExpectBad(Credentials(absl::StrCat(revoke, Tip(kA, 10, kA), Tip(kA, 9, kA))), "ascending");
  ExpectBad(Credentials(absl::StrCat(revoke, Tip(kA, 1, kA), Tip(kA, 1, kA))), "stands twice");
  ExpectBad(Credentials(absl::StrCat(revoke, Tip(kA, 0, kA))), "the sequence");
  ExpectBad(Credentials(absl::StrCat("lift ", kB, "\n", Tip(kA, 1, kA))), "not an act");
  ExpectBad(Credentials(Tip(kA, 1, kA)), "not an act");
}

TEST(NoteGrammar, FieldsAreSeparatedByExactlyOneSpace) {
  for (const char* bad :
       {"admit  @ KG party\n", "admit @  KG party\n", "admit @ KG party \n", " admit @ KG party\n",
        "admit @\tKG party\n", "admit @ KG party more\n", "admit @ KG\n", "admit\n",
        "Admit @ KG party\n", "unknown  two spaces\n", "unknown trailing \n"}) {
    ExpectBad(Charter(absl::StrReplaceAll(bad, {{"@", kB}})));
  }
}

TEST(NoteGrammar, EachFieldHasOneSpelling) {
  ExpectBad(Charter(absl::StrCat("heal ", std::string(64, 'B'), "\n")), "64 lower-case hex");
  ExpectBad(Charter(absl::StrCat("heal ", kB, "b\n")), "64 lower-case hex");
  ExpectBad(Charter(absl::StrCat("anchor ", kB, " 012 ", kC, "\n")), "without leading zero");
  ExpectBad(Charter(absl::StrCat("anchor ", kB, " +1 ", kC, "\n")), "without leading zero");
  ExpectBad(Charter(absl::StrCat("anchor ", kB, " 0 ", kC, "\n")), "decimal from 1");
  ExpectBad(Charter(absl::StrCat("anchor ", kB, " 18446744073709551616 ", kC, "\n")), "decimal");
  for (const char* code : {"K", "kg", "9KG", "KG_1", "-KG", "ABCDEFGHIJKLMNOPQRSTUVWXYZ1234567"}) {
    ExpectBad(Charter(absl::StrCat("admit ", kB, " ", code, " party\n")), "2 to 32 of A-Z");
  }
  ExpectBad(Charter(absl::StrCat("admit ", kB, " KG guest\n")), "party, secretariat");
  ExpectBad(Credentials(absl::StrCat("revoke ", kB, " stolen\n")), "retired, lost");
  for (const char* roles :
       {"focal_point,desk_officer", "signatory,signatory", "a,,b", "Focal", ","}) {
    ExpectBad(Credentials(absl::StrCat("enrol ", kB, " ", Pop(), " ", roles, " - L\n")),
              "role words");
  }
  std::string unpadded = Pop().substr(0, 86), loose = Pop();
  loose[85] = static_cast<char>(loose[85] + 1);  // bits that 64 bytes do not have
  ExpectBad(Credentials(absl::StrCat("enrol ", kB, " ", unpadded, " a - L\n")),
            "base64 of 64 bytes");
  ExpectBad(Credentials(absl::StrCat("enrol ", kB, " ", loose, " a - L\n")), "base64 of 64 bytes");
  for (const char* address :
       {"host", "host:0", "host:65536", ":7441", "host:07441", "::1:7441", "h\xC3\xA9:1"}) {
    ExpectBad(Credentials(absl::StrCat("node ", kB, " ", address, "\n")), "HOST:PORT");
  }
  ExpectBad(Charter(absl::StrCat("witness-policy 3 ", kWitness, " ", kLog, "\n")), "the quorum 3");
  ExpectBad(Charter(absl::StrCat("witness-policy 1 ", kLog, " ", kLog, "\n")), "stands twice");
}

TEST(NoteGrammar, FreeTextIsNfcWithoutControlsAndAtMost200Bytes) {
  auto with = [](absl::string_view text) {
    return Credentials(absl::StrCat("void ", kA, " ", kB, " ", text, "\n"));
  };
  ExpectGood(with(std::string(200, 'x')));
  ExpectBad(with(std::string(201, 'x')), "201 bytes");
  ExpectGood(with("Caf\xC3\xA9"));
  ExpectBad(with("Cafe\xCC\x81"), "NFC");
  ExpectBad(with("\xE2\x84\xAB"), "NFC");  // U+212B, the Angstrom sign
  ExpectBad(with("a\xC2\x85z"), "control character");
  ExpectBad(with("a\x7Fz"), "control character");
  ExpectBad(with("a\xFFz"), "not UTF-8");
  ExpectBad(with("a\xED\xA0\x80z"), "not UTF-8");  // a surrogate
  ExpectBad(with(std::string("a\0z", 3)), "control character");
  ExpectBad(with(" lead"), "space");
  ExpectBad(with("trail "), "space");
  ExpectBad(with(""), "empty");
}

TEST(NoteGrammar, TheTimeIsAMomentThatExists) {
  auto at = [](absl::string_view time) {
    return absl::StrReplaceAll(Charter(absl::StrCat("heal ", kB, "\n")),
                               {{"2026-11-22T12:00:00Z", time}});
  };
  ExpectGood(at("2024-02-29T23:59:59Z"));
  ExpectGood(at("2000-02-29T00:00:00Z"));
  for (const char* time :
       {"2026-02-29T12:00:00Z", "1900-02-29T12:00:00Z", "2026-04-31T12:00:00Z",
        "2026-13-01T12:00:00Z", "2026-00-01T12:00:00Z", "2026-01-00T12:00:00Z",
        "2026-11-22T24:00:00Z", "2026-11-22T12:60:00Z", "2026-11-22T12:00:60Z",
        "2026-11-22t12:00:00Z", "2026-11-22T12:00:00z", "2026-11-22 12:00:00Z",
        "2026-11-22T12:00:00+00:00", "2026-11-22T12:00:00.0Z", "26-11-22T12:00:00Z", "-"}) {
    ExpectBad(at(time));
  }
}

TEST(NoteGrammar, TheHeadHasItsLinesInOrder) {
  std::string good = Charter(absl::StrCat("heal ", kB, "\n"));
  ExpectGood(good);
  ExpectBad(absl::StrReplaceAll(good, {{"charter/v1", "charter/v2"}}), "line 1");
  ExpectBad(absl::StrReplaceAll(good, {{"position 2\n", ""}}), "position");
  ExpectBad(absl::StrReplaceAll(good, {{"position 2", "position 02"}}), "line 3");
  ExpectBad(absl::StrReplaceAll(good, {{"position 2", "position 1"}}), "position 1");
  ExpectBad(absl::StrReplaceAll(good, {{"chain " + kA, "chain -"}}), "position 1");
  ExpectBad(absl::StrReplaceAll(good, {{"previous " + kA, "previous " + kC}}), "position 2");
  ExpectBad(absl::StrReplaceAll(good, {{"heal " + kB + "\n", ""}}), "0 acts");
  ExpectBad(absl::StrReplaceAll(good, {{"\n", "\r\n"}}));
  ExpectBad("\xEF\xBB\xBF" + good, "line 1");
  ExpectBad("", "no empty line");
  ExpectBad("\n\n");
  ExpectBad(good.substr(0, good.size() - 1), "no empty line");
  ExpectBad(absl::StrReplaceAll(good, {{"heal", "\nheal"}}));
}

TEST(NoteGrammar, PositionOneFoundsItsChain) {
  std::string charter = GoldenFile("charter-1.note");
  std::string signers = charter.substr(charter.find("signers"));
  signers.resize(signers.find('\n') + 1);
  std::string admit = charter.substr(charter.find("admit"));
  admit.resize(admit.find('\n') + 1);
  ExpectBad(absl::StrReplaceAll(charter, {{signers, ""}}), "must name the chain's signers");
  ExpectBad(absl::StrReplaceAll(charter, {{" secretariat\n", " party\n"}}),
            "exactly one secretariat");
  ExpectBad(absl::StrReplaceAll(charter,
                                {{admit, admit + absl::StrReplaceAll(admit, {{"EU-GSC", "EU"}})}}),
            "admits 2");
  ExpectBad(absl::StrReplaceAll(charter, {{"instrument EUCA", "surprise EUCA"}}),
            "must be \"instrument\"");
  ExpectBad(absl::StrReplaceAll(charter,
                                {{signers, ""}, {"instrument EUCA", signers + "instrument EUCA"}}),
            "it must be \"instrument\"");
  std::string credentials = GoldenFile("credentials-1.note");
  ExpectBad(absl::StrReplaceAll(credentials, {{"delegation KG Kyrgyzstan\n", ""}}),
            "it must be \"delegation\"");
}

TEST(NoteGrammar, ATextOver60000BytesIsRefused) {
  std::string acts;
  while (acts.size() < 59'400)
    absl::StrAppend(&acts, "void ", kA, " ", kB, " ", std::string(190, 'x'), "\n");
  ExpectGood(Credentials(acts));
  ExpectBad(Credentials(acts + acts), "the most is 60000");
}

TEST(NoteGrammar, MoreThanAThousandActsAreRefused) {
  std::string acts;
  for (int i = 0; i < 1000; ++i) acts += "act-of-tomorrow\n";
  ExpectGood(Credentials(acts));
  ExpectBad(Credentials(acts + "one-more\n"), "1001 acts");
}

TEST(NoteGrammar, FieldsThatMakeNoNoteAreNotBuilt) {
  Note note = *ParseNote(Credentials(absl::StrCat("lift ", kB, "\n")));
  note.acts.push_back(act::Void{{}, {}, "two\nlines"});
  EXPECT_EQ(base::ReasonOf(BuildNote(note).status()), "NOTE_MALFORMED");
  note.acts.back() = act::Node{{}, "no port"};
  EXPECT_FALSE(BuildNote(note).ok());
}

// The text would parse, and say more than its signer was shown.
TEST(NoteGrammar, AFieldCannotSmuggleInAnotherAct) {
  Note note = *ParseNote(Charter(absl::StrCat("heal ", kB, "\n")));
  note.acts = {act::Unknown{{absl::StrCat("x\nheal ", kB)}}};
  EXPECT_THAT(std::string(BuildNote(note).status().message()), HasSubstr("something else"));
  note.acts = {act::ShutDelegation{
      false, {}, DelegationRole::kParty, absl::StrCat("why\nadmit ", kB, " KG party"), {}}};
  EXPECT_THAT(std::string(BuildNote(note).status().message()), HasSubstr("something else"));
  note.acts = {act::Heal{}};
  note.time = absl::StrCat("2026-11-22T12:00:00Z\nheal ", kB);
  EXPECT_THAT(std::string(BuildNote(note).status().message()), HasSubstr("something else"));
}

// Whatever is accepted is its own only spelling.
TEST(NoteGrammar, AnAcceptedMutationIsWrittenBackTheSame) {
  constexpr uint32_t kSeed = 20261123;
  SCOPED_TRACE(absl::StrCat("seed ", kSeed));
  std::mt19937 random(kSeed);
  int accepted = 0;
  for (const char* name : {"credentials-1.note", "charter-1.note", "credentials-2.note"}) {
    std::string good = GoldenFile(name);
    size_t text = good.rfind("\n\n");
    for (int i = 0; i < 3000; ++i) {
      std::string file = good;
      size_t at = random() % text;
      switch (random() % 3) {
        case 0:
          file[at] = "0aF -\n+,"[random() % 8];
          break;
        case 1:
          file.erase(at, 1);
          break;
        default:
          file.insert(at, 1, "0aF -\n+,"[random() % 8]);
      }
      absl::StatusOr<Note> note = ParseNote(file);
      if (!note.ok()) continue;
      ++accepted;
      ASSERT_EQ(note->File(), file);
      ASSERT_EQ(BuildNote(*note)->id, note->id);
    }
  }
  EXPECT_GT(accepted, 100);
}

}  // namespace
}  // namespace entente::ledger
