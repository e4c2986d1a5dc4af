// E-CLEARED, as far as a report settles it by itself.
#include "node/meaning/record/second_signature.h"
#include "node/meaning/rules/rule_context.h"

namespace entente::meaning {

void CheckSecondSignature(const v1::Report& report, RuleContext& context) {
  if (!report.has_cleared_by()) return;
  const v1::SecondSignature& second = report.cleared_by();
  if (second.key().size() == 32 && second.signature().size() == 64) return;
  context.out.Refuse("E-CLEARED", "cleared_by",
                     "its key has " + std::to_string(second.key().size()) +
                         " bytes and its signature " + std::to_string(second.signature().size()) +
                         ", they have 32 and 64; clear the report again with entente draft clear");
}

std::optional<Finding> SecondSignatureFault(const v1::Report& report, absl::string_view payload,
                                            const base::InstrumentId& instrument,
                                            const base::PublicKey& author) {
  if (!report.has_cleared_by()) return std::nullopt;
  Findings findings;
  if (report.cleared_by().key() == author.str()) {
    findings.Refuse("E-CLEARED", "cleared_by",
                    "the second signature is by the author's own key; another officer gives it");
  } else if (!SecondSignatureVerifies(instrument, payload)) {
    findings.Refuse("E-CLEARED", "cleared_by",
                    "the second signature does not verify; the report was changed after it was "
                    "cleared, clear it again with entente draft clear");
  } else {
    return std::nullopt;
  }
  return findings.all()[0];
}

}  // namespace entente::meaning
