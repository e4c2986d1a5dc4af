#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "node/base/bytes.h"
#include "node/ledger/note_internal.h"
#include "node/ledger/text_rules.h"

namespace entente::ledger {

namespace {
constexpr size_t kOriginBytesMax = 200;
}  // namespace

void LineReader::Fail(absl::string_view message) {
  if (fault_.ok()) fault_ = NoteMalformedAt(number_, message);
}

void LineReader::Fail(absl::string_view what, absl::string_view given, absl::string_view wanted) {
  Fail(absl::StrCat(what, " is \"", given, "\", it must be ", wanted));
}

absl::string_view LineReader::Field(absl::string_view what) {
  if (!more_ || failed()) {
    Fail(absl::StrCat(what, " is missing"));
    return {};
  }
  size_t space = rest_.find(' ');
  absl::string_view field = rest_.substr(0, space);
  more_ = space != absl::string_view::npos;
  rest_ = more_ ? rest_.substr(space + 1) : absl::string_view();
  if (field.empty()) Fail(absl::StrCat(what, " is empty: exactly one space stands between fields"));
  return field;
}

bool LineReader::NextIsDash() const {
  return more_ && (rest_ == "-" || rest_.substr(0, 2) == "- ");
}

uint64_t LineReader::Number(absl::string_view what, uint64_t min) {
  absl::string_view field = Field(what);
  std::optional<uint64_t> value = ParseDecimal(field);
  if (!value || *value < min) {
    Fail(what, field, absl::StrCat("a decimal from ", min, " without leading zero"));
  }
  return value.value_or(0);
}

std::string LineReader::Code(absl::string_view what) {
  absl::string_view field = Field(what);
  if (!IsCode(field)) Fail(what, field, "2 to 32 of A-Z, 0-9 and -, beginning with a letter");
  return base::Str(field);
}

std::string LineReader::CodeOrDash(absl::string_view what) {
  if (NextIsDash()) return Field(what), std::string();
  return Code(what);
}

std::string LineReader::KeyName(absl::string_view what) {
  absl::string_view field = Field(what);
  if (!IsKeyName(field) || field.size() > kOriginBytesMax) {
    Fail(what, field, "a name of at most 200 bytes without spaces and without +");
  }
  return base::Str(field);
}

std::string LineReader::Vkey(absl::string_view what) {
  absl::string_view field = Field(what);
  absl::StatusOr<VerifierKey> vkey = VerifierKey::Parse(field);
  if (!vkey.ok()) Fail(vkey.status().message());
  return base::Str(field);
}

std::string LineReader::Address(absl::string_view what) {
  absl::string_view field = Field(what);
  if (field == "-") return "";
  if (!IsAddress(field)) Fail(what, field, "HOST:PORT");
  return base::Str(field);
}

std::string LineReader::Possession(absl::string_view what) {
  absl::string_view field = Field(what);
  std::optional<std::string> raw = ParseBase64(field);
  if (!raw || raw->size() != kSignatureBytes) Fail(what, field, "base64 of 64 bytes");
  return base::Str(field);
}

std::vector<std::string> LineReader::Roles(absl::string_view what) {
  absl::string_view field = Field(what);
  std::vector<std::string> roles = absl::StrSplit(field, ',');
  bool words = std::all_of(roles.begin(), roles.end(),
                           [](const std::string& role) { return IsRoleWord(role); });
  bool ascending = std::adjacent_find(roles.begin(), roles.end(),
                                      [](auto& a, auto& b) { return a >= b; }) == roles.end();
  if (!words || !ascending) Fail(what, field, "role words in ascending order, separated by commas");
  return roles;
}

DelegationRole LineReader::Role(absl::string_view what) {
  absl::string_view field = Field(what);
  std::optional<DelegationRole> role = ParseRole(field);
  if (!role) Fail(what, field, "party, secretariat, observer or implementer");
  return role.value_or(DelegationRole::kParty);
}

std::string LineReader::FreeText(absl::string_view what) {
  if (!more_ || failed()) {
    Fail(absl::StrCat(what, " is missing"));
    return "";
  }
  more_ = false;
  if (std::optional<std::string> fault = FreeTextFault(rest_))
    Fail(absl::StrCat(what, ": ", *fault));
  return base::Str(rest_);
}

void LineReader::Expect(absl::string_view word) {
  absl::string_view field = Field(word);
  if (field != word) Fail("the first word", field, absl::StrCat("\"", word, "\""));
}

absl::Status LineReader::Finish() {
  if (more_) Fail(absl::StrCat("\"", rest_, "\" is left over at the end of the line"));
  return fault_;
}

}  // namespace entente::ledger
