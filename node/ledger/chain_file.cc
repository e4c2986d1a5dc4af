// Files that carry whole chains: a delegation's exported credentials, and the invitation to an
// instrument.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/ledger/note_internal.h"
#include "node/ledger/text_rules.h"

namespace entente::ledger {

namespace {

constexpr char kChainHeading[] = "entente/chain/v1";
constexpr char kInvitationHeading[] = "entente/invitation/v1";

void AppendNotes(std::string& out, const std::vector<std::string>& files) {
  for (const std::string& file : files) absl::StrAppend(&out, "note ", ToBase64(file), "\n");
}

struct Enclosed {
  std::string file;
  Note note;
};

absl::StatusOr<Enclosed> ReadNote(LineCursor& cursor) {
  LineReader in = cursor.Take();
  in.Expect("note");
  absl::string_view text = in.Field("the note");
  RETURN_IF_ERROR(in.Finish());
  std::optional<std::string> file = ParseBase64(text);
  if (!file) return NoteMalformedAt(cursor.next, "the note is not base64 with padding");
  absl::StatusOr<Note> note = ParseNote(*file);
  if (!note.ok()) {
    return NoteMalformedAt(cursor.next, absl::StrCat("the note: ", note.status().message()));
  }
  return Enclosed{*std::move(file), *std::move(note)};
}

// All that is left of the file. A chain begins at position 1 and stays one chain; two notes may
// share a position where the chain is forked.
absl::StatusOr<std::vector<Enclosed>> ReadNotes(LineCursor& cursor) {
  std::vector<Enclosed> notes;
  while (!cursor.Done()) {
    ASSIGN_OR_RETURN(Enclosed next, ReadNote(cursor));
    bool continues = !notes.empty() && next.note.kind == notes.back().note.kind &&
                     next.note.chain_id() == notes.back().note.chain_id();
    if (!continues && next.note.position != 1) {
      return NoteMalformedAt(cursor.next, "a chain's first note here is not at position 1");
    }
    if (continues && (next.note.position < notes.back().note.position ||
                      next.note.position > notes.back().note.position + 1)) {
      return NoteMalformedAt(cursor.next,
                             absl::StrCat("position ", next.note.position, " follows position ",
                                          notes.back().note.position));
    }
    notes.push_back(std::move(next));
  }
  return notes;
}

std::vector<std::string> Files(std::vector<Enclosed> notes) {
  std::vector<std::string> files;
  for (Enclosed& enclosed : notes) files.push_back(std::move(enclosed.file));
  return files;
}

absl::StatusOr<LineCursor> OpenFile(absl::string_view text, absl::string_view heading) {
  std::optional<std::vector<absl::string_view>> lines = SplitLines(text);
  if (!lines || lines->front() != heading) {
    return NoteMalformed(absl::StrCat("the file does not begin with the line ", heading,
                                      ", or is cut off before its last line feed"));
  }
  LineCursor cursor{*std::move(lines)};
  cursor.next = 1;
  return cursor;
}

// The charter first, then one credentials chain.
absl::Status CheckOrder(const InstrumentId& instrument, const std::vector<Enclosed>& notes) {
  size_t charters = 0;
  while (charters < notes.size() && notes[charters].note.kind == ChainKind::kCharter) ++charters;
  if (charters == 0 || notes.front().note.id != instrument) {
    return NoteMalformed(
        "the invitation's first note is not position 1 of its instrument's charter");
  }
  if (charters == notes.size()) {
    return NoteMalformed("the invitation does not enclose the secretariat's credentials");
  }
  NoteId credentials = notes[charters].note.chain_id();
  for (size_t i = 0; i < notes.size(); ++i) {
    const Note& note = notes[i].note;
    if (note.chain_id() != (i < charters ? instrument : credentials)) {
      return NoteMalformed("the invitation encloses a note of another chain");
    }
  }
  return absl::OkStatus();
}

bool Stands(const act::Node& node, const std::vector<Enclosed>& notes) {
  auto same = [&node](const Act& a) {
    const auto* other = std::get_if<act::Node>(&a);
    return other != nullptr && other->spki == node.spki && other->address == node.address;
  };
  return std::any_of(notes.begin(), notes.end(), [&same](const Enclosed& enclosed) {
    return std::any_of(enclosed.note.acts.begin(), enclosed.note.acts.end(), same);
  });
}

absl::StatusOr<act::Node> ReadInvitationNode(LineCursor& cursor) {
  LineReader in = cursor.Take();
  in.Expect("node");
  act::Node node;
  node.spki = in.HexId<Spki>("the node");
  node.address = in.Address("the address");
  if (node.address.empty())
    in.Fail("the address", "-", "HOST:PORT: an invitation names who to call");
  RETURN_IF_ERROR(in.Finish());
  return node;
}

template <class Id>
absl::Status ReadName(LineCursor& cursor, absl::string_view word, Id& id, std::string& code) {
  if (cursor.Done())
    return NoteMalformed(absl::StrCat("the file ends before its \"", word, "\" line"));
  LineReader in = cursor.Take();
  in.Expect(word);
  id = in.HexId<Id>("the id");
  code = in.Code("the code");
  return in.Finish();
}

}  // namespace

std::string ChainFileText(const std::vector<std::string>& note_files) {
  std::string out = absl::StrCat(kChainHeading, "\n");
  AppendNotes(out, note_files);
  return out;
}

absl::StatusOr<std::vector<std::string>> ParseChainFile(absl::string_view text) {
  ASSIGN_OR_RETURN(LineCursor cursor, OpenFile(text, kChainHeading));
  ASSIGN_OR_RETURN(std::vector<Enclosed> notes, ReadNotes(cursor));
  if (notes.empty()) return NoteMalformed("the chain file holds no note");
  for (const Enclosed& enclosed : notes) {
    if (enclosed.note.chain_id() != notes.front().note.id) {
      return NoteMalformed("the chain file holds notes of more than one chain");
    }
  }
  return Files(std::move(notes));
}

std::string InvitationText(const Invitation& invitation) {
  std::string out =
      absl::StrCat(kInvitationHeading, "\ninstrument ", invitation.instrument.ToHex(), " ",
                   invitation.instrument_code, "\nfor ", invitation.delegation.ToHex(), " ",
                   invitation.delegation_code, "\n");
  for (const act::Node& node : invitation.nodes) {
    absl::StrAppend(&out, "node ", node.spki.ToHex(), " ", node.address, "\n");
  }
  AppendNotes(out, invitation.notes);
  return out;
}

absl::StatusOr<Invitation> ParseInvitation(absl::string_view text) {
  ASSIGN_OR_RETURN(LineCursor cursor, OpenFile(text, kInvitationHeading));
  Invitation out;
  RETURN_IF_ERROR(ReadName(cursor, "instrument", out.instrument, out.instrument_code));
  RETURN_IF_ERROR(ReadName(cursor, "for", out.delegation, out.delegation_code));
  while (!cursor.Done() && absl::StartsWith(cursor.Peek(), "node ")) {
    ASSIGN_OR_RETURN(act::Node node, ReadInvitationNode(cursor));
    out.nodes.push_back(std::move(node));
  }
  if (out.nodes.empty()) return NoteMalformed("the invitation names no node to call");
  ASSIGN_OR_RETURN(std::vector<Enclosed> notes, ReadNotes(cursor));
  RETURN_IF_ERROR(CheckOrder(out.instrument, notes));
  const auto& founding = std::get<act::Instrument>(notes.front().note.acts.front());
  if (founding.code != out.instrument_code) {
    return NoteMalformed(absl::StrCat("the invitation says ", out.instrument_code,
                                      ", the enclosed charter ", founding.code));
  }
  for (const act::Node& node : out.nodes) {
    if (!Stands(node, notes)) {
      return NoteMalformed(absl::StrCat("node ", node.spki.ToHex(), " ", node.address,
                                        " does not stand in the enclosed credentials: ask the "
                                        "secretariat for a new invitation"));
    }
  }
  out.notes = Files(std::move(notes));
  return out;
}

}  // namespace entente::ledger
