// What every rule function gets. Private to this room.
#pragma once

#include <cstdint>
#include <string>

#include "node/meaning/record/catalogue.h"
#include "node/meaning/record/finding.h"
#include "node/meaning/rules/validate.h"
#include "node/meaning/value/period.h"

namespace entente::meaning {

struct RuleContext {
  const Catalogue& catalogue;
  Moment moment;
  uint64_t now_ms;  // 0: unknown
  Findings out;
  bool texts_plain = false;  // CheckTexts would refuse nothing (plain_payload.h)

  // Refused while the author can still mend it, flagged in the log.
  void RefuseInDraft(absl::string_view code, std::string field, const std::string& what) {
    out.Add(moment == Moment::kLog ? Severity::kFlag : Severity::kRefuse, code, std::move(field),
            what);
  }
};

// What a record of each kind is held to after its common part, texts included, in the order in
// which the findings are told: report_rules.cc, catalogue_rules.cc, review_rules.cc,
// voice_rules.cc, correction_rules.cc.
void CheckRules(const v1::Report& report, RuleContext& context);
void CheckRules(const v1::Withdrawal& withdrawal, RuleContext& context);
void CheckRules(const v1::Instrument& instrument, RuleContext& context);
void CheckRules(const v1::Chapter& chapter, RuleContext& context);
void CheckRules(const v1::Commitment& commitment, RuleContext& context);
void CheckRules(const v1::Indicator& indicator, RuleContext& context);
void CheckRules(const v1::Round& round, RuleContext& context);
void CheckRules(const v1::Intervention& intervention, RuleContext& context);
void CheckRules(const v1::Review& review, RuleContext& context);
void CheckRules(const v1::Extension& extension, RuleContext& context);
void CheckRules(const v1::RoundClose& close, RuleContext& context);
void CheckRules(const v1::Reminder& reminder, RuleContext& context);
void CheckRules(const v1::Meeting& meeting, RuleContext& context);
void CheckRules(const v1::AgendaItem& item, RuleContext& context);
void CheckRules(const v1::Comment& comment, RuleContext& context);
void CheckRules(const v1::Translation& translation, RuleContext& context);
void CheckRules(const v1::Amendment& amendment, RuleContext& context);
void CheckRules(const v1::Objection& objection, RuleContext& context);
void CheckRules(const v1::Adoption& adoption, RuleContext& context);
void CheckRules(const v1::Person& person, RuleContext& context);
void CheckRules(const v1::AuditStatement& statement, RuleContext& context);
void CheckRules(const v1::Retraction& retraction, RuleContext& context);

// common_rules.cc: E-DELEG, E-DELEG-EU, E-DOCREF, tag of the common part.
void CheckCommon(const v1::Common& common, RuleContext& context);
void CheckDocumentNumber(const std::string& ref, const std::string& field, RuleContext& context);

// shared_rules.cc
using Strings = google::protobuf::RepeatedPtrField<std::string>;
// E-WORD: `word` is in a closed list. Empty is allowed where `optional`.
void CheckWord(const std::string& word, const std::vector<std::string>& words,
               const std::string& field, bool optional, RuleContext& context);
// E-CODE, unless it fits.
void CheckCode(bool fits, const std::string& code, const std::string& field,
               const std::string& example, RuleContext& context);
// E-EMPTY. A text of nothing but blanks is refused while drafting only: the log holds some.
void NeedText(const std::string& text, const std::string& field, RuleContext& context);
using Texts = google::protobuf::RepeatedPtrField<v1::Text>;
void NeedTexts(const Texts& texts, const std::string& field, RuleContext& context);
void NeedDate(const std::string& date, const std::string& field, RuleContext& context);
void NeedChapter(const std::string& code, const std::string& field, RuleContext& context);
// Codes of parties; the word all_parties stands for every one.
void CheckParties(const Strings& codes, const std::string& field, bool all_parties_allowed,
                  RuleContext& context);
void CheckEntryId(const std::string& id, const std::string& field, RuleContext& context);
// E-CODE, E-SCHEMA, E-REF: which record it is about. True: slot and ids are well formed.
inline constexpr int kAboutMax = 64;
bool CheckAbout(const v1::About& about, const std::string& field, bool entries_needed,
                RuleContext& context);
// E-SUPERSEDE of kinds whose records stand alone: only records of their own kind.
void CheckAlone(const v1::Common& common, uint32_t kind, RuleContext& context);
// Of a record of the kind that corrects an earlier one, all of it: E-EMPTY, E-SCHEMA, E-SUPERSEDE,
// E-REF. Of any other: CheckAlone. correction_rules.cc.
void CheckCorrection(const v1::Common& common, const v1::Correction* correction, uint32_t kind,
                     RuleContext& context);

// E-WORD: what a remark, a comment or a translation points at.
void CheckPart(const std::string& part, const std::string& field, bool optional,
               RuleContext& context);

// report_rules.cc. E-SUPERSEDE: records of the same slot only; while drafting, every head known
// here is listed.
void CheckSupersedes(const v1::Common& common, const std::string& slot, bool list_every_head,
                     RuleContext& context);

// text_rules.cc: E-UTF8 and E-LEN of every text field at any depth, E-LANG of every tagged text.
void CheckTexts(const google::protobuf::Message& record, RuleContext& context);
void CheckLanguage(const std::string& tag, const std::string& field, RuleContext& context);
// W-SCRIPT, W-LANG-ROUND.
void CheckReportLanguages(const v1::Report& report, const v1::Round* round, RuleContext& context);

// period_rules.cc: E-PERIOD-FMT, E-PERIOD-ORDER, and E-CODE for a date that is none. The period
// when it is one and in order.
std::optional<Period> CheckPeriod(const std::string& text, const std::string& field,
                                  RuleContext& context);
// Nothing said when empty.
std::optional<Date> CheckDate(const std::string& text, const std::string& field,
                              RuleContext& context);

// value_rules.cc: everything of one report's indicator values.
void CheckValues(const v1::Report& report, RuleContext& context);

// attachment_rules.cc: E-ATT-NAME, E-ATT-SIZE, E-ATT-TYPE, E-ATT-HASH, E-WORD of its kind.
void CheckAttachments(const v1::Report& report, RuleContext& context);

// second_signature_rules.cc: E-CLEARED of what has not the form of a second signature.
void CheckSecondSignature(const v1::Report& report, RuleContext& context);

// E-REF of a round: held here, or held back. nullptr when not.
const v1::Round* NeedRound(const std::string& code, const std::string& field, RuleContext& context);

}  // namespace entente::meaning
