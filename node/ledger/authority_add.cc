// Authority::Add: parsing, the waiting buffer, merging of lines, and what becomes held when a note
// comes.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/ledger/authority.h"
#include "node/ledger/authority_rules.h"
#include "node/ledger/authority_state.h"

namespace entente::ledger {
namespace {

using Outcome = Authority::Outcome;
using Added = Authority::Added;

Added Refused(const NoteId& id, absl::string_view why) {
  Added added{Outcome::kRefused, id, base::Str(why), {}, {}};
  return added;
}

void AppendLines(std::vector<SignatureLine>& lines, const std::vector<SignatureLine>& more) {
  for (const SignatureLine& line : more) {
    if (lines.size() >= kNoteSignaturesMax) return;
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
  }
}

// One Add on one state. The state may be changed also when nothing becomes held: the buffer is part
// of it.
class Adder {
 public:
  Adder(AuthorityState& state, const crypto::Verifier& verifier)
      : data_(state), verifier_(verifier) {}

  Added AddNote(Note note) {
    const NoteId id = note.id;
    if (data_.notes.contains(id)) return MergeNote(id, note.lines);
    if (auto text = CheckNoteText(note, verifier_); !text.ok()) return Refused(id, text.message());
    if (auto it = data_.waiting.find(id); it != data_.waiting.end()) {
      AppendLines(note.lines, it->second->note->lines);
    }
    return Settle(id, TryNote(std::move(note)));
  }

  Added AddSuspend(Suspend suspend) {
    const NoteId id = suspend.id;
    if (data_.suspends.contains(id)) return MergeSuspend(id, suspend.lines);
    if (auto it = data_.waiting.find(id); it != data_.waiting.end()) {
      AppendLines(suspend.lines, it->second->suspend->lines);
    }
    return Settle(id, TrySuspend(std::move(suspend)));
  }

  bool changed() const { return changed_; }

 private:
  // After the first text was tried: retry those that waited for what became held.
  Added Settle(const NoteId& id, Added first) {
    first.id = id;
    if (first.outcome == Outcome::kRefused) data_.waiting.erase(id);
    for (size_t i = 0; i < now_held_.size(); ++i) RetryWaitersOf(now_held_[i]);
    first.now_held = now_held_;
    first.warnings.insert(first.warnings.end(), warnings_.begin(), warnings_.end());
    return first;
  }

  void RetryWaitersOf(const NoteId& id) {
    const HeldNote* held = data_.Held(id);
    if (held == nullptr) return;  // a suspend: nothing waits for it
    const NoteId chain = held->note.chain_id();
    std::vector<std::shared_ptr<const WaitingText>> ready;
    for (const auto& [waiting_id, waiting] : data_.waiting) {
      const bool follows = waiting->note && waiting->note->previous == id;
      if (follows || (waiting->suspend && waiting->suspend->chain == chain))
        ready.push_back(waiting);
    }
    for (const auto& waiting : ready) {
      Added again = waiting->note ? TryNote(*waiting->note) : TrySuspend(*waiting->suspend);
      if (again.outcome != Outcome::kRefused) continue;
      data_.waiting.erase(waiting->note ? waiting->note->id : waiting->suspend->id);
      warnings_.push_back(absl::StrCat("a note kept aside is refused: ", again.reason));
    }
  }

  Added TryNote(Note note) {
    const HeldNote* parent = nullptr;
    if (note.previous) {
      parent = data_.Held(*note.previous);
      if (parent == nullptr) {
        std::string missing =
            absl::StrCat("the note before it is not here: ", note.previous->ToHex(), " (position ",
                         note.position - 1, " of chain ", note.chain_id().Short(), ")");
        return Wait({std::move(note), std::nullopt, 0, 0}, std::move(missing));
      }
    }
    if (auto place = CheckNotePlace(data_, note, parent); !place.ok()) {
      return Refused(note.id, place.message());
    }
    SignatureCheck check = CheckSignatures(note, parent, note.lines, verifier_);
    if (!check.missing.empty()) {
      const size_t verified = check.note.signed_by.size();
      return Wait({std::move(check.note.note), std::nullopt, verified, 0},
                  std::move(check.missing));
    }
    return Hold(std::make_shared<const HeldNote>(std::move(check.note)));
  }

