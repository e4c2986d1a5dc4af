#include "client/audit/pack_views.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/base/errors.h"
#include "node/base/bytes.h"
#include "node/base/id.h"
#include "node/ledger/text_rules.h"

namespace entente::client {

namespace {

constexpr char kFirstLine[] = "entente-views/1";
constexpr size_t kBytesMax = 1000;

}  // namespace

std::string PackViewsText(const v1::RebuiltViews& made) {
  return absl::StrCat(kFirstLine, "\nprogram ", made.version(), "\nentries ", made.entries(),
                      "\nauthority ", base::ToHex(made.authority_digest()), "\nfrontier ",
                      base::ToHex(made.frontier_digest()), "\nviews ",
                      base::ToHex(made.view_digest()), "\n");
}

absl::StatusOr<v1::RebuiltViews> ParsePackViews(absl::string_view text) {
  const absl::Status bad = absl::InvalidArgumentError(
      "it does not read as entente-views/1 with program, entries, authority, frontier and views");
  if (text.size() > kBytesMax) return bad;
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  v1::RebuiltViews out;
  auto digest = [&](size_t line, absl::string_view word) {
    if (line >= lines.size()) return std::string();
    absl::string_view value = lines[line];
    const auto id = absl::ConsumePrefix(&value, word) ? base::Digest::FromHex(value) : std::nullopt;
    return id ? id->str() : std::string();
  };
  out.set_authority_digest(digest(3, "authority "));
  out.set_frontier_digest(digest(4, "frontier "));
  out.set_view_digest(digest(5, "views "));
  if (lines.size() > 2) {
    absl::string_view program = lines[1], entries = lines[2];
    absl::ConsumePrefix(&program, "program ");
    absl::ConsumePrefix(&entries, "entries ");
    if (!ledger::IsPlainUtf8(program)) return bad;
    out.set_version(base::Str(program));
    out.set_entries(ledger::ParseDecimal(entries).value_or(0));
  }
  // One spelling only.
  if (PackViewsText(out) != text || out.view_digest().empty()) return bad;
  return out;
}

}  // namespace entente::client
