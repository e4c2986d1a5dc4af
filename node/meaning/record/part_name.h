// What the elements of a report's lists are called, where versions are compared or merged element
// by element: "values[OST-CLIENTS 2016 sex=T]", "narratives[ru]", "sections[obstacles ru]",
// "attachments[order.pdf]". Two elements of one name in two versions say the same thing, or
// contradict each other. Milestones have no names.
#pragma once

#include <string>

#include "entente/v1/payload.pb.h"

namespace entente::meaning {

inline std::string PartName(const v1::IndicatorValue& value) {
  std::string name = "values[" + value.indicator() + " " + value.period();
  if (!value.ref_area().empty()) name += " " + value.ref_area();
  for (const auto& dim : value.dims()) name += " " + dim.name() + "=" + dim.code();
  return name + "]";
}

inline std::string NarrativeName(const std::string& lang) { return "narratives[" + lang + "]"; }

inline std::string SectionName(const std::string& name, const std::string& lang) {
  return "sections[" + name + " " + lang + "]";
}

inline std::string AttachmentName(const std::string& name) { return "attachments[" + name + "]"; }

}  // namespace entente::meaning
