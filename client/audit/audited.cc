#include "client/audit/audited.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/audit/audited_log.h"
#include "client/base/clock.h"
#include "node/crypto/sha256.h"
#include "node/ledger/text_rules.h"
#include "node/tlog/tree.h"

namespace entente::client {

namespace {

constexpr absl::string_view kNoLog = "-";

std::string WithDigest(std::string lines) {
  return absl::StrCat(lines, "digest ", crypto::Sha256(lines).ToHex(), "\n");
}

std::string LogText(const std::optional<AuditedLog>& log) {
  return log ? ledger::ToBase64(EncodeAuditedLog(*log)) : std::string(kNoLog);
}

// The edge is what the next audit goes on from: it has to be that of the root.
bool EdgeLeads(const Audited& audited) {
  const auto range = tlog::CompactRange::FromEdge(audited.size, audited.log->places.edge);
  return range && range->Root() == audited.root;
}

}  // namespace

uint64_t AuditedFeed::entries() const {
  return std::accumulate(by_status.begin(), by_status.end(), uint64_t{0});
}

std::string AuditedText(const Audited& audited) {
  return WithDigest(absl::StrCat("entente-audited/2\ninstrument ", audited.instrument.ToHex(),
                                 "\ntime ", audited.time, "\nsize ", audited.size, "\nroot ",
                                 audited.root.ToHex(), "\nlog ", LogText(audited.log), "\n"));
}

absl::StatusOr<Audited> ParseAudited(absl::string_view text) {
  const absl::Status bad = absl::InvalidArgumentError(
      "it does not read as entente-audited/2 with instrument, time, size, root, log and digest");
  if (text.size() > kAuditedBytesMax) return bad;
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  if (lines.size() != 8 || WithDigest(std::string(text.substr(0, text.rfind("digest ")))) != text) {
    return bad;
  }
  absl::string_view instrument = lines[1], time = lines[2], size = lines[3], root = lines[4],
                    log = lines[5];
  if (!absl::ConsumePrefix(&instrument, "instrument ") || !absl::ConsumePrefix(&time, "time ") ||
      !absl::ConsumePrefix(&size, "size ") || !absl::ConsumePrefix(&root, "root ") ||
      !absl::ConsumePrefix(&log, "log ")) {
    return bad;
  }
  const auto id = base::InstrumentId::FromHex(instrument);
  const auto count = ledger::ParseDecimal(size);
  const auto digest = base::Digest::FromHex(root);
  if (!id || !count || *count > tlog::kTreeSizeMax || !digest) return bad;
  Audited out{*id, *count, *digest, std::string(time)};
  if (ParseUtc(out.time) == 0) return bad;
  if (log != kNoLog) {
    const auto bytes = ledger::ParseBase64(log);
    out.log = bytes ? DecodeAuditedLog(*bytes) : std::nullopt;
    if (!out.log || !EdgeLeads(out)) return bad;
  }
  return AuditedText(out) == text ? absl::StatusOr<Audited>(std::move(out)) : bad;
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
