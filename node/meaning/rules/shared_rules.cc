// Rules that several kinds of record share: words of closed lists, codes, parties, ids of entries.
#include <set>

#include "entente/v1/entry.pb.h"
#include "node/base/bytes.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/record/suggest.h"
#include "node/meaning/rules/rule_context.h"
#include "node/meaning/text/code.h"
#include "node/meaning/text/unicode.h"
#include "node/meaning/text/words.h"
#include "node/meaning/value/part.h"

namespace entente::meaning {
namespace {

constexpr size_t kEntryIdBytes = 32;

}  // namespace

void CheckWord(const std::string& word, const std::vector<std::string>& words,
               const std::string& field, bool optional, RuleContext& context) {
  if ((optional && word.empty()) || Contains(words, word)) return;
  context.out.Refuse("E-WORD", field,
                     Quoted(word) + " is not in the list" +
                         (word.empty() ? Suggestion("?", words) : Suggestion(word, words)));
}

void CheckCode(bool fits, const std::string& code, const std::string& field,
               const std::string& example, RuleContext& context) {
  if (fits) return;
  context.out.Refuse("E-CODE", field, Quoted(code) + " is not a code; write one like " + example);
}

void NeedText(const std::string& text, const std::string& field, RuleContext& context) {
  if (text.empty()) {
    context.out.Refuse("E-EMPTY", field, "no text given; add at least one, in any language");
  } else if (IsBlank(text)) {
    context.RefuseInDraft("E-EMPTY", field, "holds nothing but blanks; write the text");
  }
}

void NeedTexts(const Texts& texts, const std::string& field, RuleContext& context) {
  if (texts.empty()) {
    context.out.Refuse("E-EMPTY", field, "no text given; add at least one, in any language");
  }
}

void NeedChapter(const std::string& code, const std::string& field, RuleContext& context) {
  if (context.catalogue.FindChapter(code) != nullptr) return;
  context.out.Hold("E-REF", field,
                   "needs chapter " + code +
                       ", which is not here yet; it comes before what stands "
                       "in it" +
                       Suggestion(code, context.catalogue.CodesOf(v1::CHAPTER)));
}

void CheckParties(const Strings& codes, const std::string& field, bool all_parties_allowed,
                  RuleContext& context) {
  std::vector<std::string> known = context.catalogue.Delegations();
  std::set<std::string> seen;
  for (const auto& code : codes) {
    if (all_parties_allowed && code == "all_parties" && codes.size() == 1) continue;
    if (!IsDelegationCode(code)) {
      context.out.Refuse("E-CODE", field,
                         Quoted(code) + " is no delegation code; write codes such as KG, or " +
                             (all_parties_allowed ? "the single word all_parties" : "EU-COM"));
    } else if (!seen.insert(code).second) {
      context.out.Refuse("E-CODE", field, code + " is listed twice; once is enough");
    } else if (code == "EU") {
      context.out.Refuse("E-DELEG-EU", field, "EU is a group; name the bodies, such as EU-COM");
    } else if (!known.empty() && !Contains(known, code)) {
      context.out.Hold("E-DELEG", field,
                       code + " is not admitted here yet" + Suggestion(code, known));
    }
  }
}

void NeedDate(const std::string& date, const std::string& field, RuleContext& context) {
  if (date.empty()) {
    context.out.Refuse("E-DATE", field, "no date given; write it as YYYY-MM-DD");
  } else {
    CheckDate(date, field, context);
  }
}

void CheckEntryId(const std::string& id, const std::string& field, RuleContext& context) {
  if (id.size() == kEntryIdBytes) return;
  context.out.Refuse("E-SCHEMA", field,
                     std::to_string(id.size()) + " bytes are no entry id; an id has 32");
}

bool CheckAbout(const v1::About& about, const std::string& field, bool entries_needed,
                RuleContext& context) {
  const auto kind = KindOfSlot(about.slot());
  if (!kind) {
    context.out.Refuse("E-CODE", field + ".slot",
                       Quoted(about.slot()) +
                           " is not where a record stands; name a record such as "
                           "R:EUCA-2014/MTR-2017/KG/DDR/08 or EUCA-2014/DDR/08");
  }
  if (entries_needed && about.entries().empty()) {
    context.out.Refuse("E-REF", field,
                       "names no version of the record; name the one that was read");
  }
  bool ids = about.entries_size() <= kAboutMax;
  for (int i = 0; i < about.entries_size(); ++i) {
    ids = ids && about.entries(i).size() == kEntryIdBytes &&
          (i == 0 || about.entries(i - 1) < about.entries(i));
  }
  if (!ids) {
    context.out.Refuse(
        "E-SCHEMA", field + ".entries",
        "not a list of at most 64 entry ids, ascending, each once; correct the list");
  }
  if (!kind || !ids) return false;
  for (const auto& raw : about.entries()) {
    const base::EntryId id = *base::EntryId::FromBytes(raw);
    const auto slot = context.catalogue.SlotOf(id);
    if (context.catalogue.KnowsNothing() || slot == about.slot()) continue;
    if (!slot) {
      context.out.Hold("E-REF", field,
                       "needs entry " + id.Short() + " of " + about.slot() +
                           ", which is not here yet; sync with the node that has it");
    } else {
      context.RefuseInDraft("E-REF", field,
                            "entry " + id.Short() + " stands in " + *slot + " and not in " +
                                about.slot() + "; name a version of the record meant");
    }
  }
  return true;
}

void CheckAlone(const v1::Common& common, uint32_t kind, RuleContext& context) {
  const std::string prefix = base::Str(KindWord(kind)) + "/";
  for (const auto& raw : common.supersedes()) {
    const auto slot = context.catalogue.SlotOf(*base::EntryId::FromBytes(raw));
    if (!slot || slot->rfind(prefix, 0) == 0) continue;
    context.RefuseInDraft("E-SUPERSEDE", "supersedes",
                          "entry " + base::ToHex(raw).substr(0, 8) + " stands in " + *slot +
                              "; a " + base::Str(KindWord(kind)) + " supersedes only its like");
  }
}

void CheckPart(const std::string& part, const std::string& field, bool optional,
               RuleContext& context) {
  if ((optional && part.empty()) || IsPart(part)) return;
  context.out.Refuse("E-WORD", field,
                     Quoted(part) +
                         " is no part of a record; write narrative, section.obstacles, "
                         "values[OST-CLIENTS], milestones, reason, title or text");
}

}  // namespace entente::meaning
