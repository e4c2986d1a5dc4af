#include "node/meaning/record/normalise.h"

#include <algorithm>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "node/meaning/text/language_tag.h"
#include "node/meaning/text/unicode.h"
#include "node/meaning/value/period.h"

namespace entente::meaning {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void NormaliseTag(v1::Text& text) {
  std::string canonical = CanonicalLanguageTag(text.lang());
  if (!canonical.empty()) text.set_lang(canonical);
}

void NormaliseField(Message& message, const FieldDescriptor* field) {
  const auto* reflection = message.GetReflection();
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    if (!field->is_repeated()) return NormaliseTexts(*reflection->MutableMessage(&message, field));
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      NormaliseTexts(*reflection->MutableRepeatedMessage(&message, field, i));
    }
    return;
  }
  if (field->type() != FieldDescriptor::TYPE_STRING) return;
  if (!field->is_repeated()) {
    reflection->SetString(&message, field, ToNfc(reflection->GetString(message, field)));
    return;
  }
  for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
    reflection->SetRepeatedString(&message, field, i,
                                  ToNfc(reflection->GetRepeatedString(message, field, i)));
  }
}

std::string BetterPeriod(const std::string& text) {
  std::string canonical = CanonicalPeriod(text);
  return canonical.empty() ? text : canonical;
}

void SortDimensions(v1::IndicatorValue& value) {
  std::vector<v1::DimensionValue> dims(value.dims().begin(), value.dims().end());
  std::stable_sort(dims.begin(), dims.end(),
                   [](const auto& a, const auto& b) { return a.name() < b.name(); });
  value.clear_dims();
  for (auto& dim : dims) *value.add_dims() = std::move(dim);
}

}  // namespace

void NormaliseTexts(Message& record) {
  std::vector<const FieldDescriptor*> fields;
  record.GetReflection()->ListFields(record, &fields);
  for (const auto* field : fields) NormaliseField(record, field);
  if (record.GetDescriptor() == v1::Text::descriptor()) {
    NormaliseTag(static_cast<v1::Text&>(record));
  }
}

void NormaliseReport(v1::Report& report) {
  NormaliseTexts(report);
  if (!report.common().lang().empty()) {
    std::string canonical = CanonicalLanguageTag(report.common().lang());
    if (!canonical.empty()) report.mutable_common()->set_lang(canonical);
  }
  report.set_period(BetterPeriod(report.period()));
  for (auto& attachment : *report.mutable_attachments()) {
    std::string canonical = CanonicalLanguageTag(attachment.lang());
    if (!canonical.empty()) attachment.set_lang(canonical);
  }
  for (auto& value : *report.mutable_values()) {
    value.set_period(BetterPeriod(value.period()));
    SortDimensions(value);
  }
}

}  // namespace entente::meaning
