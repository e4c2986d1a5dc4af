#include "client/brief/changes.h"

#include "absl/strings/str_cat.h"
#include "client/brief/said.h"
#include "client/brief/status.h"
#include "client/brief/texts.h"
#include "client/brief/versions.h"

namespace entente::client::brief {

namespace {

void AddMinuted(const Facts& facts, const std::string& nature, const Phrases& phrases,
                std::vector<Note>& out) {
  for (const auto& said : facts.interventions) {
    if (said.nature() != nature) continue;
    const std::string subject =
        said.chapter().empty() ? phrases.Say("item {0}", {said.item()}) : said.chapter();
    out.push_back({said.speaker(), subject, phrases.Say("as minuted"),
                   Written(said.summaries(), phrases, facts.head.round().working_language())});
  }
}

// Questions about one report that nobody answered yet.
void AddAsked(const Facts& facts, const v1::BriefSlot& slot, const v1::BriefReport& head,
              const Phrases& phrases, std::vector<Note>& out) {
  for (const auto& question : head.questions()) {
    const std::string kind = question.due().empty()
                                 ? phrases.Say("asked by {0}", {question.reviewer()})
                                 : phrases.Say("asked by {0}, answer by {1}",
                                               {question.reviewer(), phrases.Date(question.due())});
    Texts one;
    *one.Add() = question.remark().text();
    Text text = Written(one, phrases, facts.head.round().working_language());
    if (!question.remark().part().empty())
      text.words = absl::StrCat(question.remark().part(), ": ", text.words);
    out.push_back({slot.delegation(), SubjectWords(slot, phrases), kind, text});
  }
}

}  // namespace

std::vector<Silent> SilentOf(const Facts& facts, const Slots& slots, const Phrases& phrases) {
  std::vector<Silent> out;
  for (const auto& delegation : facts.head.delegations()) {
    if (!delegation.expected()) continue;
    Silent silent;
    bool nothing_there = false;
    for (const auto& commitment : facts.commitments) {
      const Standing* standing =
          slots.Find(delegation.code(), v1::SUBJECT_COMMITMENT, commitment.code());
      if (standing == nullptr || !standing->slot->asked() || standing->now.reported) continue;
      const bool empty = standing->slot->heads().empty();
      nothing_there |= empty;
      silent.subjects.push_back(
          empty ? commitment.code()
                : absl::StrCat(commitment.code(), " (", standing->now.words, ")"));
    }
    if (silent.subjects.empty()) continue;
    silent.delegation = delegation.code();
    silent.name = delegation.name();
    silent.word = nothing_there ? SilenceWord(facts.head, &delegation, phrases) : "\u2013";
    silent.reach = delegation.newest_record_ms() == 0
                       ? phrases.Say("no record of it is held here")
                       : phrases.Say("its records held here reach to {0}",
                                     {Day(delegation.newest_record_ms(), phrases)});
    out.push_back(std::move(silent));
  }
  return out;
}

std::vector<Change> ChangesOf(const Slots& slots, const Phrases& phrases) {
  std::vector<Change> out;
  for (const Standing& standing : slots.all()) {
    if (!standing.changed) continue;
    out.push_back({standing.slot->delegation(), SubjectWords(*standing.slot, phrases),
                   standing.before, standing.now.words});
  }
  return out;
}

std::vector<Note> QuestionsOf(const Facts& facts, const Slots& slots, const Phrases& phrases) {
  std::vector<Note> out;
  for (const Standing& standing : slots.all()) {
    if (standing.slot->heads_size() < 2) continue;
    const std::string reference = ReferenceOf(facts, *standing.slot);
    out.push_back({standing.slot->delegation(),
                   SubjectWords(*standing.slot, phrases),
                   phrases.Say("conflict"),
                   {"",
                    phrases.Say("{0} versions of {1} stand; {2} settles it by a report that "
                                "replaces them",
                                {absl::StrCat(standing.slot->heads_size()), reference,
                                 standing.slot->delegation()}),
                    ""}});
  }
  for (const auto& slot : facts.slots) {
    for (const auto& head : slot.heads()) AddAsked(facts, slot, head, phrases, out);
  }
  AddMinuted(facts, "question", phrases, out);
  return out;
}

std::vector<Note> NeedsOf(const Facts& facts, const Phrases& phrases) {
  std::vector<Note> out;
  for (const auto& slot : facts.slots) {
    for (const auto& head : slot.heads()) {
      for (const auto& section : head.report().sections()) {
        if (section.name() != "assistance_needed") continue;
        Texts one;
        *one.Add() = section.text();
        out.push_back(
            {slot.delegation(), SubjectWords(slot, phrases),
             head.after_close() ? phrases.Say("reported after the close") : phrases.Say("reported"),
             WrittenOrTranslated(one, head, "section." + section.name(), phrases,
                                 facts.head.round().working_language())});
      }
    }
  }
  for (const auto& said : facts.comments) {
    if (said.comment().nature() != "assistance_need") continue;
    out.push_back({said.delegation(), SubjectOfComment(facts, said),
                   phrases.Say("comment of {0}", {Day(said.signed_ms(), phrases)}),
                   CommentText(facts, said, phrases)});
  }
  AddMinuted(facts, "assistance_need", phrases, out);
  return out;
}

}  // namespace entente::client::brief
