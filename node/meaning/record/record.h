// A payload, read: which message a kind and schema carry, and whether the bytes are one. Schema 1
// of the kinds of entry.proto, schemas 2 and 3 of reports, and schema 2 of what can be corrected,
// is what this version knows; everything else is "written by a newer version".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "absl/strings/string_view.h"
#include "entente/v1/entry.pb.h"
#include "entente/v1/payload.pb.h"
#include "node/meaning/record/finding.h"

namespace entente::meaning {

using Record = std::variant<std::monostate, v1::Report, v1::Withdrawal, v1::Instrument, v1::Chapter,
                            v1::Commitment, v1::Indicator, v1::Round, v1::Intervention, v1::Review,
                            v1::Comment, v1::Translation, v1::Extension, v1::RoundClose,
                            v1::Reminder, v1::Meeting, v1::AgendaItem, v1::Amendment, v1::Objection,
                            v1::Adoption, v1::Person, v1::AuditStatement, v1::Retraction>;

// Kinds of which a catalogue file is made.
inline constexpr bool IsCatalogueKind(uint32_t kind) {
  return (kind >= v1::INSTRUMENT && kind <= v1::ROUND) || kind == v1::INTERVENTION;
}

struct ReadRecord {
  Record record;                 // monostate when newer or at fault
  bool newer = false;            // unknown kind or newer schema
  std::optional<Finding> fault;  // E-SCHEMA
  bool plain = false;            // its texts break no rule (plain_payload.h); false: unknown
};

// The lowest schema that defines everything the record says: what it is written with.
uint32_t SchemaOf(const v1::Report& report);
// Of comments, meetings and interventions, which can be corrected; 1 of every other kind.
template <class Payload>
uint32_t SchemaOf(const Payload& payload) {
  if constexpr (requires { payload.has_correction(); }) {
    return payload.has_correction() ? 2 : 1;
  } else {
    return 1;
  }
}
// The highest schema of the kind that this version knows.
uint32_t NewestSchema(uint32_t kind);

// Total: never fails otherwise. A field that the schema does not define, at any depth, is a fault,
// as are supersedes or cites that are not ascending 32-byte ids, or more than 64 of them.
ReadRecord ReadPayload(uint32_t kind, uint32_t schema, absl::string_view payload);

// Reads records that are judged by themselves and listed, but not shown, one after the other: of a
// plain one in its short form (plain_payload.h). All else is as in ReadPayload.
class ShortReader {
 public:
  // Into `out`, in the memory of what it held: records mostly follow their like.
  void Read(uint32_t kind, uint32_t schema, absl::string_view payload, ReadRecord& out);

 private:
  std::string shortened_;
};

// The message such a payload is; null: of a kind or schema that a newer version writes.
const google::protobuf::Descriptor* TypeOf(uint32_t kind, uint32_t schema);

// What makes it a later version; nullptr: it is none, or of a kind that is not corrected so.
const v1::Correction* CorrectionOf(const Record& record);

// nullptr for monostate.
const v1::Common* CommonOf(const Record& record);

// The record it is about; empty where its kind is about none.
const v1::About& AboutOf(const Record& record);

inline constexpr int kAuditFindingsMax = 200;  // of one audit statement

inline constexpr char kOfficial[] = "official";
inline constexpr char kInformal[] = "informal";

}  // namespace entente::meaning
