#include "client/brief/versions.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "client/brief/status.h"
#include "client/brief/texts.h"
#include "node/base/bytes.h"
#include "node/base/id.h"
#include "node/meaning/record/reference.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/text/words.h"

namespace entente::client::brief {

namespace {

constexpr char kNoValue[] = "\u2013";

struct Letter {
  const char* letter;
  const char* words;
};
constexpr Letter kLetters[] = {
    {"E", Phrase("estimated")},
    {"P", Phrase("provisional")},
    {"B", Phrase("break in series")},
    {"D", Phrase("definition differs")},
    {"L", Phrase("missing, not collected")},
    {"M", Phrase("missing, cannot exist")},
    {"O", Phrase("missing")},
    {"Q", Phrase("missing, suppressed")},
    {"U", Phrase("low reliability")},
};

std::string LetterWords(const std::string& letter, const Phrases& phrases) {
  for (const Letter& known : kLetters) {
    if (letter == known.letter) return phrases.Say(known.words);
  }
  return letter;
}

std::string TrendWords(v1::Trend trend, const Phrases& phrases) {
  switch (trend) {
    case v1::TREND_UP:
      return absl::StrCat("\u2191 ", phrases.Say("up"));
    case v1::TREND_DOWN:
      return absl::StrCat("\u2193 ", phrases.Say("down"));
    case v1::TREND_STABLE:
      return absl::StrCat("\u2192 ", phrases.Say("stable"));
    case v1::TREND_UNKNOWN:
      return absl::StrCat("? ", phrases.Say("direction unknown"));
    default:
      return "";
  }
}

std::optional<Text> ReasonOf(const std::string& words, const std::string& lang,
                             const v1::BriefReport& head, const Phrases& phrases,
                             const std::string& working_language) {
  if (words.empty()) return std::nullopt;
  if (lang.empty()) return InLanguage(lang, words, phrases);
  Texts one;
  one.Add()->set_lang(lang);
  one[0].set_text(words);
  return WrittenOrTranslated(one, head, "reason", phrases, working_language);
}

// "7 of 9; missing: obstacles, OST-CLIENTS"
std::string CompleteWords(const meaning::Completeness& completeness, const Phrases& phrases) {
  if (completeness.asked == 0) return "";
  std::vector<std::string> missing;
  for (absl::string_view part : completeness.missing) {
    if (absl::ConsumePrefix(&part, "section.")) {
      missing.push_back(InWords(base::Str(part), phrases));
    } else if (absl::ConsumePrefix(&part, "values[") && absl::ConsumeSuffix(&part, "]")) {
      missing.push_back(base::Str(part));
    }
  }
  const std::string words = phrases.Say(
      "{0} of {1}", {absl::StrCat(completeness.answered), absl::StrCat(completeness.asked)});
  if (missing.empty()) return words;
  return absl::StrCat(words, "; ", phrases.Say("missing: {0}", {absl::StrJoin(missing, ", ")}));
}

}  // namespace

Text WrittenOrTranslated(const Texts& texts, const v1::BriefReport& head, const std::string& part,
                         const Phrases& phrases, const std::string& working_language) {
  Text own = Written(texts, phrases, working_language);
  if (own.remark.empty()) return own;
  for (const std::string& language : {phrases.language(), working_language}) {
    for (const auto& translation : head.translations()) {
      if (translation.part() != part || !SameLanguage(language, translation.text().lang()))
        continue;
      Texts one;
      *one.Add() = translation.text();
      Text shown = Written(one, phrases, working_language);
      shown.remark = translation.official()
                         ? phrases.Say("official translation by {0}, original {1}",
                                       {translation.delegation(), texts[0].lang()})
                         : phrases.Say("informal translation by {0}, original {1}",
                                       {translation.delegation(), texts[0].lang()});
      return shown;
    }
  }
  return own;
}

std::string OfWhat(const v1::IndicatorValue& value) {
  std::string out = value.ref_area();
  for (const auto& dim : value.dims()) {
    absl::StrAppend(&out, out.empty() ? "" : ", ", dim.name(), "=", dim.code());
  }
  return out;
}

std::string ReferenceOf(const Facts& facts, const v1::BriefSlot& slot) {
  return meaning::ReferenceOfSlot(facts.head.instrument_code(),
                                  SlotTextIn(facts.head.round().code(), slot));
}

std::string SlotTextIn(const std::string& round, const v1::BriefSlot& slot) {
  meaning::ReportSlot name;
  name.round = round;
  name.delegation = slot.delegation();
  name.subject_kind = slot.subject_kind();
  name.subject = slot.subject();
  return meaning::PrintReportSlot(name);
}

Value ValueOf(const Facts& facts, const v1::IndicatorValue& value, const std::string& lang,
              const Phrases& phrases) {
  Value out;
  out.indicator = value.indicator();
  std::string unit;
  if (auto known = facts.indicators.find(value.indicator()); known != facts.indicators.end()) {
    out.title = Named(known->second.titles(), phrases, value.indicator()).words;
    unit = known->second.unit();
  }
  out.period = value.period();
  out.of_what = OfWhat(value);
  out.approximate = value.approximate();
  out.trend = TrendWords(value.trend(), phrases);
  out.shown = value.value().empty()
                  ? (out.trend.empty() ? kNoValue : "")
                  : absl::StrCat(out.approximate ? "\u2248 " : "", phrases.Number(value.value()),
                                 unit.empty() ? "" : " ", unit);
  if (value.status() != "A") out.letter = value.status();
  if (!out.letter.empty()) out.letter_words = LetterWords(out.letter, phrases);
  out.source = InLanguage(lang, value.source(), phrases);
  out.note = InLanguage(lang, value.note(), phrases);
  return out;
}

meaning::Completeness CompletenessOf(const Facts& facts, const v1::BriefSlot& slot,
                                     const v1::BriefReport& head) {
  if (head.withdrawn()) return {};
  const v1::Commitment* commitment =
      slot.subject_kind() == v1::SUBJECT_COMMITMENT ? facts.Commitment(slot.subject()) : nullptr;
  return meaning::CompletenessOf(
      head.report(), facts.head.round().mandatory_sections(),
      commitment == nullptr ? meaning::AskedCodes() : commitment->indicators());
}

Version VersionOf(const Facts& facts, const v1::BriefSlot& slot, const v1::BriefReport& head,
                  bool alone, const Phrases& phrases) {
  Version out;
  auto id = base::EntryId::FromBytes(head.entry());
  out.reference = meaning::VersionedReference(ReferenceOf(facts, slot), head.version(),
                                              alone || !id ? "" : id->Short());
  out.author = head.author();
  out.signed_on = Day(head.signed_ms(), phrases);
  const std::string& working = facts.head.round().working_language();
  if (head.withdrawn()) {
    out.withdrawn = ReasonOf(head.reason(), head.reason_lang(), head, phrases, working);
    return out;
  }
  if (head.after_close()) out.late = phrases.Say("came after the round was closed");
  const v1::Report& report = head.report();
  const std::string& lang = report.common().lang();
  out.nil = ReasonOf(report.nil_reason(), lang, head, phrases, working);
  out.reason = ReasonOf(report.reason(), lang, head, phrases, working);
  if (head.review() == "clarified") {
    out.review = phrases.Say("clarified");
  } else if (!head.review().empty()) {
    out.review = InWords(head.review(), phrases);
  }
  out.complete = CompleteWords(CompletenessOf(facts, slot, head), phrases);
  if (!report.narratives().empty()) {
    out.narrative = WrittenOrTranslated(report.narratives(), head, "narrative", phrases, working);
  }
  for (const auto& section : report.sections()) {
    Texts one;
    *one.Add() = section.text();
    out.sections.emplace_back(
        InWords(section.name(), phrases),
        WrittenOrTranslated(one, head, "section." + section.name(), phrases, working));
  }
  for (const auto& milestone : report.milestones()) {
    out.milestones.push_back({InLanguage(lang, milestone.text(), phrases),
                              phrases.Date(milestone.date()), milestone.done()});
  }
  for (const auto& value : report.values()) {
    out.values.push_back(ValueOf(facts, value, lang, phrases));
  }
  for (const auto& file : report.attachments()) {
    out.attachments.push_back({file.name(), phrases.Size(file.size()), file.lang(),
                               InLanguage(file.lang(), file.title(), phrases)});
  }
  return out;
}

}  // namespace entente::client::brief
