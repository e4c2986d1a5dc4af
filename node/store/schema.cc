#include "node/store/schema.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/check.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"
#include "node/merge/slot_value.h"

namespace entente::store {

using base::AppendU32;
using base::AppendU64;
using base::ReadU32;
using base::ReadU64;
using base::Str;

std::vector<storage::FamilyOptions> Families() {
  auto join = [](const std::string* existing, absl::string_view operand) {
    return merge::JoinSlot(existing, operand);
  };
  std::vector<storage::FamilyOptions> out(kLookup + 1);  // the last of them
  out[kMeta] = {.name = "meta"};
  out[kNotes] = {.name = "notes"};
  out[kEntries] = {.name = "entries", .prefix_length = 4};
  out[kById] = {.name = "by_id"};
  out[kFeeds] = {.name = "feeds"};
  out[kStatus] = {.name = "status", .prefix_length = 4};
  out[kAside] = {.name = "aside"};
  out[kArrivals] = {.name = "arrivals"};
  out[kSlots] = {.name = "slots", .merge = join};
  out[kIndex] = {.name = "index"};
  out[kSetAside] = {.name = "set_aside"};
  out[kDrafts] = {.name = "drafts"};
  out[kPeers] = {.name = "peers"};
  out[kRejudge] = {.name = "rejudge"};
  out[kRegister] = {.name = "registers"};
  out[kBlobs] = {.name = "blobs"};
  out[kLookup] = {.name = "lookup"};
  return out;
}

Via LocalVia() { return Via(8, '\0'); }
Via ViaOf(const Spki& peer) { return Str(peer.view().substr(0, 8)); }

std::string EntryPrefix(uint32_t feed) {
  std::string key;
  AppendU32(key, feed);
  return key;
}

std::string EntryPrefix(uint32_t feed, uint64_t sequence) {
  std::string key = EntryPrefix(feed);
  AppendU64(key, sequence);
  return key;
}

std::string EntryKey(uint32_t feed, uint64_t sequence, const EntryId& id) {
  std::string key;
  key.reserve(4 + 8 + 32);
  AppendU32(key, feed);
  AppendU64(key, sequence);
  key.append(id.view().data(), id.view().size());
  return key;
}

EntryPlace ParseEntryKey(absl::string_view key) {
  ENTENTE_CHECK(key.size() == 44);
  return {ReadU32(key), ReadU64(key.substr(4)), *EntryId::FromBytes(key.substr(12))};
}

std::string ByIdValue(uint32_t feed, uint64_t sequence, uint64_t arrival) {
  std::string value;
  value.reserve(4 + 8 + 8);
  AppendU32(value, feed);
  AppendU64(value, sequence);
  AppendU64(value, arrival);
  return value;
}

std::string ArrivalKey(uint64_t arrival) {
  std::string key;
  AppendU64(key, arrival);
  return key;
}

std::string ArrivalValue(const ArrivalRun& run) {
  std::string value =
      absl::StrCat(EntryKey(run.place.feed, run.place.sequence, run.place.id), run.via);
  AppendU32(value, run.count);
  return value;
}

ArrivalRun ParseArrivalRun(absl::string_view key, absl::string_view value) {
  ENTENTE_CHECK(key.size() == 8 && value.size() == 56);
  return {ReadU64(key), ParseEntryKey(value.substr(0, 44)), Str(value.substr(44, 8)),
          ReadU32(value.substr(52))};
}

std::string NoteKey(uint64_t position, const NoteId& id) {
  std::string key = "n";
  AppendU64(key, position);
  return key + id.str();
}

std::string BookmarkKey(const Spki& peer, const InstrumentId& instrument) {
  return kMetaBookmark + peer.str() + instrument.str();
}
std::string HeldKey(const Spki& peer, const InstrumentId& instrument) {
  return kMetaHeld + peer.str() + instrument.str();
}
uint64_t ParseHeld(absl::string_view value) {
  return value.size() == sizeof(uint64_t) ? base::ReadU64(value) : 0;
}

std::string AcknowledgedKey(const Spki& peer, const InstrumentId& instrument) {
  return kMetaAcknowledged + peer.str() + instrument.str();
}
std::string SharedNotesKey(const Spki& peer, const InstrumentId& instrument) {
  return kMetaShared + peer.str() + instrument.str();
}
std::string StoodKey(const InstrumentId& instrument, const base::Digest& frontier) {
  return kMetaStood + instrument.str() + frontier.str();
}
std::string SuspendKey(const NoteId& id) { return "s" + id.str(); }

std::string AsideKey(const FeedKey& feed, uint64_t sequence, const EntryId& id) {
  std::string key = feed.Encode();
  AppendU64(key, sequence);
  return key + id.str();
}

std::string AsideValue(absl::string_view via, const ledger::Entry& entry) {
  return absl::StrCat(via, EncodeEntry(entry));
}

std::optional<AsideRow> ParseAside(absl::string_view key, absl::string_view value) {
  constexpr size_t kFeedBytes = 68, kKeyBytes = kFeedBytes + 8 + 32, kViaBytes = 8;
  if (key.size() != kKeyBytes || value.size() < kViaBytes) return std::nullopt;
  return AsideRow{*FeedKey::Decode(key.substr(0, kFeedBytes)), ReadU64(key.substr(kFeedBytes)),
                  *EntryId::FromBytes(key.substr(kFeedBytes + 8)), Str(value.substr(0, kViaBytes)),
                  value.substr(kViaBytes)};
}

namespace {

constexpr char kHashed = '\xff';

bool StandsAsText(absl::string_view slot) {
  return slot.size() <= kSlotTextMax && (slot.empty() || slot[0] != kHashed);
}

}  // namespace

void AppendSlotKey(std::string& out, const InstrumentId& instrument, absl::string_view slot) {
  out.append(instrument.view().data(), instrument.view().size());
  if (StandsAsText(slot)) {
    out.append(slot.data(), slot.size());
  } else {
    out.append(1, kHashed).append(crypto::Sha256(slot).str());
  }
}

std::string SlotKey(const InstrumentId& instrument, absl::string_view slot) {
  std::string out;
  AppendSlotKey(out, instrument, slot);
  return out;
}

absl::string_view SlotTextInValue(absl::string_view slot) {
  return StandsAsText(slot) ? absl::string_view() : slot;
}

std::string SlotText(absl::string_view key, const v1::SlotValue& value) {
  const absl::string_view name = key.substr(base::InstrumentId().view().size());
  return Str(StandsAsText(name) ? name : absl::string_view(value.slot()));
}

std::string SetAsideKey(const InstrumentId& instrument, const EntryId& id) {
  return instrument.str() + id.str();
}

namespace {

size_t RowBytes(const ledger::Entry& entry) {
  return 2 + entry.header_bytes.size() + entry.signature.size() + 1 + entry.payload.size();
}

// REQUIRES: room for RowBytes(entry).
void WriteRow(const ledger::Entry& entry, char* room) {
  *room++ = static_cast<char>(entry.header_bytes.size() >> 8);
  *room++ = static_cast<char>(entry.header_bytes.size());
  room = std::copy(entry.header_bytes.begin(), entry.header_bytes.end(), room);
  room = std::copy(entry.signature.begin(), entry.signature.end(), room);
  *room++ = entry.has_payload ? 1 : 0;
  std::copy(entry.payload.begin(), entry.payload.end(), room);
}

}  // namespace

std::string EncodeEntry(const ledger::Entry& entry) {
  std::string row(RowBytes(entry), '\0');
  WriteRow(entry, row.data());
  return row;
}

void PutEntry(storage::WriteBatch& batch, absl::string_view key, const ledger::Entry& entry) {
  WriteRow(entry, batch.PutRoom(kEntries, key, RowBytes(entry)));
}

namespace {

absl::Status Damaged(absl::string_view what) {
  return base::Error(
      absl::StatusCode::kDataLoss, "STORE_DAMAGED",
      absl::StrCat("a stored entry ", what,
                   "; stop writing, keep the directory, and restore from a backup or a peer"));
}

absl::StatusOr<absl::string_view> HeaderOf(absl::string_view row) {
  if (row.size() < 2 + 64 + 1) return Damaged("is cut short");
  const size_t size = static_cast<unsigned char>(row[0]) << 8 | static_cast<unsigned char>(row[1]);
  if (row.size() < 2 + size + 64 + 1) return Damaged("is cut short");
  return row.substr(2, size);
}

}  // namespace

absl::StatusOr<EntryRow> ReadEntryRow(absl::string_view row) {
  EntryRow out;
  ASSIGN_OR_RETURN(out.header, HeaderOf(row));
  const absl::string_view rest = row.substr(2 + out.header.size());
  out.signature = rest.substr(0, 64);
  const auto flag = static_cast<unsigned char>(rest[64]);
  if (flag > 1 || (flag == 0 && rest.size() > 65)) return Damaged("has a flag that is none");
  if (flag == 1) out.payload = rest.substr(65);
  return out;
}

absl::StatusOr<ledger::Entry> DecodeEntry(absl::string_view row, const EntryId& id) {
  ASSIGN_OR_RETURN(const EntryRow parts, ReadEntryRow(row));
  std::optional<std::string> payload;
  if (parts.payload) payload = Str(*parts.payload);
  auto entry = ledger::MakeEntry(Str(parts.header), parts.signature, std::move(payload));
  if (!entry.ok()) return Damaged(absl::StrCat("does not parse: ", entry.status().message()));
  if (entry->id != id) return Damaged("has other bytes than its id says");
  return entry;
}

absl::StatusOr<ledger::Entry> DecodeUnhashed(absl::string_view row, const EntryId& id) {
  ASSIGN_OR_RETURN(const EntryRow parts, ReadEntryRow(row));
  ledger::Entry entry;
  auto header = ledger::ParseHeader(parts.header);
  if (!header.ok()) return Damaged(absl::StrCat("does not parse: ", header.status().message()));
  entry.header = *std::move(header);
  entry.id = id;
  entry.header_bytes = Str(parts.header);
  std::copy(parts.signature.begin(), parts.signature.end(), entry.signature.begin());
  entry.has_payload = parts.payload.has_value();
  if (entry.has_payload) entry.payload = Str(*parts.payload);
  if (entry.has_payload && entry.payload.size() != entry.header.payload_size)
    return Damaged("has a payload of another size than its header says");
  return entry;
}

absl::StatusOr<ledger::EntryHeader> DecodeEntryHeader(absl::string_view row) {
  ASSIGN_OR_RETURN(absl::string_view header, HeaderOf(row));
  auto parsed = ledger::ParseHeader(header);
  if (!parsed.ok()) return Damaged(absl::StrCat("does not parse: ", parsed.status().message()));
  return parsed;
}

std::string EncodeVerdict(const ledger::Verdict& verdict) {
  return {static_cast<char>(verdict.status), static_cast<char>(verdict.reason)};
}

ledger::Verdict DecodeVerdict(absl::string_view row) {
  ENTENTE_CHECK(row.size() == 2);
  return {static_cast<ledger::Status>(row[0]), static_cast<ledger::StatusReason>(row[1])};
}

}  // namespace entente::store
