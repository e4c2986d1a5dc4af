#include "client/draft/record_text.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/base/clock.h"
#include "client/base/field_language.h"
#include "client/base/render.h"
#include "node/base/bytes.h"
#include "node/base/id.h"
#include "node/meaning/record/record.h"
#include "node/meaning/text/words.h"

namespace entente::client {

namespace {

using nlohmann::ordered_json;

// Ids and digests are hex everywhere people look; protobuf's own JSON would print base64. Words are
// lower case, as typed.
void SetBytes(ordered_json& json, const google::protobuf::Message& message) {
  const auto* reflection = message.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const auto* field : fields) {
    const bool bytes = field->type() == google::protobuf::FieldDescriptor::TYPE_BYTES;
    const bool nested = field->type() == google::protobuf::FieldDescriptor::TYPE_MESSAGE;
    if (!bytes && !nested) continue;
    ordered_json& at = json[field->name()];
    if (!field->is_repeated()) {
      if (bytes) at = base::ToHex(reflection->GetString(message, field));
      if (nested) SetBytes(at, reflection->GetMessage(message, field));
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      if (bytes) at[i] = base::ToHex(reflection->GetRepeatedString(message, field, i));
      if (nested) SetBytes(at[i], reflection->GetRepeatedMessage(message, field, i));
    }
  }
}

struct Converter {
  ordered_json operator()(const std::monostate&) const {
    return {{"newer", "written by a newer version"}};
  }
  ordered_json operator()(const v1::Report& report) const {
    ordered_json json = Generic(report);
    if (json.contains("implementation"))
      json["implementation"] = base::Str(meaning::ImplementationWord(report.implementation()));
    if (json.contains("assessment"))
      json["assessment"] = base::Str(meaning::AssessmentWord(report.assessment()));
    if (json.contains("subject"))
      json["subject"]["kind"] = base::Str(meaning::SubjectKindWord(report.subject().kind()));
    for (int i = 0; i < report.values_size(); ++i) {
      if (report.values(i).trend() != v1::TREND_UNSPECIFIED) {
        json["values"][i]["trend"] = base::Str(meaning::TrendWord(report.values(i).trend()));
      }
    }
    for (int i = 0; i < report.attachments_size(); ++i) {
      const v1::Attachment& attachment = report.attachments(i);
      json["attachments"][i]["size"] = attachment.size();
    }
    return json;
  }
  template <class Message>
  ordered_json operator()(const Message& message) const {
    return Generic(message);
  }
  template <class Message>
  static ordered_json Generic(const Message& message) {
    google::protobuf::util::JsonPrintOptions options;
    options.preserve_proto_field_names = true;
    std::string text;
    if (!google::protobuf::util::MessageToJsonString(message, &text, options).ok())
      return ordered_json::object();
    ordered_json json = ordered_json::parse(text, nullptr, false);
    SetBytes(json, message);
    return json;
  }
};

using Fields = std::vector<std::pair<std::string, std::string>>;

void Flatten(const ordered_json& json, const std::string& name, const ElementNamer& element,
             Fields& out) {
  if (json.is_object()) {
    for (const auto& [field, value] : json.items()) {
      Flatten(value, name.empty() ? field : absl::StrCat(name, ".", field), element, out);
    }
  } else if (json.is_array()) {
    for (size_t i = 0; i < json.size(); ++i) Flatten(json[i], element(name, json, i), element, out);
  } else {
    out.emplace_back(name, json.is_string() ? json.get<std::string>() : json.dump());
  }
}

}  // namespace

ordered_json PayloadJson(uint32_t kind, uint32_t schema, const std::string& payload) {
  return std::visit(Converter{}, meaning::ReadPayload(kind, schema, payload).record);
}

Fields PayloadFields(uint32_t kind, uint32_t schema, const std::string& payload) {
  return PayloadFields(kind, schema, payload,
                       [](const std::string& list, const ordered_json& elements, size_t i) {
                         if (elements.size() == 1) return list;
                         return absl::StrCat(list, "[", i + 1, "]");
                       });
}

Fields PayloadFields(uint32_t kind, uint32_t schema, const std::string& payload,
                     const ElementNamer& element) {
  Fields out;
  Flatten(PayloadJson(kind, schema, payload), "", element, out);
  return out;
}

std::string PayloadText(uint32_t kind, uint32_t schema, const std::string& payload,
                        const Phrases& phrases) {
  std::string out;
  for (const auto& [name, value] : PayloadFields(kind, schema, payload))
    absl::StrAppend(&out, "  ", FieldIn(name, phrases), ": ",
                    Printable(FieldValueIn(name, value, phrases)), "\n");
  return out;
}

