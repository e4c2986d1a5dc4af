#include "node/meaning/record/finding.h"

#include "node/base/bytes.h"

namespace entente::meaning {

absl::string_view SeverityWord(Severity severity) {
  switch (severity) {
    case Severity::kRefuse:
      return "refuse";
    case Severity::kHold:
      return "hold";
    case Severity::kFlag:
      break;
  }
  return "flag";
}

void Findings::Add(Severity severity, absl::string_view code, std::string field,
                   const std::string& what) {
  Finding finding;
  finding.severity = severity;
  finding.code = base::Str(code);
  finding.message = finding.code + " " + field + ": " + what;
  finding.field = std::move(field);
  all_.push_back(std::move(finding));
}

const Finding* FirstRefusal(const std::vector<Finding>& findings) {
  for (const auto& finding : findings) {
    if (finding.severity == Severity::kRefuse) return &finding;
  }
  return nullptr;
}

}  // namespace entente::meaning
