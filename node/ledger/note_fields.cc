#include "node/ledger/note_fields.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace entente::ledger {

namespace {

constexpr char kNone[] = "none";

std::string OrNone(const std::string& text) { return text.empty() ? kNone : text; }

template <class Id>
std::string OrNone(const std::optional<Id>& id) {
  return id ? id->ToHex() : kNone;
}

// Each act takes its struct apart by name: one more field there, and this does not compile.
class Writer {
 public:
  std::vector<NoteField> Take() && { return std::move(out_); }

  void Add(const char* name, std::string value) { out_.push_back({name, std::move(value)}); }

  void Tips(const std::vector<Tip>& tips) {
    if (tips.empty()) Add("counts up to", "nothing");
    for (const Tip& tip : tips) {
      const auto& [feed, sequence, entry] = tip;
      Add("counts up to",
          absl::StrCat("feed ", feed.ToHex(), ", number ", sequence, ", entry ", entry.ToHex()));
    }
  }

  void operator()(const act::Signers& a) {
    const auto& [threshold, keys] = a;
    Head("signers");
    Add("signatures needed", absl::StrCat(threshold));
    for (const VerifierKey& key : keys) Add("signer", key.Text());
  }
  void operator()(const act::Heal& a) {
    const auto& [note] = a;
    Head("heal");
    Add("note that stands", note.ToHex());
  }
  void operator()(const act::Instrument& a) {
    const auto& [code, origin, title] = a;
    Head("instrument");
    Add("code", code);
    Add("register", origin);
    Add("title", title);
  }
  void operator()(const act::Register& a) {
    const auto& [vkey] = a;
    Head("register");
    Add("register's key", vkey);
  }
  void operator()(const act::Admit& a) {
    const auto& [delegation, code, role] = a;
    Head("admit");
    Add("delegation", delegation.ToHex());
    Add("code", code);
    Add("role", std::string(RoleWord(role)));
  }
  void operator()(const act::ShutDelegation& a) {
    const auto& [withdraw, delegation, role, text, tips] = a;
    Head(withdraw ? "withdraw-delegation" : "suspend-delegation");
    Add("delegation", delegation.ToHex());
    Add("role", std::string(RoleWord(role)));
    Add("reason", text);
    Tips(tips);
  }
  void operator()(const act::Anchor& a) {
    const auto& [delegation, position, note] = a;
    Head("anchor");
    Add("delegation", delegation.ToHex());
    Add("position", absl::StrCat(position));
    Add("note", note.ToHex());
  }
  void operator()(const act::Seal& a) {
    const auto& [delegation, feed, sequence, entry] = a;
    Head("seal");
    Add("delegation", delegation.ToHex());
    Add("feed", feed.ToHex());
    Add("number", absl::StrCat(sequence));
    Add("entry", entry.ToHex());
  }
  void operator()(const act::WitnessPolicy& a) {
    const auto& [quorum, vkeys] = a;
    Head("witness-policy");
    Add("witnesses needed", absl::StrCat(quorum));
    for (const std::string& vkey : vkeys) Add("witness", vkey);
  }
  void operator()(const act::Delegation& a) {
    const auto& [code, name] = a;
    Head("delegation");
    Add("code", code);
    Add("name", name);
  }
  void operator()(const act::Enrol& a) {
    const auto& [key, pop, roles, next, label] = a;
    Head("enrol");
    Add("key", key.ToHex());
    Add("proof of possession", pop);
    Add("roles", absl::StrJoin(roles, ", "));
    Add("next key's digest", OrNone(next));
    Add("office or person", label);
  }
  void operator()(const act::Rotate& a) {
    const auto& [old_key, new_key, pop, next, tips] = a;
    Head("rotate");
    Add("old key", old_key.ToHex());
    Add("new key", new_key.ToHex());
    Add("proof of possession", pop);
    Add("next key's digest", OrNone(next));
    Tips(tips);
  }
  void operator()(const act::Revoke& a) {
    const auto& [key, reason, tips] = a;
    Head("revoke");
    Add("key", key.ToHex());
    Add("reason", std::string(ReasonWord(reason)));
    Tips(tips);
  }
  void operator()(const act::ResolveFork& a) {
    const auto& [feed, tips] = a;
    Head("resolve-fork");
    Add("feed", feed.ToHex());
    Tips(tips);
  }
  void operator()(const act::Adopt& a) {
    const auto& [first, last, text] = a;
    Head("adopt");
    Range(first, last, text);
  }
  void operator()(const act::Void& a) {
    const auto& [first, last, text] = a;
    Head("void");
    Range(first, last, text);
  }
  void operator()(const act::Lift& a) {
    const auto& [suspend] = a;
    Head("lift");
    Add("suspend", suspend.ToHex());
  }
  void operator()(const act::Office& a) {
    const auto& [code, opened, successor, name] = a;
    Head("office");
    Add("code", code);
    Add("state", opened ? "opened" : "closed");
    Add(opened ? "succeeds" : "successor", OrNone(successor));
    Add("name", name);
  }
  void operator()(const act::Node& a) {
    const auto& [spki, address] = a;
    Head("node");
    Add("node", spki.ToHex());
    Add("address", OrNone(address));
  }
  void operator()(const act::NodeGone& a) {
    const auto& [spki] = a;
    Head("node-gone");
    Add("node", spki.ToHex());
  }
  void operator()(const act::Unknown& a) {
    const auto& [lines] = a;
    Head("an act this version does not know");
    for (const std::string& line : lines) Add("line", line);
  }

 private:
  void Head(const char* word) { out_.push_back({word, "", true}); }
  void Range(const EntryId& first, const EntryId& last, const std::string& text) {
    Add("first entry", first.ToHex());
    Add("last entry", last.ToHex());
    Add("reason", text);
  }

  std::vector<NoteField> out_;
};

}  // namespace

// What is left out is no text of its own: the id and the bytes follow from these fields, and the
// signature lines come after.
std::vector<NoteField> FieldsOf(const Note& note) {
  const auto& [kind, chain, position, previous, time, acts, text, id, lines] = note;
  static_cast<void>(text), static_cast<void>(id), static_cast<void>(lines);
  Writer out;
  out.Add("chain", absl::StrCat(kind == ChainKind::kCharter ? "charter " : "credentials ",
                                chain ? chain->ToHex() : "that begins here"));
  out.Add("position", absl::StrCat(position));
  out.Add("previous note", OrNone(previous));
  out.Add("time", time);
  for (const Act& one : acts) std::visit(out, one);
  return std::move(out).Take();
}

std::vector<NoteField> FieldsOf(const Suspend& suspend) {
  const auto& [chain, time, key, reason, tips, text, id, lines] = suspend;
  static_cast<void>(text), static_cast<void>(id), static_cast<void>(lines);
  Writer out;
  out.Add("chain", absl::StrCat("credentials ", chain.ToHex()));
  out.Add("time", time);
  out.Add("key", key.ToHex());
  out.Add("reason", reason);
  out.Tips(tips);
  return std::move(out).Take();
}

}  // namespace entente::ledger
