// Writing notes: the one text of given fields.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/ledger/note_internal.h"

namespace entente::ledger {

namespace {

template <class Id>
std::string IdOrDash(const std::optional<Id>& id) {
  return id ? id->ToHex() : "-";
}

std::string OrDash(const std::string& text) { return text.empty() ? "-" : text; }

void AppendTips(std::string& out, const std::vector<Tip>& tips) {
  for (const Tip& tip : tips) {
    absl::StrAppend(&out, "tip ", tip.feed.ToHex(), " ", tip.sequence, " ", tip.entry.ToHex(),
                    "\n");
  }
}

// Appends the lines of one act.
struct ActEncoder {
  std::string& out;

  template <class... Parts>
  void Line(const Parts&... parts) const {
    absl::StrAppend(&out, parts..., "\n");
  }

  void operator()(const act::Signers& a) const {
    absl::StrAppend(&out, "signers ", a.threshold);
    for (const VerifierKey& key : a.keys) absl::StrAppend(&out, " ", key.Text());
    out.push_back('\n');
  }
  void operator()(const act::Heal& a) const { Line("heal ", a.note.ToHex()); }
  void operator()(const act::Instrument& a) const {
    Line("instrument ", a.code, " ", a.origin, " ", a.title);
  }
  void operator()(const act::Register& a) const { Line("register ", a.vkey); }
  void operator()(const act::Admit& a) const {
    Line("admit ", a.delegation.ToHex(), " ", a.code, " ", RoleWord(a.role));
  }
  void operator()(const act::ShutDelegation& a) const {
    Line(a.withdraw ? "withdraw-delegation " : "suspend-delegation ", a.delegation.ToHex(), " ",
         RoleWord(a.role), " ", a.text);
    AppendTips(out, a.tips);
  }
  void operator()(const act::Anchor& a) const {
    Line("anchor ", a.delegation.ToHex(), " ", a.position, " ", a.note.ToHex());
  }
  void operator()(const act::Seal& a) const {
    Line("seal ", a.delegation.ToHex(), " ", a.feed.ToHex(), " ", a.sequence, " ", a.entry.ToHex());
  }
  void operator()(const act::WitnessPolicy& a) const {
    Line("witness-policy ", a.quorum, " ", absl::StrJoin(a.vkeys, " "));
  }
  void operator()(const act::Delegation& a) const { Line("delegation ", a.code, " ", a.name); }
  void operator()(const act::Enrol& a) const {
    Line("enrol ", a.key.ToHex(), " ", a.pop, " ", absl::StrJoin(a.roles, ","), " ",
         IdOrDash(a.next), " ", a.label);
  }
  void operator()(const act::Rotate& a) const {
    Line("rotate ", a.old_key.ToHex(), " ", a.new_key.ToHex(), " ", a.pop, " ", IdOrDash(a.next));
    AppendTips(out, a.tips);
  }
  void operator()(const act::Revoke& a) const {
    Line("revoke ", a.key.ToHex(), " ", ReasonWord(a.reason));
    AppendTips(out, a.tips);
  }
  void operator()(const act::ResolveFork& a) const {
    Line("resolve-fork ", a.feed.ToHex());
    AppendTips(out, a.tips);
  }
  void operator()(const act::Adopt& a) const {
    Line("adopt ", a.first.ToHex(), " ", a.last.ToHex(), " ", a.text);
  }
  void operator()(const act::Void& a) const {
    Line("void ", a.first.ToHex(), " ", a.last.ToHex(), " ", a.text);
  }
  void operator()(const act::Lift& a) const { Line("lift ", a.suspend.ToHex()); }
  void operator()(const act::Office& a) const {
    Line("office ", a.code, a.opened ? " opened " : " closed ", OrDash(a.successor), " ", a.name);
  }
  void operator()(const act::Node& a) const {
    Line("node ", a.spki.ToHex(), " ", OrDash(a.address));
  }
  void operator()(const act::NodeGone& a) const { Line("node-gone ", a.spki.ToHex()); }
  void operator()(const act::Unknown& a) const {
    for (const std::string& line : a.lines) Line(line);
  }
};

}  // namespace

std::string EncodeNoteText(const Note& note) {
  std::string out =
      absl::StrCat(note.kind == ChainKind::kCharter ? kCharterHeading : kCredentialsHeading,
                   "\nchain ", IdOrDash(note.chain), "\nposition ", note.position, "\nprevious ",
                   IdOrDash(note.previous), "\ntime ", note.time, "\n");
  for (const Act& a : note.acts) std::visit(ActEncoder{out}, a);
  return out;
}

std::string EncodeSuspendText(const Suspend& s) {
  std::string out = absl::StrCat(kSuspendHeading, "\nchain ", s.chain.ToHex(), "\ntime ", s.time,
                                 "\nsuspend ", s.key.ToHex(), " ", s.reason, "\n");
  AppendTips(out, s.tips);
  return out;
}

}  // namespace entente::ledger
