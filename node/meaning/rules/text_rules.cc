#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "node/base/bytes.h"
#include "node/meaning/record/message_fields.h"
#include "node/meaning/record/suggest.h"
#include "node/meaning/record/text_limits.h"
#include "node/meaning/rules/rule_context.h"
#include "node/meaning/text/language_tag.h"
#include "node/meaning/text/unicode.h"
#include "node/meaning/text/words.h"

namespace entente::meaning {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kShortestLimit = 32;

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

// Where a text stands, as a chain of fields up to the record; written out only for a finding.
struct Place {
  const Place* above;  // null at the record's own fields
  const FieldDescriptor* field;
  int index;            // in a list; -1 outside one
  const Message* item;  // the message of the list that `index` counts; null for texts

  std::string Path() const {
    std::string path = above == nullptr ? field->name() : above->Path() + "." + field->name();
    if (index < 0) return path;
    return path + "[" + (item == nullptr ? std::to_string(index + 1) : LabelOf(*item, index)) + "]";
  }
  const std::string& TopField() const {
    return above == nullptr ? field->name() : above->TopField();
  }
};

void CheckText(const std::string& text, const Place& place, RuleContext& context) {
  if (text.empty()) return;
  TextFacts facts = Inspect(text);
  if (!facts.utf8) {
    context.out.Refuse("E-UTF8", place.Path(),
                       "not UTF-8; save the text as UTF-8 and enter it again");
    return;
  }
  if (facts.control) {
    context.out.Refuse("E-UTF8", place.Path(),
                       "holds a control character; only line breaks and tabs may stand in a text");
  } else if (!facts.surely_nfc && !IsNfc(text)) {
    context.out.Refuse("E-UTF8", place.Path(),
                       "not in Unicode form NFC; drafting normalises it, sign the draft again");
  }
  if (facts.characters <= kShortestLimit) return;
  size_t limit = TextLimit(place.TopField());
  if (facts.characters > limit) {
    context.out.Refuse("E-LEN", place.Path(),
                       std::to_string(facts.characters) + " characters; the limit is " +
                           std::to_string(limit) + "; shorten it or move the detail to a document");
  }
}

void Walk(const Message& message, const Place* above, RuleContext& context);

void WalkField(const Message& message, const FieldDescriptor* field, const Place* above,
               RuleContext& context) {
  const auto* reflection = message.GetReflection();
  std::string scratch;  // stays empty: our messages hold their strings
  if (field->type() == FieldDescriptor::TYPE_STRING) {
    if (!field->is_repeated()) {
      const std::string& text = reflection->GetStringReference(message, field, &scratch);
      return CheckText(text, {above, field, -1, nullptr}, context);
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      const auto& text = reflection->GetRepeatedStringReference(message, field, i, &scratch);
      CheckText(text, {above, field, i, nullptr}, context);
    }
  } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    if (!field->is_repeated()) {
      if (!reflection->HasField(message, field)) return;
      Place place{above, field, -1, nullptr};
      return Walk(reflection->GetMessage(message, field), &place, context);
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      const Message& item = reflection->GetRepeatedMessage(message, field, i);
      Place place{above, field, i, &item};
      Walk(item, &place, context);
    }
  }
}

void Walk(const Message& message, const Place* above, RuleContext& context) {
  for (const auto* field : FieldsOf(message.GetDescriptor()).inner) {
    WalkField(message, field, above, context);
  }
  if (message.GetDescriptor() == v1::Text::descriptor() && above != nullptr) {
    const auto& text = static_cast<const v1::Text&>(message);
    // One of a list in several languages; the rules of its kind ask for a text that stands alone.
    if (above->index >= 0 && IsBlank(text.text())) {
      context.RefuseInDraft("E-EMPTY", above->Path(),
                            "no text given; write it, or leave this language out");
    }
    const std::string& tag = text.lang();
    if (!IsPlainLanguageTag(tag)) CheckLanguage(tag, above->Path() + ".lang", context);
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
  if (context.texts_plain) return;
  Walk(record, nullptr, context);
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
