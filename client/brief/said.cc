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
    const bool answer = !said.comment().answers().empty();
    const std::string kind =
        answer ? phrases.Say("answer") : InWords(said.comment().nature(), phrases);
    out[said.comment().about().slot()].push_back(
        {phrases.Say("{0}: {1} of {2}, {3}",
                     {said.delegation(), kind, said.author(), Day(said.signed_ms(), phrases)}),
         CommentText(facts, said, phrases)});
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
