#include "node/meaning/record/author_roles.h"

#include "entente/v1/entry.pb.h"
#include "node/meaning/text/words.h"

namespace entente::meaning {

std::vector<std::string> RolesThatMayWrite(uint32_t kind) {
  if (KindWord(kind).empty()) return {};
  switch (kind) {
    case v1::REPORT:
    case v1::WITHDRAWAL:
    case v1::TRANSLATION:
      return {"focal_point", "signatory", "implementer_lead"};
    case v1::OBJECTION:
      return {"signatory"};
    case v1::COMMENT:
    case v1::RETRACTION:
      return {"focal_point",      "signatory",    "delegate",
              "implementer_lead", "desk_officer", "auditor"};
    case v1::AMENDMENT:
    case v1::PERSON:
    case v1::INFORMAL_TRANSLATION:
      return {"focal_point", "signatory", "delegate", "implementer_lead", "desk_officer"};
    case v1::AUDIT_STATEMENT:
      return {"auditor"};
    default:
      return {"desk_officer"};
  }
}

}  // namespace entente::meaning
