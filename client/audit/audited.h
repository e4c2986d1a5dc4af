// What an auditor keeps of an audit of their own that found nothing, so that the next one costs
// what is new: up to which checkpoint everything was verified, and of a node's log where every feed
// ended and what its entries were. The file is trusted as one's own note is; it must not come from
// whoever is audited. A digest over it shows damage.
//
//   entente-audited/2 LF  instrument HEX64 LF  time UTC LF  size 600 LF  root HEX64 LF
//   log BASE64 LF  digest HEX64 LF
//
// size 0: no register was known. log: an AuditedLog (operator.proto), or "-" after the audit of a
// pack. digest: SHA-256 of the lines before it.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/id.h"
#include "node/ledger/entry.h"
#include "node/ledger/status.h"

namespace entente::client {

// Over these an audit is not continued: the file would grow with the entries.
inline constexpr size_t kAuditedLooseMax = 65'536;  // waiting, or missing
inline constexpr size_t kAuditedBytesMax = 64u << 20;

struct LineEnd {
  uint64_t sequence = 0;
  base::EntryId id;
  friend auto operator<=>(const LineEnd&, const LineEnd&) = default;
};

inline constexpr size_t kStatuses = 6;  // of ledger::Status

// A feed as an audit left it.
struct AuditedFeed {
  base::PublicKey key;
  uint32_t incarnation = 1;
  std::vector<LineEnd> tips;                     // ascending; several: it forked
  uint64_t last_hlc = 0;                         // of the last tip
  std::optional<base::DelegationId> delegation;  // whose every entry is
  std::array<uint64_t, kStatuses> by_status{};
  uint64_t forks = 0;
  base::Digest facts;  // feed_facts.h
  std::vector<std::string> remarks;

  uint64_t entries() const;
  uint64_t Count(ledger::Status status) const { return by_status[static_cast<size_t>(status)]; }
  friend bool operator==(const AuditedFeed&, const AuditedFeed&) = default;
};

struct WaitingEntry {
  base::EntryId id;
  uint64_t seen_size = 0;  // 0: its author claims to have seen nothing
  base::Digest seen_root;
  friend bool operator==(const WaitingEntry&, const WaitingEntry&) = default;
};

// How a log and a register lie to each other.
struct AuditedPlaces {
  std::vector<base::Digest> edge;             // tlog::CompactRange::edge() at the size
  std::map<uint64_t, base::EntryId> missing;  // by index: not in the log
  std::vector<WaitingEntry> waiting;          // of the log: not in the register yet
  friend bool operator==(const AuditedPlaces&, const AuditedPlaces&) = default;
};

struct AuditedLog {
  std::string program;
  std::vector<base::NoteId> notes;
  AuditedPlaces places;
  std::vector<AuditedFeed> feeds;  // ascending by key and incarnation
  friend bool operator==(const AuditedLog&, const AuditedLog&) = default;
};

struct Audited {
  base::InstrumentId instrument;
  uint64_t size = 0;
  base::Digest root;
  std::string time = "";  // by the auditor's clock, as UtcText gives it
  std::optional<AuditedLog> log = std::nullopt;
};

std::string AuditedText(const Audited& audited);
// INVALID_ARGUMENT: not as AuditedText writes it, damaged, or over kAuditedBytesMax.
absl::StatusOr<Audited> ParseAudited(absl::string_view text);

// `first`: leaf hashes in a register's order, from any hand. Ascending, those that were verified:
// all of the first `size` if they lead to the root, else none.
std::vector<base::EntryId> VerifiedBefore(const Audited& audited,
                                          const std::vector<base::EntryId>& first);

// For the report, where a register is shorter than that: no fault, it may lag.
std::string TooShortForAudited(const Audited& audited, uint64_t size);

}  // namespace entente::client
