// Reading a note. The grammar has one truth: what was read is written again and must give the same
// bytes.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"
#include "node/ledger/note_internal.h"
#include "node/ledger/text_rules.h"

namespace entente::ledger {

namespace {

constexpr char kOtherFields[] =
    "a field holds a line feed or a space where none may stand, so the text would say something "
    "else";

absl::Status ReadKind(LineCursor& cursor, Note& note) {
  absl::string_view heading = cursor.Peek();
  if (heading != kCharterHeading && heading != kCredentialsHeading) {
    return NoteMalformedAt(1, absl::StrCat("\"", heading, "\" is neither ", kCharterHeading,
                                           " nor ", kCredentialsHeading));
  }
  note.kind = heading == kCharterHeading ? ChainKind::kCharter : ChainKind::kCredentials;
  ++cursor.next;
  return absl::OkStatus();
}

template <class Read>
absl::Status ReadLine(LineCursor& cursor, absl::string_view word, Read read) {
  if (cursor.Done()) {
    return NoteMalformed(absl::StrCat("the text ends before its \"", word, "\" line"));
  }
  LineReader in = cursor.Take();
  in.Expect(word);
  read(in);
  return in.Finish();
}

absl::Status ReadTime(LineCursor& cursor, std::string& time) {
  return ReadLine(cursor, "time", [&time](LineReader& in) {
    time = base::Str(in.Field("the time"));
    if (!IsTime(time)) in.Fail("the time", time, "a moment that exists, as 2026-11-22T12:00:00Z");
  });
}

absl::Status CheckLinks(const Note& note) {
  bool first = note.position == 1;
  if (first != !note.chain.has_value() || first != !note.previous.has_value()) {
    return NoteMalformed("\"-\" stands for chain and previous in position 1 and there only");
  }
  if (note.position == 2 && *note.chain != *note.previous) {
    return NoteMalformed("at position 2 chain and previous both name position 1, here they differ");
  }
  return absl::OkStatus();
}

absl::Status ReadHead(LineCursor& cursor, Note& note) {
  RETURN_IF_ERROR(ReadKind(cursor, note));
  RETURN_IF_ERROR(ReadLine(
      cursor, "chain", [&](LineReader& in) { note.chain = in.HexIdOrDash<NoteId>("the chain"); }));
  RETURN_IF_ERROR(ReadLine(cursor, "position",
                           [&](LineReader& in) { note.position = in.Number("the position"); }));
  RETURN_IF_ERROR(ReadLine(cursor, "previous", [&](LineReader& in) {
    note.previous = in.HexIdOrDash<NoteId>("the previous note");
  }));
  RETURN_IF_ERROR(ReadTime(cursor, note.time));
  return CheckLinks(note);
}

template <class A>
size_t Count(const Note& note) {
  return static_cast<size_t>(std::count_if(note.acts.begin(), note.acts.end(), [](const Act& a) {
    return std::holds_alternative<A>(a);
  }));
}

absl::Status CheckCharterStart(const Note& note) {
  if (!std::holds_alternative<act::Instrument>(note.acts.front())) {
    return NoteMalformed("the first act of a charter's position 1 must be \"instrument\"");
  }
  auto secretariats = std::count_if(note.acts.begin(), note.acts.end(), [](const Act& a) {
    const auto* admit = std::get_if<act::Admit>(&a);
    return admit != nullptr && admit->role == DelegationRole::kSecretariat;
  });
  if (secretariats == 1) return absl::OkStatus();
  return NoteMalformed(
      absl::StrCat("position 1 of a charter must admit exactly one secretariat, this one admits ",
                   secretariats));
}

absl::Status CheckActs(const Note& note) {
  if (note.acts.empty() || note.acts.size() > kNoteActsMax) {
    return NoteMalformed(
        absl::StrCat("the note has ", note.acts.size(), " acts, it must have 1 to ", kNoteActsMax));
  }
  if (Count<act::Signers>(note) > 1) {
    return NoteMalformed("\"signers\" stands twice: a note sets its signers at most once");
  }
  if (note.position != 1) return absl::OkStatus();
  if (Count<act::Signers>(note) == 0) {
    return NoteMalformed("position 1 must name the chain's signers");
  }
  if (note.kind == ChainKind::kCharter) return CheckCharterStart(note);
  if (std::holds_alternative<act::Delegation>(note.acts.front())) return absl::OkStatus();
  return NoteMalformed("the first act of position 1 of credentials must be \"delegation\"");
}

absl::StatusOr<Note> ParseNoteText(absl::string_view text) {
  ASSIGN_OR_RETURN(LineCursor cursor, OpenText(text));
  Note note;
  RETURN_IF_ERROR(ReadHead(cursor, note));
  while (!cursor.Done()) {
    bool starts = note.position == 1 && note.acts.empty();
    ASSIGN_OR_RETURN(Act a, ParseAct(cursor, note.kind, starts));
    note.acts.push_back(std::move(a));
  }
  RETURN_IF_ERROR(CheckActs(note));
  if (EncodeNoteText(note) != text) {
    return NoteMalformed("the text is not the one spelling of what it says");
  }
  note.text = base::Str(text);
  note.id = crypto::Sha256As<NoteId>({text});
  return note;
}

absl::StatusOr<Suspend> ParseSuspendText(absl::string_view text) {
  ASSIGN_OR_RETURN(LineCursor cursor, OpenText(text));
  if (cursor.Peek() != kSuspendHeading) {
    return NoteMalformedAt(1, absl::StrCat("\"", cursor.Peek(), "\" is not ", kSuspendHeading));
  }
  ++cursor.next;
  Suspend s;
  RETURN_IF_ERROR(ReadLine(cursor, "chain", [&](LineReader& in) {
    s.chain = in.HexId<DelegationId>("the delegation");
  }));
  RETURN_IF_ERROR(ReadTime(cursor, s.time));
  RETURN_IF_ERROR(ReadLine(cursor, "suspend", [&](LineReader& in) {
    s.key = in.HexId<PublicKey>("the key");
    s.reason = in.FreeText("the reason");
  }));
  ASSIGN_OR_RETURN(s.tips, ParseTips(cursor));
  if (!cursor.Done()) {
    return NoteMalformedAt(cursor.next + 1, "after a suspend's line come only its tips");
  }
  if (EncodeSuspendText(s) != text) {
    return NoteMalformed("the text is not the one spelling of what it says");
  }
  s.text = base::Str(text);
  s.id = crypto::Sha256As<NoteId>({text});
  return s;
}

}  // namespace

absl::StatusOr<LineCursor> OpenText(absl::string_view text) {
  if (text.size() > kNoteTextBytesMax) {
    return NoteMalformed(
        absl::StrCat("the text has ", text.size(), " bytes, the most is ", kNoteTextBytesMax));
  }
  std::optional<std::vector<absl::string_view>> lines = SplitLines(text);
  if (!lines) return NoteMalformed("the text does not end in a line feed");
  for (size_t i = 0; i < lines->size(); ++i) {
    if ((*lines)[i].empty()) return NoteMalformedAt(i + 1, "the line is empty");
    if (!IsPlainUtf8((*lines)[i])) {
      return NoteMalformedAt(i + 1, "the line is not UTF-8 or holds a control character");
    }
  }
  return LineCursor{*std::move(lines)};
}

absl::StatusOr<Note> ParseNote(absl::string_view file) {
  ASSIGN_OR_RETURN(SplitFile split, SplitNoteFile(file));
  ASSIGN_OR_RETURN(Note note, ParseNoteText(split.text));
  note.lines = std::move(split.lines);
  return note;
}

absl::StatusOr<Suspend> ParseSuspend(absl::string_view file) {
  ASSIGN_OR_RETURN(SplitFile split, SplitNoteFile(file));
  ASSIGN_OR_RETURN(Suspend suspend, ParseSuspendText(split.text));
  suspend.lines = std::move(split.lines);
  return suspend;
}

absl::StatusOr<Note> BuildNote(Note fields) {
  ASSIGN_OR_RETURN(Note note, ParseNoteText(EncodeNoteText(fields)));
  if (note.kind != fields.kind || note.chain != fields.chain || note.position != fields.position ||
      note.previous != fields.previous || note.time != fields.time || note.acts != fields.acts) {
    return NoteMalformed(kOtherFields);
  }
  return note;
}

absl::StatusOr<Suspend> BuildSuspend(Suspend fields) {
  ASSIGN_OR_RETURN(Suspend suspend, ParseSuspendText(EncodeSuspendText(fields)));
  if (suspend.chain != fields.chain || suspend.time != fields.time || suspend.key != fields.key ||
      suspend.reason != fields.reason || suspend.tips != fields.tips) {
    return NoteMalformed(kOtherFields);
  }
  return suspend;
}

}  // namespace entente::ledger
