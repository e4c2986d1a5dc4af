#include "node/meaning/record.h"

#include "entente/v1/entry.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "node/base/bytes.h"
#include "node/meaning/message_fields.h"

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

template <class Payload>
uint32_t NeededSchema(const Payload& payload) {
  if constexpr (std::is_same_v<Payload, v1::Report>) {
    return SchemaOf(payload);
  } else {
    return 1;  // all their fields are of schema 1
  }
}

template <class Payload>
ReadRecord Read(absl::string_view bytes, uint32_t schema) {
  ReadRecord out;
  Payload payload;
  if (!payload.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    out.fault = SchemaFault("payload", "not a " + std::string(Payload::descriptor()->name()) +
                                           " of schema " + std::to_string(schema) +
                                           "; the bytes do not parse");
  } else if (HasUnknownFields(payload) || NeededSchema(payload) > schema) {
    out.fault = SchemaFault("payload", "has a field that schema " + std::to_string(schema) +
                                           " does not define; a new field needs a new schema "
                                           "number, write it with a version that knows it");
  } else if (std::string fault = IdListFault(payload.common().supersedes()); !fault.empty()) {
    out.fault = SchemaFault("common.supersedes", fault);
  } else if (fault = IdListFault(payload.common().cites()); !fault.empty()) {
    out.fault = SchemaFault("common.cites", fault);
  } else {
    out.record = std::move(payload);
  }
  return out;
}

}  // namespace

uint32_t SchemaOf(const v1::Report& report) { return report.attachments().empty() ? 1 : 2; }

ReadRecord ReadPayload(uint32_t kind, uint32_t schema, absl::string_view payload) {
  ReadRecord newer;
  newer.newer = true;
  if (schema == 0 || schema > (kind == v1::REPORT ? 2 : 1)) return newer;
  switch (kind) {
    case v1::REPORT:
      return Read<v1::Report>(payload, schema);
    case v1::WITHDRAWAL:
      return Read<v1::Withdrawal>(payload, schema);
    case v1::INSTRUMENT:
      return Read<v1::Instrument>(payload, schema);
    case v1::CHAPTER:
      return Read<v1::Chapter>(payload, schema);
    case v1::COMMITMENT:
      return Read<v1::Commitment>(payload, schema);
    case v1::INDICATOR:
      return Read<v1::Indicator>(payload, schema);
    case v1::ROUND:
      return Read<v1::Round>(payload, schema);
    case v1::INTERVENTION:
      return Read<v1::Intervention>(payload, schema);
    default:
      return newer;
  }
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

}  // namespace entente::meaning
