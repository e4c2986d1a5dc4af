// Private to node/ledger: the pieces of the note grammar, reading and writing. One class reads a
// line field by field and remembers the first fault, so that each act is read in as many statements
// as it has fields.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/ledger/note.h"
#include "node/ledger/signed_note.h"

namespace entente::ledger {

inline constexpr char kCharterHeading[] = "entente/charter/v1";
inline constexpr char kCredentialsHeading[] = "entente/credentials/v1";
inline constexpr char kSuspendHeading[] = "entente/suspend/v1";

// One line, read from left to right; exactly one space between fields. After the first fault every
// read gives an empty value; Finish() returns the fault, or says what is left over.
class LineReader {
 public:
  // `number` from 1, for messages.
  LineReader(size_t number, absl::string_view line) : number_(number), rest_(line) {}

  absl::string_view Field(absl::string_view what);
  bool HasMore() const { return more_; }

  template <class Id>
  Id HexId(absl::string_view what) {
    absl::string_view field = Field(what);
    std::optional<Id> id = Id::FromHex(field);
    if (!id) Fail(what, field, "64 lower-case hex digits");
    return id.value_or(Id{});
  }
  // "-" gives nothing.
  template <class Id>
  std::optional<Id> HexIdOrDash(absl::string_view what) {
    if (NextIsDash()) return Field(what), std::nullopt;
    return HexId<Id>(what);
  }
  uint64_t Number(absl::string_view what, uint64_t min = 1);
  std::string Code(absl::string_view what);
  std::string KeyName(absl::string_view what);
  std::string Vkey(absl::string_view what);
  std::string Address(absl::string_view what);     // "-" gives ""
  std::string CodeOrDash(absl::string_view what);  // "-" gives ""
  std::string Possession(absl::string_view what);  // base64 of 64 bytes
  std::vector<std::string> Roles(absl::string_view what);
  DelegationRole Role(absl::string_view what);
  std::string FreeText(absl::string_view what);  // the rest of the line
  void Expect(absl::string_view word);           // the field must be this word

  void Fail(absl::string_view what, absl::string_view given, absl::string_view wanted);
  void Fail(absl::string_view message);
  bool failed() const { return !fault_.ok(); }
  absl::Status Finish();

 private:
  bool NextIsDash() const;

  size_t number_;
  absl::string_view rest_;
  bool more_ = true;
  absl::Status fault_;
};

// The lines of a text with a place in it.
struct LineCursor {
  std::vector<absl::string_view> lines;
  size_t next = 0;

  bool Done() const { return next == lines.size(); }
  absl::string_view Peek() const { return lines[next]; }
  // REQUIRES: !Done().
  LineReader Take() {
    ++next;
    return LineReader(next, lines[next - 1]);
  }
};

// Checks what holds for every line of a note's text: size, UTF-8, no control characters, no empty
// line.
absl::StatusOr<LineCursor> OpenText(absl::string_view text);

// One act with its tip lines. `position_one_start`: it is the first act of position 1.
absl::StatusOr<Act> ParseAct(LineCursor& cursor, ChainKind kind, bool position_one_start);
absl::StatusOr<std::vector<Tip>> ParseTips(LineCursor& cursor);

std::string EncodeNoteText(const Note& note);
std::string EncodeSuspendText(const Suspend& suspend);

std::optional<RevokeReason> ParseReason(absl::string_view word);

}  // namespace entente::ledger
