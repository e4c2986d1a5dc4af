#include "client/brief/said.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/brief/status.h"
#include "client/brief/texts.h"
#include "node/base/bytes.h"
#include "node/meaning/record/reference.h"
#include "node/meaning/record/slot.h"

namespace entente::client::brief {

std::vector<Comment> ClosesOf(const Facts& facts, const Phrases& phrases) {
  std::vector<Comment> out;
  for (const v1::BriefClose& close : facts.head.closes()) {
    out.push_back({phrases.Say("closed by {0}, signed on {1}",
                               {close.delegation(), Day(close.signed_ms(), phrases)}),
                   Written(close.syntheses(), phrases, facts.head.round().working_language())});
  }
  return out;
}

namespace {

// Of what was corrected, that it was and why.
std::string WithCorrection(const std::string& words, const v1::Correction& correction,
                           const Phrases& phrases) {
  if (correction.reason().empty()) return words;
  return absl::StrCat(words, "; ", phrases.Say("corrected: {0}", {correction.reason()}));
}

std::string Withdrawn(const std::string& words, const Phrases& phrases) {
  return absl::StrCat(words, "; ", phrases.Say("withdrawn"));
}

std::string HeadingOf(const v1::BriefComment& said, const Phrases& phrases) {
  const bool answer = !said.comment().answers().empty();
  const std::string kind =
      answer ? phrases.Say("answer") : InWords(said.comment().nature(), phrases);
  return phrases.Say("{0}: {1} of {2}, {3}",
                     {said.delegation(), kind, said.author(), Day(said.signed_ms(), phrases)});
}

Text ReasonOf(const v1::BriefRetraction& taken, const Phrases& phrases) {
  return InLanguage(taken.reason_lang(), taken.reason(), phrases);
}

}  // namespace

std::vector<Said> SaidOn(const Facts& facts, const std::string& chapter, const Phrases& phrases) {
  std::vector<Said> out;
  for (const v1::Intervention& said : facts.interventions) {
    if (said.chapter() != chapter) continue;
    out.push_back({said.speaker(),
                   WithCorrection(InWords(said.nature(), phrases), said.correction(), phrases),
                   said.doc_ref(),
                   Written(said.summaries(), phrases, facts.head.round().working_language())});
  }
  for (const v1::BriefRetraction& taken : facts.retractions) {
    const v1::Intervention& said = taken.intervention();
    if (!taken.has_intervention() || said.chapter() != chapter) continue;
    out.push_back({said.speaker(), Withdrawn(InWords(said.nature(), phrases), phrases),
                   said.doc_ref(), ReasonOf(taken, phrases)});
  }
  return out;
}

Text CommentText(const Facts& facts, const v1::BriefComment& said, const Phrases& phrases) {
  Text text = Written(said.comment().texts(), phrases, facts.head.round().working_language());
  if (!said.comment().part().empty())
    text.words = absl::StrCat(said.comment().part(), ": ", text.words);
  return text;
}

std::map<std::string, std::vector<Comment>> CommentsBySlot(const Facts& facts,
                                                           const Phrases& phrases) {
  std::map<std::string, std::vector<Comment>> out;
  for (const v1::BriefComment& said : facts.comments) {
    out[said.comment().about().slot()].push_back(
        {WithCorrection(HeadingOf(said, phrases), said.comment().correction(), phrases),
         CommentText(facts, said, phrases)});
  }
  for (const v1::BriefRetraction& taken : facts.retractions) {
    if (!taken.has_comment()) continue;
    out[taken.comment().comment().about().slot()].push_back(
        {Withdrawn(HeadingOf(taken.comment(), phrases), phrases), ReasonOf(taken, phrases)});
  }
  return out;
}

std::string SubjectOfComment(const Facts& facts, const v1::BriefComment& said) {
  const std::string& slot = said.comment().about().slot();
  if (auto report = meaning::ParseReportSlot(slot)) {
    return report->delegation == said.delegation() && !report->subject.empty()
               ? report->subject
               : meaning::ReferenceOfSlot(facts.head.instrument_code(), slot);
  }
  absl::string_view name = slot;
  for (const char* kind : {"chapter/", "commitment/", "round/"}) {
    if (absl::ConsumePrefix(&name, kind)) break;
  }
  return base::Str(name);
}

}  // namespace entente::client::brief
