#include "client/brief/slots.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/brief/status.h"
#include "client/brief/texts.h"

namespace entente::client::brief {

Slots::Slots(const Facts& facts, const Phrases& phrases)
    : compared_(std::any_of(facts.slots.begin(), facts.slots.end(),
                            [](const v1::BriefSlot& slot) { return !slot.previous().empty(); })) {
  std::map<std::string, std::string> silence;
  for (const auto& delegation : facts.head.delegations()) {
    silence[delegation.code()] = SilenceWord(facts.head, &delegation, phrases);
  }
  all_.reserve(facts.slots.size());
  for (const v1::BriefSlot& slot : facts.slots) {
    Standing standing;
    standing.slot = &slot;
    standing.now = StatusOf(slot.heads(), slot.after_close(), silence[slot.delegation()], phrases);
    if (compared_) {
      const Status before =
          StatusOf(slot.previous(), slot.previous_after_close(), phrases.Say("no report"), phrases);
      standing.before = before.words;
      const bool silent_twice = before.key == "absent" && standing.now.key == "absent";
      standing.changed = !silent_twice && before.words != standing.now.words;
    }
    places_[{slot.delegation(), slot.subject_kind(), slot.subject()}] = all_.size();
    all_.push_back(std::move(standing));
  }
}

const Standing* Slots::Find(const std::string& delegation, v1::SubjectKind kind,
                            const std::string& subject) const {
  auto it = places_.find({delegation, kind, subject});
  return it == places_.end() ? nullptr : &all_[it->second];
}

std::string Slots::AnchorOf(const v1::BriefSlot& slot) {
  return Anchor(absl::StrCat("r/", slot.delegation(), "/", slot.subject()));
}

std::string SubjectWords(const v1::BriefSlot& slot, const Phrases& phrases) {
  return slot.subject_kind() == v1::SUBJECT_INSTRUMENT ? phrases.Say("the instrument as a whole")
                                                       : slot.subject();
}

}  // namespace entente::client::brief
