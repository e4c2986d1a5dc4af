// The header's one encoding and the strict scan. Protobuf's own parser is too lenient here: it
// accepts unknown fields, any order, repeats and long varints, each of which would give one act
// several signed forms.
#include <array>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"
#include "node/ledger/entry.h"

namespace entente::ledger {

namespace {

enum Field : uint32_t {
  kInstrument = 1,
  kKey = 2,
  kIncarnation = 3,
  kSequence = 4,
  kPrevious = 5,
  kCharterHead = 6,
  kCredentialsHead = 7,
  kHlc = 8,
  kKind = 9,
  kSchema = 10,
  kPayloadSize = 11,
  kPayloadHash = 12,
  kSeenSize = 13,
  kSeenRoot = 14,
  kFieldEnd = 15,
};

constexpr std::array<const char*, kFieldEnd> kNames = {"",
                                                       "instrument",
                                                       "key",
                                                       "incarnation",
                                                       "sequence",
                                                       "previous",
                                                       "charter_head",
                                                       "credentials_head",
                                                       "hlc",
                                                       "kind",
                                                       "schema",
                                                       "payload_size",
                                                       "payload_hash",
                                                       "seen_size",
                                                       "seen_root"};

// Wire types of protobuf encoding version 3.
enum Wire : uint32_t { kVarint = 0, kFixed64 = 1, kBytes = 2 };

constexpr std::array<Wire, kFieldEnd> kWires = {kVarint, kBytes,  kBytes, kVarint,  kVarint,
                                                kBytes,  kBytes,  kBytes, kFixed64, kVarint,
                                                kVarint, kVarint, kBytes, kVarint,  kBytes};

constexpr bool IsOptional(uint32_t field) {
  return field == kPrevious || field == kSeenSize || field == kSeenRoot;
}

// All field numbers are below 16, so every tag is one byte.
constexpr char Tag(uint32_t field) { return static_cast<char>(field << 3 | kWires[field]); }

void AppendVarint(std::string& out, uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

void PutNumber(std::string& out, Field field, uint64_t value) {
  out.push_back(Tag(field));
  AppendVarint(out, value);
}

template <class Id>
void PutId(std::string& out, Field field, const Id& id) {
  out.push_back(Tag(field));
  out.push_back(static_cast<char>(id.bytes.size()));
  out.append(reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size());
}

absl::Status Malformed(absl::string_view what) {
  return base::Error(absl::StatusCode::kInvalidArgument, "ENTRY_MALFORMED",
                     absl::StrCat("not an entry: ", what));
}

absl::Status Malformed(uint32_t field, absl::string_view what) {
  return Malformed(absl::StrCat("header field ", kNames[field], " ", what));
}

// What the scan found, before the ranges are judged.
struct Scanned {
  std::array<uint64_t, kFieldEnd> number{};
  std::array<const char*, kFieldEnd> id{};  // 32 bytes within the header
  uint32_t seen = 0;                        // bit per field

  bool Has(uint32_t field) const { return (seen >> field & 1) != 0; }
  template <class Id>
  void Copy(uint32_t field, Id& out) const {
    std::memcpy(out.bytes.data(), id[field], out.bytes.size());
  }
};

class Scanner {
 public:
  explicit Scanner(absl::string_view in)
      : at_(in.data()), end_(in.data() + in.size()), begin_(in.data()) {}

  absl::Status Scan(Scanned& out) {
    uint32_t last = 0;
    while (at_ != end_) {
      auto tag = static_cast<unsigned char>(*at_);
      uint32_t field = tag >> 3;
      if (tag >= 0x80 || field == 0 || field >= kFieldEnd) {
        return Malformed(absl::StrCat("unknown field tag ", tag, " at byte ", at_ - begin_,
                                      " of the header (a newer entry has another payload type)"));
      }
      if ((tag & 7) != kWires[field]) {
        return Malformed(field, absl::StrCat("has wire type ", tag & 7, ", it must be ",
                                             static_cast<uint32_t>(kWires[field])));
      }
      if (field <= last) {
        return Malformed(field, field == last ? "is given twice" : "is out of ascending order");
      }
      last = field;
      ++at_;
      RETURN_IF_ERROR(Value(field, out));
      out.seen |= 1u << field;
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Value(uint32_t field, Scanned& out) {
    if (kWires[field] == kBytes) return Id(field, out);
    if (!(kWires[field] == kFixed64 ? ReadFixed64(out.number[field])
                                    : ReadVarint(out.number[field]))) {
      return Malformed(
          field, kWires[field] == kFixed64 ? "is cut short" : "is not a minimal varint of 64 bits");
    }
    if (out.number[field] == 0) return Malformed(field, "is zero");
    return absl::OkStatus();
  }

  absl::Status Id(uint32_t field, Scanned& out) {
    if (at_ == end_ || *at_ != 32) return Malformed(field, "is not 32 bytes long");
    ++at_;
    if (end_ - at_ < 32) return Malformed(field, "is cut short");
    out.id[field] = at_;
    at_ += 32;
    return absl::OkStatus();
  }

  bool ReadFixed64(uint64_t& value) {
    if (end_ - at_ < 8) return false;
    for (int i = 7; i >= 0; --i) value = value << 8 | static_cast<unsigned char>(at_[i]);
    at_ += 8;
    return true;
  }

  bool ReadVarint(uint64_t& value) {
    for (uint32_t shift = 0; at_ != end_ && shift < 70; shift += 7) {
      auto byte = static_cast<unsigned char>(*at_++);
      if (shift == 63 && byte > 1) return false;  // over 64 bits
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return byte != 0 || shift == 0;
    }
    return false;
  }

  const char* at_;
  const char* end_;
  const char* begin_;
};

absl::Status CheckPresence(const Scanned& s) {
  for (uint32_t field = 1; field < kFieldEnd; ++field) {
    if (!IsOptional(field) && !s.Has(field)) return Malformed(field, "is missing");
  }
  bool first = s.number[kSequence] == 1;
  if (first && s.Has(kPrevious))
    return Malformed(kPrevious, "stands at sequence 1, which has none");
  if (!first && !s.Has(kPrevious)) {
    return Malformed(kPrevious, absl::StrCat("is missing at sequence ", s.number[kSequence]));
  }
  if (s.Has(kSeenSize) != s.Has(kSeenRoot)) {
    return Malformed(s.Has(kSeenSize) ? kSeenRoot : kSeenSize,
                     "is missing: seen_size and seen_root go together");
  }
  return absl::OkStatus();
}

absl::Status CheckRange(const Scanned& s, uint32_t field, uint64_t max) {
  if (s.number[field] <= max) return absl::OkStatus();
  return Malformed(field, absl::StrCat("is ", s.number[field], ", the most is ", max));
}

absl::Status CheckRanges(const Scanned& s) {
  for (auto [field, max] : {std::pair<uint32_t, uint64_t>{kIncarnation, kIncarnationMax},
                            {kKind, UINT32_MAX},
                            {kSchema, UINT32_MAX},
                            {kPayloadSize, kPayloadBytesMax}}) {
    RETURN_IF_ERROR(CheckRange(s, field, max));
  }
  return absl::OkStatus();
}

}  // namespace

std::string EncodeHeader(const EntryHeader& h) {
  std::string out;
  out.reserve(kHeaderBytesMax);
  PutId(out, kInstrument, h.instrument);
  PutId(out, kKey, h.key);
  PutNumber(out, kIncarnation, h.incarnation);
  PutNumber(out, kSequence, h.sequence);
  if (h.sequence > 1) PutId(out, kPrevious, h.previous);
  PutId(out, kCharterHead, h.charter_head);
  PutId(out, kCredentialsHead, h.credentials_head);
  out.push_back(Tag(kHlc));
  for (int shift = 0; shift < 64; shift += 8) out.push_back(static_cast<char>(h.hlc >> shift));
  PutNumber(out, kKind, h.kind);
  PutNumber(out, kSchema, h.schema);
  PutNumber(out, kPayloadSize, h.payload_size);
  PutId(out, kPayloadHash, h.payload_hash);
  if (h.seen_size > 0) {
    PutNumber(out, kSeenSize, h.seen_size);
    PutId(out, kSeenRoot, h.seen_root);
  }
  return out;
}

absl::StatusOr<EntryHeader> ParseHeader(absl::string_view header_bytes) {
  if (header_bytes.size() > kHeaderBytesMax) {
    return Malformed(absl::StrCat("its header has ", header_bytes.size(), " bytes, the most is ",
                                  kHeaderBytesMax));
  }
  Scanned s;
  RETURN_IF_ERROR(Scanner(header_bytes).Scan(s));
  RETURN_IF_ERROR(CheckPresence(s));
  RETURN_IF_ERROR(CheckRanges(s));
  EntryHeader h;
  s.Copy(kInstrument, h.instrument);
  s.Copy(kKey, h.key);
  h.incarnation = static_cast<uint32_t>(s.number[kIncarnation]);
  h.sequence = s.number[kSequence];
  if (s.Has(kPrevious)) s.Copy(kPrevious, h.previous);
  s.Copy(kCharterHead, h.charter_head);
  s.Copy(kCredentialsHead, h.credentials_head);
  h.hlc = s.number[kHlc];
  h.kind = static_cast<uint32_t>(s.number[kKind]);
  h.schema = static_cast<uint32_t>(s.number[kSchema]);
  h.payload_size = s.number[kPayloadSize];
  s.Copy(kPayloadHash, h.payload_hash);
  h.seen_size = s.number[kSeenSize];
  if (s.Has(kSeenRoot)) s.Copy(kSeenRoot, h.seen_root);
  return h;
}

std::string FeedKey::Encode() const {
  std::string out;
  out.reserve(68);
  out.append(instrument.str()).append(key.str());
  base::AppendU32(out, incarnation);
  return out;
}

std::optional<FeedKey> FeedKey::Decode(absl::string_view raw) {
  if (raw.size() != 68) return std::nullopt;
  return FeedKey{*InstrumentId::FromBytes(raw.substr(0, 32)),
                 *PublicKey::FromBytes(raw.substr(32, 32)), base::ReadU32(raw.substr(64))};
}

FeedName FeedKey::Name() const { return crypto::Sha256As<FeedName>({"entente/feed/v1", Encode()}); }

}  // namespace entente::ledger