  Added Hold(std::shared_ptr<const HeldNote> held) {
    const Note& note = held->note;
    const NoteId id = note.id;
    const NoteId chain = note.chain_id();
    data_.waiting.erase(id);
    data_.notes[id] = held;
    ChainIndex& index = data_.chains[chain];
    index.kind = note.kind;
    index.by_position.insert({note.position, id});
    if (note.previous) index.successors[*note.previous].insert(id);
    IndexActs(note);
    const size_t signers = index.signers_ever.size();
    index.signers_ever.insert(held->signers->begin(), held->signers->end());
    if (index.signers_ever.size() != signers) RecheckSuspends(chain);
    ResetViews(data_, chain);
    changed_ = true;
    now_held_.push_back(id);
    for (std::string& warning : WarningsFor(data_, *held)) warnings_.push_back(std::move(warning));
    return {Outcome::kNew, id, "", {}, {}};
  }

  void IndexActs(const Note& note) {
    for (const Act& act : note.acts) {
      if (const auto* enrol = std::get_if<act::Enrol>(&act)) data_.enrolled.insert(enrol->key);
      if (const auto* rotate = std::get_if<act::Rotate>(&act))
        data_.enrolled.insert(rotate->new_key);
      if (const auto* admit = std::get_if<act::Admit>(&act)) {
        data_.admitted_ever[note.chain_id()].insert(admit->delegation);
      }
    }
  }

  Added MergeNote(const NoteId& id, const std::vector<SignatureLine>& lines) {
    HeldNote merged = *data_.notes[id];
    if (!KeepVerifiedLines(merged.note.text, lines, *merged.known, verifier_, merged.note.lines,
                           merged.signed_by)) {
      return {Outcome::kHeld, id, "", {}, {}};
    }
    const NoteId chain = merged.note.chain_id();
    data_.notes[id] = std::make_shared<const HeldNote>(std::move(merged));
    ResetViews(data_, chain);
    changed_ = true;
    return {Outcome::kMerged, id, "", {}, {}};
  }

  Added TrySuspend(Suspend suspend) {
    auto chain = data_.chains.find(suspend.chain);
    if (chain == data_.chains.end() || chain->second.kind != ChainKind::kCredentials) {
      std::string missing =
          absl::StrCat("the credentials it speaks of are not here: chain ", suspend.chain.ToHex());
      return Wait({std::nullopt, std::move(suspend), 0, 0}, std::move(missing));
    }
    HeldSuspend held;
    held.unverified = std::move(suspend.lines);
    held.suspend = std::move(suspend);
    held.suspend.lines.clear();
    if (!Verify(held, chain->second)) {
      held.suspend.lines = std::move(held.unverified);
      return Wait({std::nullopt, std::move(held.suspend), 0, 0},
                  "a signature of anyone who is or was a signer of that delegation");
    }
    const NoteId id = held.suspend.id;
    const DelegationId delegation = held.suspend.chain;
    data_.waiting.erase(id);
    data_.suspends[id] = std::make_shared<const HeldSuspend>(std::move(held));
    ResetViews(data_, delegation);
    changed_ = true;
    now_held_.push_back(id);
    return {Outcome::kNew, id, "", {}, {}};
  }

  // Moves lines that verify from `unverified` to the suspend. Lines of others stay: their keys may
  // be named as signers by a note still to come, and the order of arrival must not matter.
  bool Verify(HeldSuspend& held, const ChainIndex& chain) {
    const SignerList signers(chain.signers_ever.begin(), chain.signers_ever.end());
    bool any = KeepVerifiedLines(held.suspend.text, held.unverified, signers, verifier_,
                                 held.suspend.lines, held.signed_by);
    std::erase_if(held.unverified, [&](const SignatureLine& line) {
      return std::find(held.suspend.lines.begin(), held.suspend.lines.end(), line) !=
             held.suspend.lines.end();
    });
    return any;
  }

