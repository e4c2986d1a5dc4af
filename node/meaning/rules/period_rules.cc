#include "node/meaning/record/suggest.h"
#include "node/meaning/rules/rule_context.h"

namespace entente::meaning {

std::optional<Period> CheckPeriod(const std::string& text, const std::string& field,
                                  RuleContext& context) {
  auto period = ParsePeriod(text);
  if (!period) {
    std::string canonical = CanonicalPeriod(text);
    context.out.Refuse(
        "E-PERIOD-FMT", field,
        (text.empty() ? "no period given" : Quoted(text) + " not understood") + "; write " +
            (canonical.empty() ? "2017, 2017-S1, 2017-Q3, 2017-06 or 2014/2020" : canonical));
    return std::nullopt;
  }
  if (!period->InOrder()) {
    context.out.Refuse("E-PERIOD-ORDER", field,
                       text + " ends before it starts; write the earlier date first");
    return std::nullopt;
  }
  return period;
}

std::optional<Date> CheckDate(const std::string& text, const std::string& field,
                              RuleContext& context) {
  if (text.empty()) return std::nullopt;
  auto date = ParseDate(text);
  if (!date) {
    context.out.Refuse("E-DATE", field,
                       Quoted(text) + " is no date; write YYYY-MM-DD, such as 2017-10-12");
  }
  return date;
}

}  // namespace entente::meaning
