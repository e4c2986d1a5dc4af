#include "client/keys/signed_positions.h"

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/keys/file_io.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace entente::keys {

namespace {

constexpr size_t kSignedFileBytesMax = 16 << 20;  // some 100 000 notes

using Place = std::pair<base::NoteId, uint64_t>;  // chain, position
using Places = std::map<Place, base::NoteId>;

std::string SignedPath(const std::string& key_path) { return key_path + ".signed"; }

bool ParsePlace(absl::string_view line, Places& places) {
  std::vector<absl::string_view> f = absl::StrSplit(line, ' ');
  uint64_t position = 0;
  if (f.size() != 3 || !absl::SimpleAtoi(f[1], &position)) return false;
  std::optional<base::NoteId> chain = base::NoteId::FromHex(f[0]);
  std::optional<base::NoteId> note = base::NoteId::FromHex(f[2]);
  return chain && note && places.emplace(Place{*chain, position}, *note).second;
}

absl::StatusOr<Places> ReadPlaces(const std::string& path) {
  ASSIGN_OR_RETURN(std::optional<std::string> text, ReadIfThere(path, kSignedFileBytesMax));
  Places places;
  if (!text) return places;
  std::vector<absl::string_view> lines = absl::StrSplit(*text, '\n');
  if (!lines.back().empty()) return Damaged(path, "its last line is cut off");
  lines.pop_back();
  for (size_t i = 0; i < lines.size(); ++i) {
    if (!ParsePlace(lines[i], places)) {
      return Damaged(path, absl::StrCat("line ", i + 1, " is not CHAIN POSITION NOTE"));
    }
  }
  return places;
}

absl::Status WritePlaces(const std::string& path, const Places& places) {
  std::string text;
  for (const auto& [place, note] : places) {
    absl::StrAppend(&text, place.first.ToHex(), " ", place.second, " ", note.ToHex(), "\n");
  }
  return Replace(path, text, kPrivateMode);
}

}  // namespace

absl::Status RememberSigned(const std::string& key_path, const ledger::Note& note) {
  ASSIGN_OR_RETURN(Places places, ReadPlaces(SignedPath(key_path)));
  auto [at, is_new] = places.emplace(Place{note.chain_id(), note.position}, note.id);
  if (is_new) return WritePlaces(SignedPath(key_path), places);
  if (at->second == note.id) return absl::OkStatus();
  return base::Error(absl::StatusCode::kAborted, "CHAIN_CONFLICT",
                     absl::StrCat("not signed: at position ", note.position, " of chain ",
                                  note.chain_id().Short(), " this key has already signed note ",
                                  at->second.Short(), ", this one is ", note.id.Short(),
                                  ". Two texts at one position fork the chain; publish the first, "
                                  "and build this act again on top of it"));
}

}  // namespace entente::keys
