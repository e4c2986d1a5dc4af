#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "node/base/bytes.h"
#include "node/meaning/language_tag.h"
#include "node/meaning/rule_context.h"
#include "node/meaning/suggest.h"
#include "node/meaning/unicode.h"
#include "node/meaning/words.h"

namespace entente::meaning {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kPayloadBytesMax = 60'000;  // ledger limit: one entry's payload
constexpr size_t kDefaultCharacters = 1'000;

struct Limit {
  const char* field;  // top-level field of the record
  size_t characters;
};
constexpr Limit kLimits[] = {{"narratives", 16'000}, {"sections", 4'000},  {"texts", 4'000},
                             {"definitions", 4'000}, {"summaries", 4'000}, {"reason", 2'000},
                             {"nil_reason", 2'000},  {"code", 64},         {"period", 32}};

size_t LimitOf(const std::string& top_field) {
  for (const auto& limit : kLimits) {
    if (top_field == limit.field) return limit.characters;
  }
  return kDefaultCharacters;
}

// What a person would call an item of a list: its language, indicator or name, else its place
// from 1.
std::string LabelOf(const Message& item, int place) {
  for (const char* key : {"lang", "indicator", "name", "party"}) {
    const auto* field = item.GetDescriptor()->FindFieldByName(key);
    if (field == nullptr || field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) continue;
    std::string label = item.GetReflection()->GetString(item, field);
    if (!label.empty() && IsUtf8(label) && !HasForbiddenControl(label)) return label;
  }
  return std::to_string(place + 1);
}

void CheckText(const std::string& text, const std::string& path, size_t limit,
               RuleContext& context) {
  if (!IsUtf8(text)) {
    context.out.Refuse("E-UTF8", path, "not UTF-8; save the text as UTF-8 and enter it again");
  } else if (HasForbiddenControl(text)) {
    context.out.Refuse("E-UTF8", path,
                       "holds a control character; only line breaks and tabs may stand in a text");
  } else if (!IsNfc(text)) {
    context.out.Refuse("E-UTF8", path,
                       "not in Unicode form NFC; drafting normalises it, sign the draft again");
  }
  size_t characters = CountCharacters(text);
  if (characters > limit) {
    context.out.Refuse("E-LEN", path,
                       std::to_string(characters) + " characters; the limit is " +
                           std::to_string(limit) + "; shorten it or move the detail to a document");
  }
}

void Walk(const Message& message, const std::string& path, const std::string& top,
          RuleContext& context);

void WalkField(const Message& message, const FieldDescriptor* field, const std::string& path,
               const std::string& top, RuleContext& context) {
  const auto* reflection = message.GetReflection();
  std::string here = path.empty() ? field->name() : path + "." + field->name();
  std::string first = top.empty() ? field->name() : top;
  bool is_text = field->type() == FieldDescriptor::TYPE_STRING;
  bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  if (!is_text && !is_message) return;
  int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
  for (int i = 0; i < count; ++i) {
    if (is_text) {
      std::string scratch;
      const std::string& text =
          field->is_repeated() ? reflection->GetRepeatedStringReference(message, field, i, &scratch)
                               : reflection->GetStringReference(message, field, &scratch);
      std::string label = field->is_repeated() ? "[" + std::to_string(i + 1) + "]" : "";
      CheckText(text, here + label, LimitOf(first), context);
    } else if (field->is_repeated()) {
      const Message& item = reflection->GetRepeatedMessage(message, field, i);
      Walk(item, here + "[" + LabelOf(item, i) + "]", first, context);
    } else {
      Walk(reflection->GetMessage(message, field), here, first, context);
    }
  }
}

void Walk(const Message& message, const std::string& path, const std::string& top,
          RuleContext& context) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const auto* field : fields) WalkField(message, field, path, top, context);
  if (message.GetDescriptor() == v1::Text::descriptor()) {
    CheckLanguage(static_cast<const v1::Text&>(message).lang(), path + ".lang", context);
  }
}

void CheckScript(const v1::Text& text, const std::string& field, RuleContext& context) {
  std::string promised = ScriptOfTag(text.lang());
  if (promised.empty()) return;
  Letters letters = CountLetters(text.text());
  size_t all = letters.latin + letters.cyrillic + letters.other;
  size_t fitting = promised == "Cyrl"   ? letters.cyrillic
                   : promised == "Latn" ? letters.latin
                                        : letters.other;
  // A few foreign words are normal in any text; less than half in the tag's own script is not.
  if (all < 10 || fitting * 2 >= all) return;
  context.out.Flag("W-SCRIPT", field,
                   "the tag " + text.lang() + " promises " +
                       (promised == "Cyrl"   ? "Cyrillic"
                        : promised == "Latn" ? "Latin"
                                             : promised) +
                       " letters and most are others; check the language tag");
}

}  // namespace

void CheckTexts(const Message& record, RuleContext& context) {
  Walk(record, "", "", context);
  size_t bytes = record.ByteSizeLong();
  if (bytes > kPayloadBytesMax) {
    context.out.Refuse("E-LEN", "record",
                       std::to_string(bytes) + " bytes in all; one record holds at most " +
                           std::to_string(kPayloadBytesMax) + "; shorten the texts");
  }
}

void CheckLanguage(const std::string& tag, const std::string& field, RuleContext& context) {
  std::string meant = LanguageMeantByCountry(tag);
  std::string canonical = CanonicalLanguageTag(tag);
  if (tag.empty()) {
    context.out.Refuse("E-LANG", field, "no language given; write a tag such as ru, kk or uz-Latn");
  } else if (!meant.empty()) {
    context.out.Refuse("E-LANG", field,
                       Quoted(tag) + " is a country; the language meant is probably " + meant);
  } else if (canonical.empty()) {
    context.out.Refuse("E-LANG", field,
                       Quoted(tag) + " is no language tag (BCP 47); write ru, kk or uz-Latn");
  } else if (canonical != tag) {
    context.out.Refuse("E-LANG", field, Quoted(tag) + " in another case; write " + canonical);
  } else if (tag == "kg") {
    context.out.Flag("W-LANG", field, "kg is the Kongo language; if Kyrgyz is meant, write ky");
  }
}

void CheckReportLanguages(const v1::Report& report, const v1::Round* round, RuleContext& context) {
  bool accepted = round == nullptr || round->languages().empty() || report.narratives().empty();
  for (const auto& text : report.narratives()) {
    CheckScript(text, "narratives[" + text.lang() + "]", context);
    if (accepted) continue;
    for (const auto& language : round->languages()) {
      // "uz" in the round accepts "uz-Latn".
      accepted |= text.lang() == language || text.lang().rfind(language + "-", 0) == 0;
    }
  }
  for (const auto& section : report.sections()) {
    CheckScript(section.text(), "sections[" + section.name() + "]", context);
  }
  if (accepted) return;
  std::string languages;
  for (const auto& language : round->languages()) languages += " " + language;
  context.out.Flag("W-LANG-ROUND", "narratives",
                   "no text in a language this round accepts (" + languages.substr(1) +
                       "); add a translation, or expect one to be asked for");
}

}  // namespace entente::meaning
