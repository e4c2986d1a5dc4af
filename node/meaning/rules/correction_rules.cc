// Rules of later versions of records that have no name but their entry's id: a correction of a
// comment, a meeting or an intervention, and the retraction that takes one back. Both are by the
// delegation that wrote the first version, which the slot names; views leave out what others write
// there (node/query/view/views.h), so every node shows the same whatever came first.
#include "entente/v1/entry.pb.h"
#include "node/base/bytes.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/record/suggest.h"
#include "node/meaning/rules/rule_context.h"
#include "node/meaning/text/words.h"

namespace entente::meaning {
namespace {

// The delegation that wrote the first version writes the later ones. True: it did, or it is not
// known here who did.
bool CheckOwner(const base::EntryId& first, const v1::Common& common, absl::string_view code,
                const std::string& field, const std::string& who, RuleContext& context) {
  if (context.catalogue.KnowsNothing()) return true;
  const auto author = context.catalogue.AuthorOf(first);
  if (!author) {
    context.out.Hold("E-REF", field,
                     "needs entry " + first.Short() +
                         ", the first version, which is not here yet; sync with the node that has "
                         "it");
    return true;
  }
  if (*author == common.delegation()) return true;
  context.RefuseInDraft(code, field, "entry " + first.Short() + " is by " + *author + "; " + who);
  return false;
}

}  // namespace

void CheckCorrection(const v1::Common& common, const v1::Correction* correction, uint32_t kind,
                     RuleContext& context) {
  if (correction == nullptr) return CheckAlone(common, kind, context);
  NeedText(correction->reason(), "correction.reason", context);
  if (common.supersedes().empty()) {
    context.out.Refuse("E-SUPERSEDE", "supersedes",
                       "names no version; a correction lists the entries it corrects");
  }
  CheckEntryId(correction->first(), "correction.first", context);
  const auto first = base::EntryId::FromBytes(correction->first());
  if (!first || context.catalogue.KnowsNothing()) return;
  const std::string slot = base::Str(KindWord(kind)) + "/" + first->ToHex();
  const auto stands = context.catalogue.SlotOf(*first);
  if (stands && *stands != slot) {
    context.RefuseInDraft("E-SUPERSEDE", "correction.first",
                          "entry " + first->Short() + " stands in " + *stands +
                              " and is the first version of no " + base::Str(KindWord(kind)) +
                              "; name the one to be corrected");
    return;
  }
  if (CheckOwner(*first, common, "E-SUPERSEDE", "correction.first",
                 "only the delegation that wrote it corrects it", context))
    CheckSupersedes(common, slot, true, context);
}

void CheckRules(const v1::Retraction& retraction, RuleContext& context) {
  const auto first = FirstVersionIn(retraction.slot());
  if (!first) {
    context.out.Refuse("E-WITHDRAW", "slot",
                       Quoted(retraction.slot()) +
                           " is not where a comment, a meeting, an item of its agenda or an "
                           "intervention stands; name the one to withdraw");
  }
  if (retraction.reason().empty()) {
    context.out.Refuse("E-WITHDRAW", "reason",
                       "no reason given; who takes something back says why, add one sentence");
  } else {
    NeedText(retraction.reason(), "reason", context);
  }
  if (retraction.common().supersedes().empty()) {
    context.out.Refuse("E-WITHDRAW", "supersedes",
                       "names no version; what is withdrawn is listed by its entries");
  }
  CheckTexts(retraction, context);
  if (first && CheckOwner(*first, retraction.common(), "E-WITHDRAW", "slot",
                          "only the delegation that wrote it withdraws it", context))
    CheckSupersedes(retraction.common(), retraction.slot(), true, context);
}

}  // namespace entente::meaning
