#include "node/meaning/record/suggest.h"
#include "node/meaning/rules/rule_context.h"
#include "node/meaning/text/code.h"
#include "node/meaning/text/words.h"
#include "node/meaning/value/doc_ref.h"

namespace entente::meaning {
namespace {

void CheckDelegation(const std::string& code, RuleContext& context) {
  if (code == "EU") {
    context.out.Refuse("E-DELEG-EU", "delegation",
                       "EU is a group and no author; sign as the body that speaks, such as EU-COM, "
                       "EU-EEAS or EU-PRES");
    return;
  }
  if (!IsDelegationCode(code)) {
    context.out.Refuse("E-DELEG", "delegation",
                       Quoted(code) +
                           " is no delegation code; write the code of your delegation "
                           "in the charter, such as KG or EU-COM");
    return;
  }
  std::vector<std::string> known = context.catalogue.Delegations();
  if (known.empty() || Contains(known, code)) return;
  std::string what = Quoted(code) + " is not registered for " + context.catalogue.InstrumentCode() +
                     Suggestion(code, known);
  if (context.moment == Moment::kLog) {
    context.out.Hold("E-DELEG", "delegation", what);
  } else {
    context.out.Refuse("E-DELEG", "delegation", what);
  }
}

void CheckDocRef(const std::string& ref, const std::string& field, RuleContext& context) {
  if (IsDocRef(ref)) return;
  std::string likely = LikelyDocRef(ref);
  context.out.Refuse("E-DOCREF", field,
                     Quoted(ref) + " is no document number this node knows; " +
                         (likely.empty() ? "a Council number looks like 13770/17 or CM 4388/17"
                                         : "the Council form is " + likely));
}

}  // namespace

void CheckCommon(const v1::Common& common, RuleContext& context) {
  CheckDelegation(common.delegation(), context);
  if (!common.lang().empty()) CheckLanguage(common.lang(), "lang", context);
  for (int i = 0; i < common.doc_refs_size(); ++i) {
    CheckDocRef(common.doc_refs(i), "doc_refs[" + std::to_string(i + 1) + "]", context);
  }
}

void CheckDocumentNumber(const std::string& ref, const std::string& field, RuleContext& context) {
  if (!ref.empty()) CheckDocRef(ref, field, context);
}

const v1::Round* NeedRound(const std::string& code, const std::string& field,
                           RuleContext& context) {
  if (context.catalogue.KnowsNothing()) return nullptr;
  const v1::Round* round = context.catalogue.FindRound(code);
  if (round == nullptr) {
    context.out.Hold("E-REF", field,
                     "needs round " + code + ", which is not here yet; sync with the secretariat" +
                         Suggestion(code, context.catalogue.CodesOf(v1::ROUND)));
  }
  return round;
}

}  // namespace entente::meaning
