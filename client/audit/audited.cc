#include "client/audit/audited.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "node/ledger/text_rules.h"
#include "node/tlog/tree.h"

namespace entente::client {

namespace {

constexpr size_t kAuditedBytesMax = 1000;

}  // namespace

std::string AuditedText(const Audited& audited) {
  return absl::StrCat("entente-audited/1\ninstrument ", audited.instrument.ToHex(), "\nsize ",
                      audited.size, "\nroot ", audited.root.ToHex(), "\n");
}

absl::StatusOr<Audited> ParseAudited(absl::string_view text) {
  const absl::Status bad = absl::InvalidArgumentError(
      "it does not read as entente-audited/1 with instrument, size and root");
  if (text.size() > kAuditedBytesMax) return bad;
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  if (lines.size() != 5) return bad;
  absl::string_view instrument = lines[1], size = lines[2], root = lines[3];
  if (!absl::ConsumePrefix(&instrument, "instrument ") || !absl::ConsumePrefix(&size, "size ") ||
      !absl::ConsumePrefix(&root, "root ")) {
    return bad;
  }
  const auto id = base::InstrumentId::FromHex(instrument);
  const auto count = ledger::ParseDecimal(size);
  const auto digest = base::Digest::FromHex(root);
  if (!id || !count || *count == 0 || *count > tlog::kTreeSizeMax || !digest) return bad;
  const Audited out{*id, *count, *digest};
  return AuditedText(out) == text ? absl::StatusOr<Audited>(out) : bad;
}

std::vector<base::EntryId> VerifiedBefore(const Audited& audited,
                                          const std::vector<base::EntryId>& first) {
  if (first.size() < audited.size) return {};
  std::vector<base::EntryId> out(first.begin(),
                                 first.begin() + static_cast<std::ptrdiff_t>(audited.size));
  tlog::CompactRange tree;
  for (const base::EntryId& leaf : out) tree.Append(base::Digest{leaf.bytes});
  if (tree.Root() != audited.root) return {};
  std::sort(out.begin(), out.end());
  return out;
}

std::string TooShortForAudited(const Audited& audited, uint64_t size) {
  return absl::StrCat("an earlier audit verified ", audited.size,
                      " entries, the register here ends at ", size,
                      ": whether they are the same is not seen here");
}

}  // namespace entente::client
