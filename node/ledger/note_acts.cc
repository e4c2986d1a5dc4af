// Reading acts: one function per act word, in the order of the fields on its line.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/ledger/note_internal.h"
#include "node/ledger/text_rules.h"

namespace entente::ledger {

namespace {

Act ReadSigners(LineReader& in) {
  act::Signers signers;
  uint64_t threshold = in.Number("the threshold");
  std::string before;
  while (in.HasMore() && !in.failed()) {
    std::string text = in.Vkey("a signer");
    absl::StatusOr<VerifierKey> vkey = VerifierKey::Parse(text);
    if (!vkey.ok()) break;
    if (VerifierKey::ForSigner(vkey->key) != *vkey) {
      in.Fail("a signer", text, "entente/ and the first 16 hex digits of a key of type 1");
    }
    if (text <= before) in.Fail("the signers are not in ascending order, or one stands twice");
    before = text;
    signers.keys.push_back(*std::move(vkey));
  }
  if (signers.keys.empty() || signers.keys.size() > kSignersMax) {
    in.Fail(absl::StrCat("there are ", signers.keys.size(), " signers, it must be 1 to 16"));
  }
  if (threshold > signers.keys.size()) {
    in.Fail(absl::StrCat("the threshold ", threshold, " is above the number of signers, ",
                         signers.keys.size()));
  }
  signers.threshold = static_cast<uint32_t>(threshold);
  return signers;
}

Act ReadHeal(LineReader& in) { return act::Heal{in.HexId<NoteId>("the note")}; }

Act ReadInstrument(LineReader& in) {
  act::Instrument a;
  a.code = in.Code("the instrument's code");
  a.origin = in.KeyName("the register's origin");
  a.title = in.FreeText("the title");
  return a;
}

Act ReadRegister(LineReader& in) { return act::Register{in.Vkey("the register's key")}; }

Act ReadAdmit(LineReader& in) {
  act::Admit a;
  a.delegation = in.HexId<DelegationId>("the delegation");
  a.code = in.Code("the delegation's code");
  a.role = in.Role("the role");
  return a;
}

Act ReadShut(LineReader& in, bool withdraw) {
  act::ShutDelegation a;
  a.withdraw = withdraw;
  a.delegation = in.HexId<DelegationId>("the delegation");
  a.role = in.Role("the role");
  a.text = in.FreeText("the reason");
  return a;
}
Act ReadSuspendDelegation(LineReader& in) { return ReadShut(in, false); }
Act ReadWithdrawDelegation(LineReader& in) { return ReadShut(in, true); }

Act ReadAnchor(LineReader& in) {
  act::Anchor a;
  a.delegation = in.HexId<DelegationId>("the delegation");
  a.position = in.Number("the position");
  a.note = in.HexId<NoteId>("the note");
  return a;
}

Act ReadSeal(LineReader& in) {
  act::Seal a;
  a.delegation = in.HexId<DelegationId>("the delegation");
  a.feed = in.HexId<FeedName>("the feed");
  a.sequence = in.Number("the sequence");
  a.entry = in.HexId<EntryId>("the entry");
  return a;
}

Act ReadWitnessPolicy(LineReader& in) {
  act::WitnessPolicy a;
  uint64_t quorum = in.Number("the quorum", 0);
  do {
    std::string vkey = in.Vkey("a witness");
    if (std::find(a.vkeys.begin(), a.vkeys.end(), vkey) != a.vkeys.end()) {
      in.Fail(absl::StrCat("the witness ", vkey, " stands twice"));
    }
    a.vkeys.push_back(std::move(vkey));
  } while (in.HasMore() && !in.failed());
  if (quorum > a.vkeys.size()) {
    in.Fail(
        absl::StrCat("the quorum ", quorum, " is above the number of witnesses, ", a.vkeys.size()));
  }
  a.quorum = static_cast<uint32_t>(quorum);
  return a;
}

Act ReadDelegation(LineReader& in) {
  act::Delegation a;
  a.code = in.Code("the delegation's code");
  a.name = in.FreeText("the name");
  return a;
}

Act ReadEnrol(LineReader& in) {
  act::Enrol a;
  a.key = in.HexId<PublicKey>("the key");
  a.pop = in.Possession("the proof of possession");
  a.roles = in.Roles("the roles");
  a.next = in.HexIdOrDash<Digest>("the next key's hash");
  a.label = in.FreeText("the label");
  return a;
}

Act ReadRotate(LineReader& in) {
  act::Rotate a;
  a.old_key = in.HexId<PublicKey>("the old key");
  a.new_key = in.HexId<PublicKey>("the new key");
  a.pop = in.Possession("the proof of possession");
  a.next = in.HexIdOrDash<Digest>("the next key's hash");
  return a;
}

Act ReadRevoke(LineReader& in) {
  act::Revoke a;
  a.key = in.HexId<PublicKey>("the key");
  absl::string_view word = in.Field("the reason");
  std::optional<RevokeReason> reason = ParseReason(word);
  if (!reason) in.Fail("the reason", word, "retired, lost, compromised or office_closed");
  a.reason = reason.value_or(RevokeReason::kRetired);
  return a;
}

Act ReadResolveFork(LineReader& in) {
  act::ResolveFork a;
  a.feed = in.HexId<FeedName>("the feed");
  return a;
}

template <class A>
Act ReadRange(LineReader& in) {
  A a;
  a.first = in.HexId<EntryId>("the first entry");
  a.last = in.HexId<EntryId>("the last entry");
  a.text = in.FreeText("the reason");
  return a;
}

Act ReadLift(LineReader& in) { return act::Lift{in.HexId<NoteId>("the suspend")}; }

Act ReadOffice(LineReader& in) {
  act::Office a;
  a.code = in.Code("the office's code");
  absl::string_view word = in.Field("opened or closed");
  if (word != "opened" && word != "closed") in.Fail("the act", word, "opened or closed");
  a.opened = word == "opened";
  a.successor = in.CodeOrDash("the successor");
  a.name = in.FreeText("the office's name");
  return a;
}

Act ReadNode(LineReader& in) {
  act::Node a;
  a.spki = in.HexId<Spki>("the node");
  a.address = in.Address("the address");
  return a;
}

Act ReadNodeGone(LineReader& in) { return act::NodeGone{in.HexId<Spki>("the node")}; }

enum class In { kBoth, kCharter, kCredentials };

struct Word {
  const char* word;
  In in;
  Act (*read)(LineReader&);
  bool starts_position_one = false;  // stands there and nowhere else
};

constexpr Word kWords[] = {
    {"signers", In::kBoth, ReadSigners},
    {"heal", In::kBoth, ReadHeal},
    {"instrument", In::kCharter, ReadInstrument, true},
    {"register", In::kCharter, ReadRegister},
    {"admit", In::kCharter, ReadAdmit},
    {"suspend-delegation", In::kCharter, ReadSuspendDelegation},
    {"withdraw-delegation", In::kCharter, ReadWithdrawDelegation},
    {"anchor", In::kCharter, ReadAnchor},
    {"seal", In::kCharter, ReadSeal},
    {"witness-policy", In::kCharter, ReadWitnessPolicy},
    {"delegation", In::kCredentials, ReadDelegation, true},
    {"enrol", In::kCredentials, ReadEnrol},
    {"rotate", In::kCredentials, ReadRotate},
    {"revoke", In::kCredentials, ReadRevoke},
    {"resolve-fork", In::kCredentials, ReadResolveFork},
    {"adopt", In::kCredentials, ReadRange<act::Adopt>},
    {"void", In::kCredentials, ReadRange<act::Void>},
    {"lift", In::kCredentials, ReadLift},
    {"office", In::kCredentials, ReadOffice},
    {"node", In::kCredentials, ReadNode},
    {"node-gone", In::kCredentials, ReadNodeGone},
};

const Word* FindWord(absl::string_view word) {
  for (const Word& known : kWords) {
    if (word == known.word) return &known;
  }
  return nullptr;
}

absl::Status CheckPlace(const Word& word, ChainKind kind, bool position_one_start, size_t line) {
  In here = kind == ChainKind::kCharter ? In::kCharter : In::kCredentials;
  if (word.in != In::kBoth && word.in != here) {
    return NoteMalformedAt(line,
                           absl::StrCat("\"", word.word, "\" does not belong in a ",
                                        here == In::kCharter ? "charter" : "credentials chain"));
  }
  if (word.starts_position_one && !position_one_start) {
    return NoteMalformedAt(
        line, absl::StrCat("\"", word.word, "\" stands only as the first act of position 1"));
  }
  if (position_one_start && !word.starts_position_one) {
    return NoteMalformedAt(
        line, absl::StrCat("the first act of position 1 is \"", word.word, "\", it must be \"",
                           here == In::kCharter ? "instrument" : "delegation", "\""));
  }
  return absl::OkStatus();
}

bool IsTipLine(absl::string_view line) { return absl::StartsWith(line, "tip "); }

// Kept as it came, with its tip lines: a later version knows what it says.
absl::StatusOr<Act> ReadUnknown(LineCursor& cursor, absl::string_view word) {
  absl::string_view line = cursor.Peek();
  if (!IsActWord(word) || word == "tip" || absl::StartsWith(line.substr(word.size()), "  ") ||
      line.back() == ' ') {
    return NoteMalformedAt(cursor.next + 1, absl::StrCat("\"", line, "\" is not an act"));
  }
  act::Unknown unknown;
  do {
    unknown.lines.push_back(base::Str(cursor.Peek()));
    ++cursor.next;
  } while (!cursor.Done() && IsTipLine(cursor.Peek()));
  return unknown;
}

// Where an act keeps its tips; null for one without.
std::vector<Tip>* TipsOf(Act& a) {
  if (auto* shut = std::get_if<act::ShutDelegation>(&a)) return &shut->tips;
  if (auto* rotate = std::get_if<act::Rotate>(&a)) return &rotate->tips;
  if (auto* revoke = std::get_if<act::Revoke>(&a)) return &revoke->tips;
  if (auto* fork = std::get_if<act::ResolveFork>(&a)) return &fork->tips;
  return nullptr;
}

}  // namespace

absl::StatusOr<std::vector<Tip>> ParseTips(LineCursor& cursor) {
  std::vector<Tip> tips;
  while (!cursor.Done() && IsTipLine(cursor.Peek())) {
    LineReader in = cursor.Take();
    in.Expect("tip");
    Tip tip;
    tip.feed = in.HexId<FeedName>("the feed");
    tip.sequence = in.Number("the sequence");
    tip.entry = in.HexId<EntryId>("the entry");
    if (!tips.empty() && tip <= tips.back()) {
      in.Fail(
          "the tips are not in ascending order of feed, sequence and entry, or one stands twice");
    }
    RETURN_IF_ERROR(in.Finish());
    tips.push_back(tip);
  }
  return tips;
}

absl::StatusOr<Act> ParseAct(LineCursor& cursor, ChainKind kind, bool position_one_start) {
  absl::string_view line = cursor.Peek();
  absl::string_view name = line.substr(0, line.find(' '));
  const Word* word = FindWord(name);
  if (word == nullptr) return ReadUnknown(cursor, name);
  RETURN_IF_ERROR(CheckPlace(*word, kind, position_one_start, cursor.next + 1));
  LineReader in = cursor.Take();
  in.Expect(word->word);
  Act a = word->read(in);
  RETURN_IF_ERROR(in.Finish());
  if (std::vector<Tip>* tips = TipsOf(a)) {
    ASSIGN_OR_RETURN(*tips, ParseTips(cursor));
  }
  return a;
}

}  // namespace entente::ledger
