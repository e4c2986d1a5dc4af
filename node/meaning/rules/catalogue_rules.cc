// Rules of what the secretariat writes: instrument, chapters, commitments, indicators, rounds and
// interventions.
#include <algorithm>
#include <set>

#include "entente/v1/entry.pb.h"
#include "node/base/bytes.h"
#include "node/meaning/record/suggest.h"
#include "node/meaning/rules/rule_context.h"
#include "node/meaning/text/code.h"
#include "node/meaning/text/words.h"
#include "node/meaning/value/decimal.h"
#include "node/meaning/value/link.h"

namespace entente::meaning {
namespace {

void CheckLinks(const Strings& links, const std::string& field, RuleContext& context) {
  for (const auto& link : links) {
    if (IsLink(link)) continue;
    context.out.Refuse("E-LINK", field,
                       Quoted(link) +
                           " is no link; write a target such as SDG/3.5, an instrument such as "
                           "PP-2012, or what stands in one, such as EUCA-2014/DDR/08");
  }
}

// Instruments this one replaces or carries out.
void CheckInstruments(const Strings& codes, const std::string& field, const std::string& own,
                      RuleContext& context) {
  for (const auto& code : codes) {
    if (!IsInstrumentCode(code)) {
      context.out.Refuse("E-LINK", field,
                         Quoted(code) + " is no instrument; write a code such as EUCA-2014");
    } else if (code == own) {
      context.out.Refuse("E-LINK", field, code + " is this instrument itself; name another");
    }
  }
}

void CheckTimetable(const std::string& timetable, RuleContext& context) {
  if (timetable.empty() || Contains(TimetableWords(), timetable)) return;
  if (auto period = ParsePeriod(timetable)) {
    if (period->InOrder()) return;
    context.out.Refuse("E-PERIOD-ORDER", "timetable",
                       timetable + " ends before it starts; swap the two");
    return;
  }
  const std::string canonical = CanonicalPeriod(timetable);
  context.out.Refuse(
      "E-WORD", "timetable",
      Quoted(timetable) + " is neither a period nor a word of the list" +
          (canonical.empty() ? Suggestion(timetable, TimetableWords()) : "; write " + canonical));
}

void CheckOrderedDates(const v1::Round& round, RuleContext& context) {
  auto opens = CheckDate(round.opens(), "opens", context);
  auto deadline = CheckDate(round.deadline(), "deadline", context);
  CheckDate(round.meeting_date(), "meeting_date", context);
  if (opens && deadline && *deadline < *opens) {
    context.out.Refuse("E-ROUND", "deadline",
                       round.deadline() + " is before the round opens on " + round.opens() +
                           "; set a later deadline");
  }
  if (round.deadline().empty() && round.grace_days() > 0) {
    context.out.Refuse("E-ROUND", "grace_days", "days of grace without a deadline; set one");
  }
  if (!ParseZone(round.zone())) {
    context.out.Refuse(
        "E-ROUND", "zone",
        Quoted(round.zone()) + " is no zone; write +05:00, or leave it empty for UTC");
  }
}

void CheckRoundPeriod(const v1::Round& round, RuleContext& context) {
  auto covers = CheckPeriod(round.covers(), "covers", context);
  const v1::Instrument* instrument = context.catalogue.FindInstrument();
  if (!covers || instrument == nullptr) return;
  auto whole = ParsePeriod(instrument->period());
  if (whole && !whole->Contains(*covers)) {
    context.out.Flag("W-ROUND", "covers",
                     round.covers() + " reaches beyond the instrument's period " +
                         instrument->period() + "; check the years");
  }
}

// E-ROUND: a new round asks nobody whose part is shut. One that changes an older round keeps whom
// that one froze.
void CheckShut(const v1::Round& round, RuleContext& context) {
  if (!round.common().supersedes().empty()) return;
  for (const auto& code : context.catalogue.ShutDelegations()) {
    if (std::find(round.expected().begin(), round.expected().end(), code) == round.expected().end())
      continue;
    context.RefuseInDraft("E-ROUND", "expected",
                          code +
                              " is suspended or withdrawn and is not asked to report; leave it "
                              "out");
  }
}

void CheckScope(const v1::Round& round, RuleContext& context) {
  for (const auto& code : round.scope()) {
    if (!IsChapterCode(code) && !IsCommitmentCode(code)) {
      CheckCode(false, code, "scope", "DDR or DDR/08", context);
    } else if (IsChapterCode(code)) {
      NeedChapter(code, "scope", context);
    } else if (context.catalogue.FindCommitment(code) == nullptr) {
      context.out.Hold("E-REF", "scope",
                       "needs commitment " + code + ", which is not here yet" +
                           Suggestion(code, context.catalogue.CodesOf(v1::COMMITMENT)));
    }
  }
}

// Others than parties speak too; in the log nothing tells such a one from a slip of the pen.
void CheckSpeaker(const std::string& speaker, RuleContext& context) {
  CheckCode(IsDelegationCode(speaker), speaker, "speaker", "KG", context);
  const std::vector<std::string> known = context.catalogue.Delegations();
  if (context.moment == Moment::kLog || known.empty() || Contains(known, speaker)) return;
  context.out.Hold("E-DELEG", "speaker",
                   speaker + " is not admitted here yet" + Suggestion(speaker, known));
}

void CheckDimensions(const v1::Indicator& indicator, RuleContext& context) {
  std::set<std::string> names;
  for (const auto& dimension : indicator.dimensions()) {
    std::string field = "dimensions[" + dimension.name() + "]";
    if (dimension.name().empty() || !names.insert(dimension.name()).second) {
      context.out.Refuse("E-DIM", field, "a dimension needs a name of its own; rename it");
    }
    std::set<std::string> codes(dimension.codes().begin(), dimension.codes().end());
    if (codes.empty() || static_cast<int>(codes.size()) != dimension.codes_size()) {
      context.out.Refuse("E-DIM", field, "a dimension needs codes, each once; correct the list");
    }
    if (!dimension.total_code().empty() && !codes.contains(dimension.total_code())) {
      context.out.Refuse("E-DIM", field,
                         "total code " + dimension.total_code() +
                             " is none of its codes; add it or leave the total out");
    }
  }
}

void CheckBounds(const v1::Indicator& indicator, RuleContext& context) {
  auto bound = [&](const std::string& text, const std::string& field) {
    auto number = Decimal::Parse(text);
    if (!text.empty() && !number) {
      context.out.Refuse("E-NUM", field, Quoted(text) + " is no number; write 1234.5");
    }
    return number;
  };
  auto low = bound(indicator.minimum(), "minimum"), high = bound(indicator.maximum(), "maximum");
  if (low && high && *high < *low) {
    context.out.Refuse(
        "E-NUM", "maximum",
        indicator.maximum() + " is below the minimum " + indicator.minimum() + "; swap them");
  }
  if (indicator.decimals() > 9) {
    context.out.Refuse("E-NUM-DEC", "decimals",
                       std::to_string(indicator.decimals()) + " decimals; at most 9 are kept");
  }
}

}  // namespace

void CheckRules(const v1::Instrument& instrument, RuleContext& context) {
  CheckCode(IsInstrumentCode(instrument.code()), instrument.code(), "code", "EUCA-2014", context);
  if (!context.catalogue.InstrumentCode().empty() &&
      context.catalogue.InstrumentCode() != instrument.code()) {
    context.out.Refuse("E-REF-ANCHOR", "code",
                       instrument.code() + " is not this instrument, which is " +
                           context.catalogue.InstrumentCode() + "; import it where it belongs");
  }
  CheckWord(instrument.nature(), InstrumentNatures(), "nature", false, context);
  NeedTexts(instrument.titles(), "titles", context);
  if (!instrument.period().empty()) CheckPeriod(instrument.period(), "period", context);
  CheckDate(instrument.adopted_on(), "adopted_on", context);
  CheckInstruments(instrument.replaces(), "replaces", instrument.code(), context);
  CheckInstruments(instrument.implements(), "implements", instrument.code(), context);
  CheckWord(instrument.completeness(), {"partial"}, "completeness", true, context);
  CheckTexts(instrument, context);
}

void CheckRules(const v1::Chapter& chapter, RuleContext& context) {
  CheckCode(IsChapterCode(chapter.code()), chapter.code(), "code", "DDR", context);
  NeedTexts(chapter.titles(), "titles", context);
  CheckWord(chapter.label(), ChapterLabels(), "label", true, context);
  if (!chapter.parent().empty()) {
    if (chapter.parent() == chapter.code()) {
      context.out.Refuse("E-REF", "parent", "a chapter cannot stand in itself; name another");
    } else {
      NeedChapter(chapter.parent(), "parent", context);
    }
  }
  CheckTexts(chapter, context);
}

void CheckRules(const v1::Commitment& commitment, RuleContext& context) {
  bool fits = IsCommitmentCode(commitment.code());
  CheckCode(fits, commitment.code(), "code", "DDR/08", context);
  if (fits) NeedChapter(base::Str(ChapterOf(commitment.code())), "code", context);
  NeedTexts(commitment.texts(), "texts", context);
  CheckWord(commitment.nature(), CommitmentNatures(), "nature", false, context);
  CheckTimetable(commitment.timetable(), context);
  CheckLinks(commitment.contributes_to(), "contributes_to", context);
  for (const auto& responsible : commitment.responsible()) {
    if (responsible.party().empty()) {
      context.out.Refuse("E-EMPTY", "responsible", "a role without a party; name who has it");
    }
    CheckWord(responsible.role(), ResponsibleRoles(),
              "responsible[" + responsible.party() + "].role", false, context);
  }
  CheckParties(commitment.addressees(), "addressees", true, context);
  for (const auto& code : commitment.indicators()) {
    CheckCode(IsIndicatorCode(code), code, "indicators", "OST-CLIENTS", context);
    if (IsIndicatorCode(code) && context.catalogue.FindIndicator(code) == nullptr) {
      context.out.Hold("E-REF", "indicators",
                       "needs indicator " + code + ", which is not here yet" +
                           Suggestion(code, context.catalogue.CodesOf(v1::INDICATOR)));
    }
  }
  CheckTexts(commitment, context);
}

void CheckRules(const v1::Indicator& indicator, RuleContext& context) {
  CheckCode(IsIndicatorCode(indicator.code()), indicator.code(), "code", "OST-CLIENTS", context);
  NeedTexts(indicator.titles(), "titles", context);
  CheckWord(indicator.level(), IndicatorLevels(), "level", true, context);
  CheckWord(indicator.measure(), IndicatorMeasures(), "measure", false, context);
  CheckWord(indicator.direction(), IndicatorDirections(), "direction", true, context);
  CheckWord(indicator.aggregation(), IndicatorAggregations(), "aggregation", true, context);
  CheckWord(indicator.frequency(), IndicatorFrequencies(), "frequency", true, context);
  if (indicator.measure() == "unit" && indicator.unit().empty()) {
    context.out.Refuse("E-UNIT", "unit",
                       "measured in units, but no unit given; write person, kg...");
  }
  if (indicator.measure() == "qualitative" && indicator.aggregation() == "sum") {
    context.out.Refuse("E-QUAL", "aggregation",
                       "a qualitative indicator has nothing to add up; write none");
  }
  for (const auto& ref : indicator.external_refs()) {
    if (IsOutsideCode(ref)) continue;
    context.out.Refuse("E-LINK", "external_refs",
                       Quoted(ref) +
                           " is no code of an outside list; write the list and its code, "
                           "such as EU-OAI/7");
  }
  CheckBounds(indicator, context);
  CheckDimensions(indicator, context);
  CheckTexts(indicator, context);
}

void CheckRules(const v1::Round& round, RuleContext& context) {
  CheckCode(IsRoundCode(round.code()), round.code(), "code", "MTR-2017", context);
  CheckWord(round.nature(), RoundNatures(), "nature", false, context);
  CheckRoundPeriod(round, context);
  CheckScope(round, context);
  if (round.expected().empty()) {
    context.out.Refuse("E-ROUND", "expected",
                       "nobody is expected to report; list the delegations, they are frozen here");
  }
  CheckParties(round.expected(), "expected", false, context);
  CheckShut(round, context);
  CheckOrderedDates(round, context);
  for (const auto& name : round.mandatory_sections()) {
    CheckWord(name, SectionNames(), "mandatory_sections", false, context);
  }
  for (const auto& language : round.languages()) CheckLanguage(language, "languages", context);
  if (!round.working_language().empty()) {
    CheckLanguage(round.working_language(), "working_language", context);
  }
  CheckDocumentNumber(round.agenda_ref(), "agenda_ref", context);
  CheckDocumentNumber(round.outcome_ref(), "outcome_ref", context);
  CheckTexts(round, context);
}

void CheckRules(const v1::Intervention& intervention, RuleContext& context) {
  if (!intervention.round().empty()) {
    bool fits = IsRoundCode(intervention.round());
    CheckCode(fits, intervention.round(), "round", "MTR-2017", context);
    if (fits) NeedRound(intervention.round(), "round", context);
  }
  if (!intervention.chapter().empty()) {
    bool fits = IsChapterCode(intervention.chapter());
    CheckCode(fits, intervention.chapter(), "chapter", "DDR", context);
    if (fits) NeedChapter(intervention.chapter(), "chapter", context);
  }
  if (intervention.date().empty()) {
    context.out.Refuse("E-DATE", "date", "no date; write the day of the meeting as YYYY-MM-DD");
  }
  CheckDate(intervention.date(), "date", context);
  CheckSpeaker(intervention.speaker(), context);
  CheckWord(intervention.nature(), InterventionNatures(), "nature", false, context);
  NeedTexts(intervention.summaries(), "summaries", context);
  CheckDocumentNumber(intervention.doc_ref(), "doc_ref", context);
  CheckTexts(intervention, context);
  CheckCorrection(intervention.common(),
                  intervention.has_correction() ? &intervention.correction() : nullptr,
                  v1::INTERVENTION, context);
}

}  // namespace entente::meaning
