#include "node/ledger/authority_words.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace entente::ledger {

const Suspend* FindSuspend(const Authority& authority, const NoteId& id) {
  for (const Suspend* suspend : authority.Suspends()) {
    if (suspend->id == id) return suspend;
  }
  return nullptr;
}

std::string DateOf(const Authority& authority, const NoteId& id) {
  if (const Note* note = authority.Find(id)) return note->time.substr(0, 10);
  const Suspend* suspend = FindSuspend(authority, id);
  return suspend ? suspend->time.substr(0, 10) : "";
}

std::string WhenOf(const Authority& authority, const NoteId& id) {
  if (const Note* note = authority.Find(id))
    return absl::StrCat(DateOf(authority, id), ", note ", note->position);
  return absl::StrCat(DateOf(authority, id), ", suspend ", id.Short());
}

std::string Fingerprint(const PublicKey& key) {
  const std::string hex = key.ToHex();
  return absl::StrCat(hex.substr(0, 4), " ", hex.substr(4, 4), " ", hex.substr(8, 4), " ",
                      hex.substr(12, 4));
}

KeyState KeyStateOf(const Authority& authority, const CredentialsView& credentials,
                    const PublicKey& key) {
  KeyState state{"active", "active"};
  std::vector<std::string> texts;
  auto closings = credentials.closings.find(key);
  if (closings != credentials.closings.end()) {
    for (const Closing& closing : closings->second) {
      std::string text;
      if (closing.what == "suspend") {
        const Suspend* suspend = FindSuspend(authority, closing.by);
        text = absl::StrCat("suspended ", WhenOf(authority, closing.by),
                            suspend ? absl::StrCat(": ", suspend->reason) : "");
        if (state.word == "active") state.word = "suspended";
      } else {
        const bool rotated = closing.what == "rotate";
        state.word = rotated ? "rotated" : "revoked";
        text = absl::StrCat(rotated ? "rotated" : "revoked", closing.what.substr(6), " ",
                            WhenOf(authority, closing.by));
      }
      if (!closing.in_force) absl::StrAppend(&text, " (on a disputed branch)");
      texts.push_back(std::move(text));
    }
  }
  if (auto it = credentials.keys.find(key);
      it != credentials.keys.end() && it->second.unannounced) {
    texts.push_back("unannounced: its predecessor named another key to follow");
  }
  for (const auto& [other, enrolled] : credentials.keys) {
    if (enrolled.rotated_from == key)
      texts.push_back(absl::StrCat("followed by ", Fingerprint(other)));
  }
  if (!texts.empty()) state.text = absl::StrJoin(texts, "; ");
  return state;
}

std::vector<std::string> OfficeLines(const Authority& authority,
                                     const CredentialsView& credentials) {
  std::vector<const Note*> line;
  for (const Note* at = authority.Find(credentials.head); at != nullptr;
       at = at->previous ? authority.Find(*at->previous) : nullptr) {
    line.insert(line.begin(), at);
  }
  std::vector<std::string> out;
  for (const Note* note : line) {
    for (const Act& act : note->acts) {
      const auto* office = std::get_if<act::Office>(&act);
      if (!office) continue;
      out.push_back(
          absl::StrCat("office ", office->code, ", ", office->name, ": ",
                       office->opened ? "opened " : "closed ", WhenOf(authority, note->id),
                       office->successor.empty() ? ""
                       : office->opened          ? absl::StrCat(", succeeds ", office->successor)
                                        : absl::StrCat(", taken over by ", office->successor)));
    }
  }
  return out;
}

ChainFork ForkAfter(const Authority& authority, const NoteId& chain, const NoteId& head) {
  ChainFork fork;
  std::map<std::string, int> signed_by;
  for (const Note* note : authority.ChainNotes(chain)) {
    if (note->previous != head) continue;
    fork.position = note->position;
    fork.branches.push_back(note);
    for (const SignatureLine& line : note->lines) ++signed_by[line.name];
  }
  if (fork.branches.size() < 2) return {};
  for (const auto& [name, branches] : signed_by) {
    if (branches > 1) fork.signed_both.push_back(name);
  }
  return fork;
}

}  // namespace entente::ledger
