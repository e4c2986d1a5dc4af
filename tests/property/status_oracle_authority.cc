#include "tests/property/status_oracle_authority.h"

#include <algorithm>

namespace entente::oracle {

namespace act = ledger::act;
using ledger::Act;
using ledger::Note;
using ledger::VerifierKey;

namespace {

// A key is acceptable by its bytes alone, and the check multiplies on the curve: once per key.
bool Acceptable(const PublicKey& key) {
  static auto* known = new std::map<PublicKey, bool>();
  auto it = known->find(key);
  if (it == known->end()) it = known->emplace(key, crypto::CheckPublicKey(key).ok()).first;
  return it->second;
}

bool KeysAcceptable(const Note& note) {
  const crypto::Verifier& verifier = TestVerifier();
  for (const Act& a : note.acts) {
    if (const auto* e = std::get_if<act::Enrol>(&a)) {
      if (!Acceptable(e->key) || !ledger::CheckPossession(e->key, e->pop, verifier)) return false;
    }
    if (const auto* r = std::get_if<act::Rotate>(&a)) {
      if (!Acceptable(r->new_key)) return false;
      if (!ledger::CheckPossession(r->new_key, r->pop, verifier)) return false;
    }
    if (const auto* s = std::get_if<act::Signers>(&a)) {
      for (const VerifierKey& key : s->keys) {
        if (!Acceptable(key.key)) return false;
      }
    }
  }
  return true;
}

std::set<PublicKey> WhoSigned(const std::string& text,
                              const std::vector<ledger::SignatureLine>& lines,
                              const std::set<VerifierKey>& known) {
  std::set<PublicKey> out;
  for (const auto& line : lines) {
    for (const VerifierKey& key : known) {
      if (VerifyLine(text, line, key, TestVerifier())) out.insert(key.key);
    }
  }
  return out;
}

bool Reaches(const act::Signers& signers, const std::set<PublicKey>& signed_by) {
  std::set<PublicKey> counted;
  for (const VerifierKey& key : signers.keys) {
    if (signed_by.contains(key.key)) counted.insert(key.key);
  }
  return counted.size() >= signers.threshold;
}

bool ChangesSigners(const Note& note) {
  return std::any_of(note.acts.begin(), note.acts.end(),
                     [](const Act& a) { return std::holds_alternative<act::Signers>(a); });
}

// One text, one note: the lines of all copies together.
template <class T, class Parse>
void MergeCopy(std::map<NoteId, T>& all, const std::string& file, Parse parse) {
  auto parsed = parse(file);
  if (!parsed.ok()) return;
  auto [it, fresh] = all.emplace(parsed->id, *parsed);
  if (!fresh)
    it->second.lines.insert(it->second.lines.end(), parsed->lines.begin(), parsed->lines.end());
}

}  // namespace

OracleNotes::OracleNotes(const std::vector<Record>& records) {
  std::map<NoteId, Note> notes;
  std::map<NoteId, ledger::Suspend> loose;
  for (const Record& record : records) {
    if (const auto* n = std::get_if<NoteFile>(&record))
      MergeCopy(notes, n->file, ledger::ParseNote);
    if (const auto* s = std::get_if<SuspendFile>(&record))
      MergeCopy(loose, s->file, ledger::ParseSuspend);
  }
  for (bool again = true; again;) {
    again = false;
    for (const auto& [id, note] : notes) {
      if (!held.contains(id) && MayBeHeld(note)) {
        held[id] = note;
        signed_by[id] = WhoSigned(note.text, note.lines, KnownAt(note));
        again = true;
      }
    }
  }
  for (const auto& [id, suspend] : loose) {
    std::set<VerifierKey> ever;
    for (const auto& [note_id, note] : held) {
      if (note.chain_id() != suspend.chain || note.kind != ledger::ChainKind::kCredentials)
        continue;
      const act::Signers signers = SignersAt(note_id);
      ever.insert(signers.keys.begin(), signers.keys.end());
    }
    auto by = WhoSigned(suspend.text, suspend.lines, ever);
    if (by.empty()) continue;
    suspends[id] = suspend;
    suspended_by[id] = by;
  }
}

std::vector<NoteId> OracleNotes::Path(const NoteId& id) const {
  std::vector<NoteId> out{id};
  while (held.at(out.back()).previous) out.push_back(*held.at(out.back()).previous);
  return out;
}

bool OracleNotes::OnPath(const NoteId& a, const NoteId& of) const {
  auto path = Path(of);
  return std::find(path.begin(), path.end(), a) != path.end();
}

std::set<NoteId> OracleNotes::Successors(const NoteId& id) const {
  std::set<NoteId> out;
  for (const auto& [other, note] : held) {
    if (note.previous == id) out.insert(other);
  }
  return out;
}

act::Signers OracleNotes::SignersAt(const NoteId& id) const {
  for (const NoteId& at : Path(id)) {
    for (const Act& a : held.at(at).acts) {
      if (const auto* signers = std::get_if<act::Signers>(&a)) return *signers;
    }
  }
  return {};
}

bool OracleNotes::Readable(const NoteId& id) const {
  auto path = Path(id);
  return std::none_of(path.begin(), path.end(),
                      [&](const NoteId& at) { return held.at(at).HasUnknownAct(); });
}

bool OracleNotes::AnyoneEnrols(const PublicKey& key) const {
  for (const auto& [id, note] : held) {
    for (const Act& a : note.acts) {
      const auto* enrol = std::get_if<act::Enrol>(&a);
      const auto* rotate = std::get_if<act::Rotate>(&a);
      if ((enrol != nullptr && enrol->key == key) || (rotate != nullptr && rotate->new_key == key))
        return true;
    }
  }
  return false;
}

std::set<VerifierKey> OracleNotes::KnownAt(const Note& note) const {
  std::set<VerifierKey> out;
  auto add = [&](const Note& n) {
    for (const Act& a : n.acts) {
      if (const auto* s = std::get_if<act::Signers>(&a)) out.insert(s->keys.begin(), s->keys.end());
    }
  };
  add(note);
  if (note.previous) {
    for (const NoteId& at : Path(*note.previous)) add(held.at(at));
  }
  return out;
}

bool OracleNotes::MayBeHeld(const Note& note) {
  if (!KeysAcceptable(note)) return false;
  std::map<DelegationId, std::string> codes;
  if (note.previous) {
    auto parent = held.find(*note.previous);
    if (parent == held.end()) return false;
    if (parent->second.chain_id() != note.chain_id() || parent->second.kind != note.kind)
      return false;
    if (parent->second.position + 1 != note.position) return false;
    auto path = Path(parent->first);
    for (auto at = path.rbegin(); at != path.rend(); ++at) {
      for (const Act& a : held.at(*at).acts) {
        if (const auto* admit = std::get_if<act::Admit>(&a)) codes[admit->delegation] = admit->code;
      }
    }
  }
  for (const Act& a : note.acts) {
    const auto* admit = std::get_if<act::Admit>(&a);
    if (admit == nullptr) continue;
    for (const auto& [delegation, code] : codes) {
      if (delegation != admit->delegation && code == admit->code) return false;
    }
    codes[admit->delegation] = admit->code;
  }
  auto by = WhoSigned(note.text, note.lines, KnownAt(note));
  if (note.previous && !Reaches(SignersAt(*note.previous), by)) return false;
  for (const Act& a : note.acts) {
    if (const auto* signers = std::get_if<act::Signers>(&a); signers && !Reaches(*signers, by))
      return false;
  }
  return note.previous.has_value() || ChangesSigners(note);
}

std::vector<NoteId> OracleNotes::Tree(const NoteId& id) const {
  std::vector<NoteId> out;
  if (!Readable(id)) return out;
  out.push_back(id);
  for (const NoteId& next : Successors(id)) {
    auto below = Tree(next);
    out.insert(out.end(), below.begin(), below.end());
  }
  return out;
}

OracleNotes::Walk OracleNotes::WalkFrom(const NoteId& chain,
                                        const std::vector<NoteId>& anchors) const {
  Walk walk;
  if (!held.contains(chain) || !Readable(chain)) return walk;
  std::vector<NoteId> standing;
  for (const NoteId& a : anchors) {
    if (!held.contains(a) || held.at(a).chain_id() != chain) continue;
    if (std::all_of(standing.begin(), standing.end(),
                    [&](const NoteId& b) { return OnPath(a, b) || OnPath(b, a); })) {
      standing.push_back(a);
    }
  }
  auto anchored = [&](const NoteId& id) {
    return std::any_of(standing.begin(), standing.end(),
                       [&](const NoteId& a) { return OnPath(id, a); });
  };
  auto healed = [&](const NoteId& id, const NoteId& parent) {
    for (const NoteId& at : Tree(id)) {
      bool names = false, all = true;
      for (const Act& a : held.at(at).acts) {
        if (const auto* heal = std::get_if<act::Heal>(&a)) names = names || heal->note == id;
      }
      for (const VerifierKey& key : SignersAt(parent).keys)
        all = all && signed_by.at(at).contains(key.key);
      if (names && all) return true;
    }
    return false;
  };
  for (NoteId at = chain;;) {
    walk.force.push_back(at);
    const std::set<NoteId> next = Successors(at);
    std::vector<NoteId> pick;
    std::copy_if(next.begin(), next.end(), std::back_inserter(pick), anchored);
    if (pick.empty() && next.size() == 1) pick.push_back(*next.begin());
    if (pick.empty()) {
      std::copy_if(next.begin(), next.end(), std::back_inserter(pick),
                   [&](const NoteId& id) { return healed(id, at); });
    }
    if (pick.size() == 1) {
      if (!Readable(pick[0])) return walk;
      at = pick[0];
      continue;
    }
    for (const NoteId& id : next) {
      auto tree = Tree(id);
      walk.extra.insert(walk.extra.end(), tree.begin(), tree.end());
    }
    return walk;
  }
}

OracleCharter::OracleCharter(const OracleNotes& notes, const InstrumentId& id) {
  auto walk = notes.WalkFrom(id, {});
  for (const NoteId& at : walk.force) {
    for (const Act& a : notes.held.at(at).acts) {
      if (const auto* admit = std::get_if<act::Admit>(&a))
        roles[admit->delegation][admit->role] = {};
      if (const auto* anchor = std::get_if<act::Anchor>(&a))
        anchors[anchor->delegation].push_back(anchor->note);
      if (const auto* s = std::get_if<act::Seal>(&a)) {
        seals[s->delegation].push_back({s->feed, s->sequence, s->entry});
      }
      if (const auto* shut = std::get_if<act::ShutDelegation>(&a)) {
        if (roles[shut->delegation].contains(shut->role))
          roles[shut->delegation][shut->role] = {shut->tips};
      }
    }
  }
  for (const NoteId& at : walk.extra) {
    for (const Act& a : notes.held.at(at).acts) {
      const auto* shut = std::get_if<act::ShutDelegation>(&a);
      if (shut != nullptr && roles[shut->delegation].contains(shut->role)) {
        roles[shut->delegation][shut->role].push_back(shut->tips);
      }
    }
  }
}

OracleCredentials::OracleCredentials(const OracleNotes& notes, const DelegationId& id,
                                     const std::vector<NoteId>& anchors) {
  auto walk = notes.WalkFrom(id, anchors);
  for (const NoteId& at : walk.force) Read(notes.held.at(at), true);
  for (const NoteId& at : walk.extra) Read(notes.held.at(at), false);
  if (walk.force.empty()) return;
  for (const auto& [suspend_id, suspend] : notes.suspends) {
    if (suspend.chain != id || lifts_.contains(suspend_id)) continue;
    for (const VerifierKey& signer : notes.SignersAt(walk.force.back()).keys) {
      if (notes.suspended_by.at(suspend_id).contains(signer.key)) {
        key_closings[suspend.key].push_back(suspend.tips);
        break;
      }
    }
  }
}

void OracleCredentials::Read(const Note& note, bool in_force) {
  for (const Act& a : note.acts) {
    if (const auto* revoke = std::get_if<act::Revoke>(&a)) {
      key_closings[revoke->key].push_back(revoke->tips);
      if (in_force) closed_keys.insert(revoke->key);
    }
    if (const auto* rotate = std::get_if<act::Rotate>(&a)) {
      key_closings[rotate->old_key].push_back(rotate->tips);
      if (in_force) closed_keys.insert(rotate->old_key);
      if (in_force && roles.contains(rotate->old_key)) {
        roles.emplace(rotate->new_key, roles[rotate->old_key]);
      }
    }
    if (const auto* v = std::get_if<act::Void>(&a)) adoptions.push_back({false, v->first, v->last});
    if (!in_force) continue;
    if (const auto* enrol = std::get_if<act::Enrol>(&a)) {
      roles.emplace(enrol->key, std::set<std::string>(enrol->roles.begin(), enrol->roles.end()));
    }
    if (const auto* adopt = std::get_if<act::Adopt>(&a))
      adoptions.push_back({true, adopt->first, adopt->last});
    if (const auto* lift = std::get_if<act::Lift>(&a)) lifts_.insert(lift->suspend);
    if (const auto* resolve = std::get_if<act::ResolveFork>(&a)) {
      feed_closings[resolve->feed].push_back(resolve->tips);
      closed_feeds.insert(resolve->feed);
    }
  }
}

}  // namespace entente::oracle