  Added MergeSuspend(const NoteId& id, const std::vector<SignatureLine>& lines) {
    HeldSuspend merged = *data_.suspends[id];
    std::vector<SignatureLine> candidates =
        lines;  // the new ones first: old junk must not shut them out
    AppendLines(candidates, merged.unverified);
    merged.unverified = std::move(candidates);
    const bool any = Verify(merged, data_.chains[merged.suspend.chain]);
    const DelegationId chain = merged.suspend.chain;
    data_.suspends[id] = std::make_shared<const HeldSuspend>(std::move(merged));
    if (!any) return {Outcome::kHeld, id, "", {}, {}};
    ResetViews(data_, chain);
    changed_ = true;
    return {Outcome::kMerged, id, "", {}, {}};
  }

  void RecheckSuspends(const NoteId& chain) {
    for (auto& [id, held] : data_.suspends) {
      if (held->suspend.chain != chain || held->unverified.empty()) continue;
      HeldSuspend again = *held;
      if (Verify(again, data_.chains[chain]))
        held = std::make_shared<const HeldSuspend>(std::move(again));
    }
  }

  Added Wait(WaitingText text, std::string missing) {
    const NoteId id = text.note ? text.note->id : text.suspend->id;
    auto known = data_.waiting.find(id);
    text.arrival = known != data_.waiting.end() ? known->second->arrival : ++data_.arrivals;
    Added added{Outcome::kWaiting, id, std::move(missing), {}, {}};
    data_.waiting[id] = std::make_shared<const WaitingText>(std::move(text));
    if (data_.waiting.size() > kWaitingMax) MakeRoom(added);
    return added;
  }

  // Drops the text with the fewest verified lines, of these the one that came first.
  void MakeRoom(Added& added) {
    auto first_to_go = std::min_element(data_.waiting.begin(), data_.waiting.end(),
                                        [](const auto& a, const auto& b) {
                                          return std::pair(a.second->verified, a.second->arrival) <
                                                 std::pair(b.second->verified, b.second->arrival);
                                        });
    added.warnings.push_back(absl::StrCat("more than ", kWaitingMax,
                                          " notes wait for others: ", first_to_go->first.Short(),
                                          " made room and must be sent again"));
    data_.waiting.erase(first_to_go);
  }

  AuthorityData& data_;
  const crypto::Verifier& verifier_;
  std::vector<NoteId> now_held_;
  std::vector<std::string> warnings_;
  bool changed_ = false;
};

// True when `lines` has nothing that `held` lacks: most of what gossip brings.
bool NothingNew(const std::vector<SignatureLine>& held, const std::vector<SignatureLine>& lines) {
  return std::all_of(lines.begin(), lines.end(), [&](const SignatureLine& line) {
    return std::find(held.begin(), held.end(), line) != held.end();
  });
}

}  // namespace

Authority::Added Authority::Add(absl::string_view file) {
  const bool is_suspend = LooksLikeSuspend(file);
  absl::StatusOr<Note> note = absl::UnknownError("");
  absl::StatusOr<Suspend> suspend = absl::UnknownError("");
  if (is_suspend) {
    suspend = ParseSuspend(file);
    if (!suspend.ok()) return Refused({}, suspend.status().message());
  } else {
    note = ParseNote(file);
    if (!note.ok()) return Refused({}, note.status().message());
    const Note* held = Find(note->id);
    if (held != nullptr && NothingNew(held->lines, note->lines))
      return {Outcome::kHeld, note->id, "", {}, {}};
  }
  Adder adder(Mutable(), *verifier_);
  Added added =
      is_suspend ? adder.AddSuspend(*std::move(suspend)) : adder.AddNote(*std::move(note));
  if (adder.changed()) ++generation_;
  return added;
}

}  // namespace entente::ledger
