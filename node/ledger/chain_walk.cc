#include "node/ledger/chain_walk.h"

#include <algorithm>

namespace entente::ledger {
namespace {

using Line = std::set<NoteId>;

Line LineOf(const AuthorityData& data, const NoteId& id) {
  Line line;
  for (const HeldNote* n = data.Held(id); n != nullptr;) {
    line.insert(n->note.id);
    n = n->note.previous ? data.Held(*n->note.previous) : nullptr;
  }
  return line;
}

// The notes up to the highest standing anchor. Standing anchors lie on one line, so the highest
// one's line has them all, and a further one stands if it lies on that line or prolongs it.
Line AnchoredLine(const AuthorityData& data, const NoteId& chain,
                  const std::vector<NoteId>& anchors) {
  Line line;
  NoteId top;
  for (const NoteId& id : anchors) {
    const HeldNote* anchor = data.Held(id);
    if (anchor == nullptr || anchor->note.chain_id() != chain || line.contains(id)) continue;
    Line candidate = LineOf(data, id);
    if (!line.empty() && !candidate.contains(top)) continue;
    line = std::move(candidate);
    top = id;
  }
  return line;
}

// A branch as far as this version can read it.
std::vector<const HeldNote*> Branch(const AuthorityData& data, const ChainIndex& index,
                                    const NoteId& root) {
  std::vector<const HeldNote*> out;
  std::vector<NoteId> todo{root};
  while (!todo.empty()) {
    const HeldNote* note = data.Held(todo.back());
    todo.pop_back();
    if (!note->readable) continue;
    out.push_back(note);
    auto it = index.successors.find(note->note.id);
    if (it != index.successors.end()) todo.insert(todo.end(), it->second.begin(), it->second.end());
  }
  return out;
}

bool NamesInHeal(const HeldNote& note, const NoteId& id) {
  return std::any_of(note.note.acts.begin(), note.note.acts.end(), [&](const Act& act) {
    const auto* heal = std::get_if<act::Heal>(&act);
    return heal != nullptr && heal->note == id;
  });
}

bool SignedByAll(const HeldNote& note, const SignerList& signers) {
  return std::all_of(signers.begin(), signers.end(),
                     [&](const VerifierKey& key) { return note.signed_by.contains(key.key); });
}

std::vector<NoteId> Choose(const AuthorityData& data, const ChainIndex& index,
                           const HeldNote& parent, const std::set<NoteId>& successors,
                           const Line& line) {
  for (const NoteId& id : successors) {
    if (line.contains(id)) return {id};
  }
  if (successors.size() == 1) return {*successors.begin()};
  std::vector<NoteId> healed;
  for (const NoteId& id : successors) {
    auto branch = Branch(data, index, id);
    if (std::any_of(branch.begin(), branch.end(), [&](const HeldNote* note) {
          return NamesInHeal(*note, id) && SignedByAll(*note, *parent.signers);
        })) {
      healed.push_back(id);
    }
  }
  return healed;
}

}  // namespace

ChainWalk WalkChain(const AuthorityData& data, const NoteId& chain,
                    const std::vector<NoteId>& anchors) {
  ChainWalk walk;
  const HeldNote* note = data.Held(chain);
  auto index = data.chains.find(chain);
  if (note == nullptr || index == data.chains.end()) return walk;
  const Line line = AnchoredLine(data, chain, anchors);
  while (note->readable) {
    walk.in_force.push_back(note);
    auto it = index->second.successors.find(note->note.id);
    if (it == index->second.successors.end()) return walk;
    auto chosen = Choose(data, index->second, *note, it->second, line);
    if (chosen.size() != 1) {
      walk.forked = true;
      for (const NoteId& id : it->second) {
        auto branch = Branch(data, index->second, id);
        walk.disputed.insert(walk.disputed.end(), branch.begin(), branch.end());
      }
      return walk;
    }
    note = data.Held(chosen.front());
  }
  return walk;
}

}  // namespace entente::ledger