std::string ChangesText(uint32_t kind, const std::string& before, const std::string& after,
                        const Phrases& phrases) {
  const uint32_t schema = meaning::NewestSchema(kind);
  const Fields old = PayloadFields(kind, schema, before), now = PayloadFields(kind, schema, after);
  const auto said = [&](const Fields& fields, const std::string& name) {
    for (const auto& [known, value] : fields) {
      if (known == name) return Printable(FieldValueIn(name, value, phrases));
    }
    return phrases.Say("(nothing)");
  };
  std::vector<std::string> names;
  for (const Fields& fields : {old, now}) {
    for (const auto& [name, value] : fields) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  std::string out;
  for (const std::string& name : names) {
    if (absl::StartsWith(name, "common.") || absl::StartsWith(name, "correction.")) continue;
    const std::string was = said(old, name), is = said(now, name);
    if (was != is) absl::StrAppend(&out, "  ", FieldIn(name, phrases), ": ", was, " -> ", is, "\n");
  }
  return out;
}

std::string CompletenessText(const v1::Completeness& completeness, const Phrases& phrases) {
  if (completeness.asked() == 0) return "";
  const std::string missing = absl::StrJoin(completeness.missing(), ", ");
  return absl::StrCat(
      phrases.Say("complete: {0} of {1}",
                  {absl::StrCat(completeness.answered()), absl::StrCat(completeness.asked())}),
      missing.empty() ? "" : absl::StrCat("; ", phrases.Say("missing: {0}", {missing})));
}

ordered_json CompletenessJson(const v1::Completeness& completeness) {
  ordered_json out = {{"answered", completeness.answered()}, {"asked", completeness.asked()}};
  out["missing"] = ordered_json::array();
  for (const auto& part : completeness.missing()) out["missing"].push_back(part);
  return out;
}

ordered_json RecordJson(const v1::Record& record) {
  ordered_json out = {
      {"reference", record.reference()}, {"slot", record.slot()}, {"state", record.state()}};
  out["heads"] = ordered_json::array();
  for (const auto& head : record.heads()) {
    ordered_json json = {{"entry_id", base::ToHex(head.entry_id())},
                         {"kind", base::Str(meaning::KindWord(head.kind()))},
                         {"version", head.version()},
                         {"delegation", head.delegation()},
                         {"key", base::ToHex(head.key())},
                         {"key_label", head.key_label()},
                         {"cleared_by", head.cleared_by()},
                         {"signed_at", UtcText(HlcMs(head.hlc()))}};
    json["supersedes"] = ordered_json::array();
    for (const auto& id : head.supersedes()) json["supersedes"].push_back(base::ToHex(id));
    json["findings"] = ordered_json::array();
    for (const auto& f : head.findings()) {
      json["findings"].push_back(
          {{"code", f.code()}, {"field", f.field()}, {"message", f.message()}});
    }
    if (head.has_completeness()) json["completeness"] = CompletenessJson(head.completeness());
    json["record"] = PayloadJson(head.kind(), head.schema(), head.payload());
    out["heads"].push_back(std::move(json));
  }
  out["said"] = ordered_json::array();
  for (const auto& spoken : record.spoken()) {
    out["said"].push_back(
        {{"entry_id", base::ToHex(spoken.entry_id())},
         {"about", base::ToHex(spoken.about())},
         {"kind", base::Str(meaning::KindWord(spoken.kind()))},
         {"delegation", spoken.delegation()},
         {"key_label", spoken.key_label()},
         {"signed_at", UtcText(HlcMs(spoken.hlc()))},
         {"answered", spoken.answered()},
         {"record", PayloadJson(spoken.kind(), spoken.schema(), spoken.payload())}});
  }
  if (!record.freshness().empty()) out["freshness"] = record.freshness();
  return out;
}

std::string RecordText(const v1::Record& record, const Phrases& phrases) {
  std::string out = absl::StrCat(record.reference(), record.state().empty() ? "" : "  ",
                                 phrases.Word(record.state()).value_or(record.state()), "\n");
  if (record.heads_size() > 1) {
    const std::string line =
        absl::StrCat(record.heads_size(), " versions stand; entente draft merge settles it");
    absl::StrAppend(&out, phrases.Retell(line), "\n");
  }
  for (const auto& head : record.heads()) {
    const std::string signed_at = phrases.ShortDate(UtcText(HlcMs(head.hlc())));
    absl::StrAppend(&out, "#", head.version(), "  ", base::ToHex(head.entry_id()).substr(0, 8),
                    "  ", head.delegation(), ", ", Printable(head.key_label()), ", ",
                    phrases.Say("signed {0} (claimed)", {signed_at}),
                    head.cleared_by().empty() ? ""
                                              : absl::StrCat(", ", phrases.Say("cleared by"), " ",
                                                             Printable(head.cleared_by())),
                    "\n", PayloadText(head.kind(), head.schema(), head.payload(), phrases));
    if (const std::string complete = CompletenessText(head.completeness(), phrases);
        !complete.empty())
      absl::StrAppend(&out, "  ", complete, "\n");
    for (const auto& finding : head.findings())
      absl::StrAppend(&out, "  ! ", phrases.Retell(Printable(finding.message())), "\n");
  }
  for (const auto& spoken : record.spoken()) {
    const std::string kind = base::Str(meaning::KindWord(spoken.kind()));
    const std::string signed_at = phrases.ShortDate(UtcText(HlcMs(spoken.hlc())));
    absl::StrAppend(&out, phrases.Word(kind).value_or(kind), "  ",
                    base::ToHex(spoken.entry_id()).substr(0, 8), "  ", spoken.delegation(), ", ",
                    Printable(spoken.key_label()), ", ",
                    phrases.Say("signed {0} (claimed)", {signed_at}),
                    spoken.answered() ? absl::StrCat(", ", phrases.Say("answered")) : "", "\n",
                    PayloadText(spoken.kind(), spoken.schema(), spoken.payload(), phrases));
  }
  if (!record.freshness().empty())
    absl::StrAppend(&out, phrases.Retell(Printable(record.freshness())), "\n");
  return out;
}

}  // namespace entente::client
