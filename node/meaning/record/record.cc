#include "node/meaning/record/record.h"

#include <algorithm>
#include <iterator>

#include "entente/v1/entry.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "node/base/bytes.h"
#include "node/meaning/record/message_fields.h"
#include "node/meaning/record/plain_payload.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/text/words.h"

namespace entente::meaning {
namespace {

using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kIdsMax = 64;

// Depth is bounded by the schema: no message of ours contains itself.
bool HasUnknownFields(const Message& message) {
  const Reflection* reflection = message.GetReflection();
  if (!reflection->GetUnknownFields(message).empty()) return true;
  for (const auto* field : FieldsOf(message.GetDescriptor()).messages) {
    if (!field->is_repeated()) {
      if (!reflection->HasField(message, field)) continue;
      if (HasUnknownFields(reflection->GetMessage(message, field))) return true;
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      if (HasUnknownFields(reflection->GetRepeatedMessage(message, field, i))) return true;
    }
  }
  return false;
}

template <class Ids>
std::string IdListFault(const Ids& ids) {
  if (ids.size() > kIdsMax) {
    return std::to_string(ids.size()) + " entry ids; the limit is " + std::to_string(kIdsMax);
  }
  for (int i = 0; i < ids.size(); ++i) {
    if (ids[i].size() != 32) {
      return "entry id number " + std::to_string(i + 1) + " has " + std::to_string(ids[i].size()) +
             " bytes; an id has 32";
    }
    if (i > 0 && ids[i - 1] >= ids[i]) return "entry ids are not ascending; sort them, each once";
  }
  return "";
}

std::optional<Finding> SchemaFault(std::string field, const std::string& what) {
  Findings findings;
  findings.Refuse("E-SCHEMA", std::move(field), what);
  return findings.all()[0];
}

// Empties a message for the next of its kind and keeps its parts, which Clear() would free only for
// the next to make them again. Absent and empty are the same to whoever asks for them.
template <class Payload>
void EmptyForNext(Payload& payload) {
  v1::Common* common = payload.release_common();
  v1::Subject* subject = nullptr;
  if constexpr (requires { payload.release_subject(); }) subject = payload.release_subject();
  payload.Clear();
  if (common != nullptr) {
    common->Clear();
    payload.set_allocated_common(common);
  }
  if constexpr (requires { payload.release_subject(); }) {
    if (subject == nullptr) return;
    subject->Clear();
    payload.set_allocated_subject(subject);
  }
}

template <class Payload>
bool ParseShort(const std::string& bytes, Payload& payload) {
  EmptyForNext(payload);
  return payload.MergeFromString(bytes);
}

// Read where it stays: a message that is moved is one more that is made and destroyed, and every
// entry that comes in is read.
// `shortened`: room for the short form, which is then read instead; or null.
template <class Payload>
void Read(absl::string_view bytes, uint32_t schema, ReadRecord& out, std::string* shortened) {
  if (!std::holds_alternative<Payload>(out.record)) out.record.emplace<Payload>();
  Payload& payload = std::get<Payload>(out.record);  // parsing clears it
  out.plain = IsPlainPayload(Payload::descriptor(), bytes, shortened);
  const bool parsed = out.plain && shortened != nullptr
                          ? ParseShort(*shortened, payload)
                          : payload.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  if (!parsed) {
    out.fault = SchemaFault("payload", "not a " + std::string(Payload::descriptor()->name()) +
                                           " of schema " + std::to_string(schema) +
                                           "; the bytes do not parse");
    return;
  }
  if ((!out.plain && HasUnknownFields(payload)) || SchemaOf(payload) > schema) {
    out.fault = SchemaFault("payload", "has a field that schema " + std::to_string(schema) +
                                           " does not define; a new field needs a new schema "
                                           "number, write it with a version that knows it");
  } else if (std::string fault = IdListFault(payload.common().supersedes()); !fault.empty()) {
    out.fault = SchemaFault("common.supersedes", fault);
  } else if (fault = IdListFault(payload.common().cites()); !fault.empty()) {
    out.fault = SchemaFault("common.cites", fault);
  }
}

struct KindReader {
  uint32_t kind;
  const google::protobuf::Descriptor* (*type)();
  void (*read)(absl::string_view bytes, uint32_t schema, ReadRecord& out, std::string* shortened);
};

constexpr KindReader kReaders[] = {
    {v1::REPORT, v1::Report::descriptor, Read<v1::Report>},
    {v1::WITHDRAWAL, v1::Withdrawal::descriptor, Read<v1::Withdrawal>},
    {v1::TRANSLATION, v1::Translation::descriptor, Read<v1::Translation>},
    {v1::OBJECTION, v1::Objection::descriptor, Read<v1::Objection>},
    {v1::INSTRUMENT, v1::Instrument::descriptor, Read<v1::Instrument>},
    {v1::CHAPTER, v1::Chapter::descriptor, Read<v1::Chapter>},
    {v1::COMMITMENT, v1::Commitment::descriptor, Read<v1::Commitment>},
    {v1::INDICATOR, v1::Indicator::descriptor, Read<v1::Indicator>},
    {v1::ROUND, v1::Round::descriptor, Read<v1::Round>},
    {v1::EXTENSION, v1::Extension::descriptor, Read<v1::Extension>},
    {v1::REVIEW, v1::Review::descriptor, Read<v1::Review>},
    {v1::REMINDER, v1::Reminder::descriptor, Read<v1::Reminder>},
    {v1::MEETING, v1::Meeting::descriptor, Read<v1::Meeting>},
    {v1::AGENDA_ITEM, v1::AgendaItem::descriptor, Read<v1::AgendaItem>},
    {v1::INTERVENTION, v1::Intervention::descriptor, Read<v1::Intervention>},
    {v1::ROUND_CLOSE, v1::RoundClose::descriptor, Read<v1::RoundClose>},
    {v1::ADOPTION, v1::Adoption::descriptor, Read<v1::Adoption>},
    {v1::COMMENT, v1::Comment::descriptor, Read<v1::Comment>},
    {v1::AMENDMENT, v1::Amendment::descriptor, Read<v1::Amendment>},
    {v1::PERSON, v1::Person::descriptor, Read<v1::Person>},
    {v1::AUDIT_STATEMENT, v1::AuditStatement::descriptor, Read<v1::AuditStatement>},
    {v1::INFORMAL_TRANSLATION, v1::Translation::descriptor, Read<v1::Translation>},
    {v1::RETRACTION, v1::Retraction::descriptor, Read<v1::Retraction>},
    {v1::MINUTES_RETRACTION, v1::Retraction::descriptor, Read<v1::Retraction>},
};

// Null: a newer version's.
const KindReader* ReaderOf(uint32_t kind, uint32_t schema) {
  if (schema == 0 || schema > NewestSchema(kind)) return nullptr;
  const auto* reader = std::find_if(std::begin(kReaders), std::end(kReaders),
                                    [&](const KindReader& known) { return known.kind == kind; });
  return reader == std::end(kReaders) ? nullptr : reader;
}

// Two kinds carry translations: which one it is decides who may write it, so the text may not say
// another thing.
void CheckStanding(uint32_t kind, ReadRecord& read) {
  const auto* translation = std::get_if<v1::Translation>(&read.record);
  if (translation == nullptr || read.fault) return;
  const char* standing = kind == v1::TRANSLATION ? kOfficial : kInformal;
  if (translation->standing() == standing) return;
  read.fault =
      SchemaFault("standing", "\"" + translation->standing() + "\" in an entry of the kind " +
                                  standing + "; write it as that kind");
}

// Who may take a record back is who may write it: the entry's kind says so, and the slot follows.
void CheckRetracted(uint32_t kind, ReadRecord& read) {
  const auto* retraction = std::get_if<v1::Retraction>(&read.record);
  if (retraction == nullptr || read.fault) return;
  const auto stands = KindOfSlot(retraction->slot());
  if (!stands || !IsRetractable(*stands)) return;  // the rules say what is wrong
  const bool minutes = *stands != v1::COMMENT;
  if (minutes == (kind == v1::MINUTES_RETRACTION)) return;
  read.fault = SchemaFault("slot", retraction->slot() + " is not taken back by a " +
                                       base::Str(KindWord(kind)) +
                                       "; write it as the other kind of retraction");
}

void ReadInto(uint32_t kind, uint32_t schema, absl::string_view payload, ReadRecord& out,
              std::string* shortened) {
  out.fault.reset();
  out.plain = false;
  const KindReader* reader = ReaderOf(kind, schema);
  out.newer = reader == nullptr;
  if (out.newer) {
    out.record = std::monostate();
    return;
  }
  reader->read(payload, schema, out, shortened);
  CheckStanding(kind, out);
  CheckRetracted(kind, out);
  if (out.fault) out = {.fault = std::move(out.fault)};
}

}  // namespace

uint32_t NewestSchema(uint32_t kind) {
  switch (kind) {
    case v1::REPORT:
      return 3;
    case v1::COMMENT:
    case v1::MEETING:
    case v1::INTERVENTION:
      return 2;
    default:
      return 1;
  }
}

const v1::Correction* CorrectionOf(const Record& record) {
  return std::visit(
      [](const auto& message) -> const v1::Correction* {
        if constexpr (requires { message.has_correction(); }) {
          return message.has_correction() ? &message.correction() : nullptr;
        } else {
          return nullptr;
        }
      },
      record);
}

uint32_t SchemaOf(const v1::Report& report) {
  if (report.has_cleared_by()) return 3;
  return report.attachments().empty() ? 1 : 2;
}

ReadRecord ReadPayload(uint32_t kind, uint32_t schema, absl::string_view payload) {
  ReadRecord out;
  ReadInto(kind, schema, payload, out, nullptr);
  return out;
}

void ShortReader::Read(uint32_t kind, uint32_t schema, absl::string_view payload, ReadRecord& out) {
  ReadInto(kind, schema, payload, out, &shortened_);
}

const google::protobuf::Descriptor* TypeOf(uint32_t kind, uint32_t schema) {
  const KindReader* reader = ReaderOf(kind, schema);
  return reader == nullptr ? nullptr : reader->type();
}

const v1::Common* CommonOf(const Record& record) {
  return std::visit(
      [](const auto& message) -> const v1::Common* {
        if constexpr (std::is_same_v<std::decay_t<decltype(message)>, std::monostate>) {
          return nullptr;
        } else {
          return &message.common();
        }
      },
      record);
}

const v1::About& AboutOf(const Record& record) {
  return std::visit(
      [](const auto& message) -> const v1::About& {
        if constexpr (std::is_same_v<std::decay_t<decltype(message)>, v1::Review>) {
          return message.report();
        } else if constexpr (requires { message.about(); }) {
          return message.about();
        } else {
          return v1::About::default_instance();
        }
      },
      record);
}

}  // namespace entente::meaning
