// The words of the note grammar, and what an act says in words before somebody signs it.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/ledger/note_internal.h"

namespace entente::ledger {

namespace {

struct RoleName {
  DelegationRole role;
  const char* word;
};
constexpr RoleName kRoles[] = {{DelegationRole::kParty, "party"},
                               {DelegationRole::kSecretariat, "secretariat"},
                               {DelegationRole::kObserver, "observer"},
                               {DelegationRole::kImplementer, "implementer"}};

struct ReasonName {
  RevokeReason reason;
  const char* word;
};
constexpr ReasonName kReasons[] = {{RevokeReason::kRetired, "retired"},
                                   {RevokeReason::kLost, "lost"},
                                   {RevokeReason::kCompromised, "compromised"},
                                   {RevokeReason::kOfficeClosed, "office_closed"}};

std::string TipsInWords(const std::vector<Tip>& tips) {
  if (tips.empty()) return "nothing it signed counts";
  return absl::StrCat("counts up to ",
                      absl::StrJoin(tips, ", ", [](std::string* out, const Tip& tip) {
                        absl::StrAppend(out, tip.feed.Short(), "#", tip.sequence);
                      }));
}

std::string OrElse(const std::string& text, const char* other) {
  return text.empty() ? std::string(other) : text;
}

struct InWords {
  std::string operator()(const act::Signers& a) const {
    return absl::StrCat("sets the signers: any ", a.threshold, " of ",
                        absl::StrJoin(a.keys, ", ", [](std::string* out, const VerifierKey& key) {
                          absl::StrAppend(out, key.key.Short());
                        }));
  }
  std::string operator()(const act::Heal& a) const {
    return absl::StrCat("settles the chain's fork in favour of note ", a.note.Short());
  }
  std::string operator()(const act::Instrument& a) const {
    return absl::StrCat("founds instrument ", a.code, ", \"", a.title, "\", register ", a.origin);
  }
  std::string operator()(const act::Register& a) const {
    return absl::StrCat("names the register's key ", a.vkey);
  }
  std::string operator()(const act::Admit& a) const {
    return absl::StrCat("admits delegation ", a.code, " (", a.delegation.Short(), ") as ",
                        RoleWord(a.role));
  }
  std::string operator()(const act::ShutDelegation& a) const {
    return absl::StrCat(a.withdraw ? "withdraws" : "suspends", " delegation ", a.delegation.Short(),
                        " as ", RoleWord(a.role), " (", a.text, "): ", TipsInWords(a.tips));
  }
  std::string operator()(const act::Anchor& a) const {
    return absl::StrCat("anchors the credentials of ", a.delegation.Short(), " at position ",
                        a.position, ", note ", a.note.Short());
  }
  std::string operator()(const act::Seal& a) const {
    return absl::StrCat("seals feed ", a.feed.Short(), " of ", a.delegation.Short(), " up to ",
                        a.sequence, ", entry ", a.entry.Short());
  }
  std::string operator()(const act::WitnessPolicy& a) const {
    return absl::StrCat("asks for ", a.quorum, " of ", a.vkeys.size(), " witnesses");
  }
  std::string operator()(const act::Delegation& a) const {
    return absl::StrCat("founds delegation ", a.code, ", \"", a.name, "\"");
  }
  std::string operator()(const act::Enrol& a) const {
    return absl::StrCat("enrols key ", a.key.Short(), " (", a.label, ") as ",
                        absl::StrJoin(a.roles, ", "), a.next ? ", next key announced" : "");
  }
  std::string operator()(const act::Rotate& a) const {
    return absl::StrCat("rotates key ", a.old_key.Short(), " to ", a.new_key.Short(),
                        "; the old one: ", TipsInWords(a.tips));
  }
  std::string operator()(const act::Revoke& a) const {
    return absl::StrCat("revokes key ", a.key.Short(), " (", ReasonWord(a.reason),
                        "): ", TipsInWords(a.tips));
  }
  std::string operator()(const act::ResolveFork& a) const {
    return absl::StrCat("settles the fork of feed ", a.feed.Short(), ": ", TipsInWords(a.tips));
  }
  std::string operator()(const act::Adopt& a) const {
    return absl::StrCat("adopts entries ", a.first.Short(), " to ", a.last.Short(), " (", a.text,
                        ")");
  }
  std::string operator()(const act::Void& a) const {
    return absl::StrCat("voids entries ", a.first.Short(), " to ", a.last.Short(), " (", a.text,
                        ")");
  }
  std::string operator()(const act::Lift& a) const {
    return absl::StrCat("lifts suspend ", a.suspend.Short());
  }
  std::string operator()(const act::Office& a) const {
    return absl::StrCat(a.opened ? "opens" : "closes", " office ", a.code, ", \"", a.name, "\"",
                        a.opened && a.successor.empty() ? ""
                        : a.opened                      ? ", which succeeds "
                                                        : ", successor: ",
                        a.opened ? a.successor : OrElse(a.successor, "none"));
  }
  std::string operator()(const act::Node& a) const {
    return absl::StrCat("names node ", a.spki.Short(), " at ", OrElse(a.address, "no address"));
  }
  std::string operator()(const act::NodeGone& a) const {
    return absl::StrCat("removes node ", a.spki.Short());
  }
  std::string operator()(const act::Unknown& a) const {
    return absl::StrCat("an act this version does not know: ", a.lines.front());
  }
};

}  // namespace

absl::string_view RoleWord(DelegationRole role) { return kRoles[static_cast<size_t>(role)].word; }

std::optional<DelegationRole> ParseRole(absl::string_view word) {
  for (const RoleName& name : kRoles) {
    if (word == name.word) return name.role;
  }
  return std::nullopt;
}

absl::string_view ReasonWord(RevokeReason reason) {
  return kReasons[static_cast<size_t>(reason)].word;
}

std::optional<RevokeReason> ParseReason(absl::string_view word) {
  for (const ReasonName& name : kReasons) {
    if (word == name.word) return name.reason;
  }
  return std::nullopt;
}

std::string ActInWords(const Act& act) { return std::visit(InWords{}, act); }

}  // namespace entente::ledger
